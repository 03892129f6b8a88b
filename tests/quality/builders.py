"""Turns, decisions and articles for the tests of quality, each with only what the test names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.evaluate import Judged, Question, judge
from knowledge.turns import TurnRecord, record_turn
from storage import Database
from tests.booking.builders import NOW


def kept_turn(database: Database, at: datetime = NOW, **changes: Any) -> int:
    """Keep a turn that was answered; returns its number."""
    values: dict[str, Any] = {
        "sender": "web:1",
        "channel": "web",
        "language": "en",
        "text": "a question",
        "outcome": "answered",
        "intent": "ask",
        "decision": {},
        "articles": [],
        "milliseconds": 5.0,
    }
    with database.session() as session:
        return record_turn(session.connection(), TurnRecord(**{**values, **changes}), at)


def ref(id: str, *topics: str, **numbers: Any) -> dict[str, Any]:
    """An article as a decision names it."""
    return {"id": id, "topics": list(topics or ("age",)), "score": 0.5, "belief": 0.5, **numbers}


def met(labels: str, outcome: str, *ids: dict[str, Any], label: str = "", **question: Any) -> Judged:
    """A question with these labels that was met so; `ids` are the articles served or offered."""
    decision = {
        "outcome": outcome,
        "label": label,
        "served": list(ids) if outcome == "answered" else [],
        "offered": list(ids) if outcome == "clarified" else [],
        "articles": list(ids),
    }
    values: dict[str, Any] = {"text": "a question", "lang": "en", "kind": "synthetic", **question}
    return judge(Question(labels=frozenset(labels.split()), **values), decision)
