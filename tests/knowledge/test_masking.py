"""What people tell of themselves is masked before it is kept, and their questions stay whole."""

from __future__ import annotations

import time
import unicodedata
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
from spacy.lang.fr.stop_words import STOP_WORDS as FRENCH

from knowledge.masking import _CALLED, _INTRODUCTIONS, _may_name, mask


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("my name is John Smith and i want to apply", "my name is [name] and i want to apply"),
        ("My names Priya, can I apply?", "My names [name], can I apply?"),
        ("my name is jane doe", "my name is [name]"),
        ("name: jane doe", "name: [name]"),
        ("I'm called Jean-Luc Picard.", "I'm called [name]."),
        ("call me Bob", "call me [name]"),
        ("My name is de la Cruz, what's the pay?", "My name is [name], what's the pay?"),
        ("my name is Nguyễn Văn An.", "my name is [name]."),
        ("officer Smith stopped me", "officer [name] stopped me"),
        ("this is Sgt. Brown from Orillia", "this is Sgt. [name] from Orillia"),
        ("Regards,\nAnne Lee", "Regards,\n[name]"),
        ("Mr. O'Neil told me to apply", "Mr. [name] told me to apply"),
        ("mr smith told me to ask", "mr [name] told me to ask"),
        ("my name is Anne-Marie O'Neil", "my name is [name]"),
        ("I am John Smith", "I am [name]"),
        ("I am Grace Brown", "I am [name]"),
        ("I'm Mohammed Al-Farsi and I want to apply.", "I'm [name] and I want to apply."),
        ("This is Priya Sharma", "This is [name]"),
        ("it's Emily de la Cruz here", "it's [name] here"),
        ("My name is John and my name is Mary", "My name is [name] and my name is [name]"),
    ],
)
def test_a_name_that_someone_gives_is_masked(typed: str, kept: str) -> None:
    assert mask(typed, "en") == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("je m'appelle Chantal Côté et je veux postuler", "je m'appelle [name] et je veux postuler"),
        ("je mappelle luc roy", "je mappelle [name]"),
        ("mon nom est Luc", "mon nom est [name]"),
        ("je suis Chantal Côté", "je suis [name]"),
        ("C'est Marie Tremblay", "C'est [name]"),
        ("Merci,\nJean Tremblay", "Merci,\n[name]"),
    ],
)
def test_a_name_in_french_is_masked(typed: str, kept: str) -> None:
    assert mask(typed, "fr") == kept


@pytest.mark.parametrize(("typed", "language"), [("je m'appelle Marie", "en"), ("my name is Marie", "fr")])
def test_a_name_is_masked_whatever_language_was_detected(typed: str, language: str) -> None:
    assert mask(typed, language).endswith("[name]")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mail me at jane.doe+opp@example.co.uk please", "mail me at [email] please"),
        ("jane (at) example (dot) org", "[email]"),
        ("call 705-555-0123 or (416) 555 0199", "call [phone] or [phone]"),
        ("my number is 7055550123", "my number is [phone]"),
        ("+1 613 555 0142", "[phone]"),
        ("licence A1234-56789-01234", "licence [licence]"),
        ("licence A12345678901234", "licence [licence]"),
        ("SIN 123-456-789", "SIN [number]"),
    ],
)
def test_addresses_and_numbers_of_a_person_are_masked(typed: str, kept: str) -> None:
    assert mask(typed, "en") == kept


@pytest.mark.parametrize(
    "typed",
    [
        "is the salary $123,194 in 2024",
        "I ran 2.4 km in 10:30 and my vision is 20/40",
        "do I need the G2 or G licence by 2026-11-21",
        "is 911 the number",
        "this is important to me",
        "My name is on the list",
        "the officer stopped me",
        "can you call me tomorrow",
        "i am interested in joining",
        "I am Nervous",
        "I am Very Nervous",
        "I am Extremely Nervous About It",
        "I Am Applying Soon",
        "I am Canadian Armed Forces, can I transfer",
        "I'm First Nations",
        "I am a Permanent Resident",
        "It's Important To Me",
        "I have 1000000 dollars and 1 000 000 reasons",
        "born 1999-01-02, or 02.01.1999",
        "the army from 2010-2015",
        "it cost 1234567",
        "",
    ],
)
def test_a_question_without_details_is_kept_as_it_was_typed(typed: str) -> None:
    assert mask(typed, "en") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "je suis Résident Permanent",
        "Je suis Canadien Français",
        "salaire de 123 194 $ par an",
        "merci, je vais postuler",
        "mon nom est dans la liste",
    ],
)
def test_a_french_question_without_details_is_kept_as_it_was_typed(typed: str) -> None:
    assert mask(typed, "fr") == typed


def _words(least: int) -> st.SearchStrategy[str]:
    words = st.from_regex(rf"[A-Z][a-z]{{{least},9}}", fullmatch=True)
    return words.filter(lambda word: word.lower() not in ENGLISH | FRENCH)


@given(
    opening=st.sampled_from(["my name is", "Hi, I am", "je m'appelle", "bonjour, je suis"]),
    first=_words(3),
    last=_words(3),
)
@settings(deadline=None)
def test_whatever_full_name_follows_an_introduction_is_masked(opening: str, first: str, last: str) -> None:
    assume(not {first.lower(), last.lower()} & _CALLED)
    assume(not (first + last).endswith(("ing", "ly")) and not first.endswith(("ing", "ly")))
    assert mask(f"{opening} {first} {last}.") == f"{opening} [name]."


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_way_to_introduce_oneself_is_noticed(language: str) -> None:
    for pattern in _INTRODUCTIONS[language]:
        for words in product(*(_options(token) for token in pattern if "OP" not in token)):
            assert _may_name(" ".join([*words, "zoe"])), words


def _options(token: dict[str, Any]) -> list[str]:
    wanted = token.get("LOWER", token.get("ORTH"))
    return list(wanted["IN"]) if isinstance(wanted, dict) else [str(wanted)]


def test_a_name_is_noticed_whose_accents_are_characters_of_their_own() -> None:
    typed = unicodedata.normalize("NFD", "I am Éric Émond and I want to apply")
    assert mask(typed) == "I am [name] and I want to apply"


@given(st.text(max_size=200))
@settings(deadline=None)
def test_whatever_is_typed_is_masked_without_failing_and_only_once(typed: str) -> None:
    once = mask(typed)
    assert mask(once) == once


@given(
    st.integers(min_value=0, max_value=99_999_999),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 1, 1)),
)
@settings(deadline=None)
def test_amounts_and_dates_stay_as_they_were_typed(amount: int, day: date) -> None:
    for typed in (f"it is {amount}", f"it is {amount:,}", f"on {day}", f"on {day:%d-%m-%Y}"):
        assert mask(typed) == typed


def test_details_known_from_the_conversation_are_masked_wherever_they_stand() -> None:
    known = ("Ann Lee", "ann@x.org", "")
    assert mask("ANN LEE here, ann lee it is", also=known) == "[name] here, [name] it is"
    assert mask("annlee is another word", also=known) == "annlee is another word"


def test_a_known_detail_is_no_pattern() -> None:
    assert mask("a.c and abc", also=("a.c",)) == "[name] and abc"


def test_a_name_after_a_long_run_without_spaces_is_masked_in_reasonable_time() -> None:
    began = time.perf_counter()
    assert mask("x" * 10_000 + " my name is Bob").endswith("my name is [name]")
    assert time.perf_counter() - began < 2
