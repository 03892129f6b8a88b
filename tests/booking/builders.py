"""Databases, information sessions and requests for the tests, each with only what the test names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from booking import BookingRequest, InfoSession
from storage import Database
from storage.migrate import migrate

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=timezone.utc)


def sqlite(folder: Path) -> Database:
    """A migrated SQLite file; threads may share it."""
    database = Database(f"sqlite:///{folder / 'signpost.db'}")
    migrate(database)
    return database


def info_session(**changes: Any) -> InfoSession:
    """An English online session of twenty seats, seven days from `NOW`, that closes a day before."""
    starts_at = changes.pop("starts_at", NOW + timedelta(days=7))
    values: dict[str, Any] = {
        "titles": {"en": "Becoming a constable", "fr": "Devenir agent"},
        "starts_at": starts_at,
        "timezone": "America/Toronto",
        "minutes": 90,
        "places": None,
        "online_link": None,
        "language": "en",
        "seats": 20,
        "closes_at": starts_at - timedelta(days=1),
        "is_example": False,
    }
    return InfoSession(**{**values, **changes})


def added(database: Database, *info_sessions: InfoSession) -> list[int]:
    """Store them; returns their ids in order."""
    with database.session() as session:
        session.add_all(info_sessions)
        session.flush()
        return [each.id for each in info_sessions]


def request(info_session_id: int, person: int = 1, **changes: Any) -> BookingRequest:
    """Person number `person` asking for a seat, once (one key a person)."""
    values: dict[str, Any] = {
        "info_session_id": info_session_id,
        "name": f"Person {person}",
        "email": f"person{person}@example.org",
        "language": "en",
        "sender": f"web:{person}",
        "key": f"key-{person}",
    }
    return BookingRequest(**{**values, **changes})


@contextmanager
def others_write(database: Database, after: str) -> Iterator[None]:
    """Somebody else writes after each SELECT of ours from the table `after`, unless we hold the lock.

    SQLite then refuses to write on what was read before.
    """
    others: list[threading.Thread] = []

    def write() -> None:
        with database.writing() as session:
            session.execute(text("UPDATE info_session SET minutes = minutes + 1"))

    def another_writes(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT") and f"FROM {after}" in statement:
            others.append(threading.Thread(target=write))
            others[-1].start()
            others[-1].join(0.2)

    event.listen(database.engine, "after_cursor_execute", another_writes)
    try:
        yield
    finally:
        event.remove(database.engine, "after_cursor_execute", another_writes)
        for other in others:
            other.join()
    assert others
