"""A small understanding made without the encoder: a few articles, a vector for each word, a handful of questions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np

from bot.rehearsal import Rehearsal
from knowledge.articles import Article, ArticleText
from knowledge.store import ArticleStore, publish
from nlu.decide import Limits, Rules
from nlu.encoder import Encoder
from nlu.examples import Example, article_examples
from nlu.hybrid import Examples, Floats, HybridModel
from nlu.impact import LABELLED, Known
from nlu.kept_readings import KeptReadings, Read
from nlu.live import Classifiers, LiveUnderstanding, memories
from nlu.reading import reading_of
from storage import Database
from tests.booking.builders import NOW
from tests.knowledge.builders import article

RULES = Rules(Limits(temperature=0.1), after_crisis="pay", between_services=frozenset({"training"}))
TODAY = date(2026, 11, 21)
# Article, its topic, and how its questions begin in English and in French.
SUBJECTS = {
    "age": ("age", "how old must a recruit be", "quel âge faut il avoir"),
    "pay": ("pay", "what salary does a constable earn", "combien gagne un agent"),
    "uniform-pay": ("pay", "is the uniform paid for", "est ce que l'uniforme est payé"),
    "fitness": ("fitness", "how hard is the shuttle run", "comment se passe la course navette"),
    "vision": ("vision", "may i wear glasses on patrol", "puis je porter des lunettes"),
    "training": ("training", "how long does the academy last", "combien de temps dure la formation"),
}
ENDINGS = (
    "please",
    "in ontario",
    "this year",
    "for women",
    "at night",
    "now",
    "here",
    "exactly",
    "sir",
    "again",
)
ACTS = {
    "greet": ("hello there", "good morning", "hi bot"),
    "oos_crisis": ("i want to die tonight", "i cannot go on living", "i think of hurting myself"),
    "oos_emergency": ("someone is breaking in right now", "my house is on fire help", "send an ambulance"),
    "oos_far": ("what is the capital of peru", "bake me a chocolate cake", "who won the hockey game"),
}


class WordEncoder:
    """Stands in for the sentence encoder: a text's vector is the sum of its words' own random ones."""

    def encode(self, texts: Sequence[str], language: str = "en") -> Floats:
        if not texts:
            return np.zeros((0, 64), np.float32)
        vectors = np.stack([sum(map(self._word, text.lower().split() or [""])) for text in texts])
        unit: Floats = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def encode_one(self, text: str, language: str = "en") -> Floats:
        vector: Floats = self.encode([text], language)[0]
        return vector

    def is_glossed(self, word: str) -> bool:
        return True

    def is_word(self, word: str, language: str = "en") -> bool:
        return False

    def _word(self, word: str) -> Floats:
        seed = int.from_bytes(hashlib.sha256(word.strip(".?!,").encode()).digest()[:4], "little")
        return np.random.default_rng(seed).standard_normal(64).astype(np.float32)


ENCODER = cast(Encoder, WordEncoder())


def subject(id: str, *more: str, **changes: object) -> Article:
    """An article of `SUBJECTS`, or on a subject of its own, with further English questions."""
    topic, english, french = SUBJECTS.get(id, (id, f"tell me of {id}", f"parle moi de {id}"))
    texts = {
        "en": ArticleText(f"{english}?", "Yes.", (*(f"{english} {end}" for end in ENDINGS), *more)),
        "fr": ArticleText(f"{french}?", "Oui.", tuple(f"{french} {end}" for end in ENDINGS)),
    }
    return article(id, topics=(topic,), texts=texts, **changes)


def subjects() -> dict[str, Article]:
    return {id: subject(id) for id in SUBJECTS}


def acts() -> tuple[Example, ...]:
    return tuple(
        Example(text, label, language) for label, texts in ACTS.items() for text in texts
        for language in ("en", "fr")
    )  # fmt: skip


QUESTIONS: Mapping[str, str] = {
    "how old must you be": "age",
    "I am a nurse in Barrie. My cousin joined. How old must you be to be a recruit?": "age",
    "what does a constable earn, and how long does the academy last?": "pay",
    "Is the uniform paid for? How hard is the run?": "pay",
    "can I wear glasses": "vision",
    "shuttle run hard": "fitness",
    "academy length": "training",
    "a salary": "pay",
    "is there a pool": "out_of_scope_near",
    "hello": "smalltalk",
    "salary salary old": "pay",
    "wich salray does a constabel ern": "pay",
    "there is a fire in my house. what salary?": "out_of_scope_near",
    "i want to die tonight. what salary does a constable earn?": "out_of_scope_near",
    "rcmp salary": "pay",
    "rcmp academy length": "training",
    "rcmp zebra": "out_of_scope_near",
    "👍": "smalltalk",
}


def labelled(read: Read = reading_of) -> tuple[Known, ...]:
    asked = [(text, "en", label) for text, label in QUESTIONS.items()]
    return tuple(
        Known(read(text, language), LABELLED, labels=frozenset({label}))
        for text, language, label in (*asked, ("quel âge pour un agent", "fr", "age"))
    )


def examples_of(articles: Mapping[str, Article], language: str) -> Examples:
    """Exactly what a new training would fit on."""
    found = [each for each in (*acts(), *article_examples(articles.values())) if each.language == language]
    texts = tuple(each.text for each in found)
    return Examples(texts, tuple(each.label for each in found), ENCODER.encode(texts))


def published(database: Database, articles: Mapping[str, Article]) -> LiveUnderstanding:
    """What a server would understand that was trained on these articles and publishes them."""
    with database.session() as session:
        for each in articles.values():
            publish(session, each, "files", NOW)
    fitted = {language: HybridModel.fit(examples_of(articles, language)) for language in ("en", "fr")}
    return LiveUnderstanding(ArticleStore(database), acts(), Classifiers(memories(ENCODER), {}, fitted))


def rehearsal(database: Database, folder: Path, articles: Mapping[str, Article] | None = None) -> Rehearsal:
    """A rehearsal on a database that publishes `articles`, or all `subjects`."""
    live = published(database, articles or subjects())
    readings = KeptReadings(folder / "model.readings")
    return Rehearsal(live, memories(ENCODER), folder, database, labelled, RULES, ZoneInfo("UTC"), readings)
