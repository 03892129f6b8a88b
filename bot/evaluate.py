"""Measures answers against a file of labelled questions: right at once, right or offered, wrong, unanswered."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.problems import NotInOrder, Problem
from bot.surroundings import hushed
from knowledge.articles import NOT_OURS
from settings import from_environment

Understand = Callable[[str], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Question:
    """A line of the file; an answer on any of `labels` is right. Labels of *Not ours* want no answer."""

    text: str
    lang: str
    labels: frozenset[str]
    kind: str
    style: str = ""

    @property
    def ours(self) -> bool:
        return not self.labels & NOT_OURS


@dataclass(frozen=True)
class Judged:
    """A question and how it was met. `verdict`: right, offered, wrong, missed (unanswered or met as something else)
    for our own; for the others answered or left."""

    question: Question
    decision: dict[str, Any]
    verdict: str


def read_questions(file: Path) -> list[Question]:
    """The questions of a JSON-lines file (format: tests/questions/README.md); raises `NotInOrder`."""
    questions = []
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise NotInOrder(Problem(str(error), str(file), "Name a file of labelled questions.")) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            labels = frozenset(raw["labels"])
            kind, style = raw.get("kind", ""), raw.get("style", "")
            questions.append(Question(raw["text"], raw.get("lang", "en"), labels, kind, style))
        except (ValueError, KeyError, TypeError) as error:
            mend = 'A line is {"text": …, "lang": "en", "labels": ["age"], "kind": "faq"}.'
            raise NotInOrder(Problem(f"cannot be read: {error!r}", f"{file}:{number}", mend)) from error
    return questions


def judge(question: Question, decision: dict[str, Any]) -> Judged:
    """Hold a decision (docs/architecture.md) against a question's labels."""
    answered = decision.get("outcome") == "answered"
    if not question.ours:
        return Judged(question, decision, "answered" if answered else "left")
    if answered:
        topics = {topic for each in decision["served"] for topic in each["topics"]}
        return Judged(question, decision, "right" if question.labels & topics else "wrong")
    offered = any(question.labels & set(each["topics"]) for each in decision.get("offered", ()))
    return Judged(question, decision, "offered" if offered else "missed")


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Shares of one group, between 0 and 1, and how many questions they rest on."""
    ours = [each for each in judged if each.question.ours]
    others = [each for each in judged if not each.question.ours]

    def share(of: Sequence[Judged], *verdicts: str) -> float | None:
        return sum(each.verdict in verdicts for each in of) / len(of) if of else None

    return {
        "questions": len(ours),
        "right_at_once": share(ours, "right"),
        "right_or_offered": share(ours, "right", "offered"),
        "wrong": share(ours, "wrong"),
        "unanswered": sum(each.decision.get("outcome") == "unanswered" for each in ours) / len(ours)
        if ours
        else None,
        "not_ours": len(others),
        "not_ours_answered": share(others, "answered"),
    }


def report(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures for all, and by language, kind, style (where there is one) and label."""

    def by(name: str, values: Callable[[Question], Iterable[str]]) -> dict[str, Any]:
        keys = sorted({value for each in judged for value in values(each.question)})
        return {key: figures([each for each in judged if key in values(each.question)]) for key in keys}

    return {
        "all": figures(judged),
        "lang": by("lang", lambda question: (question.lang,)),
        "kind": by("kind", lambda question: (question.kind,)),
        "style": by("style", lambda question: (question.style,) if question.style else ()),
        "topic": by("topic", lambda question: question.labels),
    }


async def evaluate(understand: Understand, questions: Iterable[Question]) -> list[Judged]:
    """Each question on its own, its language detected as in a first message."""
    return [
        judge(question, (await understand(question.text)).get("decision") or {}) for question in questions
    ]


def main(arguments: list[str]) -> int:
    """The command `evaluate`."""
    parser = argparse.ArgumentParser(prog="python -m bot evaluate", description=__doc__)
    parser.add_argument("file", type=Path, help="labelled questions, one JSON object a line")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures and the misses to a file")
    parser.add_argument("--misses", action="store_true", help="list every question that was not met rightly")
    options = parser.parse_args(arguments)
    questions = read_questions(options.file)
    with contextlib.ExitStack() as stack:
        with hushed():
            from bot.loading import loaded_core

            core, _ = stack.enter_context(loaded_core(from_environment()))
        judged = asyncio.run(evaluate(core.understand, questions))
    result = report(judged)
    for group in ("all", "lang", "kind", "topic"):
        rows = {"all": result["all"]} if group == "all" else result[group]
        _print_table(group, rows)
    misses = [_miss(each) for each in judged if each.verdict in ("wrong", "offered", "missed", "answered")]
    if options.misses:
        for miss in misses:
            print(json.dumps(miss, ensure_ascii=False))
    if options.json:
        text = json.dumps({**result, "misses": misses}, ensure_ascii=False, indent=1)
        options.json.write_text(text + "\n", "utf-8")
    return 0


_COLUMNS = ("right_at_once", "right_or_offered", "wrong", "unanswered")


def _print_table(group: str, rows: dict[str, Any], out: Any = sys.stdout) -> None:
    heads = ("n", "at once", "or offered", "wrong", "unanswered", "not ours", "answered")
    print(f"\n{group:<30}" + "".join(f"{head:>11}" for head in heads), file=out)
    for name, row in rows.items():
        cells = [str(row["questions"]), *(_percent(row[column]) for column in _COLUMNS), str(row["not_ours"]),
                 _percent(row["not_ours_answered"])]  # fmt: skip
        print(f"{name:<30}" + "".join(f"{cell:>11}" for cell in cells), file=out)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _miss(judged: Judged) -> dict[str, Any]:
    decision = judged.decision
    return {
        "verdict": judged.verdict,
        "text": judged.question.text,
        "lang": judged.question.lang,
        "labels": sorted(judged.question.labels),
        "outcome": decision.get("outcome"),
        "label": decision.get("label"),
        "articles": [f"{each['id']} {each['belief']:.2f}" for each in decision.get("articles", ())[:3]],
    }
