"""The heart of an answer is its own first words; nothing is made up."""

from __future__ import annotations

import pytest

from actions.answer import gist
from actions.shape import has_no_email, wants_it_simpler
from knowledge.articles import load_articles
from settings import Settings


@pytest.mark.parametrize(
    ("answer", "heart"),
    [
        ("You must be at least 18 to apply. If younger, wait.", "You must be at least 18 to apply."),
        ("No. You need a G2. There is more.", "No. You need a G2."),
        ("You have several ways:\n- one\n- two\n\nMore.", "You have several ways:\n- one\n- two"),
        ("You have several ways:\n\n- one\n- two\n\nMore.", "You have several ways:\n\n- one\n- two"),
        ("Just this", "Just this"),
    ],
)
def test_the_heart_of_an_answer_is_how_it_begins(answer: str, heart: str) -> None:
    assert gist(answer) == heart


def test_every_answer_has_a_heart_that_stands_in_it() -> None:
    for article in load_articles(Settings().articles_dir):
        for text in article.texts.values():
            heart = gist(text.answer)
            assert text.answer.strip().startswith(heart)
            assert len(heart.split()) > 2


@pytest.mark.parametrize(
    "typed", ["say that in simpler words", "plus simple svp", "eli5", "in plain english please"]
)
def test_wishing_it_simpler_is_recognised(typed: str) -> None:
    assert wants_it_simpler(typed)


@pytest.mark.parametrize(
    "typed", ["are there plainclothes officers", "I have a simple assault charge", "say it again"]
)
def test_other_wishes_are_not(typed: str) -> None:
    assert not wants_it_simpler(typed)


@pytest.mark.parametrize(
    "typed", ["jane@example.org", "my email is jane at example", "what is it for", "Jane Doe"]
)
def test_who_gives_an_address_has_one(typed: str) -> None:
    assert not has_no_email(typed)
