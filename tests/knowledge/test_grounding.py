"""No number is said without a fact that holds it, in either language, however it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.grounding import numbers, ungrounded
from tests.knowledge.builders import ENGLISH, FACT, FRENCH, article


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("$123,194 a year", "en", {"123194"}),
        ("123 194 $ par an", "fr", {"123194"}),
        ("123\u00a0194 $", "fr", {"123194"}),
        ("123\u202f194 $", "fr", {"123194"}),
        ("stage 7.0", "en", {"7"}),
        ("palier 6,5", "fr", {"6.5"}),
        ("007", "en", {"7"}),
        ("0", "en", {"0"}),
        ("two or Twelve", "en", {"2", "12"}),
        ("deux ou dix-huit", "fr", {"2", "18"}),
        ("half of it, twice", "en", {"half", "2"}),
        ("2.4 million calls", "en", {"2.4", "1000000"}),
        ("2,4 millions d'appels", "fr", {"2.4", "1000000"}),
        ("one of them, the first", "en", set()),
        ("un des premiers", "fr", set()),
        ("from 18 to 65", "en", {"18", "65"}),
        ("no number", "en", set()),
    ],
)
def test_a_number_is_the_same_however_it_is_written(text: str, language: str, values: set[str]) -> None:
    assert numbers(text, language) == values


def test_an_article_that_rests_on_its_facts_has_no_stray_number() -> None:
    assert ungrounded(article()) == []


@pytest.mark.parametrize("part", ["title", "answer", "unknown"])
@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("fr", FRENCH)])
def test_a_number_without_a_fact_is_found_in_every_part(language: str, text: object, part: str) -> None:
    changed = replace(text, **{part: "4711"})  # type: ignore[type-var]
    found = ungrounded(article(texts={"en": ENGLISH, "fr": FRENCH, language: changed}))
    assert found == [f"{language}.{part}: no fact holds 4711"]


@pytest.mark.parametrize(
    "changes",
    [
        {"says": "It opened in 1999."},
        {"title": "Report 1999"},
        {"year": "1999"},
        {"url": "https://example.org/1999"},
    ],
)
def test_a_number_may_stand_anywhere_in_a_fact(changes: dict[str, str]) -> None:
    text = replace(ENGLISH, answer="In 1999.")
    assert ungrounded(article(texts={"en": text}, facts=(replace(FACT, **changes),))) == []


def test_an_hour_of_the_afternoon_may_be_said_the_french_way() -> None:
    fact = replace(FACT, says="It begins at 6:30 pm.")
    text = replace(FRENCH, answer="À 18 h 30.")
    assert ungrounded(article(texts={"fr": text}, facts=(fact,))) == []


def test_an_hour_of_the_morning_is_not_one_of_the_afternoon() -> None:
    fact = replace(FACT, says="It begins at 6:30 am.")
    text = replace(FRENCH, answer="À 18 h 30.")
    assert ungrounded(article(texts={"fr": text}, facts=(fact,))) == ["fr.answer: no fact holds 18"]
