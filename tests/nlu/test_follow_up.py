"""A short message may be about what was answered last; a bare "why?" asks for nothing but the reason."""

from __future__ import annotations

import pytest

from nlu.follow_up import asks_why, is_short, without_courtesy


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


@pytest.mark.parametrize(
    ("text", "language", "asked"),
    [
        ("ok thanks. and is it paid?", "en", "and is it paid?"),
        ("oh wow. how long is that?", "en", "how long is that?"),
        ("Great, thank you so much! what do I wear", "en", "what do I wear"),
        ("ok cool thanks and what about shifts", "en", "and what about shifts"),
        ("how much is it, thanks!", "en", "how much is it"),
        ("Merci! Et ça coûte combien?", "fr", "Et ça coûte combien?"),
        ("ah ok, c'est bon. c'est long", "fr", "c'est long"),
        ("oh là là. et si je rate?", "fr", "et si je rate?"),
    ],
)
def test_what_is_asked_stands_without_the_thanks_around_it(text: str, language: str, asked: str) -> None:
    assert without_courtesy(text, language) == asked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ok thanks a lot!", "en"),
        ("thanks, bye", "en"),
        ("ok thanks i'll do that", "en"),
        ("no thanks", "en"),
        ("really hard?", "en"),
        ("oktoberfest, is it a day off?", "en"),
        ("how long is it?", "en"),
        ("merci beaucoup!", "fr"),
        ("bien payé?", "fr"),
        ("ok. et", "fr"),
        ("thanks. how long? " + "and " * 100, "en"),
        ("", "en"),
    ],
)
def test_where_nothing_is_asked_beside_them_thanks_are_thanks(text: str, language: str) -> None:
    assert without_courtesy(text, language) == text
