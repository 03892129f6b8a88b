"""Cancelling a booking by its code."""

from __future__ import annotations

import json
import re
from typing import ClassVar

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Action, Events, Heard
from actions.booking import utter_refusal
from actions.dates import short_date
from actions.flow import CANCELLATION_SLOTS, cleared
from actions.forms import LEFT_TO_RULES, FormValidation, held, meant_otherwise
from actions.labels import describe
from actions.shape import word_count
from booking import UnknownCode, bookings_of_sender, cancel, find_booking
from booking.codes import read_code

_LOST = re.compile(
    r"\b(?:lost|lose|misplaced|forg[eo]t(?:ten)?|deleted?|(?:do|did|does)(?:n['’]?t| not) (?:have|know|remember|see|get|save)"
    r"|(?:ca|could)(?:n['’]?t|nnot| not) (?:find|remember|see)|have(?:n['’]?t got| no)|no (?:code|idea)|never got"
    r"|perdue?s?|oublié\w*|égaré\w*|effacé\w*|(?:ai|trouve|retrouve|sais|souviens|rappelle|reçu|connais) (?:pas|plus|pu|pus|aucun)"
    r"|pas (?:reçu|de code|le code))\b",
    re.IGNORECASE,
)
_ABOUT_CODE = re.compile(r"\b(?:code|number|booking|confirmation|numéro|réservation)\b", re.IGNORECASE)
# "I lost it" has nothing but the code to be about; a longer message names it.
_LONGEST_LOSS = 4


def _lost(text: str) -> bool:
    short = word_count(text) <= _LONGEST_LOSS
    return _LOST.search(text) is not None and (short or _ABOUT_CODE.search(text) is not None)


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
        if heard.intent == "affirm" and (only := self._only_booking(heard)):
            return [SlotSet("booking_code", only)]
        if heard.intent == "deny":
            say.utter_message(response="utter_nothing_cancelled", json_message={"outcome": "act"})
            return [*cleared(*CANCELLATION_SLOTS), SlotSet("requested_slot", None)]
        if heard.decision and _lost(heard.text):
            return self._without_code(heard, say)
        if meant_otherwise(heard):
            return LEFT_TO_RULES
        return held(say, "booking_code", "utter_hint_code")

    def _only_booking(self, heard: Heard) -> str | None:
        """The code of the one booking made in this conversation, `None` where there is none, or several."""
        with self.services.database.session() as session:
            codes = [each.code for each in bookings_of_sender(session, heard.sender, self.services.clock())]
        return codes[0] if len(codes) == 1 else None

    def _without_code(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """Bookings made in this conversation need no code: they are offered. Of others only a recruiter may know."""
        with self.services.database.session() as session:
            here = bookings_of_sender(session, heard.sender, self.services.clock())
        say.utter_message(
            response="utter_lost_code_here" if here else "utter_lost_code",
            json_message={"outcome": "booking" if here else "act"},
            contact_url=self.services.settings.contact_url,
        )
        if here:
            return [SlotSet("booking_code", None)]
        return [*cleared(*CANCELLATION_SLOTS), SlotSet("requested_slot", None)]

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
        if not heard.slots.get("cancellation_consent"):
            return cleared(*CANCELLATION_SLOTS)  # The code is lost, and all has been said.
        if heard.slots["cancellation_consent"] != "yes":
            say.utter_message(response="utter_booking_kept", json_message={"outcome": "act"})
            return cleared(*CANCELLATION_SLOTS)
        try:
            with self.services.database.writing() as session:
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
