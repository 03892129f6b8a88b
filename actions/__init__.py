"""What the assistant does when Rasa calls for an action: one thin module per capability."""
