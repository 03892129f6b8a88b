"""The classifier as it is now: refitted in the background when the published articles change, swapped in whole."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.articles import LANGUAGES, Article
from knowledge.store import ArticleStore
from nlu.encoder import Encoder
from nlu.examples import Example, article_examples
from nlu.hybrid import Floats, HybridModel, Shape

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Understanding:
    """Everything that a message is understood with: one classifier a language, and the articles behind it."""

    version: int
    articles: Mapping[str, Article]
    models: Mapping[str, HybridModel]
    examples: Mapping[str, tuple[Example, ...]] = field(repr=False)

    def model(self, language: str) -> HybridModel:
        return self.models.get(language) or self.models["en"]


class VectorMemory:
    """Sentence vectors of example texts, each computed once."""

    def __init__(self, encoder: Encoder, known: Mapping[str, Floats] | None = None) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = dict(known or {})

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One row a text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def understand(
    version: int,
    articles: Sequence[Article],
    acts: Sequence[Example],
    memory: VectorMemory,
    shapes: Mapping[str, Shape],
    before: Understanding | None = None,
) -> Understanding:
    """Fit what `articles` and `acts` teach; a language whose examples did not change keeps its classifier."""
    models: dict[str, HybridModel] = {}
    examples: dict[str, tuple[Example, ...]] = {}
    for language in LANGUAGES:
        mine = tuple(e for e in (*acts, *article_examples(articles)) if e.language == language)
        if not mine:
            continue
        examples[language] = mine
        if before is not None and before.examples.get(language) == mine:
            models[language] = before.models[language]
            continue
        texts = [example.text for example in mine]
        labels = [example.label for example in mine]
        models[language] = HybridModel.fit(texts, labels, memory.vectors(texts), shapes.get(language))
    return Understanding(version, {article.id: article for article in articles}, models, examples)


class LiveUnderstanding:
    """Keeps an `Understanding` current with the article store; `start` watches until `stop`."""

    def __init__(
        self,
        store: ArticleStore,
        acts: Sequence[Example],
        memory: VectorMemory,
        shapes: Mapping[str, Shape],
        every_seconds: float = 0.25,
    ) -> None:
        self._store, self._acts, self._memory, self._shapes = store, tuple(acts), memory, shapes
        self._every = every_seconds
        self._stopping = threading.Event()
        self._current: Understanding | None = None

    @property
    def current(self) -> Understanding:
        """The newest understanding; the first call fits it."""
        if self._current is None:
            self.refresh()
        assert self._current is not None
        return self._current

    def refresh(self) -> bool:
        """Refit when the version in the database has moved; whether it had."""
        version = self._store.version()
        if self._current is not None and version == self._current.version:
            return False
        articles = [published.article for published in self._store.all()]
        start = time.perf_counter()
        self._current = understand(
            version, articles, self._acts, self._memory, self._shapes, before=self._current
        )
        logger.info(
            "knowledge %d is live: %d articles, %.1f s", version, len(articles), time.perf_counter() - start
        )
        return True

    def start(self) -> None:
        threading.Thread(target=self._watch, name="knowledge-watch", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _watch(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self.refresh()
            except Exception:
                # A background task's edge: the database may be away for a while; what is live stays live.
                logger.exception("the published articles could not be read; still serving the last ones")
