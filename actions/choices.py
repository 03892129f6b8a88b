"""Which of the sessions listed a person means who types instead of pressing a button.

Every session gets the phrases that tell it apart (its number, day, place, language, …); a spaCy matcher finds
them in the text, and the sessions that fit all the phrases found are the ones meant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans
from spacy.vocab import Vocab

from actions.dates import MONTHS, WEEKDAYS
from booking import InfoSession
from knowledge.tokens import tokens

_POSITIONS = (
    ("1", "#1", "first", "1st", "premiere", "premier", "1re", "1er", "number one", "numero un",
     "next", "soonest", "earliest", "prochaine", "plus tot"),
    ("2", "#2", "second", "2nd", "deuxieme", "seconde", "2e", "two", "deux"),
    ("3", "#3", "third", "3rd", "troisieme", "3e", "three", "trois"),
    ("4", "#4", "fourth", "4th", "quatrieme", "4e", "four", "quatre"),
    ("5", "#5", "fifth", "5th", "cinquieme", "5e", "five", "cinq"),
    ("6", "#6", "sixth", "6th", "sixieme", "6e", "six"),
    ("7", "#7", "seventh", "7th", "septieme", "7e", "seven", "sept"),
    ("8", "#8", "eighth", "8th", "huitieme", "8e", "eight", "huit"),
)  # fmt: skip
_LAST = ("last", "latest", "derniere", "dernier")
_ONLINE = ("online", "virtual", "virtually", "en ligne", "virtuelle", "virtuel", "a distance")
_IN_PERSON = ("in person", "in-person", "face to face", "en personne", "sur place")
_LANGUAGES = {
    "en": ("english", "anglais", "anglaise"),
    "fr": ("french", "francais", "francaise", "francophone"),
}
_HEADQUARTERS = ("headquarters", "hq", "ghq", "quartier general")


def sessions_meant(text: str, offered: Sequence[InfoSession], by_place: bool = True) -> list[InfoSession]:
    """The sessions that fit what the text says, in order; empty when it says nothing about any.

    "the first one in French" is the first of those in French. Without `by_place`, numbers and "the first" say nothing,
    because the person has seen no list.
    """
    # One tokenizer for both languages: the phrases are short, and both sides go through the same one.
    vocabulary = Vocab()
    matcher = PhraseMatcher(vocabulary, attr="LOWER")
    if by_place:
        for position, phrases in enumerate(_POSITIONS[: len(offered)]):
            matcher.add(f"at {position}", [tokens(phrase, "en") for phrase in phrases])
        matcher.add("at -1", [tokens(phrase, "en") for phrase in _LAST])
    for place, info_session in enumerate(offered):
        folded = {_fold(phrase) for phrase in _phrases(info_session, len(offered))}
        matcher.add(f"is {place}", [tokens(phrase, "en") for phrase in folded])
    doc = tokens(_fold(text), "en")
    fits: dict[tuple[int, int], set[str]] = {}
    for label, start, end in matcher(doc):
        fits.setdefault((start, end), set()).add(vocabulary.strings[label])
    left, said_something = list(range(len(offered))), False
    positions: list[int] = []
    for span in filter_spans([doc[start:end] for start, end in fits]):
        labels = fits[span.start, span.end]
        described = {int(each[3:]) for each in labels if each.startswith("is ")}
        positions += [int(each[3:]) for each in labels if each.startswith("at ")]
        if described:
            left, said_something = [place for place in left if place in described], True
    if not said_something and not positions:
        return []
    for position in positions[:1]:
        left = left[position : position + 1 or None]
    return [offered[place] for place in left]


def _phrases(info_session: InfoSession, count: int) -> Iterator[str]:
    """What tells this session from others; `count` sessions are offered, so a number above that is a day."""
    start = info_session.local_start
    for language in ("en", "fr"):
        month = MONTHS[language][start.month - 1]
        yield WEEKDAYS[language][start.weekday()]
        for name in (month, month[:3], f"{month[:3]}."):
            yield from (
                f"{name} {start.day}",
                f"{start.day} {name}",
                f"{name} {start.day}{_suffix(start.day)}",
            )
            yield f"{start.day}{_suffix(start.day)} of {name}"
        yield month
        yield info_session.title(language)
        where = info_session.place(language)
        if where:
            yield where
            yield from (part.strip() for part in where.replace(" in ", ",").replace(" à ", ",").split(","))
    if start.day > count:
        yield from (str(start.day), f"{start.day}{_suffix(start.day)}")
    yield from _ONLINE if info_session.online else _IN_PERSON
    if "Headquarters" in (info_session.place("en") or ""):
        yield from _HEADQUARTERS
    yield from _LANGUAGES[info_session.language]


def _suffix(day: int) -> str:
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _fold(text: str) -> str:
    """Without accents, because people leave them out."""
    decomposed = unicodedata.normalize("NFD", text.replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
