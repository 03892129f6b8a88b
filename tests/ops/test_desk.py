"""What the desk is told of an example question comes from `python -m bot impact`, once for each state of the articles."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.desk import DeskTrials, bot_process
from console.trials import Change, Met, Nearer, TrialFailed, TrialTakesLong
from knowledge.store import ArticleStore, publish
from settings import Settings
from tests.booking.builders import sqlite
from tests.knowledge.builders import article

CHANGE = {
    "text": "how tall",
    "language": "en",
    "kind": "labelled",
    "article": None,
    "times": 1,
    "labels": ["height_weight"],
    "old": {
        "outcome": "answered",
        "label": "height",
        "served": ["height"],
        "offered": [],
        "verdict": "right",
    },
    "new": {
        "outcome": "clarified",
        "label": "",
        "served": [],
        "offered": ["age", "height"],
        "verdict": "clarified",
    },
}
IMPACT = {
    "seconds": 2.0,
    "compared": {"labelled": 10, "example": 20},
    "regressions": [CHANGE],
    "mended": [],
    "others": [],
    "nearer": [
        {
            "article": "age",
            "language": "en",
            "text": "x",
            "own": {},
            "other": {"label": "height", "text": "y"},
        }
    ],
}


class Command:
    """Stands in for the process: answers with what a test wants when it lets it."""

    def __init__(self, status: int = 1, output: str = json.dumps(IMPACT)) -> None:
        self.status, self.output = status, output
        self.calls: list[Sequence[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        self.calls.append(arguments)
        await self.gate.wait()
        return self.status, self.output, "no model has been trained"


@pytest.fixture
def store(tmp_path: Path) -> ArticleStore:
    return ArticleStore(sqlite(tmp_path))


async def test_what_the_command_says_is_told_and_kept_until_the_articles_change(store: ArticleStore) -> None:
    command = Command()
    trials = DeskTrials(store, command)
    trial = await trials("age", "en", "how tall")
    assert trial.compared == 30
    assert trial.worse == (
        Change("how tall", "en", Met("answered", ("height",)), Met("clarified", ("age", "height"))),
    )
    assert trial.nearer == (Nearer("height", "y"),)
    assert command.calls == [["impact", "--json", "--add-question", "age", "en", "how tall"]]
    await trials("age", "en", "how tall")
    assert len(command.calls) == 1
    with store._database.session() as session:
        publish(session, article(), "someone", datetime.now(timezone.utc))
    await trials("age", "en", "how tall")
    assert len(command.calls) == 2


async def test_one_who_waited_long_finds_the_result_later(store: ArticleStore) -> None:
    command = Command()
    command.gate.clear()
    trials = DeskTrials(store, command, patience=0.05)
    with pytest.raises(TrialTakesLong):
        await trials("age", "en", "how tall")
    command.gate.set()
    assert (await trials("age", "en", "how tall")).compared == 30
    assert len(command.calls) == 1


async def test_a_failure_is_told_and_tried_again(store: ArticleStore) -> None:
    command = Command(status=2)
    trials = DeskTrials(store, command)
    for _ in range(2):
        with pytest.raises(TrialFailed, match="no model"):
            await trials("age", "en", "how tall")
    assert len(command.calls) == 2


async def test_what_cannot_be_read_is_tried_again_too(store: ArticleStore) -> None:
    command = Command(output="cut sh")
    trials = DeskTrials(store, command)
    for _ in range(2):
        with pytest.raises(ValueError, match="Expecting value"):
            await trials("age", "en", "how tall")
    assert len(command.calls) == 2


async def test_a_trial_waits_until_the_known_questions_are_read(store: ArticleStore) -> None:
    command = Command()
    command.gate.clear()
    trials = DeskTrials(store, command)
    preparing = asyncio.create_task(trials.prepare())
    await asyncio.sleep(0)
    trial = asyncio.create_task(trials("age", "en", "how tall"))
    await asyncio.sleep(0.05)
    assert command.calls == [["impact", "--prepare"]]
    command.gate.set()
    await preparing
    assert (await trial).compared == 30


async def test_a_preparation_that_fails_is_logged_and_ends(
    store: ArticleStore, caplog: pytest.LogCaptureFixture
) -> None:
    asked_by = "jane@example.org"

    async def fails(arguments: Sequence[str]) -> tuple[int, str, str]:
        raise OSError(asked_by)

    await DeskTrials(store, fails).prepare()
    await DeskTrials(store, Command(status=2)).prepare()
    assert "OSError" in caplog.text
    assert "in fails" in caplog.text
    assert asked_by not in caplog.text
    assert "exit status 2 no model has been trained" in caplog.text


async def test_the_process_has_the_settings_of_the_server(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}", models_dir=tmp_path)
    status, output, errors = await bot_process(settings)(
        ["impact", "--add-question", "age", "en", "how tall"]
    )
    assert (status, output) == (2, "")
    assert str(tmp_path) in errors
