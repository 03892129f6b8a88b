"""What passes between a channel and the core: plain values, no Rasa."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Button:
    """A reply's button; `payload` is what pressing it sends back, opaque to a channel."""

    title: str
    payload: str


@dataclass(frozen=True)
class Source:
    """Where a fact comes from; `year` is text because a source may speak of "early 2010s"."""

    title: str
    url: str
    year: str


@dataclass(frozen=True)
class ArticleRef:
    """An article that a turn served or offered; `score` is the classifier's, higher is surer."""

    id: str
    topics: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Reply:
    """One message to the prospect."""

    text: str
    buttons: tuple[Button, ...] = ()
    unknown: str = ""
    sources: tuple[Source, ...] = ()
    checked: date | None = None
    overdue: bool = False


@dataclass(frozen=True)
class IncomingMessage:
    """One message from a prospect: typed `text`, or the `payload` of a button with its title as `text`.

    `sender` is unique over all channels ("web:…", "telegram:…"). `language` is the prospect's own choice,
    `None` when it is to be detected. `message_id` makes a redelivered message the same message.
    """

    sender: str
    text: str
    channel: str
    payload: str | None = None
    language: str | None = None
    message_id: str = ""


@dataclass(frozen=True)
class Turn:
    """How a turn ended. `outcome`: answered, clarified, unanswered, out_of_scope, booked, …, failed."""

    outcome: str
    replies: tuple[Reply, ...]
    language: str = "en"
    intent: str = ""
    articles: tuple[ArticleRef, ...] = ()
    offered: tuple[ArticleRef, ...] = ()
    id: int | None = None
    milliseconds: float = field(default=0.0, compare=False)


class Core(Protocol):
    """What answers: Rasa in this process, Rasa over HTTP, or a fake in a test."""

    async def handle(self, message: IncomingMessage) -> Turn: ...
