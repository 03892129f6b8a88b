"""What a person typed, made ready for understanding: cleaned, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import spacy
from spacy.language import Language

MOST_CHARACTERS = 2000
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"'})
_MARKUP = re.compile(r"<[^<>]{1,200}>")


def clean(text: str) -> str:
    """One line of printable text: no control or bidirectional characters, no mark-up, plain quotes, at most 2,000."""
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    text = _MARKUP.sub(" ", text)
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())[:MOST_CHARACTERS]


@lru_cache(maxsize=4)
def _sentencizer(language: str) -> Language:
    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "…", ";", "\n"]})
    return nlp


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a message, in order; fragments of fewer than three words join their neighbour."""
    found: list[str] = []
    for sentence in _sentencizer(language)(text).sents:
        part = sentence.text.strip()
        if not part:
            continue
        if found and (len(part.split()) < 3 or len(found[-1].split()) < 3):
            found[-1] += " " + part
        else:
            found.append(part)
    return found
