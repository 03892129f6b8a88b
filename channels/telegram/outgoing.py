"""Replies as Telegram takes them: plain text of a bounded length, and buttons with short data."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.messages import Button, Reply, Turn
from channels.plain import plain_text
from wording import say

# The Bot API's limit for a message, which it counts in UTF-16 code units.
MOST_UNITS = 4096
CHOSEN = "✓ "


@dataclass(frozen=True)
class Outgoing:
    """One message to send; `buttons` are (title, data), one below the other."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "buttons": [list(button) for button in self.buttons]}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Outgoing:
        """The inverse of `to_json`."""
        return cls(body["text"], tuple((title, data) for title, data in body["buttons"]))


def messages_of(turn: Turn) -> list[Outgoing]:
    """The messages that say what `turn` replied."""
    return [message for reply in turn.replies for message in messages_of_reply(reply, turn.language)]


def messages_of_reply(reply: Reply, language: str) -> list[Outgoing]:
    """One reply: as many messages as its text needs, the buttons under the last."""
    text = plain_text(reply, language).strip()
    if not text and reply.buttons:
        text = say(language, "telegram.choose")
    messages = [Outgoing(part) for part in split(text)]
    if messages and reply.buttons:
        buttons = tuple((button.title, data_of(button)) for button in reply.buttons)
        messages[-1] = Outgoing(messages[-1].text, buttons)
    return messages


def buttons_of(replies: Iterable[Reply]) -> dict[str, Button]:
    """Every button of the replies by the data it is sent with."""
    return {data_of(button): button for reply in replies for button in reply.buttons}


def data_of(button: Button) -> str:
    """What stands for a button in Telegram, which allows 64 bytes: 22 characters, always the same for the same."""
    digest = hashlib.sha256(f"{button.title}\0{button.payload}".encode()).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def marked(keyboard: Sequence[tuple[str, str]], data: str) -> tuple[tuple[str, str], ...] | None:
    """The keyboard with the button `data` marked as chosen; `None` when it is already, or is not there."""
    after = tuple(
        (CHOSEN + title if each == data and not title.startswith(CHOSEN) else title, each)
        for title, each in keyboard
    )
    return after if after != tuple(keyboard) else None


def split(text: str, most: int = MOST_UNITS) -> list[str]:
    """`text` in parts of at most `most` UTF-16 units, cut between paragraphs, lines or words where possible.

    >>> split("one two three", most=8)
    ['one two', 'three']
    """
    parts: list[str] = []
    rest = text.strip()
    while rest:
        end = _fitting(rest, most)
        if end < len(rest):
            cuts = (rest.rfind(gap, 0, end + 1) for gap in ("\n\n", "\n", " "))
            end = next((cut for cut in cuts if cut > end // 2), end)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def _fitting(text: str, most: int) -> int:
    """How many characters of `text` fit in `most` UTF-16 units; those beyond U+FFFF take two."""
    units = 0
    for position, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > most:
            return position
    return len(text)
