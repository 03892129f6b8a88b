"""A conversation with the real embedded core, told as a list of what a person types and presses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from actions.base import Services
from bot.core import RasaCore
from channels.messages import IncomingMessage, Turn
from knowledge.articles import Article, ArticleText, Fact
from knowledge.store import ArticleStore, publish
from storage import Database
from tests.booking.builders import NOW
from wording.typography import NO_BREAK


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def article(id: str, **changes: object) -> Article:
    """A verified article that says its own id, in both languages."""
    values: dict[str, object] = {
        "id": id,
        "topics": ("age",),
        "status": "verified",
        "last_checked": date(2026, 11, 20),
        "review_by": date(2027, 5, 20),
        "owner": "Recruiters",
        "facts": (Fact("It is so.", "A source", "https://example.org/a", "2024", "official"),),
        "texts": {
            "en": ArticleText(f"Title of {id}?", f"Answer of {id}.", ("a question",), unknown="Not known."),
            "fr": ArticleText(f"Titre de {id}?", f"Réponse de {id}.", ("une question",)),
        },
    }
    return Article(**{**values, **changes})  # type: ignore[arg-type]


ARTICLES = (
    article("minimum-age", related=("maximum-age", "nowhere")),
    article("maximum-age", review_by=date(2026, 11, 1)),
    article("expired-rule", expires=date(2026, 11, 21)),
    article("book-a-session", starts="booking"),
    article("cancel-a-booking", starts="cancellation"),
    article("coming-sessions", starts="sessions"),
    article("delete-my-data", starts="erasure"),
)


def publish_all(database: Database) -> None:
    with database.session() as session:
        for each in ARTICLES:
            publish(session, each, by="tests", now=NOW)


def services(database: Database, clock: Clock, settings: object) -> Services:
    return Services(database, ArticleStore(database), clock, settings)  # type: ignore[arg-type]


@dataclass
class Person:
    """One prospect; remembers the last turn."""

    core: RasaCore
    sender: str = "web:someone"
    language: str | None = None
    turns: list[Turn] = field(default_factory=list)

    async def says(self, *texts: str) -> Turn:
        for text in texts:
            await self._send(IncomingMessage(self.sender, text, "web", language=self.language))
        return self.turns[-1]

    async def presses(self, title: str) -> Turn:
        """Press the button of the last turn whose title begins so."""
        buttons = [button for reply in self.turns[-1].replies for button in reply.buttons]
        button = next((each for each in buttons if each.title.startswith(title)), None)
        assert button is not None, f"no button {title!r} among {[each.title for each in buttons]}"
        return await self.sends(button.payload, button.title)

    async def sends(self, payload: str, text: str = "") -> Turn:
        await self._send(IncomingMessage(self.sender, text, "web", payload=payload, language=self.language))
        return self.turns[-1]

    async def _send(self, message: IncomingMessage) -> None:
        self.turns.append(await self.core.handle(message))

    @property
    def heard(self) -> str:
        """All that the last turn said."""
        return plain("\n".join(reply.text for reply in self.turns[-1].replies))

    @property
    def asked(self) -> str:
        """The last thing the last turn said."""
        return plain(self.turns[-1].replies[-1].text)


def plain(text: str) -> str:
    """With the spaces that a keyboard has, so that tests read as they are typed."""
    return text.replace(NO_BREAK, " ")
