"""The days and hours that a typed message names: "le 3 décembre", "next Tuesday", "demain soir", "03/12".

Whatever can be read in two ways (12/03, "next Tuesday") means both: the sessions offered tell which.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

# Whoever names a day means one of the year that begins today.
_YEAR = 366
_MONTH_KEYS = (
    ("jan",), ("feb", "fev"), ("mar",), ("apr", "avr"), ("may", "mai"), ("jun", "juin"), ("jul", "juil"), ("aug", "aou"),
    ("sep",), ("oct",), ("nov",), ("dec",),
)  # fmt: skip
_LONG_MONTH = (
    "january|janvier|february|fevrier|march|mars|april|avril|june|juin|july|juillet|august|aout|september|septembre|"
    "october|octobre|november|novembre|december|decembre"
)
_MONTH = rf"(?:{_LONG_MONTH}|may|mai|janv?|feb|fevr?|mar|apr|avr|jun|juil|jul|aug|sept?|oct|nov|dec)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_WEEKDAYS = (
    "mondays?|lundis?|mon|lun", "tuesdays?|mardis?|tues?|mar", "wednesdays?|mercredis?|wed|mer",
    "thursdays?|jeudis?|thu|thurs?|jeu", "fridays?|vendredis?|fri|ven", "saturdays?|samedis?|sat|sam",
    "sundays?|dimanches?|sun|dim",
)  # fmt: skip
_WEEKDAY = "|".join(_WEEKDAYS)
# These are words and names too: they need their stop, or a number behind them.
_AMBIGUOUS = r"(?:mon|mar|mer|sam|sat|sun|ven|lun|dim)\b(?!\.)"
_SPACE = r"(?:[ ,]{1,2})?"
_Named = TypeVar("_Named", date, int)


@dataclass(frozen=True)
class When:
    """The days named, the minutes of the day named (each `None` where it was not), and the message without these words."""

    days: frozenset[date] | None
    minutes: frozenset[int] | None
    rest: str

    def fits(self, moment: datetime) -> bool:
        on_day = self.days is None or moment.date() in self.days
        return on_day and (self.minutes is None or moment.hour * 60 + moment.minute in self.minutes)

    def away(self, moment: datetime) -> int:
        """How many days `moment` is from the nearest day named."""
        return min(abs((moment.date() - day).days) for day in self.days) if self.days else 0


def read_when(text: str, today: date, numbers_up_to: int = 31) -> When | None:
    """What the text says of days and hours; `None` where it says nothing of either.

    A bare number is a day only above `numbers_up_to`: below, it is a place in the list.

    >>> read_when("le 3 décembre svp", date(2026, 11, 22)).days
    frozenset({datetime.date(2026, 12, 3)})
    """
    rest = fold(text).lower()
    days: list[frozenset[date]] = []
    minutes: list[frozenset[int]] = []
    for pattern, days_of in _DAYS:
        for match in pattern.finditer(rest):
            named = days_of(match, today)
            if named:
                days.append(frozenset(named))
                rest = _without(rest, match)
    for pattern, minutes_of in _HOURS:
        for match in pattern.finditer(rest):
            minutes.append(frozenset(minutes_of(match)))
            rest = _without(rest, match)
    for match in re.finditer(rf"(?<![#\w])({_DAY})(?:st|nd|rd|th)?\b", rest):
        if int(match[1]) > numbers_up_to:
            days.append(frozenset(_on_day(match, today)))
            rest = _without(rest, match)
    if not days and not minutes:
        return None
    return When(_together(days), _together(minutes), rest)


_SAYS_LITTLE = re.compile(
    r"\b(?:le|la|the|on|for|pour|no|non|ok|please|svp|plutot|instead|rather|mett?e?[zs]?|moi|put|me|make|it|a|at|celle|"
    r"yes|oui|works?|(?:is|would be) (?:good|fine|great|best|better|ok|okay)|then|alors|fits?|convient|marche|va|me)\b"
)


def names_only_time(text: str, today: date) -> bool:
    """Whether the text is a day or an hour and nothing else; "April" and "Avril" alone may be people."""
    when = read_when(text, today)
    if when is None or (when.days and 28 <= len(when.days) <= 31):
        return False
    return re.search(r"[a-z]", _SAYS_LITTLE.sub("", when.rest)) is None


def fold(text: str) -> str:
    """Without accents, because people leave them out."""
    decomposed = unicodedata.normalize("NFD", text.replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _without(text: str, match: re.Match[str]) -> str:
    # As long as it was, so that the next match stands where it is looked for.
    return text[: match.start()] + "," * (match.end() - match.start()) + text[match.end() :]


def _together(named: list[frozenset[_Named]]) -> frozenset[_Named] | None:
    """What fits all that was named ("Thursday 3 December"), or any of it ("the 3rd or the 7th")."""
    if not named:
        return None
    return frozenset.intersection(*named) or frozenset.union(*named)


def _year(today: date) -> Iterator[date]:
    return (today + timedelta(days=number) for number in range(_YEAR))


def _dates(today: date, month: int, day: int) -> list[date]:
    return [each for each in _year(today) if (each.month, each.day) == (month, day)]


def _month_number(name: str) -> int:
    keyed = enumerate(_MONTH_KEYS, 1)
    return next(number for number, keys in keyed if name.startswith(keys))


def _weekday_number(name: str) -> int:
    return next(number for number in range(7) if re.fullmatch(_WEEKDAYS[number], name))


def _iso(match: re.Match[str], today: date) -> list[date]:
    return _dates(today, int(match[1]), int(match[2]))


def _numeric(match: re.Match[str], today: date) -> list[date]:
    first, second = int(match[1]), int(match[2])
    return [*_dates(today, first, second), *_dates(today, second, first)]


def _day_and_month(match: re.Match[str], today: date) -> list[date]:
    day = match["day"]
    return _dates(today, _month_number(match["month"]), int(day) if day.isdecimal() else 1)


def _month(match: re.Match[str], today: date) -> list[date]:
    number = _month_number(match["month"])
    return [each for each in _year(today) if each.month == number]


def _on_day(match: re.Match[str], today: date) -> list[date]:
    return [each for each in _year(today) if each.day == int(match[1])]


def _in_days(*numbers: int) -> Callable[[re.Match[str], date], list[date]]:
    return lambda match, today: [today + timedelta(days=number) for number in numbers]


def _this_week(match: re.Match[str], today: date) -> list[date]:
    return [today + timedelta(days=number) for number in range(7 - today.weekday())]


def _next_week(match: re.Match[str], today: date) -> list[date]:
    monday = today + timedelta(days=7 - today.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def _weekend(match: re.Match[str], today: date) -> list[date]:
    return [each for each in _year(today) if each.weekday() >= 5]


def _weekday(match: re.Match[str], today: date) -> list[date]:
    number = _weekday_number(match["weekday"])
    coming = [each for each in _year(today) if each.weekday() == number]
    if match["this"]:
        return coming[:1]
    if match["next"] or match["after"]:
        # Of the coming two: people disagree on which one "next Tuesday" is.
        return [each for each in coming if each != today][:2]
    return coming


def _weekday_and_day(match: re.Match[str], today: date) -> list[date]:
    number, day = _weekday_number(match["weekday"]), int(match["day"])
    return [each for each in _year(today) if (each.weekday(), each.day) == (number, day)]


def _clock(match: re.Match[str]) -> list[int]:
    """The minute named, or the whole hour; "6:30" is of the morning or of the evening."""
    hour, minute, half = int(match["hour"]), match["minute"], match.groupdict().get("half")
    if half:
        hours = [hour % 12 + (12 if half == "p" else 0)]
    else:
        hours = [hour] if hour > 12 else [hour % 12, hour % 12 + 12]
    return [
        each for at in hours for each in (_hours(at, at + 1) if minute is None else [at * 60 + int(minute)])
    ]


def _hours(start: int, end: int) -> list[int]:
    return list(range(start * 60, end * 60))


_HALF = r"(?P<half>[ap])\.?m\b\.?"
_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], list[date]]], ...] = tuple(
    (re.compile(pattern), days_of)
    for pattern, days_of in (
        (r"\b20\d\d-(\d\d)-(\d\d)\b", _iso),
        (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(?:20)?\d\d)?(?![\d/])", _numeric),
        (r"(?<![\d-])(\d\d)-(\d\d)(?:-(?:20)?\d\d)?(?![\d-])", _numeric),
        (
            rf"\b(?P<day>{_DAY}|premier|first)(?:st|nd|rd|th|er|ier)?{_SPACE}(?:of |de )?(?P<month>{_MONTH})\b\.?"
            r"(?:,? ?20\d\d\b)?",
            _day_and_month,
        ),
        (
            rf"\b(?P<month>{_MONTH})\b\.?{_SPACE}(?:the |le )?(?P<day>{_DAY}|first)(?:st|nd|rd|th|er)?\b(?! ?[:h])"
            r"(?:,? ?20\d\d\b)?",
            _day_and_month,
        ),
        (
            rf"\b(?P<weekday>{_WEEKDAY})\b\.? (?:the |le )?(?P<day>{_DAY})(?:st|nd|rd|th|er)?\b(?! ?[:h])",
            _weekday_and_day,
        ),
        (r"\b(?:after tomorrow|apres[- ]demain|surlendemain)\b", _in_days(2)),
        (r"\b(?:tomorrow|tmrw|tmr|2morrow|demain|dmain)\b", _in_days(1)),
        (r"\b(?:yesterday|hier)\b", _in_days(-1)),
        (r"\b(?:today|aujourd'? ?hui|auj|tonight|ce soir)\b", _in_days(0)),
        (r"\b(?:next week|(?:la )?semaine prochaine|sem prochaine)\b(?! ?end)", _next_week),
        (r"\b(?:this week|cette semaine)\b(?! ?end)", _this_week),
        (r"\b(?:week[- ]?ends?|fins? de semaine|fds)\b", _weekend),
        (
            rf"\b(?:(?P<this>this|ce|coming) |(?P<next>next) )?(?!{_AMBIGUOUS})(?P<weekday>{_WEEKDAY})\b\.?"
            r"(?P<after> prochaine?s?\b| qui vient\b)?",
            _weekday,
        ),
        (rf"\b(?:in |en |mois de )?(?P<month>{_LONG_MONTH})\b", _month),
        (rf"\b(?:du|on the) ({_DAY})(?:st|nd|rd|th|er)?\b(?! ?(?:h\b|:|heure|one\b))", _on_day),
    )
)
_HOURS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], list[int]]], ...] = tuple(
    (re.compile(pattern), minutes_of)
    for pattern, minutes_of in (
        (rf"\b(?P<hour>1?\d)(?:[:h](?P<minute>[0-5]\d))? ?{_HALF}", _clock),
        (r"\b(?P<hour>[01]?\d|2[0-3])(?: ?h ?|:)(?P<minute>[0-5]\d)\b", _clock),
        (r"\b(?P<hour>[01]?\d|2[0-3]) ?h(?:eures?|rs?)?\b(?P<minute>\d\d)?", _clock),
        (r"\b(?:noon|midi)\b(?! ?passe)", lambda match: _hours(12, 13)),
        (r"\b(?:apres[- ]midi|aprem|pm|afternoons?)\b", lambda match: _hours(12, 17)),
        (r"\b(?:matins?|matinee|avant-midi|mornings?)\b", lambda match: _hours(0, 12)),
        (r"\b(?:soirs?|soiree|evenings?|nights?)\b", lambda match: _hours(17, 24)),
    )
)
