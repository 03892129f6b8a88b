"""Tokens by spaCy's rules for a language. A message is asked about many times, and cut up once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@lru_cache(maxsize=2)
def blank(language: str) -> Language:
    """spaCy's pipeline of `language` with nothing but the tokenizer."""
    # Only now: it takes half a second to import, French two more.
    import spacy

    return spacy.blank(language)


@lru_cache(maxsize=64)
def tokens(text: str, language: str) -> Doc:
    """The text's tokens, which whoever asks shares with others."""
    return blank(language).make_doc(text)
