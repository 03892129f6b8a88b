"""Tells whether a message is surely in a language that the assistant does not speak."""

from __future__ import annotations

import re
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder
from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
from spacy.lang.fr.stop_words import STOP_WORDS as FRENCH

from nlu.text import has_words, in_other_letters

# Read beside English and French: the languages in Latin letters that newcomers to Ontario speak most.
_OTHERS = (
    Language.SPANISH, Language.PORTUGUESE, Language.ITALIAN, Language.GERMAN, Language.POLISH, Language.TAGALOG,
    Language.VIETNAMESE, Language.TURKISH, Language.ROMANIAN, Language.SOMALI, Language.DUTCH,
)  # fmt: skip
_OURS = (Language.ENGLISH, Language.FRENCH)
_LEAST_WORDS = 3
_SURE = 0.9
_MOST_OURS = 0.03
# Words that people put into questions of two or three words, which then look like any language.
_SUBJECT = {
    "police", "policing", "policier", "policière", "officer", "cop", "cops", "agent", "constable", "recruit", "recruiter",
    "ontario", "canada", "canadian", "opp", "ppo", "rcmp", "grc", "oacp", "prep", "test", "ok", "lol", "haha",
}  # fmt: skip
# Short words of French are words of its neighbours too; so are some of English.
_TELLING = frozenset(
    [word for word in ENGLISH if len(word) > 2 and word not in ("were", "per", "are", "none", "sometime")]
    + [word for word in FRENCH if len(word) > 3 and word not in ("comme", "entre", "para", "vers", "sera")]
)


def foreign(text: str) -> bool:
    """Whether `text` is surely neither English nor French. Where it is not sure, it is not.

    >>> foreign("¿Puedo aplicar si soy de México?")
    True
    """
    if not has_words(text):
        return False
    if "¿" in text or "¡" in text:
        return True
    if in_other_letters(text):
        return True
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    if len(text.split()) < _LEAST_WORDS or words & (_SUBJECT | _TELLING):
        return False
    confidences = _detector().compute_language_confidence_values(text)
    ours = sum(each.value for each in confidences if each.language in _OURS)
    return confidences[0].value >= _SURE and ours <= _MOST_OURS


@cache
def _detector() -> LanguageDetector:
    # The accurate mode takes 300 MB; with this one, what looks foreign has to look very much so.
    return LanguageDetectorBuilder.from_languages(*_OURS, *_OTHERS).with_low_accuracy_mode().build()
