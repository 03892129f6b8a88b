"""What a person did, read from one of Telegram's updates: no more of it than is needed to answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

# Only these are asked for. Edited messages are not: an edit is not a new question.
UPDATES_WANTED = ("message", "callback_query")

START = "start"
# What each command sends to the core; the words shown for them in Telegram's menu are in wording/telegram.yml.
PAYLOADS = {
    "help": "/capabilities",
    "sessions": "/list_sessions",
    "book": "/book_session",
    "cancel": "/cancel_booking",
    "erase": "/erase_my_data",
    "stop": "/stop",
}

_COMMAND = re.compile(r"/([A-Za-z_]+)(?:@\w+)?(?:\s+(\S.*))?", re.DOTALL)


class Kind(str, Enum):
    """TEXT: typed. COMMAND: `text` is its name. PRESS: a button. ATTACHMENT: `text` is its caption."""

    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    ATTACHMENT = "attachment"


@dataclass(frozen=True)
class Press:
    """A pressed button: its `data`, and the message it stands under with its buttons as (title, data)."""

    query: str
    data: str
    message: int | None = None
    keyboard: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Heard:
    """One thing that a person did in a private chat.

    `language` is Telegram's for the person's app, as "en" or "fr": a first guess. `argument` follows a
    command. `album` is shared by the pictures that were sent together.
    """

    update: int
    chat: int
    kind: Kind
    language: str
    text: str = ""
    argument: str = ""
    album: str = ""
    press: Press | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Heard:
        """The inverse of `to_json`."""
        press = body["press"]
        if press is not None:
            press = Press(**{**press, "keyboard": tuple((title, data) for title, data in press["keyboard"])})
        return cls(**{**body, "kind": Kind(body["kind"]), "press": press})


def hear(update: Update) -> Heard | None:
    """What there is to answer in `update`; `None` for groups, channels, edits and service messages."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    return _said(update.update_id, message)


def _pressed(update: int, query: CallbackQuery) -> Heard:
    message = query.message if isinstance(query.message, Message) else None
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else ()
    press = Press(
        query=query.id,
        data=query.data or "",
        message=message.message_id if message else None,
        keyboard=tuple((button.text, str(button.callback_data)) for row in rows for button in row),
    )
    # Our buttons only ever stand in private chats, and there the chat has the person's number.
    person = query.from_user
    return Heard(update, person.id, Kind.PRESS, _language(person.language_code), press=press)


def _said(update: int, message: Message) -> Heard | None:
    language = _language(message.from_user.language_code if message.from_user else None)
    chat = message.chat.id
    if message.text:
        command = _COMMAND.fullmatch(message.text.strip())
        if command and command[1].lower() in (START, *PAYLOADS):
            argument = (command[2] or "").strip()
            return Heard(update, chat, Kind.COMMAND, language, command[1].lower(), argument)
        return Heard(update, chat, Kind.TEXT, language, message.text)
    if message.effective_attachment is None:
        return None
    album = message.media_group_id or ""
    return Heard(update, chat, Kind.ATTACHMENT, language, message.caption or "", album=album)


def _language(code: str | None) -> str:
    return "fr" if (code or "").lower().split("-")[0] == "fr" else "en"
