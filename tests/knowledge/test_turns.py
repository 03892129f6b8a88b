"""Every turn is kept, the unanswered ones until a recruiter has dealt with them, none after its person is erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.turns import TurnRow, erase_sender, mark_handled, unanswered
from storage import Database
from tests.booking.builders import NOW, sqlite
from tests.quality.builders import kept_turn, ref

LATER = NOW + timedelta(hours=1)
ANN = "ann@example.org"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = sqlite(tmp_path)
    yield database
    database.close()


def texts(database: Database, limit: int = 100, handled: bool = False) -> list[str]:
    with database.session() as session:
        return [row.text for row in unanswered(session, limit, handled)]


def handle(database: Database, number: int, note: str = "told them") -> bool:
    with database.session() as session:
        return mark_handled(session, number, ANN, note, LATER)


def test_a_turn_is_kept_with_the_decision_and_the_revisions_served(database: Database) -> None:
    served = [{"id": "minimum-age", "revision": 3}]
    number = kept_turn(database, decision={"articles": [ref("minimum-age")]}, articles=served)
    with database.session() as session:
        row = session.get(TurnRow, number)
    assert row is not None
    assert (row.articles, row.decision["articles"][0]["id"]) == (served, "minimum-age")
    assert (row.created_at, row.handled_at) == (NOW, None)


def test_only_unanswered_questions_wait_for_a_recruiter_newest_first(database: Database) -> None:
    kept_turn(database, text="first", outcome="unanswered")
    kept_turn(database, text="answered")
    kept_turn(database, text="offered", outcome="clarified")
    kept_turn(database, text="second", outcome="unanswered")
    assert texts(database) == ["second", "first"]
    assert texts(database, limit=1) == ["second"]


def test_a_question_dealt_with_waits_no_more_and_tells_who_did_what(database: Database) -> None:
    number = kept_turn(database, text="a gap", outcome="unanswered")
    assert handle(database, number, "wrote an article")
    assert texts(database) == []
    with database.session() as session:
        (row,) = unanswered(session, handled=True)
    assert (row.handled_by, row.handled_note, row.handled_at) == (ANN, "wrote an article", LATER)


def test_the_first_note_on_a_question_stays(database: Database) -> None:
    number = kept_turn(database, outcome="unanswered")
    assert handle(database, number, "first")
    assert not handle(database, number, "second")
    with database.session() as session:
        assert [row.handled_note for row in unanswered(session, handled=True)] == ["first"]


def test_what_was_answered_or_never_was_cannot_be_dealt_with(database: Database) -> None:
    assert not handle(database, kept_turn(database))
    assert not handle(database, 4711)


def test_erasing_a_person_leaves_nothing_of_theirs_and_all_of_others(database: Database) -> None:
    for sender in ("web:1", "web:1", "web:12"):
        kept_turn(database, text=sender, sender=sender, outcome="unanswered")
    with database.session() as session:
        assert erase_sender(session, "web:1") == 2
        assert erase_sender(session, "web:1") == 0
    assert texts(database) == ["web:12"]
