"""Which session a person means who types: by number, day, place, language, or several of these."""

from __future__ import annotations

import pytest

from actions.choices import nearest, sessions_meant
from booking import InfoSession
from booking.demo import demo_sessions
from tests.booking.builders import NOW

# In order: Thu 26 Nov online; Mon 30 Nov online, French; Thu 3 Dec headquarters; Mon 7 Dec online (women);
# Fri 11 Dec Thunder Bay; Mon 14 Dec Kenora (communications); Thu 17 Dec headquarters, French.
OFFERED = demo_sessions(NOW)


def numbers(text: str) -> list[int]:
    return [OFFERED.index(each) + 1 for each in sessions_meant(text, OFFERED, NOW.date()).sessions]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3", [3]),
        ("the third one", [3]),
        ("la deuxième svp", [2]),
        ("la 2e", [2]),
        ("last", [7]),
        ("the next one", [1]),
        ("December 7", [4]),
        ("dec 7th", [4]),
        ("7 décembre", [4]),
        ("le 7 decembre", [4]),
        ("the 17th", [7]),
        ("Friday works for me", [5]),
        ("thunder bay", [5]),
        ("Kenora", [6]),
        ("the online one in french", [2]),
        ("the onlin one in french", [2]),
        ("le zoom en francais", [2]),
        ("the first one in french", [2]),
        ("in French at headquarters", [7]),
        ("women in policing", [4]),
        ("en français", [2, 7]),
        ("monday", [2, 4, 6]),
        ("online on monday", [2, 4]),
        ("the last one online", [4]),
    ],
)
def test_sessions_are_known_by_what_tells_them_apart(typed: str, meant: list[int]) -> None:
    assert numbers(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("le 3 decembre", [3]),
        ("le 3", [3]),
        ("the 3rd", [3]),
        ("on the 3rd", [3]),
        ("le 7", [4, 7]),
        ("the 7th", [4, 7]),  # The day, or the seventh.
        ("celle du 7", [4]),
        ("3/12", [3]),
        ("12/03", [3]),
        ("07-12", [4]),
        ("2026-12-17", [7]),
        ("jeu. 3 déc., 10 h", [3]),
        ("Thu 3 Dec, 10:00 a.m.", [3]),
        ("thursday", [1, 3, 7]),
        ("JEUDI", [1, 3, 7]),
        ("next thursday", [1, 3]),
        ("jeudi prochain", [1, 3]),
        ("this thursday", [1]),
        ("ce jeudi", [1]),
        ("jeudi le 17", [7]),
        ("next week", [1]),
        ("la semaine prochaine", [1]),
        ("in december, online", [4]),
        ("novembre en français", [2]),
        ("3 décembre ou 7 décembre", [3, 4]),
        ("18 h", [1, 2, 4]),
        ("18 h 30", [1, 4]),
        ("13h", [5]),
        ("the one at 5:30 pm", [6]),
        ("jeudi matin", [3, 7]),
        ("lundi soir", [2, 4, 6]),
        ("the second thursday", [3]),
    ],
)
def test_days_and_hours(typed: str, meant: list[int]) -> None:
    assert numbers(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["le 4 décembre", "Dec 4", "4 dec.", "tuesday", "mardi prochain", "tomorrow", "demain soir", "04/12", "next month 1/2",
     "le 30 janvier", "fin de semaine", "on the 4th", "celle du 4", "jeudi le 4", "aujourd'hui", "the 19th", "january"],
)  # fmt: skip
def test_a_day_without_a_session_is_missed(typed: str) -> None:
    meant = sessions_meant(typed, OFFERED, NOW.date())
    assert meant.sessions == []
    assert meant.missed is not None


@pytest.mark.parametrize(
    ("typed", "near"),
    [("le 4 décembre", [3, 4]), ("demain", [1, 2]), ("janvier", [6, 7]), ("tuesday", [2, 4])],
)
def test_the_nearest_are_known(typed: str, near: list[int]) -> None:
    missed = sessions_meant(typed, OFFERED, NOW.date()).missed
    assert missed is not None
    assert [OFFERED.index(each) + 1 for each in nearest(missed, OFFERED)] == near


@pytest.mark.parametrize("typed", ["", "the purple one", "my name is Jane", "99", "mon nom", "sam", "me"])
def test_other_words_name_no_session(typed: str) -> None:
    assert numbers(typed) == []


def test_with_nothing_offered_nothing_is_meant() -> None:
    nothing: list[InfoSession] = []
    assert sessions_meant("the first one", nothing, NOW.date()).sessions == []
