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

_QUESTION_WORDS = {
    "en": r"how|what|whats|when|where|who|which|why|can|could|do|does|did|is|are|am|will|would|should|may|have|has",
    "fr": r"comment|combien|quand|où|quel|quelle|quels|quelles|qui|que|quoi|pourquoi|est-ce|peut-on|puis-je|peux-tu|"
    r"pouvez-vous|dois-je|doit-on|faut-il|y a-t-il|avez-vous|c'est quoi|ça",
}
_ASKS = {
    language: re.compile(
        rf"(?:^|[,;:]\s*)(?:(?:so|and|but|also|ok|hi|et|pis|mais|alors|bon)\b[ ,]*)?(?:{words})\b",
        re.IGNORECASE,
    )
    for language, words in _QUESTION_WORDS.items()
}
# "how long is training and do I get paid" asks twice.
_JOINED = {
    "en": re.compile(rf",?\s+(?:and|also|plus)\s+(?=(?:{_QUESTION_WORDS['en']})\b)", re.IGNORECASE),
    "fr": re.compile(rf",?\s+(?:et|pis|puis|aussi)\s+(?=(?:{_QUESTION_WORDS['fr']})\b)", re.IGNORECASE),
}


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
    """The sentences of a message, in order; "…, and how long…" begins one, fragments of one or two words do not."""
    found: list[str] = []
    for sentence in _sentencizer(language)(text).sents:
        for part in _JOINED[language].split(sentence.text):
            part = part.strip()
            if found and part and (len(part.split()) < 3 or len(found[-1].split()) < 3):
                found[-1] += " " + part
            elif part:
                found.append(part)
    return found


def is_question(sentence: str, language: str) -> bool:
    """Whether a sentence asks: by its mark, or by the word that it, or what follows a comma, begins with."""
    return "?" in sentence or _ASKS[language].search(sentence) is not None
