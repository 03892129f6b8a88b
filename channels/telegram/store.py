"""What Telegram's channel must not lose: updates not yet answered, replies not yet sent, buttons, chats.

An update's row is first what was said, then the messages still to be sent, and in the end only its number,
which is kept so that a redelivered update is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, String, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from channels.messages import Button
from channels.telegram.heard import Heard
from channels.telegram.outgoing import Outgoing
from storage import Base, Database

# Telegram redelivers for a day, and after a quiet week it may count from a lower number again.
UPDATES_KEPT = timedelta(days=3)
CHATS_KEPT = timedelta(days=60)
# After it was shown last: some stand for a booking by its code.
BUTTONS_KEPT = CHATS_KEPT


class TelegramUpdate(Base):
    """An update; `chat`, `heard` and `outgoing` are emptied as soon as they are done with."""

    __tablename__ = "telegram_update"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat: Mapped[int | None] = mapped_column(BigInteger, index=True)
    heard: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    outgoing: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(index=True)


class TelegramButton(Base):
    """What a button's data stands for: the same for everybody who is shown the button."""

    __tablename__ = "telegram_button"

    data: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    shown_at: Mapped[datetime] = mapped_column(index=True)


class TelegramChat(Base):
    """A private chat: the language of its last turn, and the code of the link that it began with."""

    __tablename__ = "telegram_chat"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[str | None] = mapped_column(String(8))
    start_code: Mapped[str | None] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Pending:
    """An update with work left: either `heard` is still to be answered, or `outgoing` still to be sent."""

    update: int
    chat: int
    heard: Heard | None
    outgoing: tuple[Outgoing, ...]


class TelegramStore:
    """Reads and writes the tables. Each method is one short transaction, to be called from a worker thread."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def take(self, heard: Sequence[Heard]) -> list[Heard]:
        """Keep what was heard until it is answered; returns what was not known before."""
        with self._database.session() as session:
            now = self._clock()
            return [each for each in heard if _insert_new(session, TelegramUpdate, _values(each, now))]

    def waiting(self) -> list[tuple[int, int]]:
        """(update, chat) of all that has work left, in the order it came."""
        with self._database.session() as session:
            rows = session.execute(
                select(TelegramUpdate.id, TelegramUpdate.chat)
                .where(TelegramUpdate.chat.is_not(None))
                .order_by(TelegramUpdate.received_at, TelegramUpdate.id)
            )
            return [(update, chat) for update, chat in rows if chat is not None]

    def pending(self, update: int) -> Pending | None:
        """The work left on an update, `None` when there is none."""
        with self._database.session() as session:
            row = session.get(TelegramUpdate, update)
            if row is None or row.chat is None:
                return None
            return Pending(
                update,
                row.chat,
                Heard.from_json(row.heard) if row.heard is not None else None,
                tuple(Outgoing.from_json(message) for message in row.outgoing or ()),
            )

    def answered(
        self,
        update: int,
        outgoing: Sequence[Outgoing],
        buttons: Mapping[str, Button],
        language: str | None = None,
        erased: bool = False,
    ) -> None:
        """The answer to an update, in place of what was said; `language` is that of the turn, if it was one.

        With `erased`, what is kept of the chat goes too.
        """
        with self._database.writing() as session:
            row = session.get_one(TelegramUpdate, update)
            shown = {"shown_at": self._clock()}
            # In one order: two transactions that wait for each other's rows would never end.
            for data, button in sorted(buttons.items()):
                values = {"data": data, "title": button.title, "payload": button.payload} | shown
                inserted = _insert(session, TelegramButton, values)
                session.execute(inserted.on_conflict_do_update(index_elements=["data"], set_=shown))
            row.heard, row.outgoing = None, [message.to_json() for message in outgoing]
            if row.chat is None:
                return
            if erased:
                session.execute(delete(TelegramChat).where(TelegramChat.id == row.chat))
            elif language is not None:
                self._chat(session, row.chat).language = language

    def sent(self, update: int, left: Sequence[Outgoing]) -> None:
        """Messages went out, or never will; `left` are still to be sent. With none, only the number stays."""
        with self._database.writing() as session:
            row = session.get_one(TelegramUpdate, update)
            row.heard, row.outgoing = None, [message.to_json() for message in left] or None
            if not left:
                row.chat = None

    def began(self, chat: int, code: str) -> None:
        """A chat was begun from a link with `code`; the first one stays."""
        with self._database.writing() as session:
            row = self._chat(session, chat)
            row.start_code = row.start_code or code[:64] or None

    def button(self, data: str) -> Button | None:
        """The button that `data` stands for."""
        with self._database.session() as session:
            row = session.get(TelegramButton, data)
            return Button(row.title, row.payload) if row else None

    def language(self, chat: int) -> str | None:
        """The language of the chat's last turn."""
        with self._database.session() as session:
            row = session.get(TelegramChat, chat)
            return row.language if row else None

    def forget(self) -> None:
        """Delete updates that cannot come again, chats that have been quiet for long, and buttons shown long ago."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(delete(TelegramUpdate).where(TelegramUpdate.received_at < now - UPDATES_KEPT))
            session.execute(delete(TelegramChat).where(TelegramChat.seen_at < now - CHATS_KEPT))
            session.execute(delete(TelegramButton).where(TelegramButton.shown_at < now - BUTTONS_KEPT))

    def _chat(self, session: Session, chat: int) -> TelegramChat:
        row = session.get(TelegramChat, chat)
        if row is None:
            row = TelegramChat(id=chat)
            session.add(row)
        row.seen_at = self._clock()
        return row


def _values(heard: Heard, now: datetime) -> dict[str, Any]:
    return {"id": heard.update, "chat": heard.chat, "heard": heard.to_json(), "received_at": now}


def _insert_new(session: Session, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one with its key; returns whether there was none."""
    inserted = session.execute(_insert(session, table, values).on_conflict_do_nothing())
    return bool(getattr(inserted, "rowcount", 0))


def _insert(
    session: Session, table: type[Base], values: Mapping[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).values(**values)
