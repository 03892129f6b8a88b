"""What a short message says of the subject answered last, told by the words of the examples."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.context import Words
from nlu.hybrid import Examples

TEXTS = {
    "fitness": ("how fit must I be", "is there a fitness test", "how hard is the fitness test"),
    "failed": ("what if I fail the fitness test", "may I try the test again", "I failed. What now?"),
    "salary": ("what is the salary", "how much is the pay", "how high is the salary"),
    "greet": ("hello", "good morning", "oui bonjour"),
}


@pytest.fixture
def words() -> Words:
    pairs = [(text, label) for label, texts in TEXTS.items() for text in texts]
    vectors = np.eye(len(TEXTS), dtype=np.float32)[[list(TEXTS).index(label) for _, label in pairs]]
    return Words(Examples(tuple(text for text, _ in pairs), tuple(label for _, label in pairs), vectors))


NEAR = {"fitness", "failed"}


def test_what_is_talked_of_near_counts_and_what_is_not_does_not(words: Words) -> None:
    assert words.share("and if I fail it?", NEAR) > 0.9
    assert words.share("and the salary?", NEAR) < 0.5
    assert words.share("hello", NEAR) == 0


def test_a_word_that_nobody_uses_says_nothing(words: Words) -> None:
    assert words.share("and if I fail it, zut?", NEAR) == words.share("and if I fail it?", NEAR)
    assert words.share("zut?", NEAR) == 1


def test_a_long_word_that_no_example_has_is_another_subject(words: Words) -> None:
    assert words.share("and if I fail it in 2031?", NEAR) > 0.9
    assert words.share("choir?", NEAR) == 0


def test_words_are_alike_without_accents_and_whatever_their_ending() -> None:
    words = Words(Examples(("se préparer", "la paye"), ("prepare", "pay"), np.eye(2, dtype=np.float32)))
    assert (words.share("PREPAREZ", {"prepare"}), words.share("preparez", {"pay"})) == (1, 0)


def test_near_articles_without_examples_are_left_out(words: Words) -> None:
    assert words.share("and the salary?", {"salary", "new"}) == words.share("and the salary?", {"salary"})
    assert words.share("and the salary?", {"new"}) == 1
    assert (words.knows("salary"), words.knows("new"), words.knows(None)) == (True, False, False)


def test_the_subject_of_an_article_is_the_word_of_its_title_that_is_its_own(words: Words) -> None:
    assert words.subject("salary", "How much is the salary?") == "salary"
    assert words.subject("salary", "?") == ""


def test_a_message_is_read_half_as_itself_and_half_as_the_subject(words: Words) -> None:
    read = words.read_after(np.array([0, 0, 2, 0], np.float32), "fitness")
    np.testing.assert_allclose(read, [np.sqrt(0.5), 0, np.sqrt(0.5), 0], atol=1e-6)
