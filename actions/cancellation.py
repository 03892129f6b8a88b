"""Cancelling a booking by its code."""

from __future__ import annotations

import json
from typing import ClassVar

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Action, Events, Heard
from actions.booking import utter_refusal
from actions.dates import short_date
from actions.flow import CANCELLATION_SLOTS, cleared
from actions.forms import LEFT_TO_RULES, FormValidation, held, meant_otherwise
from actions.labels import describe
from booking import UnknownCode, bookings_of_sender, cancel, find_booking
from booking.codes import read_code


class ActionAskCode(Action):
    """Asks for the booking code; bookings made in this conversation are offered as buttons."""

    called: ClassVar[str] = "action_ask_cancellation_form_booking_code"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        with self.services.database.session() as session:
            bookings = bookings_of_sender(session, heard.sender, self.services.clock())
        buttons = [
            {
                "title": f"{booking.code} · {short_date(booking.info_session.local_start, heard.language)}",
                "payload": f"/choose_booking{json.dumps({'code': booking.code})}",
            }
            for booking in bookings
        ]
        say.utter_message(
            response="utter_ask_cancellation_form_booking_code",
            buttons=buttons,
            json_message={"outcome": "booking"},
        )
        return []


class ActionAskCancellationConsent(Action):
    """Shows which booking it is and asks whether to cancel it."""

    called: ClassVar[str] = "action_ask_cancellation_form_cancellation_consent"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        with self.services.database.session() as session:
            booking = find_booking(session, heard.slots["booking_code"])
            say.utter_message(
                response="utter_ask_cancellation_form_cancellation_consent",
                json_message={"outcome": "booking"},
                code=booking.code,
                session=describe(booking.info_session, heard.language),
            )
        return []


class ValidateCancellationForm(FormValidation):
    """Reads the code and the consent."""

    called: ClassVar[str] = "validate_cancellation_form"
    form: ClassVar[str] = "cancellation_form"

    def begin(self, heard: Heard, say: CollectingDispatcher) -> Events:
        code = read_code(heard.text)
        return self._find(code, say) if code else []

    def read(self, heard: Heard, say: CollectingDispatcher) -> Events:
        chosen = heard.entities.get("code") if heard.intent == "choose_booking" else heard.text
        code = read_code(str(chosen))
        if code:
            return self._find(code, say)
        if heard.requested_slot == "cancellation_consent":
            return read_consent(heard, "cancellation_consent")
        if meant_otherwise(heard):
            return LEFT_TO_RULES
        return held(say, "booking_code", "utter_hint_code")

    def _find(self, code: str, say: CollectingDispatcher) -> Events:
        try:
            with self.services.database.session() as session:
                return [SlotSet("booking_code", find_booking(session, code).code)]
        except UnknownCode as refusal:
            utter_refusal(say, refusal)
            return cleared("booking_code")


class ActionCancel(Action):
    """Cancels the booking, or keeps it."""

    called: ClassVar[str] = "action_cancel"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.slots.get("cancellation_consent") != "yes":
            say.utter_message(response="utter_booking_kept", json_message={"outcome": "act"})
            return cleared(*CANCELLATION_SLOTS)
        try:
            with self.services.database.session() as session:
                booking = cancel(session, heard.slots["booking_code"], self.services.clock())
                session_line = describe(booking.info_session, heard.language)
        except UnknownCode as refusal:
            utter_refusal(say, refusal)
            return cleared(*CANCELLATION_SLOTS)
        say.utter_message(
            response="utter_cancelled", json_message={"outcome": "cancelled"}, session=session_line
        )
        return cleared(*CANCELLATION_SLOTS)


def read_consent(heard: Heard, slot: str) -> Events:
    """Yes or no; anything else is left to the rules."""
    answer = {"affirm": "yes", "deny": "no"}.get(heard.intent)
    return [SlotSet(slot, answer)] if answer else LEFT_TO_RULES
