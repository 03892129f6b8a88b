"""Graph component: decides how a message is met, and says so as its intent."""

from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.article_retriever import QUESTIONS, RANKING, WITHHELD, ArticleRetriever
from nlu.decide import (
    ACT,
    ANSWERED,
    EMPTY,
    OOS,
    Decision,
    Limits,
    Rules,
    at_most_offered,
    decide_message,
    without_words,
)
from nlu.hybrid_classifier import HEIGHTS, NEAREST, UNDERSTANDING
from nlu.importer import ASK
from nlu.message_reader import READ
from nlu.text import in_other_letters

DECISION = "decision"
# What answers a bare "why?": what else is known, and who may know more (actions/answer.py).
TELL_ME_MORE = "tell_me_more"
# What nobody here can read.
ANOTHER_LANGUAGE = "another_language"
# An article that begins something makes the message more than a question.
INTENT_OF_START = {
    "booking": "book_session",
    "cancellation": "cancel_booking",
    "sessions": "list_sessions",
    "erasure": "erase_my_data",
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DecisionMaker(GraphComponent):
    """Sets `intent` and `decision` (see docs/architecture.md), both part of the parse result."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    @classmethod
    def required_components(cls) -> list[type]:
        return [ArticleRetriever]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**asdict(Limits()), "after_crisis": "", "between_services": []}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DecisionMaker":
        limits = Limits(**{name: config[name] for name in asdict(Limits())})
        return cls(Rules(limits, config["after_crisis"], frozenset(config["between_services"])))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = message.get(RANKING)
            if ranking is None:
                continue
            current, read, nearest = message.get(UNDERSTANDING), message.get(READ), message.get(NEAREST)
            decision = decide_message(
                ranking,
                message.get(QUESTIONS),
                message.get(HEIGHTS).urgent,
                self._rules,
                message.get(WITHHELD),
                read["elsewhere"],
            )
            if message.get(HEIGHTS).unclear:
                decision = at_most_offered(decision, message.get(WITHHELD))
            text = read["text"]
            if read["why"]:
                decision = Decision(ACT, TELL_ME_MORE, ranking)
            if not read["words"] and not (decision.outcome == ACT and nearest(decision.label)[0] == text):
                decision = without_words(text, ranking)
            if decision.label == EMPTY and in_other_letters(text) and read["words"]:
                decision = Decision(ACT, ANOTHER_LANGUAGE, ranking)
            intent = _intent(decision, current.articles)
            confidence = _confidence(decision)
            told = {
                **decision.as_dict(),
                "intent": intent,
                "language": read["language"],
                "knowledge": current.version,
                "limits": asdict(self._rules.limits),
            }
            for candidate in told["articles"]:
                text, similarity = nearest(candidate["id"])
                candidate["nearest"] = {"text": text, "similarity": round(similarity, 4)}
            message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [{"name": intent, "confidence": confidence}], add_to_output=True)
            message.set(DECISION, told, add_to_output=True)
        return messages


def _intent(decision: Decision, articles: Any) -> str:
    if decision.outcome in (ACT, OOS):
        return decision.label
    if decision.outcome == ANSWERED:
        return INTENT_OF_START.get(articles[decision.label].starts or "", ASK)
    return ASK


def _confidence(decision: Decision) -> float:
    if decision.outcome in (ACT, OOS):
        return float(dict(decision.ranking.others).get(decision.label, 1.0))
    return float(decision.ranking.articles[0].belief) if decision.ranking.articles else 0.0
