"""Graph component: ranks the published articles for a message."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from nlu.decide import Limits, rank
from nlu.hybrid_classifier import HEIGHTS, UNDERSTANDING, HybridClassifier
from settings import from_environment

RANKING = "ranking"
QUESTIONS = "questions"
WITHHELD = "withheld"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ArticleRetriever(GraphComponent):
    """Sets `ranking` of the message, `questions` (a ranking of each where it asks several), and `withheld`: the ids of
    articles past their expiry."""

    def __init__(self, temperature: float, zone: ZoneInfo) -> None:
        self._temperature, self._zone = temperature, zone

    @classmethod
    def required_components(cls) -> list[type]:
        return [HybridClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"temperature": Limits.temperature}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ArticleRetriever":
        return cls(config["temperature"], ZoneInfo(from_environment().timezone))

    def process(self, messages: list[Message]) -> list[Message]:
        today = datetime.now(self._zone).date()
        for message in messages:
            heights, current = message.get(HEIGHTS), message.get(UNDERSTANDING)
            if heights is None:
                continue
            every = current.articles
            rows = np.vstack([heights.message, *heights.questions])
            ranking, *questions = (rank(every, heights.labels, row, self._temperature) for row in rows)
            message.set(RANKING, ranking)
            message.set(QUESTIONS, questions)
            message.set(WITHHELD, frozenset(id for id, article in every.items() if article.expired(today)))
        return messages
