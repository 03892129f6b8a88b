"""Endless different messages for the benchmarks, made of the articles' own example questions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from bench.load import Question
from knowledge.articles import Article

_OPENERS = {
    "en": ("", "hi, ", "hello, ", "quick question: ", "just wondering, ", "sorry to bother you, "),
    "fr": ("", "bonjour, ", "allo, ", "petite question : ", "je me demandais, "),
}
_CLOSERS = {"en": ("", " thanks", " please", " thank you!"), "fr": ("", " merci", " svp", " merci d'avance!")}


def questions(articles: Sequence[Article], language: str, seed: int = 0) -> Iterator[Question]:
    """Example questions with a word of courtesy and a slip of the finger: hardly two are alike."""
    rng = random.Random(seed)
    while True:
        article = rng.choice(articles)
        text = article.text(language)
        asked = _slipped(rng.choice(text.questions), rng)
        message = rng.choice(_OPENERS[language]) + asked + rng.choice(_CLOSERS[language])
        yield Question(message, text.answer)


def _slipped(text: str, rng: random.Random) -> str:
    """With two letters in the wrong order, somewhere."""
    place = rng.randrange(max(1, len(text) - 1))
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
