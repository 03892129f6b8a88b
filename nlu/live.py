"""The classifier as it is now: refitted in the background when the published articles change, swapped in whole."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from failures import where
from knowledge.articles import LANGUAGES, Article
from knowledge.store import ArticleStore
from nlu.context import Words
from nlu.encoder import Encoder
from nlu.examples import Example, article_examples, as_read
from nlu.hybrid import Examples, Floats, HybridModel, Shape
from nlu.spelling import Speller

logger = logging.getLogger(__name__)

# More examples than this, added and removed together, are a new fit.
MOST_UPDATED = 400


@dataclass(frozen=True)
class Understanding:
    """Everything that a message is understood with: one classifier, one speller and the use of words a language, and
    the articles behind them."""

    version: int
    articles: Mapping[str, Article]
    models: Mapping[str, HybridModel]
    spellers: Mapping[str, Speller] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)

    def model(self, language: str) -> HybridModel:
        return self.models[language]

    def corrected(self, texts: Iterable[str], language: str) -> list[str]:
        """The texts as they are scored: chat words written out, mistyped ones mended."""
        return self.mended([as_read(text, language) for text in texts], language)

    def mended(self, read: list[str], language: str) -> list[str]:
        """The texts with mistyped words mended."""
        speller = self.spellers.get(language)
        return [speller.corrected(text) for text in read] if speller else read


class VectorMemory:
    """Sentence vectors of one language's example texts, each computed once."""

    def __init__(self, encoder: Encoder, language: str, known: Mapping[str, Floats] | None = None) -> None:
        self._encoder, self._language = encoder, language
        self._known: dict[str, Floats] = dict(known or {})

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One row a text."""
        self._known.update(self._computed(texts))
        return np.stack([self._known[text] for text in texts])

    def passing(self, texts: Sequence[str]) -> Floats:
        """One row a text, of which none is remembered that was not already."""
        computed = self._computed(texts)
        return np.stack([computed[text] if text in computed else self._known[text] for text in texts])

    def speller(self, texts: Sequence[str]) -> Speller:
        """What knows the words of these texts."""
        is_word = partial(self._encoder.is_word, language=self._language)
        return Speller(texts, is_word, self._encoder.is_glossed if self._language == "fr" else None)

    def _computed(self, texts: Sequence[str]) -> dict[str, Floats]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        return dict(zip(new, self._encoder.encode(new, self._language), strict=True))


def memories(
    encoder: Encoder, known: Mapping[str, Mapping[str, Floats]] | None = None
) -> dict[str, VectorMemory]:
    """A memory for each language."""
    known = known or {}
    return {language: VectorMemory(encoder, language, known.get(language)) for language in LANGUAGES}


class Classifiers:
    """The classifier of each language for any set of examples, as quickly as it can be had.

    What was fitted last is the base; a few examples more or fewer are an update of it, many are a new fit.
    """

    def __init__(
        self,
        memory: Mapping[str, VectorMemory],
        shapes: Mapping[str, Shape],
        fitted: Mapping[str, HybridModel] | None = None,
        factors: Path | None = None,
    ) -> None:
        self._memory, self._shapes, self._factors = memory, shapes, factors
        self._base: dict[str, HybridModel] = dict(fitted or {})
        self._speller: dict[str, tuple[HybridModel, Speller]] = {}
        self._last: dict[str, tuple[Sequence[Example], HybridModel]] = {}

    @property
    def fitted(self) -> Mapping[str, HybridModel]:
        """What was fitted last, by language."""
        return self._base

    def prepare(self) -> None:
        """Do the slow part of later updates now."""
        for model in self._base.values():
            model.prepare()

    def fit(self, language: str, wanted: Sequence[Example], keep: bool = True) -> HybridModel:
        """The classifier of exactly these examples. With `keep`, a new fit is the base of what comes later."""
        last = self._last.get(language)
        if last is not None and last[0] == wanted:
            return last[1]
        model = self._fit(language, wanted, keep)
        if keep:
            self._last[language] = wanted, model
        return model

    def _fit(self, language: str, wanted: Sequence[Example], keep: bool) -> HybridModel:
        base = self._base.get(language)
        if base is not None:
            added, removed = _difference(base.examples, wanted)
            if not added and not removed:
                return base
            if len(added) + len(removed) <= MOST_UPDATED:
                return base.changed(removed, self._examples(added, language) if added else None)
        factors = self._factors if keep else None
        fitted = HybridModel.fit(self._examples(wanted, language), self._shapes.get(language), factors)
        if keep:
            self._base[language] = fitted
        return fitted

    def speller(self, language: str, model: HybridModel) -> Speller:
        """What knows the words of the model's examples; the last one is kept."""
        kept = self._speller.get(language)
        if kept is None or kept[0] is not model:
            kept = self._speller[language] = model, self._memory[language].speller(model.examples.texts)
        return kept[1]

    def _examples(self, examples: Sequence[Example], language: str) -> Examples:
        texts = tuple(example.text for example in examples)
        vectors = self._memory[language].vectors(texts)
        return Examples(texts, tuple(example.label for example in examples), vectors)


def _difference(has: Examples, wants: Sequence[Example]) -> tuple[list[Example], list[int]]:
    """The examples wanted that `has` lacks, and the positions of those it has beyond them."""
    places: dict[tuple[str, str], list[int]] = {}
    for position, pair in enumerate(zip(has.texts, has.labels, strict=True)):
        places.setdefault(pair, []).append(position)
    missing = []
    for example in wants:
        found = places.get((example.text, example.label))
        if found:
            found.pop()
        else:
            missing.append(example)
    return missing, [position for rest in places.values() for position in rest]


class LiveUnderstanding:
    """Keeps an `Understanding` current with the article store; `start` watches until `stop`."""

    def __init__(
        self,
        store: ArticleStore,
        acts: Sequence[Example],
        classifiers: Classifiers,
        every_seconds: float = 0.25,
    ) -> None:
        self._store, self._acts, self._classifiers = store, tuple(acts), classifiers
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
        """Follow the database when its version has moved; whether it had."""
        version = self._store.version()
        if self._current is not None and version == self._current.version:
            return False
        start = time.perf_counter()
        articles = {published.article.id: published.article for published in self._store.all()}
        self._current = self._understood(version, articles, keep=True)
        logger.info(
            "knowledge %d is live: %d articles, %.2f s", version, len(articles), time.perf_counter() - start
        )
        return True

    def supposed(self, articles: Mapping[str, Article]) -> Understanding:
        """What the understanding would be if these articles were the published ones; nothing of it stays."""
        return self._understood(self.current.version, articles, keep=False)

    def _understood(self, version: int, articles: Mapping[str, Article], keep: bool) -> Understanding:
        examples = (*self._acts, *article_examples(articles.values()))
        models = {
            language: self._classifiers.fit(language, mine, keep)
            for language in LANGUAGES
            if (mine := [example for example in examples if example.language == language])
        }
        spellers = {
            language: self._classifiers.speller(language, model) for language, model in models.items()
        }
        words = {language: Words(model.examples) for language, model in models.items()}
        return Understanding(version, articles, models, spellers, words)

    def start(self) -> None:
        self._count_words()
        threading.Thread(target=self._watch, name="knowledge-watch", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _count_words(self) -> None:
        """So that no message waits for it."""
        for words in self.current.words.values():
            words.prepare()

    def _watch(self) -> None:
        try:
            self._classifiers.prepare()
        except Exception as error:
            # A background task's edge: without it the first change takes longer, and must still be seen.
            logger.error(
                "the classifiers' factors could not be made; a later change tries again: %s", where(error)
            )
        while not self._stopping.wait(self._every):
            try:
                if self.refresh():
                    self._count_words()
            except Exception as error:
                # A background task's edge: the database may be away for a while; what is live stays live.
                logger.error(
                    "the published articles could not be read; still serving the last ones: %s", where(error)
                )
