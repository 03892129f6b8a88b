"""The event log keeps its numbers whole under concurrency, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.web.log import NUMBERING_KEPT, SAID, TURN, EventLog, WebConversation
from storage import Database
from storage.migrate import migrate
from tests.booking.conftest import empty_database, postgresql
from tests.web.builders import Clock

__all__ = ["empty_database", "postgresql"]


@pytest.fixture
def both(empty_database: Database) -> Database:
    """A migrated database of either kind."""
    migrate(empty_database)
    return empty_database


def test_writers_at_the_same_time_leave_no_gap_and_no_double(both: Database, clock: Clock) -> None:
    log = EventLog(both, clock)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: log.append("a", SAID, f"k{n}", {}), range(30)))
    assert [event.number for event in log.read("a", 0, 100)] == list(range(1, 31))


def test_deliveries_at_the_same_time_write_one_event(both: Database, clock: Clock) -> None:
    log = EventLog(both, clock)
    with ThreadPoolExecutor(6) as pool:
        events = list(pool.map(lambda _: log.append("a", SAID, "k", {"text": "hello"}), range(12)))
    assert {event.number for event, _ in events} == {1}
    assert [new for _, new in events].count(True) == 1
    assert log.append("a", TURN, "k", {})[0].number == 2


def test_what_is_old_goes_and_the_numbering_stays_for_those_who_come_back(
    both: Database, clock: Clock
) -> None:
    log = EventLog(both, clock)
    log.append("a", SAID, "old", {})
    clock.move(hours=20)
    log.append("a", SAID, "new", {})
    clock.move(hours=10)
    log.forget(timedelta(hours=24))
    assert [event.message_id for event in log.read("a", 0, 10)] == ["new"]
    clock.now += NUMBERING_KEPT
    log.forget(timedelta(hours=24))
    with both.session() as session:
        assert session.scalars(select(WebConversation)).all() == []


def test_erasing_touches_one_conversation_only(both: Database, clock: Clock) -> None:
    log = EventLog(both, clock)
    for conversation in ("a", "b"):
        for key in ("one", "two"):
            log.append(conversation, SAID, key, {})
    log.erase_before("a", 2)
    assert [event.number for event in log.read("a", 0, 10)] == [2]
    assert [event.number for event in log.read("b", 0, 10)] == [1, 2]
