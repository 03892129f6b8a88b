"""The sessions that a prospect is shown, and which of them a message means that only follows a list."""

from __future__ import annotations

from actions.base import Heard, Services
from actions.choices import sessions_meant
from actions.shape import is_question, word_count
from booking import Coming, coming_sessions

MOST_SESSIONS = 8
LONGEST_CHOICE = 8
LISTED = "listed"


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
    return session_named(heard, services) is not None


def session_named(heard: Heard, services: Services) -> int | None:
    """The one session that a typed message names: "book the one on 3 December"; "the first" only after a list."""
    if not heard.decision or word_count(heard.text) > LONGEST_CHOICE:
        return None
    offered = [coming.info_session for coming in offered_sessions(services)]
    meant = sessions_meant(heard.text, offered, by_place=just_listed(heard))
    return meant[0].id if len(meant) == 1 else None
