"""Makes as many articles as a test of size needs, out of the real ones, the same ones each time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.articles import Article, ArticleText

# An article's title and questions, half of them in each language.
EXAMPLES = 20
HELD_OUT = 4
# Of an article's questions, those whose words only held-out questions may use.
_KEPT_BACK = 4


@dataclass(frozen=True)
class MadeArticle:
    """An article on a subject of its own, and English questions on it that are not among its examples."""

    article: Article
    held_out: tuple[str, ...]


def make_articles(
    real: Sequence[Article], count: int, examples: int = EXAMPLES, seed: int = 0
) -> list[MadeArticle]:
    """`count` articles of so many examples, each on where two real ones meet: its questions ask one's and end like the other's.

    So each real article's words turn up in many made ones, as a large knowledge base's do. The first articles of a
    larger number are those of a smaller one. Raises `ValueError` for fewer than two real articles, or too few pairs.
    """
    pairs = [(first, second) for first in real for second in real if first is not second]
    if count > len(pairs):
        raise ValueError(f"{len(real)} real articles make {len(pairs)} articles, not {count}")
    rng = random.Random(seed)
    rng.shuffle(pairs)
    taken: set[str] = set()
    each = examples // 2
    return [
        _meet(n, *pair, each, taken, random.Random(f"{seed} {n}")) for n, pair in enumerate(pairs[:count])
    ]


def _meet(
    number: int, first: Article, second: Article, each: int, taken: set[str], rng: random.Random
) -> MadeArticle:
    id = f"made-{number}"
    texts: dict[str, ArticleText] = {}
    held_out: tuple[str, ...] = ()
    for language in ("en", "fr"):
        begins, ends = list(first.text(language).questions), list(second.text(language).questions)
        rng.shuffle(begins)
        rng.shuffle(ends)
        examples = _joined(begins[_KEPT_BACK:], ends[_KEPT_BACK:], each, taken, rng)
        texts[language] = replace(first.text(language), title=examples[0], questions=tuple(examples[1:]))
        if language == "en":
            held_out = tuple(_joined(begins[:_KEPT_BACK], ends[:_KEPT_BACK], HELD_OUT, taken, rng))
    return MadeArticle(replace(first, id=id, topics=(id,), texts=texts, related=(), starts=None), held_out)


def _joined(
    begins: Sequence[str], ends: Sequence[str], count: int, taken: set[str], rng: random.Random
) -> list[str]:
    """`count` questions that no one has asked before: a whole one and the second half of another."""
    every = [f"{begin.rstrip('.?! ')} {_second_half(end)}" for begin in begins for end in ends]
    rng.shuffle(every)
    new = [each for each in dict.fromkeys(every) if each.casefold() not in taken][:count]
    if len(new) < count:
        raise ValueError(f"only {len(new)} of {count} questions can be made")
    taken.update(each.casefold() for each in new)
    return new


def _second_half(text: str) -> str:
    words = text.split()
    return " ".join(words[len(words) // 2 :])
