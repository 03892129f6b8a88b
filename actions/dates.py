"""Dates and times of information sessions, in words, in both languages and the session's own zone."""

from __future__ import annotations

from datetime import datetime, time

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
_ZONES = {
    "America/Toronto": {"en": "Eastern time", "fr": "heure de l'Est"},
    "America/Winnipeg": {"en": "Central time", "fr": "heure du Centre"},
}


def long_date(moment: datetime, language: str) -> str:
    """`Saturday, 28 November 2026`, `samedi 28 novembre 2026`."""
    comma = "," if language == "en" else ""
    day = "1er" if moment.day == 1 and language == "fr" else str(moment.day)
    return f"{WEEKDAYS[language][moment.weekday()]}{comma} {day} {MONTHS[language][moment.month - 1]} {moment.year}"


def short_date(moment: datetime, language: str) -> str:
    """`Sat 28 Nov, 6:30 p.m.`, `sam. 28 nov., 18 h 30`: for a button."""
    weekday, month = WEEKDAYS[language][moment.weekday()], MONTHS[language][moment.month - 1]
    if language == "en":
        return f"{weekday[:3]} {moment.day} {month[:3]}, {clock_time(moment.time(), language)}"
    shortened = month if len(month) <= 4 else f"{month[: 5 if month.startswith('juil') else 4].rstrip()}."
    return f"{weekday[:3]}. {moment.day} {shortened}, {clock_time(moment.time(), language)}"


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
