"""`python -m bot ask` and `python -m bot evaluate` tell of the same questions the same outcomes."""

from __future__ import annotations

import io
import json

import pytest

from actions.base import Services
from bot.ask import answer
from bot.core import RasaCore
from bot.evaluate import evaluate, read_questions
from channels.turns import TurnQueue
from settings import ROOT

pytestmark = pytest.mark.model

QUESTIONS_A_LANGUAGE = 15


async def test_ask_and_evaluate_agree(core: RasaCore, services: Services) -> None:
    questions = []
    for language in ("en", "fr"):
        every = read_questions(ROOT / "tests" / "questions" / f"{language}.jsonl")
        # From all over the file, because it goes by kinds.
        questions += every[:: len(every) // QUESTIONS_A_LANGUAGE][:QUESTIONS_A_LANGUAGE]
    out = io.StringIO()
    queue = TurnQueue(core, services.clock, services.settings.contact_url)
    assert await answer((json.dumps({"text": each.text}) for each in questions), queue, out) == 0
    asked = [json.loads(line) for line in out.getvalue().splitlines()]
    judged = await evaluate(core.understand, questions)
    assert [each["text"] for each in asked] == [each.text for each in questions]
    assert [each["outcome"] for each in asked] == [each.decision["outcome"] for each in judged]
    assert [[ref["id"] for ref in each["articles"]] for each in asked] == [
        [ref["id"] for ref in each.decision["served"]] for each in judged
    ]
    assert [each["lang"] for each in asked] == [each.decision["language"] for each in judged]
