"""The stock project's action server: reads the answer of the intent that was understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

ANSWERS = Path(__file__).resolve().parents[1] / "answers.json"


class ActionAnswer(Action):  # type: ignore[misc]  # rasa_sdk has no annotations
    """One action for every article, as the rules name it."""

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        intent = tracker.get_intent_of_latest_message()
        dispatcher.utter_message(text=json.loads(ANSWERS.read_text("utf-8"))[intent])
        return []
