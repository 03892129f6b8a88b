"""Dates as people read them, in both languages and in the session's own zone."""

from __future__ import annotations

from datetime import datetime, time, timezone

import pytest

from actions.dates import clock_time, long_date, short_date, when
from tests.booking.builders import info_session


def test_a_session_is_told_in_its_own_zone_whatever_the_server_s() -> None:
    starts_at = datetime(2026, 12, 2, 0, 30, tzinfo=timezone.utc)
    eastern = info_session(starts_at=starts_at)
    central = info_session(starts_at=starts_at, timezone="America/Winnipeg")
    assert when(eastern, "en") == "Tuesday, 1 December 2026, 7:30 p.m. to 9:00 p.m. (Eastern time)"
    assert when(eastern, "fr") == "mardi 1er décembre 2026, 19 h 30 à 21 h (heure de l'Est)"
    assert when(central, "en") == "Tuesday, 1 December 2026, 6:30 p.m. to 8:00 p.m. (Central time)"


def test_a_session_across_the_change_of_clocks_ends_by_the_wall_clock() -> None:
    before = info_session(starts_at=datetime(2026, 11, 1, 4, 30, tzinfo=timezone.utc), minutes=60)
    assert when(before, "en") == "Sunday, 1 November 2026, 12:30 a.m. to 1:30 a.m. (Eastern time)"


@pytest.mark.parametrize(
    ("at", "english", "french"),
    [
        (time(0, 5), "12:05 a.m.", "0 h 05"),
        (time(9, 0), "9:00 a.m.", "9 h"),
        (time(12, 0), "12:00 p.m.", "12 h"),
        (time(18, 30), "6:30 p.m.", "18 h 30"),
    ],
)
def test_hours(at: time, english: str, french: str) -> None:
    assert (clock_time(at, "en"), clock_time(at, "fr")) == (english, french)


@pytest.mark.parametrize(
    ("month", "english", "french"),
    [
        (1, "Sat 31 Jan, 6:30 p.m.", "sam. 31 janv., 18 h 30"),
        (5, "Sun 31 May, 6:30 p.m.", "dim. 31 mai, 18 h 30"),
        (7, "Fri 31 Jul, 6:30 p.m.", "ven. 31 juill., 18 h 30"),
        (8, "Mon 31 Aug, 6:30 p.m.", "lun. 31 août, 18 h 30"),
        (12, "Thu 31 Dec, 6:30 p.m.", "jeu. 31 déc., 18 h 30"),
    ],
)
def test_a_button_s_date_is_short(month: int, english: str, french: str) -> None:
    moment = datetime(2026, month, 31, 18, 30)  # noqa: DTZ001
    assert (short_date(moment, "en"), short_date(moment, "fr")) == (english, french)


def test_the_first_of_a_month() -> None:
    moment = datetime(2026, 3, 1)  # noqa: DTZ001
    assert long_date(moment, "en") == "Sunday, 1 March 2026"
    assert long_date(moment, "fr") == "dimanche 1er mars 2026"
    assert short_date(moment, "en") == "Sun 1 Mar, 12:00 a.m."
    assert short_date(moment, "fr") == "dim. 1er mars, 0 h"
