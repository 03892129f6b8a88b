"""Why a turn was answered so can be told of any turn that was kept, also of old ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.explain import NOT_KEPT, as_text, explain
from bot.problems import EXIT_STATUS
from knowledge.store import publish
from storage import Database
from tests.booking.builders import NOW, sqlite
from tests.knowledge.builders import article
from tests.quality.builders import kept_turn, ref

NEAREST = {"text": "how old must i be", "similarity": 0.8123}
DECISION = {
    "outcome": "answered",
    "articles": [ref("minimum-age", belief=0.71, nearest=NEAREST), ref("maximum-age", belief=0.12)],
    "offered": [ref("maximum-age")],
    "others": [{"label": "oos_far", "belief": 0.04}],
    "knowledge": 205,
    "limits": {"temperature": 0.04, "answer": 0.36, "offer": 0.05, "urgent": 0.45},
}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    return sqlite(tmp_path)


def served_turn(database: Database) -> int:
    with database.session() as session:
        publish(session, article("minimum-age"), "files", NOW)
        publish(session, article("minimum-age", owner="Others"), "ann@example.org", NOW)
    return kept_turn(
        database,
        text="how old, [name] asks",
        decision=DECISION,
        articles=[{"id": "minimum-age", "revision": 2}],
    )


def told(database: Database, number: int) -> str:
    with database.session() as session:
        found = explain(session, number)
    assert found is not None
    return as_text(found, "2026-11-21 10:00")


def test_all_that_led_to_an_answer_is_told(database: Database) -> None:
    text = told(database, served_turn(database))
    for part in (
        "#1  2026-11-21 10:00  web  en",
        "how old, [name] asks",
        "outcome     answered  (intent ask)",
        "knowledge   205",
        "temperature 0.04  answer 0.36  offer 0.05  urgent 0.45",
        "score 0.500  belief 0.710  served",
        "nearest example (0.81): how old must i be",
        "score 0.500  belief 0.120  offered",
        "oos_far 0.04",
        "minimum-age revision 2, published 2026-11-21T15:00:00+00:00 by ann@example.org",
    ):
        assert part in text


def test_an_old_turn_says_what_was_not_kept_with_it(database: Database) -> None:
    old = {"outcome": "answered", "articles": [{"id": "minimum-age", "score": 0.4}], "others": []}
    text = told(database, kept_turn(database, decision=old, articles=[{"id": "minimum-age", "revision": 1}]))
    assert f"thresholds  {NOT_KEPT}" in text
    assert f"knowledge   {NOT_KEPT}" in text
    assert f"nearest example: {NOT_KEPT}" in text
    assert "minimum-age revision 1, which is not in the history" in text


def test_a_button_is_not_explained_by_scores(database: Database) -> None:
    number = kept_turn(database, intent="choose_article", articles=[{"id": "minimum-age", "revision": 1}])
    text = told(database, number)
    assert "a button was pressed" in text
    assert "thresholds" not in text


def test_json_holds_the_same_for_other_programs(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    number = served_turn(database)
    assert main(["explain", str(number), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["candidates"][0]["nearest"] == NEAREST
    assert found["limits"] == DECISION["limits"]
    assert found["served"] == [
        {
            "id": "minimum-age",
            "revision": 2,
            "published_at": "2026-11-21T15:00:00+00:00",
            "published_by": "ann@example.org",
        }
    ]


def test_the_time_is_the_service_s_own(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(served_turn(database))]) == 0
    assert "#1  2026-11-21 10:00  web" in capsys.readouterr().out


def test_an_unknown_turn_is_said_to_be_unknown(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "4711"]) == EXIT_STATUS
    assert "There is no turn 4711" in capsys.readouterr().err
