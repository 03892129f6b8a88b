"""The understanding follows what is published, without a restart, and outlives a database that is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from knowledge.articles import Article
from knowledge.store import ArticleStore, publish, withdraw
from nlu.live import Classifiers, LiveUnderstanding, Understanding, VectorMemory, memories
from storage import Database
from tests.booking.builders import NOW, sqlite
from tests.impact.builders import ENCODER, acts, published, subject, subjects


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = sqlite(tmp_path)
    yield database
    database.close()


@pytest.fixture
def live(database: Database) -> LiveUnderstanding:
    """Trained on `subjects`, which the database publishes."""
    live = published(database, subjects())
    live.refresh()
    return live


def put(database: Database, *articles: Article) -> None:
    with database.session() as session:
        for each in articles:
            publish(session, each, "Ann", NOW)


def best(understanding: Understanding, text: str, language: str = "en") -> str:
    model = understanding.model(language)
    return model.classes[int(model.scores([text], ENCODER.encode([text]))[0].argmax())]


def test_what_is_published_is_understood(live: LiveUnderstanding) -> None:
    assert best(live.current, "how old to be a recruit") == "age"
    assert best(live.current, "combien gagne un agent", "fr") == "pay"
    assert best(live.current, "good morning") == "greet"


def test_mistyped_words_of_what_is_published_are_mended(live: LiveUnderstanding, database: Database) -> None:
    asked = ["what does a constabel earn", "zebar stripes"]
    assert live.current.corrected(asked, "en") == ["what does a constable earn", "zebar stripes"]
    put(database, subject("zoo", "a zebra", "zebra stripes"))
    live.refresh()
    assert live.current.corrected(asked, "en")[1] == "zebra stripes"
    assert live.current.corrected(["combien gange un agent"], "fr") == ["combien gagne un agent"]


def test_a_changed_article_is_followed(live: LiveUnderstanding, database: Database) -> None:
    asked = "zebra crossing stripes"
    before = live.current
    put(database, subject("fitness", asked, "stripes of a zebra"))
    assert live.refresh()
    assert best(live.current, asked) == "fitness"
    assert live.current.version > before.version
    assert live.current.articles["fitness"].text("en").questions[-1] == "stripes of a zebra"


def test_a_new_article_is_followed_in_both_languages(live: LiveUnderstanding, database: Database) -> None:
    put(database, subject("tattoos"))
    assert live.refresh()
    assert best(live.current, "tell me of tattoos") == "tattoos"
    assert best(live.current, "parle moi de tattoos", "fr") == "tattoos"


def test_a_withdrawn_article_is_forgotten(live: LiveUnderstanding, database: Database) -> None:
    with database.session() as session:
        withdraw(session, "vision", "Ann", NOW)
    assert live.refresh()
    assert "vision" not in live.current.articles
    assert "vision" not in live.current.model("en").classes
    assert "vision" not in live.current.model("fr").classes


def test_an_article_put_back_is_understood_as_before(live: LiveUnderstanding, database: Database) -> None:
    trained = live.current.model("en")
    with database.session() as session:
        withdraw(session, "vision", "Ann", NOW)
    live.refresh()
    put(database, subjects()["vision"])
    assert live.refresh()
    assert live.current.model("en") is trained


def test_nothing_published_means_nothing_done(live: LiveUnderstanding) -> None:
    before = live.current
    assert not live.refresh()
    assert live.current is before


def test_a_language_whose_examples_did_not_change_keeps_its_model(
    live: LiveUnderstanding, database: Database
) -> None:
    before = live.current
    put(database, subject("age", "is sixty too late"))
    live.refresh()
    assert live.current.model("fr") is before.model("fr")
    assert live.current.model("en") is not before.model("en")


def test_new_words_of_an_answer_are_live_and_leave_both_models_alone(
    live: LiveUnderstanding, database: Database
) -> None:
    before = live.current
    old = subjects()["age"]
    texts = {**old.texts, "en": replace(old.text("en"), answer="No.")}
    put(database, replace(old, texts=texts))
    assert live.refresh()
    assert live.current.articles["age"].text("en").answer == "No."
    assert live.current.models == before.models


def test_what_is_supposed_changes_nothing(live: LiveUnderstanding) -> None:
    before = live.current
    supposed = live.supposed({**subjects(), "tattoos": subject("tattoos")})
    assert best(supposed, "tell me of tattoos") == "tattoos"
    assert live.current is before
    assert "tattoos" not in live.current.articles


def test_a_store_that_was_never_trained_on_is_fitted_at_first_use(database: Database) -> None:
    put(database, *subjects().values())
    live = LiveUnderstanding(ArticleStore(database), acts(), Classifiers(memories(ENCODER), {}))
    assert best(live.current, "how old to be a recruit") == "age"


class Away(ArticleStore):
    """A database that can go away, and says when it has been asked."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.away = False
        self.asked = threading.Semaphore(0)

    def version(self) -> int:
        if self.away:
            self.asked.release()
            raise OperationalError("SELECT 1", {}, Exception("away"))
        return super().version()


def test_a_database_that_is_away_keeps_the_last_understanding(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "nlu.live")
    put(database, *subjects().values())
    store = Away(database)
    live = LiveUnderstanding(store, acts(), Classifiers(memories(ENCODER), {}), every_seconds=0.005)
    before = live.current
    store.away = True
    live.start()
    try:
        # Asked twice: the first failure did not end the watch.
        assert store.asked.acquire(timeout=10)
        assert store.asked.acquire(timeout=10)
        assert live.current is before
        assert "still serving the last ones" in caplog.text
        put(database, subject("tattoos"))
        store.away = False
        assert reached(lambda: "tattoos" in live.current.articles)
    finally:
        live.stop()


def test_changes_are_seen_when_the_factors_cannot_be_made(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Classifiers):
        def prepare(self) -> None:
            raise MemoryError

    caplog.set_level(logging.ERROR, "nlu.live")
    put(database, *subjects().values())
    live = LiveUnderstanding(
        ArticleStore(database), acts(), Failing(memories(ENCODER), {}), every_seconds=0.005
    )
    live.start()
    try:
        put(database, subject("tattoos"))
        assert reached(lambda: "tattoos" in live.current.articles)
        assert "factors could not be made" in caplog.text
    finally:
        live.stop()


def reached(state: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether a state that another thread brings about came within the time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if state():
            return True
        pause.wait(0.01)
    return False


class Counting:
    """An encoder that remembers what it was asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: list[str], language: str) -> object:
        self.texts += texts
        return ENCODER.encode(texts)


def test_each_text_is_encoded_once() -> None:
    encoder = Counting()
    memory = VectorMemory(encoder, "en")  # type: ignore[arg-type]
    first = memory.vectors(["one", "two", "one"])
    assert (memory.vectors(["two", "three"])[0] == first[1]).all()
    assert encoder.texts == ["one", "two", "three"]


def test_what_passes_is_not_remembered() -> None:
    encoder = Counting()
    memory = VectorMemory(encoder, "en")  # type: ignore[arg-type]
    memory.passing(["one"])
    memory.passing(["one"])
    assert encoder.texts == ["one", "one"]
