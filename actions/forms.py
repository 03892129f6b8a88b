"""What the validation of every form shares: when to read the message as a detail, and when to leave it alone.

Rasa runs a form's validation at three moments: when the form begins, for each message while it is active, and
when it resumes after a message that was answered on the way. Only in the second is the message a detail.
Returning no slot makes Rasa reject the form for this turn, so that the message is answered by the rules; then
the form resumes and asks again.
"""

from __future__ import annotations

import abc
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Action, Events, Heard
from actions.shape import is_question, word_count

# A message longer than this says something rather than naming a detail.
LONGEST_DETAIL = 5

LEFT_TO_RULES: Events = []


class FormValidation(Action, abc.ABC):
    """Validation of the form `form`: subclasses say how it begins and how each detail is read."""

    form: ClassVar[str]

    def name(self) -> str:
        return f"validate_{self.form}"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if begins(heard):
            return self.begin(heard, say)
        if resumes(heard):
            return []
        if heard.intent == "stop":
            return LEFT_TO_RULES
        return self.read(heard, say)

    def events_after_failure(self, tracker: Tracker) -> Events:
        # The apology stands for an answer: hold the form, so that no rule adds another.
        requested = tracker.slots.get("requested_slot")
        return [SlotSet(requested, tracker.slots.get(requested))] if requested else []

    def begin(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """The form begins: details that the first message gives already."""
        return []

    @abc.abstractmethod
    def read(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """A message while the form is active: the slots it fills, or `LEFT_TO_RULES`."""


def begins(heard: Heard) -> bool:
    """Whether the form has just begun, with this message."""
    return any(event["event"] == "active_loop" and event["name"] for event in heard.since_message())


def resumes(heard: Heard) -> bool:
    """Whether another action has answered the message already, and the form only takes up its question again."""
    # The form's own run is the last action.
    actions = sum(event["event"] == "action" for event in heard.since_message())
    return actions > 1 and not begins(heard)


def recognised(heard: Heard) -> bool:
    """Whether the NLU pipeline is sure that the message means something of its own."""
    outcome, intent = heard.decision.get("outcome"), heard.intent
    if not heard.decision:
        return bool(heard.text)
    # A name may be in any language, and one that is made up may look like mashed keys.
    return outcome in ("answered", "act", "out_of_scope") and intent not in (
        "oos_far",
        "another_language",
        "empty",
    )


def meant_otherwise(heard: Heard) -> bool:
    """Whether the message is a question or an act rather than a detail that could not be read."""
    return (
        recognised(heard)
        or heard.decision.get("outcome") == "clarified"
        or is_question(heard.text)
        or word_count(heard.text) > LONGEST_DETAIL
    )


def held(say: CollectingDispatcher, slot: str, response: str) -> Events:
    """Say what is wrong with a detail and ask for it again."""
    say.utter_message(response=response, json_message={"outcome": "booking"})
    return [SlotSet(slot, None)]
