"""The messages that are sent, and the articles that are made."""

from __future__ import annotations

from itertools import islice

import pytest

from bench.made_articles import EXAMPLES, HELD_OUT, make_articles
from bench.questions import questions
from knowledge.articles import load_articles
from settings import Settings

REAL = load_articles(Settings().articles_dir)[:6]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_messages_are_the_same_each_time_and_hardly_two_are_alike(language: str) -> None:
    once, again = (list(islice(questions(REAL, language), 300)) for _ in range(2))
    assert once == again
    assert len({each.text for each in once}) > 270
    assert {each.answer for each in once} == {article.text(language).answer for article in REAL}


def test_made_articles_have_twenty_examples_of_their_own_in_each_language() -> None:
    made = make_articles(REAL, 12)
    asked = [
        text.casefold()
        for each in made
        for body in each.article.texts.values()
        for text in (body.title, *body.questions)
    ]
    assert len(asked) == 12 * EXAMPLES
    assert len(set(asked)) == len(asked)
    assert len({each.article.id for each in made}) == 12


def test_held_out_questions_are_no_examples() -> None:
    made = make_articles(REAL, 12)
    held_out = {text.casefold() for each in made for text in each.held_out}
    examples = {text.casefold() for each in made for text in each.article.text("en").questions}
    assert len(held_out) == 12 * HELD_OUT
    assert not held_out & examples


def test_a_smaller_number_makes_the_first_of_a_larger() -> None:
    assert make_articles(REAL, 12)[:5] == make_articles(REAL, 5)


def test_too_few_real_articles_are_refused() -> None:
    with pytest.raises(ValueError, match="make 30 articles, not 31"):
        make_articles(REAL, 31)
