"""Graph component: reads what was typed, in which language, and in which sentences."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.follow_up import asks_why, is_short, without_courtesy
from nlu.reading import reading_of

READ = "read"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageReader(GraphComponent):
    """Sets `read`, and the entity `language`, which fills the slot.

    `read` has what nlu/reading.py tells of a message, and: `after`, the id of the article answered last when the message
    is short enough to be about it, else `None`, and then without the courtesies around it; `why`, that it only asks for the reason.

    The message's metadata may carry `language` (the prospect's own choice, which wins), `so_far` (the conversation's
    language, which decides where the text does not), `about` ({"id"} of the article that was answered last) and
    `in_form` (whatever is asked in the middle of a booking is likely about it).
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
            chosen = metadata.get("language")
            # Read in the language that it is written in, answered in the one that was chosen.
            said = reading_of(typed, chosen or metadata.get("so_far"))
            about, in_form = metadata.get("about"), metadata.get("in_form")
            rest = without_courtesy(said.text, said.language) if about and not in_form else said.text
            if rest != said.text and is_short(rest, said.language):
                said = reading_of(rest, chosen or said.language)
            after = about["id"] if about and (in_form or is_short(said.text, said.language)) else None
            # In the middle of a booking it is about the detail asked for (actions/forms.py).
            why = after is not None and not in_form and asks_why(said.text)
            message.set(READ, {**vars(said), "after": after, "why": why})
            entity = {
                "entity": "language",
                "value": chosen or said.language,
                "start": 0,
                "end": len(typed),
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages
