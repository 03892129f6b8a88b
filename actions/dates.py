"""Dates and times of information sessions, in words, in both languages and the session's own zone."""

from __future__ import annotations

from datetime import date, datetime, time

from booking import InfoSession

MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
}  # fmt: skip
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_FRENCH_SHORT = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juill.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
_ZONES = {
    "America/Toronto": {"en": "Eastern time", "fr": "heure de l'Est"},
    "America/Winnipeg": {"en": "Central time", "fr": "heure du Centre"},
}


def long_date(moment: date, language: str) -> str:
    """`Saturday, 28 November 2026`, `samedi 28 novembre 2026`."""
    comma = "," if language == "en" else ""
    day = _day(moment, language)
    return f"{WEEKDAYS[language][moment.weekday()]}{comma} {day} {MONTHS[language][moment.month - 1]} {moment.year}"


def short_date(moment: datetime, language: str) -> str:
    """`Sat 28 Nov, 6:30 p.m.`, `sam. 28 nov., 18 h 30`: for a button."""
    weekday, at = WEEKDAYS[language][moment.weekday()][:3], clock_time(moment.time(), language)
    if language == "fr":
        return f"{weekday}. {_day(moment, language)} {_FRENCH_SHORT[moment.month - 1]}, {at}"
    return f"{weekday} {moment.day} {MONTHS['en'][moment.month - 1][:3]}, {at}"


def _day(moment: date, language: str) -> str:
    return "1er" if moment.day == 1 and language == "fr" else str(moment.day)


def clock_time(at: time, language: str) -> str:
    """`6:30 p.m.`, `18 h 30`."""
    if language == "fr":
        return f"{at.hour} h {at.minute:02}" if at.minute else f"{at.hour} h"
    half = "a.m." if at.hour < 12 else "p.m."
    return f"{at.hour % 12 or 12}:{at.minute:02} {half}"


def when(info_session: InfoSession, language: str) -> str:
    """Day, from, to, and whose clock: `Saturday, 28 November 2026, 6:30 p.m. to 8:00 p.m. (Eastern time)`."""
    start, end = info_session.local_start, info_session.local_end
    zone = _ZONES.get(info_session.timezone, {}).get(language) or start.tzname() or info_session.timezone
    to = "to" if language == "en" else "à"
    return (
        f"{long_date(start, language)}, {clock_time(start.time(), language)} {to} "
        f"{clock_time(end.time(), language)} ({zone})"
    )
