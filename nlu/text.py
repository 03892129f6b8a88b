"""What a person typed, made ready for understanding: cleaned, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.tokens import tokens

if TYPE_CHECKING:
    from spacy.pipeline import Sentencizer

MOST_CHARACTERS = 2000
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"'})
_MARKUP = re.compile(r"<[^<>]{1,200}>")
# What colours a terminal or moves its cursor: "\x1b[31m". Without its first character it would read "[31m".
_ESCAPE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")

_QUESTION_WORDS = {
    "en": r"how|what|whats|when|where|who|which|why|can|could|do|does|did|is|are|am|will|would|should|may|have|has",
    "fr": r"comment|combien|quand|où|quel|quelle|quels|quelles|qui|que|qu'est-ce|quoi|pourquoi|est-ce|"
    r"[a-zéè]+-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles)|c'est quoi|ça|"
    r"(?:je |j')(?:voulais|voudrais|aimerais|veux) savoir|je me demand(?:e|ais)",
}
_ASKS = {
    language: re.compile(
        rf"(?:^|[,;:]\s*)(?:(?:so|and|but|also|ok|hi|et|pis|mais|alors|bon)\b[ ,]*)?(?:{words})\b",
        re.IGNORECASE,
    )
    for language, words in _QUESTION_WORDS.items()
}
# Where a statement ends and a question begins: "I want to die, what does it pay". Not after what only leads up to the
# question: "if I fail, can I try again".
_LEADS_UP = {
    "en": r"if|when|since|because|as|after|before|for|in|with|at|on|once|while|so|and|but|also|ok|hi|hey|hello",
    "fr": r"si|quand|comme|lorsque|puisque|parce|après|avant|pour|en|avec|dans|à|au|aux|sur|une fois|et|pis|mais|alors|"
    r"bon|bonjour|salut|allo",
}
_LEADS = {language: re.compile(rf"(?:{words})\b", re.IGNORECASE) for language, words in _LEADS_UP.items()}
_THEN_ASKS = {
    language: re.compile(rf"\s*,\s*(?=(?:{words})\b)", re.IGNORECASE)
    for language, words in _QUESTION_WORDS.items()
}
_AND = {"en": r"and|also|plus|or", "fr": r"et|pis|puis|aussi|ou"}
# "how long is training and do I get paid" asks twice.
_JOINED = {
    language: re.compile(
        rf",?\s+(?:{ands})\s+(?:{also}\s+)?(?=(?:{_QUESTION_WORDS[language]})\b)", re.IGNORECASE
    )
    for (language, ands), also in zip(_AND.items(), ("also", "aussi"), strict=True)
}
# Where a question goes on to what somebody tells of themselves: "what does it pay and also I want to die". Not
# "my wife and I".
_THEN_TELLS = {
    "en": re.compile(
        r",?\s+(?:(?:and\s+|but\s+)?also\s+(?=(?:i|im|i'm|i've)\b)"
        r"|(?:and|but)\s+(?=(?:i'm|im|i\s+(?:feel|hate|wish|(?:want\s+to|wanna)\s+die))\b))",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r",?\s+(?:(?:et|pis|mais)\s+(?:aussi\s+)?|aussi\s+)"
        r"(?=(?:j'en|j'ai (?:plus|envie)|je (?:veux|peux|me|n'en|ne|souhaite|déteste))\b)",
        re.IGNORECASE,
    ),
}
# Where a question goes on to the next, "…, do I need a degree", or to another thing that it asks of, "…, the pay".
_LISTED = {
    language: re.compile(
        rf"\s*,\s*(?:(?:{_AND[language]})\s+)?|\s+(?:{_AND[language]})\s+(?={the}\b)", re.IGNORECASE
    )
    for language, the in {"en": "(?:the|my)", "fr": "(?:le|la|les|mon|ma|mes)"}.items()
}
# How a question begins that goes on in each thing of its list: "what's the age limit, (what's) the pay".
_CARRIED = re.compile(
    r"(?:what(?:'?s| is| are)|c'est quoi|quels? (?:est|sont)|quelles? (?:est|sont))\b", re.IGNORECASE
)
# Where a question begins in a line without commas or stops, as people type on a telephone: "i have a G2 can i apply".
_RUNS_ON = {
    "en": re.compile(
        r"\s+(?:(?:so|and|but|also|plus|or)\s+)?"
        r"(?=((?:who\s+|(?:how|what|which|when|where|why)(?:\s+[\w']+){0,3}\s+)?"
        r"(?:(?:can|could|did|will|would|should|am|are|was|have|do)\s+(?:i|you|u|ya|we|they)"
        r"|(?:can|could|did|does|will|would|is|was)\s+(?:it|there|he|she|anyone|anybody))\b))",
        re.IGNORECASE,
    )
}
# "… if i fail can i try again" is one question.
_CONDITION = {"en": re.compile(r"\b(?:if|once|unless)\b", re.IGNORECASE)}
# What numbers the items of a list: "1. ", "2) ", "(3) ".
_NUMBER = re.compile(r"(?:^|(?<=\s))\(?(\d)[.)]\s+")
_LONGEST_ITEM = 6
# A thing asked of in a list has no more words than this.
_LONGEST_THING = 4
# A line that runs on has at least so many words, and what it tells before a question; a condition at most so many.
_SHORTEST_RUN, _SHORTEST_TOLD, _LONGEST_CONDITION = 12, 5, 8


def without_escapes(text: str) -> str:
    """`text` without a terminal's escape sequences.

    >>> without_escapes("\x1b[1;31mhow old\x1b[0m must I be")
    'how old must I be'
    """
    return _ESCAPE.sub("", text)


def without_accents(text: str) -> str:
    """The text without accents: they are left out so often that they make no difference.

    >>> without_accents("l'été")
    "l'ete"
    """
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def clean(text: str) -> str:
    """One line of printable text: no control or bidirectional characters, no mark-up, plain quotes, at most 2,000."""
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    text = _MARKUP.sub(" ", without_escapes(text))
    if not text.isprintable():
        kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
        text = "".join(kept)
    return " ".join(text.split())[:MOST_CHARACTERS]


@lru_cache(maxsize=1)
def _sentencizer() -> Sentencizer:
    # Only now: it takes half a second to import.
    from spacy.pipeline import Sentencizer

    return Sentencizer(punct_chars=[".", "!", "?", "…", ";", "\n"])


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a message, in order; "…, and how long…" begins one, fragments of one or two words do not.

    A question that asks of several things is one sentence for each of them: "the age limit, the pay".
    """
    found: list[str] = []
    for apart, sentence in _said(text, language):
        for joined, part in enumerate(_JOINED[language].split(sentence)):
            part = part.strip()
            fewest = 2 if joined else 3
            fragment = len(part.split()) < fewest or (found and len(found[-1].split()) < 3)
            if found and part and fragment and (joined or not apart):
                found[-1] += " " + part
            elif part:
                found.append(part)
    return [
        thing
        for part in found
        for asked in _told_apart(part, language)
        for clause in _clauses(asked, language)
        for run in _runs(clause, language)
        for thing in _things(run, language)
    ]


def _said(text: str, language: str) -> Iterator[tuple[bool, str]]:
    """Each sentence, and whether it begins an item of a list."""
    items = _items(text)
    for item in items:
        for place, sentence in enumerate(_sentencizer()(tokens(item, language)).sents):
            yield len(items) > 1 and not place, sentence.text


def _items(text: str) -> list[str]:
    """The items of a numbered list, each short one a question: "1) the pay 2) the place"; else the text."""
    numbers = [int(number) for number in _NUMBER.findall(text)]
    if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
        return [text]
    told, *items = _NUMBER.split(text)[::2]
    asked = [
        item if len(item.split()) > _LONGEST_ITEM or "?" in item else f"{item.rstrip(' .,;')}?"
        for item in items
    ]
    return [told, *asked] if told.strip() else asked


def _told_apart(sentence: str, language: str) -> list[str]:
    """A question and what its asker goes on to tell, apart."""
    tells = _THEN_TELLS[language].search(sentence)
    if tells is None or not is_question(sentence[: tells.start()], language):
        return [sentence]
    parts = [sentence[: tells.start()], sentence[tells.end() :]]
    return parts if all(len(part.split()) >= 3 for part in parts) else [sentence]


def _clauses(sentence: str, language: str) -> list[str]:
    """A statement and the question that follows its comma, apart."""
    asks = _THEN_ASKS[language].search(sentence)
    told = sentence[: asks.start()] if asks else ""
    if asks is None or len(told.split()) < 3 or _LEADS[language].match(told) or is_question(told, language):
        return [sentence]
    return [told, sentence[asks.end() :]]


def _runs(sentence: str, language: str) -> list[str]:
    """A sentence cut where a question begins in it, though no comma says so."""
    begins = _RUNS_ON.get(language)
    if begins is None or len(sentence.split()) < _SHORTEST_RUN:
        return [sentence]
    found, start, opened = [], 0, 0
    for cut in begins.finditer(sentence):
        # "how long do i" is one opening, not two.
        inside, opened = cut.start() < opened, max(opened, cut.end(1))
        told = sentence[start : cut.start()]
        if not inside and _stands_alone(told, language):
            found.append(told)
            start = cut.end()
    return [*found, sentence[start:]]


def _stands_alone(told: str, language: str) -> bool:
    words = told.split()
    condition = _CONDITION[language].search(" ".join(words[-_LONGEST_CONDITION:]))
    return len(words) >= _SHORTEST_TOLD and condition is None and not _LEADS[language].match(told)


def _things(sentence: str, language: str) -> list[str]:
    """What a question asks, one after the other. What is no question stays whole, and so does one with a clause that
    is neither a question nor a short name of something: "if I fail, can I try again"."""
    things = [thing for thing in _LISTED[language].split(sentence) if thing.strip(" ?")]
    if len(things) < 2 or len(things[0].split()) < 3 or not is_question(things[0], language):
        return [sentence]
    # The mark at the end is the whole sentence's.
    asks = [is_question(thing.rstrip(" ?"), language) for thing in things]
    if not all(ask or len(thing.split()) <= _LONGEST_THING for ask, thing in zip(asks, things, strict=True)):
        return [sentence]
    begins = _CARRIED.match(things[0])
    lead = f"{begins[0]} " if begins else ""
    return [
        thing if ask else f"{lead}{thing.rstrip(' .!?')}?" for ask, thing in zip(asks, things, strict=True)
    ]


def has_words(text: str) -> bool:
    """Whether a text has a letter in it: a number, a dot or an emoji says nothing by itself."""
    return any(character.isalpha() for character in text)


def in_other_letters(text: str) -> bool:
    """Whether most letters of a text are of another alphabet than the Latin one.

    >>> in_other_letters("Можно подать заявку?")
    True
    """
    letters = [character for character in text if character.isalpha()]
    return sum(unicodedata.name(each, "").startswith("LATIN") for each in letters) < len(letters) / 2


def is_question(sentence: str, language: str) -> bool:
    """Whether a sentence asks: by its mark, or by the word that it, or what follows a comma, begins with."""
    return "?" in sentence or _ASKS[language].search(sentence) is not None
