"""What a short message is about when an article was answered before it: the article's subject, and what is near."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache

import numpy as np

from nlu.hybrid import Examples, Floats

_WORD = re.compile(r"[^\W_]+")
# Words that begin alike are counted as one: "prepared" and "preparing", "contravention" and its plural.
_BEGINNING = 7
# A word of so many letters that no example has is a subject of its own ("is there a choir?").
_TELLING = 4


class Words:
    """How the example texts of one language use their words, label by label.

    Words are counted by their first letters, without accents, when they are first asked for.
    """

    def __init__(self, examples: Examples) -> None:
        self._examples = examples
        self._rows: dict[str, list[int]] = {}
        for row, label in enumerate(examples.labels):
            self._rows.setdefault(label, []).append(row)

    def prepare(self) -> None:
        """Count now, so that the next message need not wait for it."""
        _ = self._total, self._spread

    @cached_property
    def _counts(self) -> Mapping[str, Counter[str]]:
        texts = self._examples.texts
        return {label: _counted(tuple(texts[row] for row in rows)) for label, rows in self._rows.items()}

    @cached_property
    def _total(self) -> Counter[str]:
        """How often each word stands in any example."""
        total: Counter[str] = Counter()
        for counts in self._counts.values():
            total.update(counts)
        return total

    @cached_property
    def _spread(self) -> Counter[str]:
        """In how many labels each word stands."""
        return Counter(word for counts in self._counts.values() for word in counts)

    def knows(self, label: object) -> bool:
        return label in self._rows

    def share(self, text: str, near: Collection[str]) -> float:
        """How much of what a text says is talked of in the examples of the labels `near`, from 0 to 1.

        Rare words weigh more; one that is as common near as everywhere counts whole. One that no example has is talked
        of nowhere; when it is short, it says nothing.
        """
        labels = [label for label in near if label in self._rows]
        size = sum(len(self._rows[label]) for label in labels)
        said = found = 0.0
        for word in _words(text) if size else ():
            weight = self._rarity(word)
            if not self._spread[word]:
                said += weight if len(word) >= _TELLING and word.isalpha() else 0.0
                continue
            usual = self._total[word] / len(self._examples.texts)
            here = sum(self._counts[label][word] for label in labels) / size
            said += weight
            found += weight * min(1.0, here / usual)
        return found / said if said else 1.0

    def subject(self, label: str, title: str) -> str:
        """The one word of an article's title that its own examples have most, and those of others least."""
        counts, size = self._counts[label], len(self._rows[label])
        words: dict[str, str] = {_beginning(word): word for word in _WORD.findall(title.lower())}
        best = max(
            words, key=lambda word: (counts[word] / size * self._rarity(word), words[word]), default=""
        )
        return words.get(best, "")

    def read_after(self, vector: Floats, label: str) -> Floats:
        """The vector of a message that is read together with the subject of `label`: half its own, half the middle
        of that label's examples."""
        middle = self._examples.vectors[self._rows[label]].mean(axis=0)
        both = vector / np.linalg.norm(vector) + middle / np.linalg.norm(middle)
        read: Floats = (both / np.linalg.norm(both)).astype(np.float32)
        return read

    def _rarity(self, word: str) -> float:
        return math.log(len(self._rows) / max(self._spread[word], 1))


@lru_cache(maxsize=4096)
def _counted(texts: tuple[str, ...]) -> Counter[str]:
    """Of how many texts each word is part. Remembered: when one article changes, the others' texts do not."""
    return Counter(word for text in texts for word in _words(text))


def _words(text: str) -> set[str]:
    return {_beginning(word) for word in _WORD.findall(text.lower())}


def _beginning(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")
    return plain[:_BEGINNING]
