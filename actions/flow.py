"""How the conversation moves: beginning a task, stopping it, changing the language."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import usable, utter_article, utter_gist
from actions.base import Action, Events, Heard
from actions.listed import picks_listed
from actions.shape import wants_it_simpler
from booking import bookings_of_sender

BOOKING_SLOTS = ("chosen_session", "name", "email", "confirmation", "changing", "booking_key")
CANCELLATION_SLOTS = ("booking_code", "cancellation_consent")
ERASURE_SLOTS = ("erasure_consent",)
_TASKS = {
    "booking_form": BOOKING_SLOTS,
    "cancellation_form": CANCELLATION_SLOTS,
    "erasure_form": ERASURE_SLOTS,
}
_CANCELS = re.compile(r"^\W*(?:please )?(?:cancel|annul)", re.IGNORECASE)
# Telegram's users and testers of chatbots type /restart.
_STARTS_AGAIN = re.compile(
    r"^\W*(?:let['’]?s )?(?:re-?start|reset|start (?:over|again|from scratch|new)|begin again|recommenc\w+|on recommence"
    r"|repart\w+ (?:à|de) zéro)\b",
    re.IGNORECASE,
)


def cleared(*slots: str) -> Events:
    """Events that empty these slots."""
    return [SlotSet(slot, None) for slot in slots]


class ActionBegin(Action):
    """Says the lead-in that a recruiter wrote for a task, and forgets what an earlier, other task had gathered."""

    called: ClassVar[str] = "action_begin"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        # What else the message asks is answered before what it begins asks its own question.
        for each in heard.decision.get("served", ()):
            published = usable(self.services, each["id"])
            if published is not None and not (published.article.starts and heard.form):
                utter_article(say, self.services, published, heard)
        if heard.intent == "list_sessions":
            return []
        return cleared(*(slot for form, slots in _TASKS.items() if form != heard.form for slot in slots))


class ActionStop(Action):
    """Leaves whatever was being done; nothing half-given is kept.

    Said in so many words only to who asked for it: whoever is in danger has been told whom to call, and is asked
    nothing more.
    """

    called: ClassVar[str] = "action_stop"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if not heard.form and _CANCELS.search(heard.text) and self._has_booking(heard):
            # "Cancel it", with nothing to leave but a seat that was booked here.
            return [FollowupAction("cancellation_form")]
        if heard.intent == "stop":
            response = "utter_restart" if _STARTS_AGAIN.search(heard.text) else "utter_stop"
            say.utter_message(response=response, json_message={"outcome": "act"})
        if heard.intent == "oos_crisis":
            # Help was said first; whoever tells of a past crisis may have asked about it too (nlu/decide.py).
            for each in heard.decision.get("served", ()):
                published = usable(self.services, each["id"])
                if published is not None:
                    utter_article(say, self.services, published, heard)
        slots = [slot for slots in _TASKS.values() for slot in slots]
        return [ActiveLoop(None), *cleared(*slots, "requested_slot")]

    def _has_booking(self, heard: Heard) -> bool:
        with self.services.database.session() as session:
            return bool(bookings_of_sender(session, heard.sender, self.services.clock()))


class ActionSwitchLanguage(Action):
    """Goes on in the language asked for. The choice holds until the page's own language switch is moved."""

    called: ClassVar[str] = "action_switch_language"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        language = "fr" if heard.intent == "speak_french" else "en"
        if language == heard.language and wants_it_simpler(heard.text):
            utter_gist(say, self.services, heard)  # "In plain English, please."
        choice = {"language": language, "instead_of": heard.pinned}
        return [SlotSet("language", language), SlotSet("language_choice", choice)]


class ActionAcknowledge(Action):
    """Answers a yes or a no that nothing was asked for; in a form, the form's own question says enough."""

    called: ClassVar[str] = "action_acknowledge"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if picks_listed(heard, self.services):
            return [FollowupAction("booking_form")]  # "1" is read as a yes.
        if not heard.form:
            say.utter_message(response=f"utter_{heard.intent}", json_message={"outcome": "act"})
        return []
