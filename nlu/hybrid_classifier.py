"""Graph component: scores a message for every dialogue act and every published article."""

import json
import logging
from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.store import ArticleStore
from nlu.decide import URGENT, combine
from nlu.encoder import Encoder
from nlu.examples import Example
from nlu.hybrid import HybridModel, Shape
from nlu.importer import ASK, LABEL, LANGUAGE
from nlu.live import LiveUnderstanding, VectorMemory
from nlu.message_reader import READ
from nlu.sentence_encoder import VECTORS, SentenceEncoder, built_encoder
from settings import from_environment
from storage import Database

SCORES = "scores"
UNDERSTANDING = "understanding"

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridClassifier(GraphComponent):
    """Sets `scores`: {"labels": names, "heights": one score each, "urgent": highest of an urgent kind in one sentence}.

    Training keeps the acts' examples, and the sentence vectors of all examples so that loading is quick. A loaded
    classifier is fitted on those acts and on the articles that the database publishes, and follows them.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, shapes: Dict[Text, Shape]) -> None:
        self._model_storage, self._resource, self._shapes = model_storage, resource, shapes
        self._live: "LiveUnderstanding | None" = None

    @classmethod
    def required_components(cls) -> List[Type]:
        return [SentenceEncoder]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"en": {}, "fr": {}}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "HybridClassifier":
        shapes = {language: Shape(**(config.get(language) or {})) for language in ("en", "fr")}
        return cls(model_storage, resource, shapes)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "HybridClassifier":
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / "examples.json").read_text("utf-8"))
            vectors = np.load(folder / "vectors.npy")
        settings = from_environment()
        acts = [Example(*fields) for fields in kept["acts"]]
        memory = VectorMemory(Encoder(built_encoder()), dict(zip(kept["texts"], vectors)))
        store = ArticleStore(Database(settings.database_url))
        component._live = LiveUnderstanding(store, acts, memory, component._shapes)
        component._live.refresh()
        component._live.start()
        return component

    def train(self, training_data: TrainingData) -> Resource:
        messages = training_data.nlu_examples
        examples = [Example(m.get(TEXT), m.get(LABEL), m.get(LANGUAGE)) for m in messages]
        vectors = np.concatenate([m.get(VECTORS) for m in messages])
        for language, shape in self._shapes.items():
            rows = [n for n, example in enumerate(examples) if example.language == language]
            if rows:
                _fit(language, [examples[n] for n in rows], vectors[rows], shape)
        acts = [(e.text, e.label, e.language) for e, m in zip(examples, messages) if m.get(INTENT) != ASK]
        with self._model_storage.write_to(self._resource) as folder:
            kept = {"acts": acts, "texts": [example.text for example in examples]}
            (folder / "examples.json").write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
            np.save(folder / "vectors.npy", vectors)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            read = message.get(READ)
            if read is None or self._live is None:
                continue
            current = self._live.current
            model = current.model(read["language"])
            rows = model.scores([read["text"], *read["parts"]], message.get(VECTORS))
            urgent = [model.classes.index(kind) for kind in URGENT if kind in model.classes]
            highest = float(rows[:, urgent].max()) if urgent else 0.0
            message.set(SCORES, {"labels": model.classes, "heights": combine(rows), "urgent": highest})
            message.set(UNDERSTANDING, current)
        return messages


def _fit(language: Text, examples: List[Example], vectors: Any, shape: Shape) -> None:
    """Fit once while training: what cannot be fitted must fail here, and how well it went is worth a line."""
    model = HybridModel.fit([e.text for e in examples], [e.label for e in examples], vectors, shape)
    best = model.held_out_scores().argmax(axis=1)
    right = np.mean([model.classes[n] == example.label for n, example in zip(best, examples)])
    logger.info("%s: %d examples, %d labels, %.1f %% right when held out", language, len(examples),
                len(model.classes), right * 100)  # fmt: skip
