"""Follow-ups: "and the cost?" is about what was just answered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

MOST_WORDS = 9

# What makes a short message lean on the one before: a beginning, or a word that stands for something said.
_PATTERNS: dict[str, list[list[dict[str, Any]]]] = {
    "en": [
        [{"IS_SENT_START": True, "LOWER": {"IN": ["and", "but", "so", "why", "then", "or"]}}],
        [{"IS_SENT_START": True, "LOWER": {"IN": ["what", "how"]}}, {"LOWER": "about"}],
        [{"IS_SENT_START": True, "LOWER": "what"}, {"LOWER": "if"}],
        [
            {
                "LOWER": {
                    "IN": ["it", "that", "this", "they", "them", "those", "these", "there", "its", "instead"]
                }
            }
        ],
    ],
    "fr": [
        [{"IS_SENT_START": True, "LOWER": {"IN": ["et", "mais", "pis", "pourquoi", "alors", "ou", "puis"]}}],
        [{"LOWER": {"IN": ["ça", "ca", "cela", "ceci", "celui-là", "celle-là", "y", "en", "là"]}}],
        [{"IS_SENT_START": True, "LOWER": {"IN": ["c'", "ce"]}}],
    ],
}


@lru_cache(maxsize=2)
def _pipeline(language: str) -> tuple[Language, Matcher]:
    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer")
    matcher = Matcher(nlp.vocab)
    matcher.add("leans", _PATTERNS[language])
    return nlp, matcher


def leans_back(text: str, language: str) -> bool:
    """Whether a message is short and leans on what came before, or is a mere fragment ("the cost?").

    >>> leans_back("and how much does that cost?", "en")
    True
    >>> leans_back("How much does a constable earn after four years?", "en")
    False
    """
    nlp, matcher = _pipeline(language)
    doc = nlp(text)
    words = _words(doc)
    return 0 < words <= MOST_WORDS and (bool(matcher(doc)) or words <= 3)


def is_short(text: str, language: str) -> bool:
    """Whether a message is so short that what was answered last may be its subject ("how do I sign up?").

    >>> is_short("how do I sign up?", "en")
    True
    """
    return 0 < _words(_pipeline(language)[0](text)) <= MOST_WORDS


def _words(doc: Doc) -> int:
    return sum(not token.is_punct for token in doc)
