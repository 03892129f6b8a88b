"""Booking a seat: list the sessions, gather session, name and e-mail, show it all, book."""

from __future__ import annotations

import re
import secrets
from typing import Any, ClassVar

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Action, Events, Heard, Services
from actions.choices import Meant, nearest, sessions_meant
from actions.dates import long_date
from actions.days import When, names_only_time, read_when
from actions.flow import BOOKING_SLOTS, cleared
from actions.forms import (
    LEFT_TO_RULES,
    LONGEST_DETAIL,
    FormValidation,
    begins,
    held,
    meant_otherwise,
    recognised,
    resumes,
)
from actions.labels import describe, describe_all, label, listed, session_buttons
from actions.listed import LISTED, LONGEST_CHOICE, meant_of_offered, offered_sessions, session_named
from actions.shape import (
    asks_why,
    has_no_email,
    is_question,
    keeps_email,
    read_email,
    read_name,
    says_name,
    speaks_of_language,
    tried_email,
    without_email,
    word_count,
)
from booking import (
    AlreadyBooked,
    BookingError,
    BookingRequest,
    book,
    bookings_of_sender,
    check_open,
)

# What each refusal of booking/errors.py is answered with.
REFUSALS = {
    "unknown_session": "utter_refused_unknown_session",
    "closed": "utter_refused_closed",
    "full": "utter_refused_full",
    "already_booked": "utter_refused_already_booked",
    "unknown_code": "utter_refused_unknown_code",
}

_DETAILS = {
    "chosen_session": re.compile(r"\b(?:session|date|day|time|séance|seance|jour|heure)\b", re.IGNORECASE),
    "name": re.compile(r"\b(?:name|nom)\b", re.IGNORECASE),
    "email": re.compile(r"\b(?:e-?mail|mail|address|courriel|adresse)\b", re.IGNORECASE),
}
# "Is it online?", in the middle of a booking, is about the session that was chosen.
_ABOUT_CHOSEN = re.compile(
    r"^(?:(?:and|wait|so|ok|et|mais|pis)[, ]+)?(?:"
    r"(?:is|will|was) (?:it|that|this|the session|that one)\b.{0,12}\b(?:online|virtual|remote|in[ -]person|english|french)"
    r"|where is (?:it|that|the session)|where will (?:it|that) be|(?:what time|when) is (?:it|that|the session)"
    r"|what time (?:does it|will it) (?:start|begin|end)|how long (?:is (?:it|the session)|does it last|will it last)"
    r"|(?:est[- ]ce que )?(?:c['’]est|ce sera|ça se passe|ça se fait) (?:bien )?"
    r"(?:en ligne|virtuel|en personne|en présentiel|à distance|en anglais|en français|où|quand|à quelle heure)"
    r"|(?:est[- ]ce )?(?:en ligne|en personne)|où est[- ]ce|c['’]est où"
    r"|à quelle heure (?:c['’]est|est[- ]ce|ça (?:commence|finit))|(?:c['’]est |ça dure )?combien de temps(?: ça dure)?"
    r")\W*$",
    re.IGNORECASE,
)
_BOOKS = re.compile(r"\b(?:book|reserve|sign me up|register me|réserv\w+|inscri\w+)\b", re.IGNORECASE)
# Politely: "can I change the date?"
_MAY_CHANGE = re.compile(
    r"^(?:can|could|may) (?:i|we|you) (?:please )?(?:change|edit|correct|fix)\b"
    r"|^(?:est[- ]ce que )?(?:je peux|puis[- ]je|pouvez[- ]vous|on peut) (?:changer|modifier|corriger)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:chang\w*|wrong|incorrect|mistake|typo|edit|correct(?:ion)?|fix|different|another|modifi\w*|erreur|faux|"
    r"fausse|corrig\w*|autre)\b",
    re.IGNORECASE,
)


class ActionListSessions(Action):
    """Lists the coming information sessions, each with a button to book it."""

    called: ClassVar[str] = "action_list_sessions"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        events = self._list(heard, say)
        if events or heard.intent == "list_sessions":
            return events
        # After an article that starts this (actions/answer.py) no rule tells what comes next.
        return [FollowupAction(heard.form or "action_listen")]

    def _list(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.form == "booking_form" and heard.requested_slot == "chosen_session":
            return []  # The form is about to list them itself.
        if not heard.form and _BOOKS.search(heard.text) and session_named(heard, self.services) is not None:
            return [FollowupAction("booking_form")]  # "Book the session on December 4" asks for no list.
        missed = meant_of_offered(heard, self.services).missed
        if missed:
            _utter_missed(say, self.services, heard.language, missed, LISTED, "book")
            return []
        _utter_sessions(say, self.services, heard.language, "utter_sessions", LISTED, "book")
        return []


class ActionAskSession(Action):
    """Asks which session, listing them."""

    called: ClassVar[str] = "action_ask_booking_form_chosen_session"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        response = "utter_ask_booking_form_chosen_session"
        meant = meant_of_offered(heard, self.services, by_place=True)
        told = meant.missed or (not begins(heard) and len(meant.sessions) > 1)
        if told or (resumes(heard) and heard.intent != "list_sessions"):
            response = "utter_ask_session_again"
        _utter_sessions(say, self.services, heard.language, response, "booking", "")
        return []


class ActionAskConfirmation(Action):
    """Shows everything once more and asks to confirm; or asks what to change."""

    called: ClassVar[str] = "action_ask_booking_form_confirmation"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.slots.get("changing"):
            say.utter_message(response="utter_ask_change", json_message={"outcome": "booking"})
            return []
        with self.services.database.session() as session:
            info_session = check_open(session, _chosen(heard), self.services.clock())
        say.utter_message(
            response="utter_ask_booking_form_confirmation",
            json_message={"outcome": "booking"},
            session=describe(info_session, heard.language),
            name=heard.slots["name"],
            email=heard.slots["email"],
        )
        return []


class ValidateBookingForm(FormValidation):
    """Reads each detail of a booking, and holds to sessions that can still be booked."""

    called: ClassVar[str] = "validate_booking_form"
    form: ClassVar[str] = "booking_form"

    def begin(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if not any(coming.seats_left for coming in offered_sessions(self.services)):
            say.utter_message(
                response="utter_no_sessions",
                json_message={"outcome": "booking"},
                contact_url=self.services.settings.contact_url,
            )
            return [*cleared(*BOOKING_SLOTS), SlotSet("requested_slot", None)]
        key = SlotSet("booking_key", heard.slots.get("booking_key") or secrets.token_urlsafe(12))
        if heard.intent == "choose_session" and not heard.slots.get("chosen_session"):
            return [key, *self._choose(heard.entities.get("info_session"), say)]
        meant = Meant([]) if heard.slots.get("chosen_session") else meant_of_offered(heard, self.services)
        if meant.missed:
            _utter_missed(say, self.services, heard.language, meant.missed)
        if meant.only is None:
            return [key]
        events = self._choose(meant.only.id, say)
        if events[0]["value"]:
            self._utter_chosen(meant.only.id, heard, say)
        return [key, *events]

    def read(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.intent == "choose_session":
            return [SlotSet("changing", None), *self._choose(heard.entities.get("info_session"), say)]
        if heard.intent == "cancel_booking" and heard.decision and word_count(heard.text) <= 2:
            # "Cancel", in the middle of booking: this booking, not one made before.
            say.utter_message(response="utter_stop", json_message={"outcome": "act"})
            return [*cleared(*BOOKING_SLOTS), SlotSet("requested_slot", None)]
        if heard.slots.get("chosen_session") and _ABOUT_CHOSEN.search(heard.text) and heard.decision:
            self._utter_chosen(_chosen(heard), heard, say)
            return [SlotSet(heard.requested_slot, heard.slots.get(heard.requested_slot))]
        told = self._told(heard)
        if told:
            return [*told, SlotSet("changing", None), *self._still_open(heard, say)]
        to_change = self._detail_to_change(heard)
        if to_change:
            another = self._another_named(heard) if to_change == "chosen_session" else None
            if another is not None:
                return [SlotSet("changing", None), *self._choose(another, say)]
            return [SlotSet(to_change, None), SlotSet("changing", None)]
        if heard.requested_slot in ("name", "email") and names_only_time(heard.text, self.services.today()):
            return self._choose_by_time(heard, say)
        readers = {
            "chosen_session": self._read_session,
            "name": self._read_name,
            "email": self._read_email,
            "confirmation": self._read_confirmation,
        }
        events = readers[heard.requested_slot](heard, say)
        gained = any(event["name"] in ("name", "email") and event["value"] for event in events)
        return events + (self._still_open(heard, say) if gained else [])

    def _read_session(self, heard: Heard, say: CollectingDispatcher) -> Events:
        words = word_count(heard.text)
        if words > LONGEST_CHOICE or not heard.decision:
            return LEFT_TO_RULES
        meant = self._meant(heard)
        if meant.missed:
            _utter_missed(say, self.services, heard.language, meant.missed)
            return cleared("chosen_session")
        if is_question(heard.text) and (words > 3 or recognised(heard)):
            return LEFT_TO_RULES
        if meant.only:
            return self._choose(meant.only.id, say)
        name = self._name_too_early(heard) if not meant.sessions else None
        if name:
            say.utter_message(response="utter_name_kept", json_message={"outcome": "booking"}, name=name)
            return [SlotSet("name", name), *cleared("chosen_session")]
        # "In English" fits many sessions: it is the conversation's language that was meant.
        if heard.intent in ("speak_english", "speak_french") or (
            not meant.sessions and meant_otherwise(heard)
        ):
            return LEFT_TO_RULES
        self._utter_several(meant, heard, say)
        return cleared("chosen_session")

    def _name_too_early(self, heard: Heard) -> str | None:
        """A name and a surname in capitals, which nothing else claims, in place of a session."""
        name = read_name(heard.text, recognised=True)
        return None if recognised(heard) or says_name(heard.text) else name

    def _choose_by_time(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """Another day, where a name or an address was asked for: another session, when there is one."""
        meant = self._meant(heard)
        if meant.missed:
            _utter_missed(say, self.services, heard.language, meant.missed)
        elif meant.only:
            events = self._choose(meant.only.id, say)
            if events[0]["value"]:
                self._utter_chosen(meant.only.id, heard, say)
            return events
        else:
            self._utter_several(meant, heard, say)
            return cleared("chosen_session")
        return [SlotSet(heard.requested_slot, None)]

    def _utter_several(self, meant: Meant, heard: Heard, say: CollectingDispatcher) -> None:
        """More than one session fits: say which, with the numbers that they have in the list."""
        fits = {each.id for each in meant.sessions}
        say.utter_message(
            response="utter_which_session" if meant.sessions else "utter_no_such_session",
            json_message={"outcome": "booking"},
            sessions=describe_all(offered_sessions(self.services), heard.language, fits),
        )

    def _meant(self, heard: Heard) -> Meant:
        offered = [coming.info_session for coming in offered_sessions(self.services)]
        return sessions_meant(heard.text, offered, self.services.today())

    def _choose(self, info_session_id: object, say: CollectingDispatcher) -> Events:
        chosen = int(str(info_session_id)) if str(info_session_id).isdigit() else 0
        try:
            with self.services.database.session() as session:
                check_open(session, chosen, self.services.clock())
        except BookingError as refusal:
            utter_refusal(say, refusal)
            return cleared("chosen_session")
        return [SlotSet("chosen_session", str(chosen))]

    def _utter_chosen(self, info_session_id: int, heard: Heard, say: CollectingDispatcher) -> None:
        with self.services.database.session() as session:
            line = describe(check_open(session, info_session_id, self.services.clock()), heard.language)
        say.utter_message(response="utter_chosen", json_message={"outcome": "booking"}, session=line)

    def _read_name(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if asks_why(heard.text) or keeps_email(heard.text):
            return self._explain("name", say)
        speaks = heard.intent in ("speak_english", "speak_french")
        meant_other = recognised(heard) and (not speaks or speaks_of_language(heard.text))
        name = read_name(heard.text, meant_other) if heard.decision else None
        if name:
            return [SlotSet("name", name)]
        return LEFT_TO_RULES if meant_otherwise(heard) else held(say, "name", "utter_hint_name")

    def _explain(self, slot: str, say: CollectingDispatcher) -> Events:
        say.utter_message(response="utter_why_details", json_message={"outcome": "booking"})
        return [SlotSet(slot, None)]

    def _read_email(self, heard: Heard, say: CollectingDispatcher) -> Events:
        email = read_email(heard.text)
        if email:
            return [SlotSet("email", email)]
        if asks_why(heard.text) or keeps_email(heard.text):
            return self._explain("email", say)
        if has_no_email(heard.text):
            contact_url = self.services.settings.contact_url
            say.utter_message(
                response="utter_no_email", json_message={"outcome": "booking"}, contact_url=contact_url
            )
            return [SlotSet("email", None)]
        if heard.text.strip().casefold() == str(heard.slots.get("name") or "").casefold():
            return [SlotSet("email", None)]  # The name once more.
        if not tried_email(heard.text) and meant_otherwise(heard):
            return LEFT_TO_RULES
        return held(say, "email", "utter_hint_email")

    def _read_confirmation(self, heard: Heard, say: CollectingDispatcher) -> Events:
        changing = bool(heard.slots.get("changing"))
        if heard.intent == "affirm" and not changing:
            return [SlotSet("confirmation", "yes")]
        if changing and heard.intent in ("deny", "affirm"):
            # Nothing to change after all: show the whole again.
            return cleared("changing")
        if heard.intent == "deny" or (_CHANGE.search(heard.text) and not is_question(heard.text)):
            return [SlotSet("changing", True)]
        # "The third one", "4 December": another session than the one shown.
        timed = read_when(heard.text, self.services.today()) is not None
        longest = LONGEST_CHOICE if timed else LONGEST_DETAIL
        fits = word_count(heard.text) <= longest and not is_question(heard.text)
        if fits and (changing or timed or not recognised(heard)):
            meant = self._meant(heard)
            if meant.missed:
                _utter_missed(say, self.services, heard.language, meant.missed)
                return cleared("confirmation")
            if meant.only:
                return [SlotSet("changing", None), *self._choose(meant.only.id, say)]
            if timed and meant.sessions:
                self._utter_several(meant, heard, say)
                return cleared("chosen_session", "changing")
            name = read_name(heard.text, recognised(heard)) if changing and not meant.sessions else None
            if name and word_count(name) > 1:
                return [SlotSet("name", name), SlotSet("changing", None)]
        return LEFT_TO_RULES

    def _detail_to_change(self, heard: Heard) -> str:
        """The detail that the person wants to give anew, empty when none is named."""
        if heard.intent == "change_detail":
            return str(heard.entities.get("detail"))
        choosing = heard.requested_slot == "confirmation" and heard.slots.get("changing")
        if not choosing and not _CHANGE.search(heard.text):
            return ""
        asks = is_question(heard.text) and recognised(heard) and not _MAY_CHANGE.match(heard.text)
        if asks or word_count(heard.text) > LONGEST_CHOICE:
            return ""
        given = (detail for detail in _DETAILS if heard.slots.get(detail))
        return next((detail for detail in given if _DETAILS[detail].search(heard.text)), "")

    def _another_named(self, heard: Heard) -> int | None:
        """The session that whoever says that theirs is wrong names at once: "the date is wrong, I want the Saturday"."""
        only = self._meant(heard).only if heard.decision else None
        return only.id if only and only.id != _chosen(heard) else None

    def _told(self, heard: Heard) -> Events:
        """A name or an address that the message gives in so many words, whichever of them was asked for."""
        if not heard.decision:
            return []
        email = read_email(heard.text)
        rest = without_email(heard.text) if email else heard.text
        asks = is_question(heard.text) and not _MAY_CHANGE.match(heard.text)
        named = says_name(rest) or (email is not None and heard.requested_slot == "name")
        name = read_name(rest.rstrip("? "), recognised=True) if named and not asks else None
        given = {"name": name, "email": email}
        return [SlotSet(detail, value) for detail, value in given.items() if value]

    def _still_open(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """Empty the session, and say why, when it has filled up or closed since it was chosen."""
        if not heard.slots.get("chosen_session"):
            return []
        return [each for each in self._choose(heard.slots["chosen_session"], say) if each["value"] is None]


class ActionBook(Action):
    """Books what the form gathered; refused, it says why and what next."""

    called: ClassVar[str] = "action_book"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.slots.get("confirmation") != "yes":
            return cleared(*BOOKING_SLOTS)
        request = BookingRequest(
            info_session_id=_chosen(heard),
            name=heard.slots["name"],
            email=heard.slots["email"],
            language=heard.language,
            sender=heard.sender,
            key=f"{heard.slots['booking_key']}:{_chosen(heard)}:{heard.slots['email'].casefold()}"[:200],
        )
        try:
            booking = book(self.services.database, request, self.services.clock())
        except AlreadyBooked as refusal:
            if not self._utter_own_booking(request, heard, say):
                utter_refusal(say, refusal)
            return cleared(*BOOKING_SLOTS)
        except BookingError as refusal:
            utter_refusal(say, refusal)
            return [*cleared("chosen_session", "confirmation"), FollowupAction("booking_form")]
        say.utter_message(
            response="utter_booked_example" if booking.info_session.is_example else "utter_booked",
            json_message={"outcome": "booked"},
            code=booking.code,
            session=describe(booking.info_session, heard.language),
        )
        return cleared(*BOOKING_SLOTS)

    def _utter_own_booking(self, request: BookingRequest, heard: Heard, say: CollectingDispatcher) -> bool:
        """Tell the code of the booking that stands in the way, if it was made in this very conversation."""
        with self.services.database.session() as session:
            bookings = bookings_of_sender(session, heard.sender, self.services.clock())
        for booking in bookings:
            same = booking.info_session_id == request.info_session_id
            if same and booking.person == request.email.strip().casefold():
                say.utter_message(
                    response="utter_already_booked_here",
                    json_message={"outcome": "booking"},
                    code=booking.code,
                )
                return True
        return False


def utter_refusal(say: CollectingDispatcher, refusal: BookingError) -> None:
    """Say why a booking was refused and what would help."""
    say.utter_message(response=REFUSALS[refusal.reason], json_message={"outcome": "booking"})


def _utter_sessions(
    say: CollectingDispatcher, services: Services, language: str, response: str, outcome: str, key: str
) -> None:
    coming = offered_sessions(services)
    values: dict[str, Any] = {"json_message": {"outcome": outcome}}
    if not coming:
        say.utter_message(response="utter_no_sessions", contact_url=services.settings.contact_url, **values)
        return
    say.utter_message(
        response=response,
        buttons=session_buttons(coming, language, key),
        sessions=describe_all(coming, language),
        **values,
    )


def _utter_missed(
    say: CollectingDispatcher,
    services: Services,
    language: str,
    when: When,
    outcome: str = "booking",
    key: str = "",
) -> None:
    """Say that there is no session on the day named, and which are nearest; with `key`, with a button for each."""
    coming = [each for each in offered_sessions(services) if each.seats_left]
    days = when.days or ()
    say.utter_message(
        response="utter_no_session_then",
        json_message={"outcome": outcome},
        buttons=session_buttons(coming, language, key) if key else [],
        day=label("on_day", language, day=long_date(min(days), language))
        if len(days) == 1
        else label("then", language),
        sessions=listed(nearest(when, [each.info_session for each in coming]), language),
    )


def _chosen(heard: Heard) -> int:
    return int(heard.slots["chosen_session"])
