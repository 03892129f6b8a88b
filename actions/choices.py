"""Which of the sessions listed a person means who types instead of pressing a button.

The days and hours that the text names are read first (actions/days.py). Every session gets the phrases that tell it
apart otherwise (its number, place, language, …); a spaCy matcher finds them in what is left of the text. The sessions
that fit all of it are the ones meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans
from spacy.vocab import Vocab

from actions.days import When, fold, read_when
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
_ONLINE = (
    "online", "on line", "on-line", "onlin", "virtual", "virtually", "from home", "zoom", "en ligne", "enligne", "en-ligne",
    "virtuelle", "virtuel", "a distance",
)  # fmt: skip
_IN_PERSON = ("in person", "in-person", "face to face", "en personne", "sur place")
_LANGUAGES = {
    "en": ("english", "anglais", "anglaise"),
    "fr": ("french", "francais", "francaise", "francophone"),
}
_HEADQUARTERS = ("headquarters", "hq", "ghq", "quartier general")


@dataclass(frozen=True)
class Meant:
    """The sessions that fit what a text says, in order; none when it says nothing about any.

    `missed` is what it says of the day, where there is no session then.
    """

    sessions: list[InfoSession]
    missed: When | None = None

    @property
    def only(self) -> InfoSession | None:
        return self.sessions[0] if len(self.sessions) == 1 else None


def sessions_meant(text: str, offered: Sequence[InfoSession], today: date, by_place: bool = True) -> Meant:
    """The sessions that fit what the text says.

    "the first one in French" is the first of those in French. Without `by_place`, numbers and "the first" say nothing,
    because the person has seen no list.
    """
    when = read_when(text, today, numbers_up_to=len(offered) if by_place else 31)
    on_time = [place for place, each in enumerate(offered) if when is None or when.fits(each.local_start)]
    if when and when.days and not on_time:
        return Meant([], when)
    left, said_something = on_time, when is not None
    fits = _phrases_found(when.rest if when else fold(text), offered, by_place)
    positions: list[int] = []
    for labels in fits:
        described = {int(each[3:]) for each in labels if each.startswith("is ")}
        placed = [int(each[3:]) for each in labels if each.startswith("at ")]
        if described and placed:  # "the 3rd": a day, or the third.
            described.add(placed[0])
        else:
            positions += placed
        if described:
            left, said_something = [place for place in left if place in described], True
    if not said_something and not positions:
        return Meant([])
    for position in positions[:1]:
        left = left[position : position + 1 or None]
    return Meant([offered[place] for place in left])


def nearest(when: When, offered: Sequence[InfoSession], most: int = 2) -> list[InfoSession]:
    """The sessions that are nearest to a day on which there is none, in order."""
    near = sorted(offered, key=lambda each: when.away(each.local_start))[:most]
    return [each for each in offered if each in near]


def _phrases_found(text: str, offered: Sequence[InfoSession], by_place: bool) -> list[set[str]]:
    """For each phrase of the text, longest first where they overlap: which sessions ("is 2") or place ("at 2") it names."""
    # One tokenizer for both languages: the phrases are short, and both sides go through the same one.
    vocabulary = Vocab()
    matcher = PhraseMatcher(vocabulary, attr="LOWER")
    days = {each.local_start.day for each in offered}
    if by_place:
        for position, phrases in enumerate(_POSITIONS[: len(offered)]):
            also = _as_day(position + 1) if position + 1 in days else ()
            matcher.add(f"at {position}", [tokens(phrase, "en") for phrase in (*phrases, *also)])
        matcher.add("at -1", [tokens(phrase, "en") for phrase in _LAST])
    for place, info_session in enumerate(offered):
        folded = {fold(phrase) for phrase in _phrases(info_session)}
        matcher.add(f"is {place}", [tokens(phrase, "en") for phrase in folded])
    doc = tokens(text, "en")
    found: dict[tuple[int, int], set[str]] = {}
    for label, start, end in matcher(doc):
        found.setdefault((start, end), set()).add(vocabulary.strings[label])
    spans = filter_spans([doc[start:end] for start, end in found])
    return [found[span.start, span.end] for span in spans]


def _phrases(info_session: InfoSession) -> Iterator[str]:
    """What tells this session from others, besides when it is."""
    yield from _as_day(info_session.local_start.day)
    for language in ("en", "fr"):
        yield info_session.title(language)
        where = info_session.place(language)
        if where:
            yield where
            yield from (part.strip() for part in where.replace(" in ", ",").replace(" à ", ",").split(","))
    yield from _ONLINE if info_session.online else _IN_PERSON
    if "Headquarters" in (info_session.place("en") or ""):
        yield from _HEADQUARTERS
    yield from _LANGUAGES[info_session.language]


def _as_day(day: int) -> tuple[str, ...]:
    """How a day without its month is written: "the 3rd" and "le 3" may be the third session as well."""
    suffix = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return (f"{day}{suffix}", f"le {day}", *(("1er", "le 1er") if day == 1 else ()))
