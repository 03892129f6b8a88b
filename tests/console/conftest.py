"""A desk with one recruiter, Ann, who is signed in where a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from storage import Database
from storage.migrate import migrate
from tests.console.builders import Clock, Rehearsed, add_ann, desk_app, sign_in


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rehearsed() -> Rehearsed:
    return Rehearsed()


@pytest.fixture
async def client(
    aiohttp_client: Any, database: Database, clock: Clock, rehearsed: Rehearsed
) -> TestClient[Any, Any]:
    """A browser that nobody has signed in with."""
    add_ann(database)
    client: TestClient[Any, Any] = await aiohttp_client(desk_app(database, clock, rehearse=rehearsed))
    return client


@pytest.fixture
async def desk(client: TestClient[Any, Any]) -> TestClient[Any, Any]:
    """A browser that Ann has signed in with."""
    response = await sign_in(client)
    assert response.status == 303
    return client
