"""Trains the dialogue once, with the keyword NLU, and gives each test a core with databases of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import rasa

from actions.base import Services
from bot.core import RasaCore
from bot.surroundings import quiet_rasa
from settings import ROOT, Settings
from storage import Database
from tests.booking.builders import NOW, added, info_session, sqlite
from tests.core.conversation import Clock, Person, publish_all, services

CONFIG = """
recipe: default.v1
assistant_id: signpost-tests
language: en
pipeline:
  - name: tests.core.keyword_nlu.KeywordNlu
policies:
  - name: RulePolicy
"""
EXAMPLES = """
version: "3.1"
nlu:
  - intent: ask
    examples: |
      - a question
  - intent: greet
    examples: |
      - hello
"""


@pytest.fixture(scope="session")
def dialogue_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's domain and rules, trained with the keyword NLU."""
    quiet_rasa()
    folder = tmp_path_factory.mktemp("model")
    (folder / "config.yml").write_text(CONFIG, "utf-8")
    (folder / "nlu.yml").write_text(EXAMPLES, "utf-8")
    result = rasa.train(
        domain=str(ROOT / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=[str(folder / "nlu.yml"), str(ROOT / "nlu" / "data" / "rules.yml")],
        output=str(folder),
    )
    return Path(result.model)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = sqlite(tmp_path)
    yield database
    database.close()


@pytest.fixture
def given(database: Database, clock: Clock, tmp_path: Path) -> Services:
    """Services with the test's articles published and three sessions to come."""
    publish_all(database)
    added(
        database,
        info_session(starts_at=NOW + timedelta(days=7)),
        info_session(starts_at=NOW + timedelta(days=8), language="fr"),
        info_session(starts_at=NOW + timedelta(days=9), places={"en": "Headquarters, Orillia"}, seats=1),
    )
    settings = replace(Settings(), tracker_database=str(tmp_path / "tracker.db"))
    return services(database, clock, settings)


@pytest.fixture
def core(dialogue_model: Path, given: Services) -> Iterator[RasaCore]:
    core = RasaCore.load(dialogue_model, given)
    yield core
    core.close()


@pytest.fixture
def person(core: RasaCore) -> Person:
    return Person(core)


@pytest.fixture
def another(core: RasaCore) -> Callable[[str], Person]:
    return lambda sender: Person(core, sender=sender)
