"""What was asked and how it ended: one row a turn, text masked; the unanswered ones are the recruiters' work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, Connection, String, Table, Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import Base

UNANSWERED = "unanswered"


class TurnRow(Base):
    """One message of a prospect and the decision on it."""

    __tablename__ = "turn"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(200), index=True)
    channel: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(40), index=True)
    intent: Mapped[str] = mapped_column(String(80))
    decision: Mapped[dict[str, Any]] = mapped_column(JSON)
    articles: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    milliseconds: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(index=True)
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(String(120))
    handled_note: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class TurnRecord:
    """A turn to be kept. `text` is masked already; `decision` holds the scores behind the outcome,
    `articles` what was served: `[{"id", "revision"}]`."""

    sender: str
    channel: str
    language: str
    text: str
    outcome: str
    intent: str
    decision: Mapping[str, Any]
    articles: Sequence[Mapping[str, Any]]
    milliseconds: float


_TURNS = cast(Table, TurnRow.__table__)
_KEEP = insert(_TURNS).returning(_TURNS.c.id)


def record_turn(connection: Connection, turn: TurnRecord, now: datetime) -> int:
    """Keep a turn; returns its number."""
    row = {
        "sender": turn.sender,
        "channel": turn.channel,
        "language": turn.language,
        "text": turn.text,
        "outcome": turn.outcome,
        "intent": turn.intent,
        "decision": dict(turn.decision),
        "articles": [dict(article) for article in turn.articles],
        "milliseconds": turn.milliseconds,
        "created_at": now,
    }
    return int(connection.execute(_KEEP, row).scalar_one())


def unanswered(session: Session, limit: int = 100, handled: bool = False) -> list[TurnRow]:
    """Questions that nobody has answered, newest first; with `handled`, those that a recruiter has dealt with."""
    wanted = TurnRow.handled_at.is_not(None) if handled else TurnRow.handled_at.is_(None)
    rows = select(TurnRow).where(TurnRow.outcome == UNANSWERED, wanted)
    return list(session.scalars(rows.order_by(TurnRow.id.desc()).limit(limit)))


def mark_handled(session: Session, turn_id: int, by: str, note: str, now: datetime) -> bool:
    """Mark an unanswered question as dealt with; false when there is no such question or it already was."""
    row = session.get(TurnRow, turn_id)
    if row is None or row.outcome != UNANSWERED or row.handled_at is not None:
        return False
    row.handled_at, row.handled_by, row.handled_note = now, by, note
    return True


def reopen(session: Session, turn_id: int, handled_at: datetime) -> bool:
    """Undo the handling of that moment, so that the question waits again; its note stays for the next one to go on from.

    False when the question is no longer handled, or was handled anew since.
    """
    row = session.get(TurnRow, turn_id)
    if row is None or row.handled_at != handled_at:
        return False
    row.handled_at, row.handled_by = None, None
    return True


def erase_sender(session: Session, sender: str) -> int:
    """Delete every turn of a sender; returns how many there were."""
    erased = session.execute(delete(TurnRow).where(TurnRow.sender == sender))
    return int(getattr(erased, "rowcount", 0))
