"""Messages that may be about what was just answered: short ones, and a bare "why?"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from spacy.matcher import Matcher
from spacy.vocab import Vocab

from knowledge.tokens import tokens

MOST_WORDS = 9

_MARKS = {"IS_PUNCT": True, "OP": "*"}


def _any(words: str, times: str = "{1}") -> dict[str, Any]:
    return {"LOWER": {"IN": words.split()}, "OP": times}


# Nothing but "why", in whatever words; what else it names ("why so long?") makes it a question that has an answer.
_EN_BEGINS = _any("and but so ok okay well wait ,", "*")
_EN_ENDS = _any("is 's s that this it tho though then so not exactly do they ?", "*")
_FR_BEGINS = _any("et pis mais alors ben bon ok pourtant ,", "*")
_FR_ENDS = _any("ça ca cela donc c' est -ce que comme faire exactement ?", "*")
_WHY: dict[str, list[list[dict[str, Any]]]] = {
    "en": [
        [_EN_BEGINS, _any("why whys why's y"), _EN_ENDS, _MARKS],
        [_EN_BEGINS, _any("how"), _any("come"), _EN_ENDS, _MARKS],
        [_EN_BEGINS, _any("what"), _any("for"), _MARKS],
        [_EN_BEGINS, _any("for"), _any("what which"), _any("reason"), _MARKS],
    ],
    "fr": [
        [_FR_BEGINS, _any("pourquoi pk pkoi pq"), _FR_ENDS, _MARKS],
        [_FR_BEGINS, _any("c'"), _any("est"), _any("pour"), _any("quoi"), _FR_ENDS, _MARKS],
        [_FR_BEGINS, _any("pour"), _any("quelle quelles"), _any("raison raisons"), _MARKS],
        [_FR_BEGINS, _any("comment"), _any("ça ca"), _any("se", "?"), _any("fait", "?"), _MARKS],
    ],
}


@lru_cache(maxsize=2)
def _matcher(language: str) -> Matcher:
    matcher = Matcher(Vocab())
    matcher.add("why", _WHY[language])
    return matcher


def asks_why(text: str) -> bool:
    """Whether a message asks for the reason of what was said, and for nothing else; in either language.

    >>> asks_why("but why is that?"), asks_why("why so long?")
    (True, False)
    """
    for language in _WHY:
        doc = tokens(text, language)
        short = len(doc) <= 2 * MOST_WORDS
        if short and any(end - start == len(doc) for _, start, end in _matcher(language)(doc)):
            return True
    return False


def is_short(text: str, language: str) -> bool:
    """Whether a message is so short that what was answered last may be its subject ("how do I sign up?").

    >>> is_short("how do I sign up?", "en")
    True
    """
    return 0 < sum(not token.is_punct for token in tokens(text, language)) <= MOST_WORDS
