"""Whoever is in danger gets help first; whoever uses the same words for something else gets an answer."""

from __future__ import annotations

import json

import pytest

from bot.core import RasaCore
from settings import ROOT

pytestmark = pytest.mark.model

URGENT = {"oos_crisis": "crisis", "oos_emergency": "emergency"}
SENTENCES = [json.loads(line) for line in (ROOT / "tests/model/urgent.jsonl").read_text("utf-8").splitlines()]
# Of the sentences that only sound like it.
MOST_FALSE_ALARMS = 2
# Of those who ask about a past crisis: the help itself has a button that leads to the answer.
MOST_LEFT_TO_THE_BUTTON = 2


async def meaning(core: RasaCore, text: str) -> str:
    decision = (await core.understand(text))["decision"]
    return URGENT.get(decision["label"], "neither")


def test_there_are_enough_sentences_of_every_kind_in_both_languages() -> None:
    kinds = [(each["lang"], each["is"]) for each in SENTENCES]
    assert {kind: kinds.count(kind) >= 10 for kind in set(kinds)} == dict.fromkeys(set(kinds), True)
    assert len(set(kinds)) == 6


async def test_no_crisis_and_no_emergency_is_missed(core: RasaCore) -> None:
    urgent = [each for each in SENTENCES if each["is"] != "neither"]
    missed = [each["text"] for each in urgent if await meaning(core, each["text"]) != each["is"]]
    assert missed == []


async def test_almost_nothing_else_is_taken_for_one(core: RasaCore) -> None:
    others = [each["text"] for each in SENTENCES if each["is"] == "neither"]
    alarms = [text for text in others if await meaning(core, text) != "neither"]
    assert len(alarms) <= MOST_FALSE_ALARMS, alarms


async def test_the_answer_follows_the_help_for_whoever_asks_about_a_past_crisis(core: RasaCore) -> None:
    asked = [each["text"] for each in SENTENCES if "then" in each]
    left = []
    for text in asked:
        served = (await core.understand(text))["decision"]["served"]
        if not any("mental_health_history" in each["topics"] for each in served):
            left.append(text)
    assert len(left) <= MOST_LEFT_TO_THE_BUTTON, left
