"""A mistyped word becomes the word of the examples that was meant; all else stays as it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.spelling import Speller

ENGLISH = (
    "what salary does a constable earn",
    "the salary of a constable",
    "salaried once",
    "training training",
)
SPELLER = Speller(ENGLISH, {"celery", "gaining"}.__contains__)
FRENCH = Speller(("le salaire à l'école", "quelle école"), {"ecole", "quelle"}.__contains__)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what salry", "what salary"),
        ("what salaryy?", "what salary?"),
        ("what SALSRY", "what salary"),
        ("a constalbe's salray", "a constable's salary"),
    ],
)
def test_one_letter_too_few_too_many_wrong_or_out_of_place_is_mended(typed: str, meant: str) -> None:
    assert SPELLER.corrected(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "What salary does a constable earn?",
        "celery, gaining",
        "slry",
        "salried",
        "x salry@opp.example salry.ca www.salry Salry-Roy salry2",
        "",
    ],
)
def test_what_is_well_spelt_unlike_any_word_or_no_word_stays(text: str) -> None:
    assert SPELLER.corrected(text) == text


def test_a_missing_accent_is_mended_where_no_word_is_spelt_so() -> None:
    assert (
        Speller(("l'école", "une école"), lambda word: False).corrected("mon ecole, mon ecôl")
        == "mon école, mon école"
    )
    assert FRENCH.corrected("mon ecole") == "mon ecole"


def test_the_commoner_word_is_meant() -> None:
    assert Speller(("hire hire fire fire fire",), lambda word: False).corrected("zire") == "fire"


def test_an_apostrophe_lost_in_french_is_put_back() -> None:
    texts = ("l'entrevue à l'académie", "une entrevue", "cette académie", "une loi", "la loi")
    french = Speller(texts, {"lance", "dentrevue"}.__contains__, {"lance"}.__contains__)
    assert french.corrected("lentrevue a lacademie") == "l'entrevue a l'académie"
    assert french.corrected("la loi lance loie") == "la loi lance loi"
    # A rare word of the vectors' is likelier two words run together.
    assert french.corrected("pas dentrevue") == "pas d'entrevue"
    assert Speller(texts, {"lance"}.__contains__).corrected("lacademies") == "lacademies"


@given(st.text())
def test_any_text_is_read_and_what_is_mended_stays(text: str) -> None:
    once = SPELLER.corrected(text)
    assert SPELLER.corrected(once) == once
