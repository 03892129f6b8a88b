"""One engine per process, opened by a function and closed by its owner; models inherit from `Base`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC (SQLite forgets time zones); refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class Base(DeclarativeBase):
    """Base of every table of Signpost's own; Rasa's tracker has its own database."""

    type_annotation_map = {datetime: UtcDateTime}


def utc() -> datetime:
    """The system clock; code below the app takes a clock as an argument instead of calling this."""
    return datetime.now(timezone.utc)


class Database:
    """An engine and its sessions. `url` is SQLAlchemy's; SQLite and PostgreSQL are supported."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        # What is written may be what a person typed: an error tells the statement, not the values.
        # A server's connections may have ended since they were last used; a file's cannot.
        served = parsed.get_backend_name() != "sqlite"
        self.engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=served)
        if self.engine.dialect.name == "sqlite":
            _make_sqlite_transactional(self.engine)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The same past the object mapper, which takes longer: for what every message does."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that reads and then writes what it read: SQLite lets no other write in between.

        In a plain `session` there, the write fails ("database is locked") when another came first.
        """
        with self.session() as session:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            yield session

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def _make_sqlite_transactional(engine: Any) -> None:
    # pysqlite begins transactions late and by itself; SQLAlchemy's documented remedy is to begin them here.
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
