"""What a short question after an answer asks of the subject answered, and which articles near it tell of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.articles import Article
from nlu.aspects import MENTIONED, asked, subjects_themselves, weigh_near
from tests.knowledge.builders import article


@pytest.mark.parametrize(
    ("text", "language", "aspects"),
    [
        ("and the cost?", "en", {"cost"}),
        ("How much does it cost?", "en", {"cost"}),
        ("how much is it", "en", {"amount"}),
        ("how long does that take?", "en", {"duration"}),
        ("and if I fail?", "en", {"fail"}),
        ("can i try again", "en", {"retry"}),
        ("what about for women?", "en", {"women"}),
        ("so am I out?", "en", {"verdict"}),
        ("do i need it before applying?", "en", {"needed"}),
        ("when is that", "en", {"time"}),
        ("where is it", "en", {"place"}),
        ("how long do i have to wait?", "en", {"waiting"}),
        ("what about dads", "en", {"men"}),
        ("is there a test for it?", "en", {"testing"}),
        ("who tests that", "en", {"by_whom"}),
        ("and after that?", "en", {"next"}),
        ("wait, how long is it", "en", {"duration"}),
        ("ça coûte combien?", "fr", {"cost"}),
        ("c'est long?", "fr", {"duration"}),
        ("ça prend combien de temps", "fr", {"duration"}),
        ("faut attendre combien de temps?", "fr", {"waiting"}),
        ("et après?", "fr", {"next"}),
        ("et les papas?", "fr", {"men"}),
        ("c'est qui qui signe ça?", "fr", {"by_whom"}),
        ("et si je rate?", "fr", {"fail"}),
        ("et pour les femmes?", "fr", {"women"}),
        ("c'est où?", "fr", {"place"}),
        ("donc je suis éliminé?", "fr", {"verdict"}),
        ("j'en ai besoin avant de postuler?", "fr", {"needed"}),
    ],
)
def test_what_is_asked_of_the_subject_before(text: str, language: str, aspects: set[str]) -> None:
    assert asked(text, language) == aspects


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how long is the police college", "en"),
        ("what is the cost of the eye exam", "en"),
        ("is there a chess club", "en"),
        ("and then?", "en"),
        ("", "en"),
        ("combien de temps dure le collège", "fr"),
        ("et le pot?", "fr"),
    ],
)
def test_who_names_a_subject_or_no_aspect_asks_for_none(text: str, language: str) -> None:
    assert asked(text, language) == frozenset()


def _article(id: str, title: str, answer: str = "", related: tuple[str, ...] = ()) -> Article:
    plain = article(id, related=related)
    text = replace(plain.texts["en"], title=title, answer=answer, unknown="")
    return replace(plain, texts={"en": text})


ARTICLES = {
    "test": _article("test", "What is tested?", "You may try again online.", related=("price", "form")),
    "price": _article("price", "What does it cost?"),
    "form": _article("form", "Which form do I need?", "The fee is on the form."),
    "akin": _article("akin", "What else is there?", "There is a fee."),
}
NEAR = {"price": 0.16, "form": 0.16, "akin": 0.08}


def weights(*aspects: str) -> dict[str, float]:
    return weigh_near(frozenset(aspects), ARTICLES, "test", NEAR, "en")


def test_a_title_weighs_most_and_what_is_mentioned_counts_of_related_articles_only() -> None:
    assert weights("cost") == {"test": 0, "price": 1, "form": MENTIONED, "akin": 0}


def test_of_several_aspects_each_counts_its_part() -> None:
    assert weights("cost", "women") == {"test": 0, "price": 0.5, "form": MENTIONED / 2, "akin": 0}


def test_the_article_answered_counts_where_it_speaks_of_the_aspect_or_alone_can_tell() -> None:
    assert weights("place")["test"] == MENTIONED
    assert weights("verdict")["test"] == 1
    assert weights("verdict", "fail")["test"] == 0


def test_an_article_that_begins_something_is_not_said_again() -> None:
    articles = {**ARTICLES, "test": replace(ARTICLES["test"], starts="booking")}
    for aspect in ("place", "retry"):
        assert weigh_near(frozenset({aspect}), articles, "test", NEAR, "en")["test"] == 0


def test_the_pay_is_a_subject_of_its_own_and_the_cost_is_not() -> None:
    assert subjects_themselves(frozenset({"pay", "amount"}))
    assert not subjects_themselves(frozenset({"cost"}))


def test_some_are_asked_of_the_article_answered_where_it_speaks_of_them_whatever_others_say() -> None:
    known = {
        "again": _article("again", "Can I apply again?", "You must wait a year.", related=("long",)),
        "long": _article("long", "How long does hiring take?", "Years: wait."),
    }
    waiting = frozenset({"waiting"})
    assert weigh_near(waiting, known, "again", {"long": 0.16}, "en") == {"again": 1, "long": 0}
    # Elsewhere it is the wider aspect, here the time that something takes.
    known["again"] = _article("again", "Can I apply again?", "Yes.", related=("long",))
    assert weigh_near(waiting, known, "again", {"long": 0.16}, "en") == {"again": 0, "long": 1}
