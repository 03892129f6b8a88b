"""Measures answers and classifier on every set of questions at hand, and writes docs/quality.md."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.evaluate import evaluate, read_questions
from bot.problems import NotInOrder, Problem
from bot.quality_page import Peer, PublicSet, Quality, QuestionSet, page
from bot.surroundings import hushed
from settings import ROOT, from_environment
from storage import utc

PAGE = ROOT / "docs" / "quality.md"
OWN_QUESTIONS = ROOT / "tests" / "questions"
UNSEEN_QUESTIONS = OWN_QUESTIONS / "unseen"
PEERS = Path(__file__).with_name("peers.yml")
_SPECIFICATION = "Write NAME=TRAIN.csv:TEST.csv:REJECT_LABEL, or NAME=data_full.json of CLINC150."


@dataclass(frozen=True)
class PublicFiles:
    """Where a public set lies: two files such as `bench.intents` reads, and the label of what is outside (any where
    nothing is, as in BANKING77)."""

    name: str
    train: Path
    test: Path
    reject: str


def public_files(specification: str, folder: Path) -> PublicFiles:
    """The set that `NAME=TRAIN.csv:TEST.csv:LABEL` or `NAME=FILE.json` names; JSON is rewritten into `folder`.

    Raises `NotInOrder`.
    """
    name, _, files = specification.partition("=")
    parts = files.split(":")
    if name and len(parts) == 3 and all(parts):
        return PublicFiles(name, Path(parts[0]), Path(parts[1]), parts[2])
    if name and len(parts) == 1 and files.endswith(".json"):
        return from_clinc(name, Path(files), folder)
    raise NotInOrder(Problem("is no public set", specification, _SPECIFICATION))


def from_clinc(name: str, file: Path, folder: Path) -> PublicFiles:
    """CLINC150's own JSON as two CSV files in `folder`; its validation messages stay unused. Raises `NotInOrder`."""
    try:
        parts: Mapping[str, list[tuple[str, str]]] = json.loads(file.read_text("utf-8"))
        train, test = (parts[part] + parts[f"oos_{part}"] for part in ("train", "test"))
    except (OSError, ValueError, KeyError) as error:
        raise NotInOrder(Problem(f"cannot be read: {error!r}", str(file), _SPECIFICATION)) from error
    files = PublicFiles(name, folder / f"{name}.train.csv", folder / f"{name}.test.csv", "oos")
    for target, rows in ((files.train, train), (files.test, test)):
        with target.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("text", "label"), *rows])
    return files


def measure_public(files: PublicFiles) -> PublicSet:
    """What `python -m bench.intents` prints of the set, and how many test messages it rests on; raises `NotInOrder`.

    It runs in a process of its own: benchmarks stand above this package, and use memory that is then free again.
    """
    process = subprocess.run(
        [sys.executable, "-m", "bench.intents", str(files.train.resolve()), str(files.test.resolve()),
         "--reject-label", files.reject],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if process.returncode:
        reason = (process.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotInOrder(Problem(f"could not be measured: {reason}", files.name, _SPECIFICATION))
    figures = json.loads(process.stdout)
    return PublicSet(files.name, figures["in_scope"], figures["out_of_scope"], figures)


def read_peers(file: Path = PEERS) -> tuple[Peer, ...]:
    """What comparable services publish."""
    entries: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))
    return tuple(Peer(**entry) for entry in entries)


def main(arguments: list[str]) -> int:
    """The command `quality`."""
    parser = argparse.ArgumentParser(prog="python -m bot quality", description=__doc__)
    parser.add_argument("--dev", type=Path, metavar="FILE", help="labelled questions to develop against")
    parser.add_argument(
        "--public", action="extend", nargs="+", default=[], metavar="SET",
        help="a public data set: NAME=TRAIN.csv:TEST.csv:REJECT_LABEL, or NAME=data_full.json of CLINC150",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=PAGE, help="the page to write (docs/quality.md)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        wanted = [public_files(each, Path(folder)) for each in options.public]
        sets = _questions(list(OWN_QUESTIONS.glob("*.jsonl")), options.dev)
        model, articles, judged = _judge(sets)
        public = [measure_public(files) for files in wanted]
    day = utc().astimezone(ZoneInfo(from_environment().timezone)).date()
    quality = Quality(day, model, articles, judged, public, read_peers())
    options.out.write_text(page(quality), "utf-8")
    print(options.out)
    return 0


_OWN = (
    "Questions of the project's own, kept apart from the articles' examples; they guard against regressions."
)
_UNSEEN = (
    "Written by someone who had not seen the articles' examples, and read by nobody who wrote those. Their figures as a "
    "whole were seen while examples, the reading of French and the temperature were weighed; still the fairest here."
)
_DEV = "Questions to develop against: their figures steered the work, so other questions of these kinds may fare worse."


def _questions(own: Sequence[Path], dev: Path | None) -> list[tuple[str, str, list[Any]]]:
    """Name, description and questions of each set."""

    def read(files: Iterable[Path]) -> list[Any]:
        return [each for file in sorted(files) for each in read_questions(file)]

    sets = [
        ("The project's questions", _OWN, read(own)),
        ("Questions unseen", _UNSEEN, read(UNSEEN_QUESTIONS.glob("*.jsonl"))),
    ]
    if dev:
        sets.append(("Development questions", _DEV, read_questions(dev)))
    return sets


def _judge(sets: Iterable[tuple[str, str, list[Any]]]) -> tuple[str, int, list[QuestionSet]]:
    """The model's name, how many articles are published, and the sets as they were met."""
    settings = from_environment()
    with contextlib.ExitStack() as stack:
        with hushed():
            from bot.loading import loaded_core
            from bot.train import usable_model

            core, services = stack.enter_context(loaded_core(settings))
        judged = [
            QuestionSet(name, about, asyncio.run(evaluate(core.understand, questions)))
            for name, about, questions in sets
        ]
        return usable_model(settings).name.removesuffix(".tar.gz"), len(services.store.all()), judged
