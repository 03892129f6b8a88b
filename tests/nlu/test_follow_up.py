"""A short message may be about what was answered last; a bare "why?" asks for nothing but the reason."""

from __future__ import annotations

import pytest

from nlu.follow_up import asks_why, is_short


@pytest.mark.parametrize(
    "text",
    [
        "why?",
        "Why??",
        "but why is that?",
        "so, why not",
        "why's that",
        "why do they do that?",
        "how come?",
        "and what for?",
        "for what reason?",
        "y?",
        "pourquoi?",
        "mais pourquoi ça?",
        "ben pourquoi donc",
        "pk?",
        "c'est pour quoi faire?",
        "comment ça se fait?",
        "et pour quelle raison?",
    ],
)
def test_why_in_whatever_words(text: str) -> None:
    assert asks_why(text)


@pytest.mark.parametrize(
    "text",
    [
        "why so long?",
        "why should I join the OPP?",
        "can they tell me why?",
        "what for a degree",
        "how does that come?",
        "is that so",
        "pourquoi si long?",
        "pourquoi la PPO?",
        "comment ça va?",
        "c'est quoi ça",
        "?",
        "",
    ],
)
def test_what_names_more_than_the_reason_is_a_question_of_its_own(text: str) -> None:
    assert not asks_why(text)


@pytest.mark.parametrize(
    ("text", "language", "short"),
    [
        ("how do I sign up?", "en", True),
        ("and the cost?", "en", True),
        ("comment je m'inscris?", "fr", True),
        ("I was wondering how you would go about signing up for one of them", "en", False),
        ("?", "en", False),
    ],
)
def test_a_short_message_may_be_about_what_was_answered_last(text: str, language: str, short: bool) -> None:
    assert is_short(text, language) == short
