"""The labelled questions of both languages guard what has been reached; `pytest -s` shows the figures."""

from __future__ import annotations

import asyncio

import pytest

from bot.core import RasaCore
from bot.evaluate import evaluate, read_questions, report
from settings import ROOT

pytestmark = pytest.mark.model

# Two points below (or, for what should be rare, above) what was measured on 22 November 2026, in shares.
LEAST = {
    "en": {"right_at_once": 0.83, "right_or_offered": 0.88},
    "fr": {"right_at_once": 0.82, "right_or_offered": 0.92},
}
MOST = {
    "en": {"wrong": 0.075, "not_ours_answered": 0.07},
    "fr": {"wrong": 0.045, "not_ours_answered": 0.06},
}
# What a labelled set must at least hold, so that its shares mean something.
LEAST_QUESTIONS = {"en": 800, "fr": 400}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_labelled_questions_are_answered_as_well_as_they_were(core: RasaCore, language: str) -> None:
    questions = read_questions(ROOT / "tests" / "questions" / f"{language}.jsonl")
    figures = report(asyncio.run(evaluate(core.understand, questions)))["all"]
    shown = {name: round(value, 4) for name, value in figures.items()}
    print(f"\n{language}: {shown}")
    assert len(questions) >= LEAST_QUESTIONS[language]
    for name, least in LEAST[language].items():
        assert figures[name] >= least, f"{name} fell: {shown}"
    for name, most in MOST[language].items():
        assert figures[name] <= most, f"{name} rose: {shown}"
