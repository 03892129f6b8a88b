"""Deleting what is stored of a person, at their word."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

import booking
from actions.base import Action, Events, Heard
from actions.cancellation import read_consent
from actions.flow import ERASURE_SLOTS, cleared
from actions.forms import FormValidation
from knowledge import turns


class ValidateErasureForm(FormValidation):
    """Reads the consent."""

    called: ClassVar[str] = "validate_erasure_form"
    form: ClassVar[str] = "erasure_form"

    def read(self, heard: Heard, say: CollectingDispatcher) -> Events:
        return read_consent(heard, "erasure_consent")


class ActionErase(Action):
    """Cancels this sender's bookings, forgets their name and e-mail, deletes their turns; or keeps everything.

    Rasa's own record of the conversation is deleted by whoever embeds Rasa, when the turn has ended as "erased".
    """

    called: ClassVar[str] = "action_erase"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.slots.get("erasure_consent") != "yes":
            say.utter_message(response="utter_erasure_declined", json_message={"outcome": "act"})
            return cleared(*ERASURE_SLOTS)
        with self.services.database.writing() as session:
            booking.erase_sender(session, heard.sender, self.services.clock())
            turns.erase_sender(session, heard.sender)
        say.utter_message(response="utter_erased", json_message={"outcome": "erased"})
        return [AllSlotsReset(), SlotSet("language", heard.language)]
