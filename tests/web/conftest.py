from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from storage import Database
from storage.migrate import migrate
from tests.web.builders import Clock, FakeCore, app_for, settings_for


@pytest.fixture
def core() -> FakeCore:
    return FakeCore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(aiohttp_client: Any, core: FakeCore, clock: Clock, tmp_path: Path) -> TestClient[Any, Any]:
    return await aiohttp_client(app_for(settings_for(tmp_path), core, clock))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database of the app under test, beside it."""
    database = Database(settings_for(tmp_path).database_url)
    migrate(database)
    yield database
    database.close()
