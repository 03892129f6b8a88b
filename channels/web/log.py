"""The event log of the web chat: what was said in each conversation, numbered, until it is forgotten.

It is the one truth that streams, pages and redelivered messages are served from.
What a prospect typed is masked before it comes here; the log never sees the cookie, only its hash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, Select, String, Table, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from storage import Base, Database
from storage.database import UtcDateTime

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


_EVENTS = cast(Table, WebEvent.__table__)
_COLUMNS = (_EVENTS.c.number, _EVENTS.c.kind, _EVENTS.c.message_id, _EVENTS.c.body)
_HERE = _EVENTS.c.conversation == bindparam("conversation")
# In words that SQLite and PostgreSQL share: SQLAlchemy would compile its own "on conflict" anew at each message.
_TAKE_NUMBER = text(
    "INSERT INTO web_conversation (id, last_number, used_at) VALUES (:id, 1, :used_at) ON CONFLICT (id) DO UPDATE "
    "SET used_at = excluded.used_at, last_number = web_conversation.last_number + 1 RETURNING last_number"
).bindparams(bindparam("used_at", type_=UtcDateTime()))
_ADD = text(
    "INSERT INTO web_event (conversation, number, kind, message_id, body, created_at) VALUES "
    "(:conversation, :number, :kind, :message_id, :body, :created_at) ON CONFLICT DO NOTHING RETURNING number"
).bindparams(bindparam("body", type_=JSON()), bindparam("created_at", type_=UtcDateTime()))
_FIND = select(*_COLUMNS).where(
    _HERE, _EVENTS.c.message_id == bindparam("message_id"), _EVENTS.c.kind == bindparam("kind")
)
_GET = select(*_COLUMNS).where(_HERE, _EVENTS.c.number == bindparam("number"))
_READ = (
    select(*_COLUMNS)
    .where(_HERE, _EVENTS.c.number > bindparam("after"))
    .order_by(_EVENTS.c.number)
    .limit(bindparam("limit"))
)
_LAST_NUMBER = select(WebConversation.last_number).where(WebConversation.id == bindparam("conversation"))


class EventLog:
    """Reads and writes events. Every method is one short transaction, to be called from a worker thread."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._engine = database, database.engine
        self._clock = clock

    def append(
        self, conversation: str, kind: str, message_id: str, body: dict[str, Any]
    ) -> tuple[Event, bool]:
        """Write an event under the next number; or find the one already there for this message, and `False`."""
        now = self._clock()
        one = {"conversation": conversation, "kind": kind, "message_id": message_id}
        with self._engine.connect() as connection:
            # The conversation's row is locked until the transaction ends, so numbers have neither gap nor double.
            number: int = connection.execute(_TAKE_NUMBER, {"id": conversation, "used_at": now}).scalar_one()
            row = {**one, "number": number, "body": body, "created_at": now}
            if connection.execute(_ADD, row).first() is not None:
                connection.commit()
                return Event(number, kind, message_id, body), True
            # Rolled back on leaving, with the number.
            return Event(*connection.execute(_FIND, one).one()), False

    def find(self, conversation: str, kind: str, message_id: str) -> Event | None:
        """The event of this kind for this message."""
        one = {"conversation": conversation, "kind": kind, "message_id": message_id}
        return _only(self._events(_FIND, one))

    def get(self, conversation: str, number: int) -> Event | None:
        """The event with this number."""
        return _only(self._events(_GET, {"conversation": conversation, "number": number}))

    def read(self, conversation: str, after: int, limit: int) -> list[Event]:
        """At most `limit` events with a number above `after`, in order.

        A reader that is ahead of the log has seen an earlier one that is forgotten, so it gets the log from
        its start.
        """
        wanted = {"conversation": conversation, "after": after, "limit": limit}
        events = self._events(_READ, wanted)
        if not events and after:
            with self._engine.connect() as connection:
                last = connection.scalar(_LAST_NUMBER, {"conversation": conversation})
            if last is not None and after > last:
                events = self._events(_READ, {**wanted, "after": 0})
        return events

    def _events(self, statement: Select[Any], values: dict[str, Any]) -> list[Event]:
        with self._engine.connect() as connection:
            return [Event(*row) for row in connection.execute(statement, values)]

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


def _only(events: list[Event]) -> Event | None:
    return events[0] if events else None
