"""What people take of the articles offered is kept for review, as they took it, and trained on by nobody."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.questions import choice_table, main
from knowledge.choices import Choice, choices
from knowledge.turns import erase_sender
from settings import ROOT
from storage import Database
from tests.booking.builders import NOW, sqlite
from tests.quality.builders import kept_turn, ref

OFFERED = {"outcome": "clarified", "offered": [ref("minimum-age"), ref("maximum-age")]}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return sqlite(tmp_path)


def offers(database: Database, text: str = "age", **changes: Any) -> int:
    return kept_turn(database, text=text, outcome="clarified", decision=OFFERED, **changes)


def takes(database: Database, id: str, **changes: Any) -> int:
    served = [{"id": id, "revision": 1}]
    return kept_turn(database, text="a title", intent="choose_article", articles=served, **changes)


def listed(database: Database, limit: int = 100) -> list[Choice]:
    with database.session() as session:
        return choices(session, limit)


def test_a_choice_is_the_question_with_the_article_taken(database: Database) -> None:
    asked = offers(database, "what age, [name] asks")
    answered = takes(database, "maximum-age")
    assert listed(database) == [
        Choice(
            turn=asked,
            answered=answered,
            asked_at=NOW,
            channel="web",
            language="en",
            text="what age, [name] asks",
            offered=("minimum-age", "maximum-age"),
            chosen="maximum-age",
        )
    ]


def test_something_else_is_a_choice_of_none(database: Database) -> None:
    offers(database)
    kept_turn(database, outcome="act", intent="something_else")
    assert [choice.chosen for choice in listed(database)] == [None]


def test_another_person_s_choice_is_not_this_one_s(database: Database) -> None:
    offers(database, sender="web:1")
    takes(database, "maximum-age", sender="web:2")
    takes(database, "minimum-age", sender="web:1")
    assert [choice.chosen for choice in listed(database)] == ["minimum-age"]


def test_a_choice_after_another_message_is_none_of_that_offer(database: Database) -> None:
    offers(database)
    kept_turn(database, text="never mind, what about pay")
    takes(database, "maximum-age")
    assert listed(database) == []


def test_an_older_message_s_button_is_no_choice_of_what_was_offered(database: Database) -> None:
    offers(database)
    takes(database, "salary")
    assert listed(database) == []


def test_an_article_withdrawn_meanwhile_was_not_served_and_is_no_choice(database: Database) -> None:
    offers(database)
    kept_turn(database, outcome="unanswered", intent="choose_article")
    assert listed(database) == []


def test_the_newest_come_first_and_no_more_than_asked_for(database: Database) -> None:
    for number in range(3):
        offers(database, f"question {number}", sender=f"web:{number}")
        takes(database, "minimum-age", sender=f"web:{number}")
    assert [choice.text for choice in listed(database, limit=2)] == ["question 2", "question 1"]


def test_the_limit_counts_choices_and_not_what_was_left_out(database: Database) -> None:
    offers(database, "kept", sender="web:1")
    takes(database, "minimum-age", sender="web:1")
    offers(database, "left out", sender="web:2")
    takes(database, "salary", sender="web:2")
    assert [choice.text for choice in listed(database, limit=1)] == ["kept"]


def test_erasing_a_person_erases_their_choices(database: Database) -> None:
    offers(database)
    takes(database, "minimum-age")
    with database.session() as session:
        erase_sender(session, "web:1")
    assert listed(database) == []


def test_no_code_of_the_classifier_reads_choices() -> None:
    readers = [file.name for file in (ROOT / "nlu").glob("*.py") if "choices" in file.read_text("utf-8")]
    assert readers == []


def test_the_command_lists_choices(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    offers(database, at=NOW - timedelta(hours=1))
    takes(database, "maximum-age")
    assert main(["--choices", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["chosen"] == "maximum-age"
    assert found["offered"] == ["minimum-age", "maximum-age"]
    assert main(["--choices"]) == 0
    text = capsys.readouterr().out
    assert "2026-11-21 09:00  web  en" in text
    assert "chosen: maximum-age" in text


def test_no_choices_is_said() -> None:
    assert choice_table([], ZoneInfo("UTC")) == "No choices."
