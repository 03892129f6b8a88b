"""Messages that may be about what was just answered: short ones, whatever courtesy they begin with, and a bare "why?"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from spacy.matcher import Matcher
from spacy.vocab import Vocab

from knowledge.tokens import tokens
from nlu.aspects import asked
from nlu.text import is_question

MOST_WORDS = 9
# A message with more characters than this is no short one.
_LONGEST = 200
# What people say to an answer before they go on: the first whatever follows, the others where a mark follows ("really?",
# but "really hard"). A message that begins in one language may go on in the other.
_SAID = (
    r"oh là là|ok(?:ay|ie)?|k|alright|oh|ah|aw|hm+|wow|lol|haha|ugh|omg|thanks?(?: yo?u)?|thx|ty|cheers|got it|gotcha|i see"
    r"|good to know|sounds good|fair enough|makes sense|understood|(?:so|very) much|a (?:lot|bunch)"
    r"|merci|d'accord|ouf|ah oui|ah bon|je vois|je comprends|compris|bon à savoir|beaucoup"
)
_SAID_ALONE = (
    r"for (?:that|this|the (?:info|help|answer)|your help|letting me know|explaining)|that helps"
    r"|that'?s (?:\w+ )?(?:helpful|great|good|cool|nice|awesome|interesting)|great|perfect|cool|nice|awesome|sweet|amazing"
    r"|excellent|interesting|really|seriously|damn|man|right|good|phew|no way|too bad|well|yes|yeah|yep|no"
    r"|parfait|super|génial|intéressant|vraiment|bien|bon|c'est (?:bon|beau|bien|clair|noté)|ben|oui|ouais|non|noté|dommage"
    r"|pour (?:ça|l'info|la réponse|(?:votre|ton) aide)|hein"
)
_MARK = r"[\s,.!?…:;)-]"
_BEGINS = re.compile(
    rf"(?:(?:{_SAID})(?={_MARK}|$){_MARK}*|(?:{_SAID_ALONE})\s*(?:[,.!?…:;)]{_MARK}*|(?=(?:{_SAID})\b)))+",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[\s,.!…]+(?:thanks|thank you|thx|ty|merci)(?: so much| a lot| beaucoup| in advance| d'avance)?[\s.!…]*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:and|but|so|what if|even if|if|et|pis|puis|mais|donc|si|même si)\b", re.IGNORECASE)

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


def without_courtesy(text: str, language: str) -> str:
    """What a message that follows an answer asks, without the thanks before and after it; all of it where nothing is
    asked beside them.

    >>> without_courtesy("oh wow, thanks. and is it paid?", "en"), without_courtesy("ok thanks a lot!", "en")
    ('and is it paid?', 'ok thanks a lot!')
    """
    if len(text) > _LONGEST:
        return text
    begins = _BEGINS.match(text)
    rest = _ENDS.sub("", text[begins.end() :] if begins else text)
    asks = is_question(rest, language) or _GOES_ON.match(rest) or asked(rest, language)
    return rest if asks and len(rest.split()) > 1 else text


def is_short(text: str, language: str) -> bool:
    """Whether a message is so short that what was answered last may be its subject ("how do I sign up?").

    >>> is_short("how do I sign up?", "en")
    True
    """
    return 0 < sum(not token.is_punct for token in tokens(text, language)) <= MOST_WORDS
