"""The sessions that a prospect is shown, and which of them a message means that only follows a list."""

from __future__ import annotations

import re

from actions.base import Heard, Services
from actions.choices import Meant, sessions_meant
from actions.days import names_only_time
from actions.shape import is_question, word_count
from booking import Coming, coming_sessions

MOST_SESSIONS = 8
LONGEST_CHOICE = 10
LISTED = "listed"
_TAKES = re.compile(
    r"^(?:(?:ok|oui|ouin|yes|sure|bon)[, ]+)?(?:(?:je|i|i'?ll) (?:prends|veux|prendrais|choisis|want|take) )?"
    r"(?:celle|celui|(?:la|le) (?:premi|deuxi|second|troisi|derni)|the (?:\w+ )?one\b|num(?:ber|[eé]ro) \d|no\.? ?\d|# ?\d)",
    re.IGNORECASE,
)


def offered_sessions(services: Services) -> list[Coming]:
    """The sessions that a prospect is shown, in the order shown."""
    with services.database.session() as session:
        return coming_sessions(session, services.clock(), MOST_SESSIONS)


def just_listed(heard: Heard) -> bool:
    """Whether the turn before this one ended with the list of sessions."""
    said = heard.bot_messages_before()
    return bool(said) and ((said[-1].get("data") or {}).get("custom") or {}).get("outcome") == LISTED


def picks_listed(heard: Heard, services: Services) -> bool:
    """Whether a message that means nothing by itself ("2", "the first one") picks one of the sessions just listed."""
    if heard.form or is_question(heard.text) or not just_listed(heard):
        return False
    meant = meant_of_offered(heard, services)
    named = bool(meant.sessions) and names_only_time(heard.text, services.today())
    return meant.only is not None or meant.missed is not None or named


def takes_listed(heard: Heard, services: Services) -> bool:
    """Whether a message that may mean something by itself surely picks one: "celle en français", "Tuesday works"."""
    takes = _TAKES.match(heard.text) is not None or names_only_time(heard.text, services.today())
    return takes and picks_listed(heard, services)


def session_named(heard: Heard, services: Services) -> int | None:
    """The one session that a typed message names: "book the one on 3 December"; "the first" only after a list."""
    only = meant_of_offered(heard, services).only
    return only.id if only else None


def meant_of_offered(heard: Heard, services: Services, by_place: bool = False) -> Meant:
    """Which of the sessions offered a message that comes before the form's own question means."""
    if not heard.decision or word_count(heard.text) > LONGEST_CHOICE:
        return Meant([])
    offered = [coming.info_session for coming in offered_sessions(services)]
    return sessions_meant(heard.text, offered, services.today(), by_place=by_place or just_listed(heard))
