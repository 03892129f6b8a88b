"""Tokens by spaCy's rules for a language. A text is asked about many times, and cut up once.

spaCy keeps every word that it has met, some 500 bytes each, for as long as its tokenizer lives; and these are people's
words. So a tokenizer is replaced by a new one after some text, which takes 0.1 s. A matcher has a vocabulary of its own,
which holds its patterns alone: words are compared by their hashes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# That one tokenizer reads. If every word of it is a new one, they take 25 MB.
MOST_CHARACTERS = 500_000


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as one line of text."""
    return frozenset(words.split())


class _Tokenizer:
    def __init__(self, language: str) -> None:
        self._language = language
        self._pipeline, self._left = _blank(language), MOST_CHARACTERS

    def __call__(self, text: str) -> Doc:
        self._left -= len(text)
        if self._left < 0:
            # A thread in the middle of a text keeps the one that it has.
            self._pipeline, self._left = _blank(self._language), MOST_CHARACTERS
        return self._pipeline.make_doc(text)


def _blank(language: str) -> Language:
    # Only now: it takes half a second to import, French two more.
    import spacy

    return spacy.blank(language)


@lru_cache(maxsize=2)
def _tokenizer(language: str) -> _Tokenizer:
    return _Tokenizer(language)


@lru_cache(maxsize=64)
def tokens(text: str, language: str) -> Doc:
    """The text's tokens, which whoever asks shares with others."""
    return _tokenizer(language)(text)
