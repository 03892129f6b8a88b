"""The same tests on SQLite and on PostgreSQL, each with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pgserver
import pytest
from sqlalchemy import create_engine, text

from storage import Database
from storage.migrate import migrate
from tests.booking.builders import sqlite


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server on a socket, stopped at the end."""
    server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        server = str(request.getfixturevalue("postgresql"))
        name = f"t{uuid4().hex}"
        owner = create_engine(
            server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
        )
        with owner.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        owner.dispose()
        database = Database(server.replace("/postgres?", f"/{name}?"))
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    migrate(empty_database)
    return empty_database


@pytest.fixture
def file_database(tmp_path: Path) -> Iterator[Database]:
    database = sqlite(tmp_path)
    yield database
    database.close()
