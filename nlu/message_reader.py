"""Graph component: reads what was typed, in which language, and in which sentences."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.follow_up import asks_why, is_short
from nlu.language import detect
from nlu.text import clean, is_question, sentences

READ = "read"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageReader(GraphComponent):
    """Sets `read`: {"text", "language", "parts", "asks", "after", "why"}, and the entity `language`, which fills the slot.

    `parts` are the sentences where there are several, `asks` tells of each whether it is a question. `after` is the id
    of the article answered last when the message is short enough to be about it, else `None`; `why` tells that it only
    asks for the reason. The message's metadata may carry `language` (the prospect's own choice, which wins), `so_far`
    (the conversation's language, which decides where the text does not), `about` ({"id"} of the article that was
    answered last) and `in_form` (whatever is asked in the middle of a booking is likely about it).
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
            chosen = metadata.get("language")
            # Read in the language that it is written in, answered in the one that was chosen.
            language = detect(text, chosen or metadata.get("so_far"))
            parts = sentences(text, language)
            parts = parts if len(parts) > 1 else []
            about, in_form = metadata.get("about"), metadata.get("in_form")
            after = about["id"] if about and (in_form or is_short(text, language)) else None
            message.set(
                READ,
                {
                    "text": text,
                    "language": language,
                    "parts": parts,
                    "asks": [is_question(part, language) for part in parts],
                    "after": after,
                    # In the middle of a booking it is about the detail asked for (actions/forms.py).
                    "why": after is not None and not in_form and asks_why(text),
                },
            )
            entity = {
                "entity": "language",
                "value": chosen or language,
                "start": 0,
                "end": len(typed),
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages
