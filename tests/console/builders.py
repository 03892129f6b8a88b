"""What tests of the desk are built from: an app with pages and desk alone, recruiters, questions, an article."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher

from console import add_console
from console.accounts import Passwords, add_recruiter
from console.trials import Rehearse, Trial
from knowledge.articles import Article, ArticleText, Fact
from knowledge.store import publish
from knowledge.turns import TurnRecord, record_turn
from pages import add_pages
from settings import Settings
from storage import Database

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=timezone.utc)
ANN = "ann@example.org"
PASSWORD = "correct horse battery"
# The weakest that argon2 takes: these tests are not about its strength.
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)


class Rehearsed:
    """Tells of each proposal what the test wants, and remembers what it was asked."""

    def __init__(self, trial: Trial | Exception | None = None) -> None:
        self.trial = trial or Trial(120, (), (), (), ())
        self.asked: list[tuple[str, str, str]] = []

    async def __call__(self, article: str, language: str, question: str) -> Trial:
        self.asked.append((article, language, question))
        if isinstance(self.trial, Exception):
            raise self.trial
        return self.trial


def desk_app(
    database: Database,
    clock: Callable[[], datetime],
    passwords: Passwords = CHEAP,
    rehearse: Rehearse | None = None,
    **settings: Any,
) -> web.Application:
    app = web.Application()
    chosen = Settings(**settings)
    add_pages(app, chosen)
    add_console(app, database, chosen, clock, passwords, rehearse)
    return app


def add_ann(database: Database, email: str = ANN, password: str = PASSWORD) -> None:
    with database.session() as session:
        add_recruiter(session, email, password, CHEAP, NOW)


async def sign_in(
    client: TestClient[Any, Any], email: str = ANN, password: str = PASSWORD, **form: str
) -> Any:
    """The answer to a sign-in, not followed."""
    data = {"email": email, "password": password, **form}
    return await client.post("/desk/sign-in", data=data, allow_redirects=False)


def ask(database: Database, text: str, at: datetime = NOW, **changes: Any) -> int:
    """Keep a question that went unanswered; returns its number."""
    values: dict[str, Any] = {
        "sender": "web:1",
        "channel": "web",
        "language": "en",
        "text": text,
        "outcome": "unanswered",
        "intent": "ask",
        "decision": {"articles": [{"id": "minimum-age", "topics": ["age"], "score": 0.4321}]},
        "articles": [],
        "milliseconds": 12.0,
    }
    with database.session() as session:
        return record_turn(session.connection(), TurnRecord(**{**values, **changes}), at)


def add_article(database: Database, **changes: Any) -> Article:
    """Publish an article of this id, in both languages, of which the French nobody has read."""
    values: dict[str, Any] = {
        "id": "minimum-age",
        "topics": ("age",),
        "status": "needs check",
        "last_checked": date(2026, 5, 21),
        "review_by": date(2026, 11, 20),
        "owner": "Uniform recruiters",
        "facts": (
            Fact("The minimum age is 18.", "Careers page", "https://www.opp.ca/careers", "2024", "official"),
            Fact("Others differ.", "A forum", "https://example.org/f", "2020", "forum", True, "Ontario"),
        ),
        "texts": {
            "en": ArticleText(
                "How old must I be?", "At least 18.\n\n- today\n- not later", ("how old",), "The rest."
            ),
            "fr": ArticleText("Quel âge faut-il avoir?", "Au moins 18 ans.", ("quel âge",), "", False),
        },
    }
    article = Article(**{**values, **changes})
    with database.session() as session:
        publish(session, article, "files", NOW)
    return article
