"""Example information sessions, so that a fresh installation can be tried; each says that it is an example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.models import InfoSession

_EASTERN = "America/Toronto"
_CENTRAL = "America/Winnipeg"
_HEADQUARTERS = {
    "en": "OPP General Headquarters, Orillia",
    "fr": "Quartier général de la Police provinciale, Orillia",
}
_LIBRARY = {"en": "A public library in Thunder Bay", "fr": "Une bibliothèque publique à Thunder Bay"}
_COLLEGE = {"en": "A college in Kenora", "fr": "Un collège à Kenora"}
_GENERAL = {"en": "Becoming an OPP constable", "fr": "Devenir agent ou agente de la Police provinciale"}
_WOMEN = {"en": "Women in policing", "fr": "Les femmes dans la police"}
_COMMUNICATIONS = {
    "en": "Working in a communications centre",
    "fr": "Travailler dans un centre de communication",
}


@dataclass(frozen=True)
class _Example:
    days: int
    at: time
    titles: dict[str, str]
    language: str
    places: dict[str, str] | None = None
    timezone: str = _EASTERN
    minutes: int = 90
    seats: int = 20


_EXAMPLES = (
    _Example(5, time(18, 30), _GENERAL, "en"),
    _Example(9, time(18, 0), _GENERAL, "fr"),
    _Example(12, time(10, 0), _GENERAL, "en", _HEADQUARTERS, minutes=120, seats=30),
    _Example(16, time(18, 30), _WOMEN, "en"),
    _Example(20, time(13, 0), _GENERAL, "en", _LIBRARY, seats=12),
    _Example(23, time(17, 30), _COMMUNICATIONS, "en", _COLLEGE, timezone=_CENTRAL, seats=12),
    _Example(26, time(10, 0), _GENERAL, "fr", _HEADQUARTERS, minutes=120),
)


def demo_sessions(now: datetime) -> list[InfoSession]:
    """The examples, counted in days from `now`; registration closes a day before each begins."""
    return [_info_session(example, now) for example in _EXAMPLES]


def add_demo_sessions(session: Session, now: datetime) -> int:
    """Add the examples when no information session is to come, real or example; returns how many were added."""
    if session.scalar(select(func.count(InfoSession.id)).where(InfoSession.closes_at > now)):
        return 0
    examples = demo_sessions(now)
    session.add_all(examples)
    return len(examples)


def _info_session(example: _Example, now: datetime) -> InfoSession:
    zone = ZoneInfo(example.timezone)
    day = now.astimezone(zone).date() + timedelta(days=example.days)
    starts_at = datetime.combine(day, example.at, zone)
    return InfoSession(
        titles=dict(example.titles),
        starts_at=starts_at,
        timezone=example.timezone,
        minutes=example.minutes,
        places=dict(example.places) if example.places else None,
        online_link=None,
        language=example.language,
        seats=example.seats,
        closes_at=starts_at - timedelta(days=1),
        is_example=True,
    )
