"""Holds that each number, date and amount in an answer stands in one of that article's facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.articles import Article

# Not "one", "un", "une": they are articles and pronouns far more often than amounts.
_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt",
}
_VALUES = {
    language: {word: str(value) for value, word in enumerate(words.split(), start=2)}
    for language, words in _WORDS.items()
}
_VALUES["en"] |= {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "hundred": "100",
    "thousand": "1000", "million": "1000000", "half": "half", "twice": "2",
}  # fmt: skip
_VALUES["fr"] |= {
    "trente": "30", "quarante": "40", "cinquante": "50", "soixante": "60", "cent": "100", "mille": "1000",
    "million": "1000000", "millions": "1000000", "moitié": "half",
}  # fmt: skip

# 123,194 in English and 123 194 in French (also with narrow spaces) are one number; 2,5 and 2.5 are too.
_GROUPED = {
    "en": re.compile(r"(?<![\d,.])\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)"),
    "fr": re.compile(r"(?<![\d,.])\d{1,3}(?:[\u00a0\u202f ]\d{3})+(?!\d)"),
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

_ADDRESS = re.compile(r"\S+://\S+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def numbers(text: str, language: str) -> set[str]:
    """The values in `text`, written as plain digits: "$123,194" and "123 194 $" are both {"123194"}."""
    ungrouped = _GROUPED[language].sub(lambda match: re.sub(r"\D", "", match.group()), text)
    found = {number.replace(",", ".").rstrip("0").rstrip(".") if "." in number.replace(",", ".") else number
             for number in _NUMBER.findall(ungrouped)}  # fmt: skip
    values = _VALUES[language]
    for word in _WORD.findall(_ADDRESS.sub(" ", ungrouped.lower())):
        # "dix-sept" is one number, "two-day" holds one.
        found |= {values[part] for part in ([word] if word in values else word.split("-")) if part in values}
    return {number.lstrip("0") or "0" for number in found}


def ungrounded(article: Article) -> list[str]:
    """What the article says in numbers without a fact for it; one sentence each, empty when all is well."""
    known: set[str] = set()
    for fact in article.facts:
        for part in (fact.says, fact.title, fact.year, fact.url):
            known |= numbers(part, "en") | numbers(part, "fr")
    known |= {hour for fact in article.facts for hour in _afternoon_hours(fact.says)}
    problems = []
    for language, text in article.texts.items():
        for part in ("title", "answer", "unknown"):
            stray = numbers(getattr(text, part), language) - known
            if stray:
                problems.append(f"{language}.{part}: no fact holds {', '.join(sorted(stray))}")
    return problems


def _afternoon_hours(says: str) -> Iterator[str]:
    """ "6:30 pm" in a fact is "18 h 30" in a French answer."""
    for hour in re.findall(r"\b(\d{1,2})(?::\d{2})?\s?(?:p\.?m\.?|pm)\b", says):
        yield str(int(hour) % 12 + 12)
