"""Each message is read in the language of most of its words; a draw goes to the conversation's language."""

from __future__ import annotations

import pytest

from nlu.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "how old do I have to be to apply",
        "Do you need a degree?",
        "can i have tattoos",
        "thx for the help",
        "what's the pay like after 4 years",
        "hello",
    ],
)
@pytest.mark.parametrize("so_far", [None, "en", "fr"])
def test_plain_english_is_english_whatever_came_before(text: str, so_far: str | None) -> None:
    assert detect(text, so_far) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "quel âge faut-il avoir pour postuler",
        "c'est quoi le salaire",
        "est-ce que je peux avoir des tatouages",
        "jai un dossier criminel est ce que je peux appliquer",
        "merci beaucoup",
        "bonjour",
    ],
)
@pytest.mark.parametrize("so_far", [None, "en", "fr"])
def test_plain_french_is_french_whatever_came_before(text: str, so_far: str | None) -> None:
    assert detect(text, so_far) == "fr"


DRAWS = ["ok", "👍", "2", ""]


@pytest.mark.parametrize("text", ["OPC", "police", "information"])
@pytest.mark.parametrize("so_far", ["en", "fr"])
def test_a_draw_goes_to_the_language_of_the_conversation(text: str, so_far: str) -> None:
    assert detect(text, so_far) == so_far


@pytest.mark.parametrize("text", DRAWS)
def test_what_tells_nothing_stays_english(text: str) -> None:
    assert detect(text, "en") == "en"


@pytest.mark.parametrize("text", DRAWS)
def test_what_tells_nothing_stays_french(text: str) -> None:
    assert detect(text, "fr") == "fr"


@pytest.mark.parametrize(
    ("word", "language"), [("tatouage", "fr"), ("barbe", "fr"), ("swimming", "en"), ("wages", "en")]
)
@pytest.mark.parametrize("so_far", [None, "en", "fr"])
def test_one_word_of_one_language_tells(word: str, language: str, so_far: str | None) -> None:
    assert detect(word, so_far) == language


@pytest.mark.parametrize("text", ["licence", "max age", "tats", "application"])
def test_a_word_or_two_of_both_languages_or_of_none_tell_nothing(text: str) -> None:
    assert [detect(text, so_far) for so_far in (None, "en", "fr")] == ["en", "en", "fr"]


def test_bye_is_english() -> None:
    assert detect("bye") == "en"


@pytest.mark.parametrize("text", ["", "👍", "1234", "!!!"])
def test_what_has_no_language_still_gets_one(text: str) -> None:
    assert detect(text) in ("en", "fr")


@pytest.mark.parametrize(
    "text",
    [
        "c'est quoi le beep test",
        "est-ce que le PREP test est difficile",
        "combien coûte le OACP certificate",
        "où se passe le training pour les constables",
        "faut-il un background check avant le polygraph",
    ],
)
def test_english_terms_leave_a_french_question_french(text: str) -> None:
    assert detect(text) == "fr"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("bonjour, how long does the hiring process take and what are the steps", "en"),
        ("hello, combien de temps dure le processus de sélection s'il vous plaît", "fr"),
        ("do I need to speak French to work there, merci", "en"),
        ("thanks, mais est-ce que je dois parler anglais pour être policier", "fr"),
    ],
)
def test_a_mixed_message_has_the_language_of_most_of_its_words(text: str, language: str) -> None:
    assert detect(text) == language
