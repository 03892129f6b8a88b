"""What a recruiter publishes answers without training and without a restart; what is withdrawn stops."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from actions.base import Services
from bot.core import RasaCore
from channels.messages import Turn
from knowledge.articles import Article, ArticleText
from knowledge.store import publish, withdraw
from storage import utc
from tests.core.conversation import Person
from tests.knowledge.builders import article

pytestmark = pytest.mark.model

# What the README promises, counted from the commit: the watcher looks four times a second, and the update that follows
# takes about half a second of one core.
SECONDS = 2.0
# The first seconds of a server go into what makes later changes quick.
SECONDS_AT_START = 60.0

ENGLISH = "may I keep a pet ferret at the academy"
FRENCH = "puis-je garder un furet à l'académie"


def ferrets(answer: str = "Ferrets stay at home.") -> Article:
    """An article on what no other is about."""
    return article(
        "pet-ferrets",
        topics=("pet_ferrets",),
        texts={
            "en": ArticleText(
                "May I bring my ferret?", answer, (ENGLISH, "are ferrets allowed", "ferret policy")
            ),
            "fr": ArticleText("Mon furet est-il admis?", "Non.", (FRENCH, "les furets sont-ils admis")),
        },
    )


def put(services: Services, *articles: Article) -> None:
    with services.database.session() as session:
        for each in articles:
            publish(session, each, "Ann", utc())


def take_away(services: Services, id: str) -> None:
    with services.database.session() as session:
        withdraw(session, id, "Ann", utc())


def busy() -> float:
    """How many times as long everything takes here because other processes want the same cores; 1 where none does."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def follows(core: RasaCore, services: Services, seconds: float = SECONDS) -> bool:
    """Whether the core understands with what is published now, within the time."""
    ends = time.monotonic() + seconds * busy()
    while time.monotonic() < ends:
        if (await core.understand("hello"))["decision"]["knowledge"] == services.store.version():
            return True
    return False


async def until(
    someone: Callable[[], Person], text: str, wanted: Callable[[Turn], bool], seconds: float = SECONDS
) -> Turn:
    """Ask as a new person each time until the turn is as wanted or the time is over; the last turn."""
    ends = time.monotonic() + seconds * busy()
    while True:
        turn = await someone().says(text)
        if wanted(turn) or time.monotonic() > ends:
            return turn


def served(id: str) -> Callable[[Turn], bool]:
    return lambda turn: [each.id for each in turn.articles] == [id]


@pytest.fixture
def tattoos(services: Services) -> Iterator[Article]:
    """An article of the release, put back at the end as it was."""
    published = services.store.get("tattoos")
    assert published is not None
    yield published.article
    put(services, published.article)


async def test_new_changed_and_withdrawn_articles_are_followed(
    core: RasaCore, services: Services, someone: Callable[[], Person]
) -> None:
    assert await follows(core, services, SECONDS_AT_START)
    assert not served("pet-ferrets")(await someone().says(ENGLISH))
    put(services, ferrets())
    try:
        turn = await until(someone, ENGLISH, served("pet-ferrets"), SECONDS_AT_START)
        assert (turn.outcome, turn.replies[0].text) == ("answered", "Ferrets stay at home.")
        turn = await until(someone, FRENCH, served("pet-ferrets"))
        assert (turn.outcome, turn.language, turn.replies[0].text) == ("answered", "fr", "Non.")

        put(services, ferrets("Ferrets are welcome now."))
        turn = await until(someone, ENGLISH, lambda turn: "welcome" in turn.replies[0].text)
        assert turn.replies[0].text == "Ferrets are welcome now."
    finally:
        take_away(services, "pet-ferrets")
    turn = await until(someone, ENGLISH, lambda turn: not served("pet-ferrets")(turn))
    assert "pet-ferrets" not in [each.id for each in (*turn.articles, *turn.offered)]
    assert await follows(core, services)
    assert "pet-ferrets" not in [
        each["id"] for each in (await core.understand(ENGLISH))["decision"]["articles"]
    ]


async def test_a_new_example_of_a_known_article_is_understood(
    core: RasaCore, services: Services, someone: Callable[[], Person], tattoos: Article
) -> None:
    asked = "does my inked sleeve with wyverns matter"
    assert await follows(core, services, SECONDS_AT_START)
    english = tattoos.text("en")
    taught = replace(english, questions=(*english.questions, asked), answer="Wyverns are fine.")
    put(services, replace(tattoos, texts={**tattoos.texts, "en": taught}))
    turn = await until(someone, asked, lambda turn: turn.replies[0].text == "Wyverns are fine.")
    assert (turn.outcome, turn.replies[0].text) == ("answered", "Wyverns are fine.")
