"""The benches run on tiny inputs, tell better from worse, and say what kept them from running."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bench.figures import Load
from bench.in_process import ALL, Script, converse, scripts
from bench.load import Unanswered
from bench.made_articles import EXAMPLES, HELD_OUT
from bench.processes import BenchError
from bench.signpost import visiting
from bench.turns import Figures, main, rows
from channels.messages import Button, Reply, Turn
from channels.turns import FAILED
from knowledge.articles import load_articles
from nlu.examples import load_acts
from settings import PREFIX, ROOT, Settings
from tests.web.builders import FakeCore, app_for, settings_for

ONE = Button("Saturday", '/choose_session{"info_session": 1}')


def load(**changes: float) -> Load:
    values: dict[str, Any] = {
        "messages": 10, "failed": 0, "right": 1.0, "per_second": 5.0, "p50": 10.0, "p95": 20.0, "p99": 30.0,
    }  # fmt: skip
    return Load(**{**values, **changes})


def figures(**changes: Any) -> Figures:
    values: dict[str, Any] = {
        "machine_load": 0.5, "train_s": 10.0, "start_s": 5.0, "memory_mb": 100.0, "fixed_rate": load(), "closed_loop": load(),
    }  # fmt: skip
    return Figures(**{**values, **changes})


def test_more_messages_and_less_time_are_better() -> None:
    stock = figures(train_s=100.0, closed_loop=load(per_second=2.0, p95=60.0))
    times = {name: times for name, _, _, times in rows(stock, figures())}
    assert times["training, s"] == 10
    assert times["closed loop: messages a second"] == 2.5
    assert times["closed loop: p95, ms"] == 3
    assert times["fixed rate: p95, ms"] == 1


def test_memory_that_is_unknown_has_no_ratio() -> None:
    table = {row[0]: row[1:] for row in rows(figures(), figures(memory_mb=None))}
    assert table["memory, MB"] == (100, None, None)


@pytest.mark.parametrize("arguments", [["--rate", "0"], ["--seconds", "-1"], ["--people", "0"]])
def test_what_cannot_be_sent_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(arguments)
    assert refusal.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_without_an_encoder_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PREFIX + "MODELS_DIR", str(tmp_path))
    assert main(["--articles", "2"]) == 1
    assert "run `python -m bot train` first" in capsys.readouterr().err


async def test_visitors_read_their_own_answers_from_the_stream_as_the_page_does(tmp_path: Path) -> None:
    core = FakeCore()
    async with TestServer(app_for(settings_for(tmp_path), core)) as server, ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        async with visiting(http, url) as ann, visiting(http, url) as ben:
            said = await asyncio.gather(*(who.say(f"{n}") for n in range(3) for who in (ann, ben)))
    assert said == [f"You said: {n}" for n in range(3) for _ in (ann, ben)]
    assert len({each.sender for each in core.received}) == 2


async def test_an_apology_is_no_answer(tmp_path: Path) -> None:
    core = FakeCore(reply=lambda message: Turn(outcome=FAILED, replies=(Reply("Sorry."),)))
    async with TestServer(app_for(settings_for(tmp_path), core)) as server, ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        async with visiting(http, url) as person:
            failure = await asyncio.gather(person.say("hello"), return_exceptions=True)
    assert isinstance(failure[0], Unanswered)


async def test_a_conversation_presses_the_button_that_it_was_given() -> None:
    core = FakeCore(reply=lambda message: Turn("act", (Reply("Which?", (ONE,)),)))
    script = Script("bench:1", "booking", ("book a seat", "/choose_session"))
    loads = await converse(core, iter([script]), turns=2)
    assert [each.payload for each in core.received] == [None, ONE.payload]
    assert {kind: each.messages for kind, each in loads.items()} == {"booking": 2, ALL: 2}


async def test_a_button_that_is_not_there_stops_the_bench() -> None:
    script = Script("bench:1", "booking", ("book a seat", "/choose_session"))
    with pytest.raises(BenchError, match="/choose_session"):
        await converse(FakeCore(), iter([script]), turns=2)


def test_every_kind_of_conversation_has_its_turn() -> None:
    articles = load_articles(Settings().articles_dir)[:3]
    every = list(islice(scripts(articles), 6))
    assert {each.kind for each in every} == {"English", "French", "acts", "booking"}
    assert len({each.sender for each in every}) == 6


@pytest.mark.model
def test_in_process_the_real_core_has_all_its_turns(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = run("bench.turns", "--in-process", "--turns", "30", "--json", str(out))
    assert result.returncode == 0, result.stderr
    found = json.loads(out.read_text("utf-8"))
    assert found[ALL]["messages"] >= 30
    assert found[ALL]["failed"] == 0


@pytest.mark.model
def test_answers_are_measured_for_a_size(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = run("bench.answers", "--articles", "2", "--json", str(out))
    assert result.returncode == 0, result.stderr
    (size,) = json.loads(out.read_text("utf-8"))["sizes"]
    assert (size["articles"], size["asked"]) == (2, 2 * HELD_OUT)
    assert size["examples"] == len(load_acts()) + 2 * EXAMPLES
    assert size["right_at_once"] <= size["right_or_offered"] <= 1


@pytest.mark.slow
def test_both_sides_answer_in_the_whole_bench(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    tiny = ("--articles", "2", "--people", "2", "--rate", "2", "--seconds", "2")
    result = run("bench.turns", *tiny, "--json", str(out))
    assert result.returncode == 0, result.stderr
    found = json.loads(out.read_text("utf-8"))
    for side in (found["stock_rasa"], found["signpost"]):
        assert side["fixed_rate"]["messages"] == 4
        assert side["closed_loop"]["failed"] == 0


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
