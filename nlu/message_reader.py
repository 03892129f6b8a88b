"""Graph component: reads what was typed, in which language, and in which sentences."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.language import detect
from nlu.text import clean, sentences

READ = "read"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageReader(GraphComponent):
    """Sets `read`: {"text", "language", "parts"}, and the entity `language`, which fills the slot of that name.

    The message's metadata may carry `language` (the prospect's own choice, which wins) and `so_far` (the
    conversation's language, which decides where the text does not).
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageReader":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            typed = message.get(TEXT) or ""
            if typed.startswith(INTENT_MESSAGE_PREFIX):
                continue
            metadata = message.get("metadata") or {}
            text = clean(typed)
            language = metadata.get("language") or detect(text, metadata.get("so_far"))
            parts = sentences(text, language)
            message.set(READ, {"text": text, "language": language, "parts": parts if len(parts) > 1 else []})
            entity = {
                "entity": "language",
                "value": language,
                "start": 0,
                "end": len(typed),
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages
