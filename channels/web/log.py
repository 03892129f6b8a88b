"""The event log of the web chat: what was said in each conversation, numbered, until it is forgotten.

It is the one truth that streams, pages and redelivered messages are served from.
What a prospect typed is masked before it comes here; the log never sees the cookie, only its hash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Insert, String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import Base, Database

SAID = "said"
TURN = "turn"

# How long a conversation that nobody comes back to keeps its place in the numbering (nothing else is left of it).
NUMBERING_KEPT = timedelta(days=60)


class WebConversation(Base):
    """One conversation and the number of its newest event; its row is also the lock for numbering."""

    __tablename__ = "web_conversation"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_number: Mapped[int]
    used_at: Mapped[datetime]


class WebEvent(Base):
    """One thing said: a prospect's message (`kind` "said") or the assistant's turn ("turn")."""

    __tablename__ = "web_event"

    conversation: Mapped[str] = mapped_column(
        ForeignKey("web_conversation.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("one_event_a_message", "conversation", "message_id", "kind", unique=True),)


@dataclass(frozen=True)
class Event:
    """One event as it is read; `message_id` is shared by a message and the turn that answers it."""

    number: int
    kind: str
    message_id: str
    body: dict[str, Any]


class EventLog:
    """Reads and writes events. Every method is one short transaction, to be called from a worker thread."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def append(self, conversation: str, kind: str, message_id: str, body: dict[str, Any]) -> Event:
        """Write an event under the next number, or return the one already there for this message."""
        with self._database.session() as session:
            last = self._lock(session, conversation)
            known = _find(session, conversation, kind, message_id)
            if known is not None:
                return known
            row = WebEvent(
                conversation=conversation,
                number=last + 1,
                kind=kind,
                message_id=message_id,
                body=body,
                created_at=self._clock(),
            )
            session.add(row)
            session.execute(
                update(WebConversation).where(WebConversation.id == conversation).values(last_number=last + 1)
            )
            return _event(row)

    def find(self, conversation: str, kind: str, message_id: str) -> Event | None:
        """The event of this kind for this message."""
        with self._database.session() as session:
            return _find(session, conversation, kind, message_id)

    def get(self, conversation: str, number: int) -> Event | None:
        """The event with this number."""
        with self._database.session() as session:
            row = session.get(WebEvent, (conversation, number))
            return None if row is None else _event(row)

    def read(self, conversation: str, after: int, limit: int) -> list[Event]:
        """At most `limit` events with a number above `after`, in order.

        A reader that is ahead of the log has seen an earlier one that is forgotten, so it gets the log from
        its start.
        """
        with self._database.session() as session:
            row = session.get(WebConversation, conversation)
            if row is None:
                return []
            if after > row.last_number:
                after = 0
            rows = session.scalars(
                select(WebEvent)
                .where(WebEvent.conversation == conversation, WebEvent.number > after)
                .order_by(WebEvent.number)
                .limit(limit)
            )
            return [_event(row) for row in rows]

    def erase_before(self, conversation: str, number: int) -> None:
        """Delete what was said before event `number`."""
        with self._database.session() as session:
            session.execute(
                delete(WebEvent).where(WebEvent.conversation == conversation, WebEvent.number < number)
            )

    def forget(self, older_than: timedelta) -> None:
        """Delete events older than this, and conversations that nobody has used for a long time."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(delete(WebEvent).where(WebEvent.created_at < now - older_than))
            session.execute(
                delete(WebConversation).where(
                    WebConversation.used_at < now - max(older_than, NUMBERING_KEPT),
                    WebConversation.id.not_in(select(WebEvent.conversation)),
                )
            )

    def _lock(self, session: Session, conversation: str) -> int:
        """Hold the conversation's row until the transaction ends; returns its newest number."""
        now = self._clock()
        values = {"id": conversation, "last_number": 0, "used_at": now}
        statement: Insert
        if session.get_bind().dialect.name == "postgresql":
            statement = (
                postgresql.insert(WebConversation)
                .values(values)
                .on_conflict_do_update(index_elements=["id"], set_={"used_at": now})
            )
        else:
            statement = (
                sqlite.insert(WebConversation)
                .values(values)
                .on_conflict_do_update(index_elements=["id"], set_={"used_at": now})
            )
        session.execute(statement)
        last = session.scalar(select(WebConversation.last_number).where(WebConversation.id == conversation))
        return last or 0


def _find(session: Session, conversation: str, kind: str, message_id: str) -> Event | None:
    row = session.scalar(
        select(WebEvent).where(
            WebEvent.conversation == conversation,
            WebEvent.message_id == message_id,
            WebEvent.kind == kind,
        )
    )
    return None if row is None else _event(row)


def _event(row: WebEvent) -> Event:
    return Event(number=row.number, kind=row.kind, message_id=row.message_id, body=dict(row.body))
