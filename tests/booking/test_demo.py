"""Example sessions say that they are, lie ahead, and never mix with real ones."""

from __future__ import annotations

from datetime import timedelta

from booking.demo import add_demo_sessions, demo_sessions
from storage import Database
from tests.booking.builders import NOW, added, info_session


def test_examples_are_flagged_ahead_and_in_both_languages() -> None:
    examples = demo_sessions(NOW)
    assert all(each.is_example and each.closes_at > NOW for each in examples)
    assert {each.language for each in examples} == {"en", "fr"}
    assert {each.online for each in examples} == {True, False}
    assert all(set(each.titles) == {"en", "fr"} for each in examples)


def test_an_example_begins_at_the_hour_of_its_own_zone() -> None:
    central = next(each for each in demo_sessions(NOW) if each.timezone == "America/Winnipeg")
    assert (central.local_start.hour, central.local_start.minute) == (17, 30)


def test_examples_are_added_once_and_again_when_all_have_passed(file_database: Database) -> None:
    def add(now: object) -> int:
        with file_database.session() as session:
            return add_demo_sessions(session, now)  # type: ignore[arg-type]

    assert add(NOW) == len(demo_sessions(NOW))
    assert add(NOW) == 0
    assert add(NOW + timedelta(days=60)) == len(demo_sessions(NOW))


def test_no_example_stands_beside_a_real_session(file_database: Database) -> None:
    added(file_database, info_session())
    with file_database.session() as session:
        assert add_demo_sessions(session, NOW) == 0
