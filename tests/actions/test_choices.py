"""Which session a person means who types: by number, day, place, language, or several of these."""

from __future__ import annotations

import pytest

from actions.choices import sessions_meant
from booking import InfoSession
from booking.demo import demo_sessions
from tests.booking.builders import NOW

# In order: Thu 26 Nov online; Mon 30 Nov online, French; Thu 3 Dec headquarters; Mon 7 Dec online (women);
# Fri 11 Dec Thunder Bay; Mon 14 Dec Kenora (communications); Thu 17 Dec headquarters, French.
OFFERED = demo_sessions(NOW)


def numbers(text: str) -> list[int]:
    return [OFFERED.index(each) + 1 for each in sessions_meant(text, OFFERED)]


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


@pytest.mark.parametrize("typed", ["", "the purple one", "my name is Jane", "tuesday", "99"])
def test_other_words_name_no_session(typed: str) -> None:
    assert numbers(typed) == []


def test_with_nothing_offered_nothing_is_meant() -> None:
    nothing: list[InfoSession] = []
    assert sessions_meant("the first one", nothing) == []
