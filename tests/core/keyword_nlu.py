"""An NLU pipeline for the dialogue tests: fixed words give the decisions that the real pipeline would make.

Dialogue tests then train in seconds, need no sentence encoder, and do not change when the classifier learns.
"""

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

# Pattern, intent, outcome, article. "mary ann" and "chantal" stand for names that a classifier mistakes.
MEANINGS = [
    (r"^(stop|never mind|arrêtez?|restart|start over|recommencer|annuler tout)$", "stop", "act", None),
    (r"^1$|^one$", "affirm", "act", None),
    (r"mary ann|chantal", "greet", "act", None),
    (r"^(yes|ok|confirm|oui)\b", "affirm", "act", None),
    (r"^(no|non|change)$", "deny", "act", None),
    (r"^(hello|bonjour)$", "greet", "act", None),
    (r"^(thanks|merci)$", "thank", "act", None),
    (r"are you a (bot|person)", "are_you_a_bot", "act", None),
    (r"idiot", "insult", "act", None),
    (r"ignore (all )?previous", "injection", "act", None),
    (r"^say that (again|in simpler words)$", "repeat", "act", None),
    (r"^(tell me more|plus simple svp|why\?)$", "tell_me_more", "act", None),
    (r"lost it|perdu", "oos_report_crime", "out_of_scope", None),
    (r"session on", "list_sessions", "answered", "coming-sessions"),
    (r"is it online|en ligne \?", "list_sessions", "answered", "coming-sessions"),
    (r"in french|en français s'il", "speak_french", "act", None),
    (r"in english", "speak_english", "act", None),
    (r"\bbook (a|the)\b|réserver?\b", "book_session", "answered", "book-a-session"),
    (r"\bcancel\b|annuler", "cancel_booking", "answered", "cancel-a-booking"),
    (r"which sessions|quelles séances", "list_sessions", "answered", "coming-sessions"),
    (r"delete my data|effacez", "erase_my_data", "answered", "delete-my-data"),
    (r"how old|quel âge", "ask", "answered", "minimum-age"),
    (r"how to book", "ask", "answered", "book-a-session"),
    (r"old rule", "ask", "answered", "expired-rule"),
    (r"^age$", "ask", "clarified", None),
    (r"weather", "oos_far", "out_of_scope", None),
    (r"break-in", "oos_emergency", "out_of_scope", None),
]
OFFERED = ("minimum-age", "maximum-age")
_FRENCH = re.compile(r"[éèàçêô]|\b(je|oui|non|merci|bonjour|quel|quelle|nom|courriel)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(the|is|my|how|yes|hello|book|what|do|in)\b", re.IGNORECASE)


def decide(text: str) -> dict[str, Any]:
    """The decision for a text, in the shape of docs/architecture.md."""
    intent, outcome, article = "ask", "unanswered", None
    for pattern, *meaning in MEANINGS:
        if re.search(pattern, text, re.IGNORECASE):
            intent, outcome, article = meaning
            break
    offered = (
        [{"id": id, "topics": ["age"], "score": 0.4} for id in OFFERED] if outcome == "clarified" else []
    )
    near = [{"id": article, "topics": ["age"], "score": 0.9}] if article else offered
    served = [each for each in near if each["id"] == article]
    return {
        "outcome": outcome,
        "intent": intent,
        "article": article,
        "articles": near,
        "offered": offered,
        "served": served,
    }


def language_of(text: str) -> str | None:
    """`None` where the text tells nothing."""
    if _FRENCH.search(text):
        return "fr"
    return "en" if _ENGLISH.search(text) else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class KeywordNlu(GraphComponent):
    """Sets intent, decision and language by keyword."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "KeywordNlu":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get("text") or ""
            if text.startswith("/"):
                continue
            decision = decide(text)
            language = (message.get("metadata") or {}).get("language") or language_of(text)
            message.set("intent", {"name": decision["intent"], "confidence": 0.9}, add_to_output=True)
            message.set("decision", {**decision, "language": language or "en"}, add_to_output=True)
            if language:
                entity = {"entity": "language", "value": language, "start": 0, "end": 0}
                message.set("entities", [entity], add_to_output=True)
        return messages
