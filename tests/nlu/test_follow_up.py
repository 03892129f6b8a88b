"""A short message that leans on the one before is known; a whole question of its own is not."""

from __future__ import annotations

import pytest

from nlu.follow_up import is_short, leans_back


@pytest.mark.parametrize(
    "text",
    [
        "and the cost?",
        "and how much does it cost?",
        "what about for women?",
        "how about part time",
        "why?",
        "what if I fail?",
        "and if I fail?",
        "how long does it take?",
        "where is it?",
        "the cost?",
        "but can they do that",
    ],
)
def test_english_that_leans_on_what_was_said(text: str) -> None:
    assert leans_back(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "et le prix?",
        "et si j'échoue?",
        "pourquoi?",
        "combien ça coûte?",
        "ça dure combien de temps?",
        "et pour les femmes?",
        "c'est où?",
        "le prix?",
    ],
)
def test_french_that_leans_on_what_was_said(text: str) -> None:
    assert leans_back(text, "fr")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much does a constable earn after four years?", "en"),
        ("do I need a university degree", "en"),
        ("And I was wondering whether you would take somebody with a very old record", "en"),
        ("Combien gagne un agent après quatre ans?", "fr"),
        ("Faut-il un diplôme universitaire pour postuler?", "fr"),
        ("", "en"),
        ("?!", "fr"),
    ],
)
def test_a_subject_of_its_own_leans_on_nothing(text: str, language: str) -> None:
    assert not leans_back(text, language)


@pytest.mark.parametrize(
    ("text", "language", "short"),
    [
        ("how do I sign up?", "en", True),
        ("comment je m'inscris?", "fr", True),
        ("I was wondering how you would go about signing up for one of them", "en", False),
        ("?", "en", False),
    ],
)
def test_a_short_message_may_be_about_what_was_answered_last(text: str, language: str, short: bool) -> None:
    assert is_short(text, language) == short
