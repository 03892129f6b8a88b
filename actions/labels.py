"""Short words that code puts together (a list line, a button made for one session); whole sentences live in domain.yml."""

from __future__ import annotations

from collections.abc import Collection

from actions.dates import short_date, when
from booking import Coming, InfoSession

LABELS = {
    "something_else": {"en": "Something else", "fr": "Autre chose"},
    "online": {"en": "online", "fr": "en ligne"},
    "in_en": {"en": "in English", "fr": "en anglais"},
    "in_fr": {"en": "in French", "fr": "en français"},
    "example": {"en": "an example, not a real session", "fr": "un exemple, pas une vraie séance"},
    "full": {"en": "full", "fr": "complète"},
    "seat_left": {"en": "1 seat left", "fr": "1 place libre"},
    "seats_left": {"en": "{count} seats left", "fr": "{count} places libres"},
    "on_day": {"en": "on {day}", "fr": "le {day}"},
    "then": {"en": "then", "fr": "à ce moment-là"},
    "book": {"en": "Book: {when}", "fr": "Réserver : {when}"},
}


def label(key: str, language: str, **values: object) -> str:
    return LABELS[key][language].format(**values)


def describe(info_session: InfoSession, language: str) -> str:
    """One session in one line: when, what, where, in which language, and whether it is only an example."""
    parts = [
        when(info_session, language),
        info_session.title(language),
        info_session.place(language) or label("online", language),
        label(f"in_{info_session.language}", language),
    ]
    if info_session.is_example:
        parts.append(label("example", language))
    return " · ".join(parts)


def describe_all(coming: list[Coming], language: str, only: Collection[int] | None = None) -> str:
    """A numbered line for each session, with its seats left; of those whose id is in `only`, where that is given."""
    lines = (
        f"{number}. {describe(each.info_session, language)} · {_seats(each.seats_left, language)}"
        for number, each in enumerate(coming, 1)
        if only is None or each.info_session.id in only
    )
    return "\n\n".join(lines)


def listed(info_sessions: list[InfoSession], language: str) -> str:
    """A line for each session, without numbers."""
    return "\n".join(f"- {describe(each, language)}" for each in info_sessions)


def session_buttons(coming: list[Coming], language: str, key: str = "") -> list[dict[str, str]]:
    """A button for each session that has a seat; with `key`, its title is that label around the date."""
    buttons = []
    for number, each in enumerate(coming, 1):
        if each.seats_left:
            date = short_date(each.info_session.local_start, language)
            title = label(key, language, when=date) if key else f"{number}. {date}"
            payload = f'/choose_session{{"info_session": {each.info_session.id}}}'
            buttons.append({"title": title, "payload": payload})
    return buttons


def _seats(left: int, language: str) -> str:
    if left > 1:
        return label("seats_left", language, count=left)
    return label("seat_left" if left else "full", language)
