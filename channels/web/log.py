"""The event log of the web chat: what was said in each conversation, numbered, until it is forgotten.

It is the one truth that streams, pages and redelivered messages are served from.
What a prospect typed is masked before it comes here; the log never sees the cookie, only its hash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, delete, select
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

    def append(
        self, conversation: str, kind: str, message_id: str, body: dict[str, Any]
    ) -> tuple[Event, bool]:
        """Write an event under the next number; or find the one already there for this message, and `False`."""
        with self._database.session() as session:
            number = self._next_number(session, conversation)
            insert = _insert(session)(WebEvent).values(
                conversation=conversation,
                number=number,
                kind=kind,
                message_id=message_id,
                body=body,
                created_at=self._clock(),
            )
            new = session.execute(insert.on_conflict_do_nothing().returning(WebEvent.number)).first()
            if new is not None:
                return Event(number, kind, message_id, body), True
            # The number goes back; the conversation's row stays locked for as long as it takes to look.
            known = _find(session, conversation, kind, message_id)
            session.rollback()
            assert known is not None
            return known, False

    def find(self, conversation: str, kind: str, message_id: str) -> Event | None:
        """The event of this kind for this message."""
        with self._database.session() as session:
            return _find(session, conversation, kind, message_id)

    def get(self, conversation: str, number: int) -> Event | None:
        """The event with this number."""
        with self._database.session() as session:
            one = (WebEvent.conversation == conversation, WebEvent.number == number)
            row = session.execute(select(*_COLUMNS).where(*one)).first()
            return None if row is None else Event(*row)

    def read(self, conversation: str, after: int, limit: int) -> list[Event]:
        """At most `limit` events with a number above `after`, in order.

        A reader that is ahead of the log has seen an earlier one that is forgotten, so it gets the log from
        its start.
        """
        with self._database.session() as session:
            events = _read(session, conversation, after, limit)
            if not events and after:
                last = session.scalar(
                    select(WebConversation.last_number).where(WebConversation.id == conversation)
                )
                if last is not None and after > last:
                    events = _read(session, conversation, 0, limit)
            return events

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

    def _next_number(self, session: Session, conversation: str) -> int:
        """Take the conversation's next number; its row is locked until the transaction ends."""
        insert = _insert(session)(WebConversation)
        taken = insert.values(id=conversation, last_number=1, used_at=self._clock()).on_conflict_do_update(
            index_elements=["id"],
            set_={
                "used_at": insert.excluded.used_at,
                "last_number": WebConversation.last_number + 1,
            },
        )
        return int(session.execute(taken.returning(WebConversation.last_number)).scalar_one())


def _insert(session: Session) -> Any:
    """The dialect's own INSERT, which knows what to do on a conflict."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


_COLUMNS = (WebEvent.number, WebEvent.kind, WebEvent.message_id, WebEvent.body)


def _read(session: Session, conversation: str, after: int, limit: int) -> list[Event]:
    newer = (WebEvent.conversation == conversation, WebEvent.number > after)
    rows = session.execute(select(*_COLUMNS).where(*newer).order_by(WebEvent.number).limit(limit))
    return [Event(*row) for row in rows]


def _find(session: Session, conversation: str, kind: str, message_id: str) -> Event | None:
    row = session.execute(
        select(*_COLUMNS).where(
            WebEvent.conversation == conversation,
            WebEvent.message_id == message_id,
            WebEvent.kind == kind,
        )
    ).first()
    return None if row is None else Event(*row)
