"""Graph component: scores a message for every dialogue act and every published article."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sqlalchemy.exc import DBAPIError
from threadpoolctl import threadpool_limits

from knowledge.articles import load_articles
from knowledge.store import ArticleStore, publish_files
from nlu.aspects import asked, subjects_themselves, weigh_near
from nlu.decide import lean, lean_on_aspect, neighbourhood, weigh
from nlu.encoder import Encoder
from nlu.factors import factors_folder
from nlu.fitted import read_fitted
from nlu.hybrid import Examples, HybridModel, Shape
from nlu.importer import ASK, LABEL, LANGUAGE
from nlu.live import Classifiers, LiveUnderstanding, memories
from nlu.message_reader import READ
from nlu.sentence_encoder import ENCODE, VECTORS, SentenceEncoder, built_encoder, texts_of
from settings import Settings, from_environment
from storage import Database, utc
from storage.migrate import migrate

HEIGHTS = "heights"
NEAREST = "nearest"
UNDERSTANDING = "understanding"

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridClassifier(GraphComponent):
    """Sets `heights` (nlu.decide.Heights), `nearest` (label to its nearest example), and the `understanding` used.

    Training fits one classifier a language and keeps it with its examples. Once loaded, it follows the articles that
    the database publishes.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, shapes: dict[str, Shape]) -> None:
        self._model_storage, self._resource, self._shapes = model_storage, resource, shapes
        self._live: LiveUnderstanding | None = None

    @classmethod
    def required_components(cls) -> list[type]:
        return [SentenceEncoder]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"en": {}, "fr": {}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "HybridClassifier":
        shapes = {language: Shape(**(config.get(language) or {})) for language in ("en", "fr")}
        return cls(model_storage, resource, shapes)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "HybridClassifier":
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            fitted = read_fitted(folder, component._shapes, _factors())
        memory = memories(Encoder(built_encoder()), fitted.vectors)
        store = _filled_store(from_environment())
        classifiers = Classifiers(memory, component._shapes, fitted.models, _factors())
        component._live = LiveUnderstanding(store, fitted.acts, classifiers)
        component._live.refresh()
        component._live.start()
        return component

    def train(self, training_data: TrainingData) -> Resource:
        with self._model_storage.write_to(self._resource) as folder:
            for language, shape in self._shapes.items():
                messages = [m for m in training_data.nlu_examples if m.get(LANGUAGE) == language]
                texts = tuple(m.get(TEXT) for m in messages)
                labels = tuple(m.get(LABEL) for m in messages)
                vectors = np.concatenate([m.get(VECTORS) for m in messages])
                # A server's workers have one thread each; training has the machine to itself.
                with threadpool_limits(os.cpu_count()):
                    model = HybridModel.fit(Examples(texts, labels, vectors), shape, _factors())
                acts = [(m.get(TEXT), m.get(LABEL)) for m in messages if m.get(INTENT) != ASK]
                kept = {"texts": texts, "labels": labels, "acts": acts}
                (folder / f"{language}.json").write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
                np.savez(folder / f"{language}.npz", vectors=vectors, dual=model.dual)
                logger.info("%s: %d examples of %d labels", language, len(texts), len(model.classes))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            read = message.get(READ)
            if read is None or self._live is None:
                continue
            current, language = self._live.current, read["language"]
            model = current.model(language)
            texts = current.corrected(texts_of(read), language)
            vectors = message.get(ENCODE)(texts, language)
            after, words = read["after"], current.words[language]
            near = neighbourhood(current.articles, after) if words.knows(after) else {}
            if near:
                subject = words.subject(after, current.articles[after].text(language).title)
                texts.append(f"{texts[0]} {subject}")
                vectors = np.vstack([vectors, words.read_after(vectors[0], after)])
            similarities = model.similarities(texts, vectors)
            rows = similarities @ model.dual
            heights = weigh(model.classes, rows[:-1] if near else rows, read["asks"])
            if near:
                aspects = frozenset() if read["parts"] else asked(texts[0], language)
                if aspects:
                    weights = weigh_near(aspects, current.articles, after, near, language)
                    heights = lean_on_aspect(
                        heights, rows[-1], near, after, weights, subjects_themselves(aspects)
                    )
                else:
                    heights = lean(heights, rows[-1], near, after, words.share(texts[0], {after, *near}))
            message.set(HEIGHTS, heights)
            message.set(NEAREST, lambda label, model=model, row=similarities[0]: model.nearest(label, row))
            message.set(UNDERSTANDING, current)
        return messages


def _factors() -> Path:
    return factors_folder(from_environment().models_dir)


def _filled_store(settings: Settings) -> ArticleStore:
    """The published articles. The server has filled the database before; `rasa shell` may be the first to need it."""
    database = Database(settings.database_url)
    store = ArticleStore(database)
    try:
        version = store.version()
    except DBAPIError:
        migrate(database)
        version = store.version()
    if not version:
        with database.session() as session:
            publish_files(session, load_articles(settings.articles_dir), utc())
    return store
