"""Graph component: ranks the published articles for a message."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from nlu.decide import Limits, rank
from nlu.hybrid_classifier import SCORES, UNDERSTANDING, HybridClassifier
from settings import from_environment

RANKING = "ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ArticleRetriever(GraphComponent):
    """Sets `ranking`: the published articles best first, without those past their expiry, and the other labels."""

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
            scores, current = message.get(SCORES), message.get(UNDERSTANDING)
            if scores is None:
                continue
            served = {id: article for id, article in current.articles.items() if not article.expired(today)}
            message.set(RANKING, rank(served, scores["labels"], scores["heights"], self._temperature))
        return messages
