"""A stand-in for the Bot API and a database, fresh for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import Database
from storage.migrate import migrate
from tests.telegram.stand_in import Person, StandIn


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is never reached through a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'telegram.db'}")
    migrate(database)
    yield database
    database.close()


@pytest.fixture
async def api() -> AsyncIterator[StandIn]:
    """The stand-in; the test fails when any call was not as the Bot API wants it."""
    api = StandIn()
    await api.start()
    yield api
    await api.stop()
    assert api.violations == []


@pytest.fixture
def ann(api: StandIn) -> Person:
    return Person(api)
