"""Text is cleaned of what could mislead, cut into what it says, and known for a question in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import MOST_CHARACTERS, clean, has_words, is_question, sentences


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("how\x00 old\x1b must I be", "how old must I be"),
        ("\x1b[31mhow old\x1b[0m must I \x1b[2K\x9b1;32mbe", "how old must I be"),
        ("\u202ehow old\u202c must\u2066 I be\u2069", "how old must I be"),
        ("\ufeffhow\u200b old", "how old"),
        ("how old\n\n\tmust  I\u00a0be", "how old must I be"),
        ("<b>how old</b> must I <script src='x'>be", "how old must I be"),
        ("what’s “PREP”", 'what\'s "PREP"'),
        ("e\u0301cole", "école"),
        ("is 3 < 5", "is 3 < 5"),
        ("", ""),
        ("\x00\u200f", ""),
    ],
)
def test_only_what_a_person_can_see_is_read(typed: str, read: str) -> None:
    assert clean(typed) == read


@given(st.text(max_size=3 * MOST_CHARACTERS))
def test_what_is_read_is_one_short_line_whatever_was_typed(typed: str) -> None:
    read = clean(typed)
    assert len(read) <= MOST_CHARACTERS
    assert read == " ".join(read.split())
    assert not any(control in read for control in "\x00\x1b\n\r\u202e\u2066\u200b")


def test_a_long_message_keeps_its_beginning() -> None:
    read = clean("how old? " + "a" * 10_000)
    assert len(read) == MOST_CHARACTERS
    assert read.startswith("how old? aaa")


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        (
            "I am a nurse in Barrie. How old must I be? What does it pay?",
            "en",
            ["I am a nurse in Barrie.", "How old must I be?", "What does it pay?"],
        ),
        (
            "how long is training and do I get paid",
            "en",
            ["how long is training", "do I get paid"],
        ),
        (
            "Je travaille à Sudbury. Combien de temps dure la formation?",
            "fr",
            ["Je travaille à Sudbury.", "Combien de temps dure la formation?"],
        ),
        (
            "c'est quoi le test physique et combien ça coûte au total",
            "fr",
            ["c'est quoi le test physique", "combien ça coûte au total"],
        ),
        ("how much is the car and truck allowance", "en", ["how much is the car and truck allowance"]),
        (
            "what's the age limit, the pay, and do i need a degree",
            "en",
            ["what's the age limit", "what's the pay?", "do i need a degree"],
        ),
        (
            "how old must I be, how long is training, can I have a beard",
            "en",
            ["how old must I be", "how long is training", "can I have a beard"],
        ),
        ("where is the college and the gym?", "en", ["where is the college", "the gym?"]),
        ("book a session and what is the pay", "en", ["book a session", "what is the pay"]),
        (
            "c'est quoi l'âge minimum, le salaire et faut-il un diplôme?",
            "fr",
            ["c'est quoi l'âge minimum", "c'est quoi le salaire?", "faut-il un diplôme?"],
        ),
        ("combien dure la formation et est-ce payé?", "fr", ["combien dure la formation", "est-ce payé?"]),
        ("can i book and also what is the pay", "en", ["can i book", "what is the pay"]),
        (
            "what does it pay and also i dont want to live anymore",
            "en",
            ["what does it pay", "i dont want to live anymore"],
        ),
        (
            "c'est quoi le salaire et je veux mourir",
            "fr",
            ["c'est quoi le salaire", "je veux mourir"],
        ),
        ("can my wife and i want the same town", "en", ["can my wife and i want the same town"]),
        ("I want to die, what does it pay", "en", ["I want to die", "what does it pay"]),
        ("je veux mourir, combien gagne un agent?", "fr", ["je veux mourir", "combien gagne un agent?"]),
        (
            "mon chum me bat, et je voulais savoir combien dure la formation",
            "fr",
            ["mon chum me bat", "je voulais savoir combien dure la formation"],
        ),
        ("si je rate, est-ce que je recommence?", "fr", ["si je rate, est-ce que je recommence?"]),
        ("if I fail, can I try again?", "en", ["if I fail, can I try again?"]),
        (
            "can I apply, because I moved here last year?",
            "en",
            ["can I apply, because I moved here last year?"],
        ),
        (
            "i drive a school bus and my knees are fine now do you still have an age limit for new people",
            "en",
            [
                "i drive a school bus and my knees are fine now",
                "do you still have an age limit for new people",
            ],
        ),
        (
            "my sister got in last spring and loves it how long did she wait would they tell me",
            "en",
            ["my sister got in last spring and loves it", "how long did she wait", "would they tell me"],
        ),
        (
            "i hurt my back at work last year if i cannot lift much would i still pass",
            "en",
            ["i hurt my back at work last year if i cannot lift much would i still pass"],
        ),
        (
            "for people who come from a small town like mine can you ask to stay",
            "en",
            ["for people who come from a small town like mine can you ask to stay"],
        ),
        ("", "en", []),
        (
            "1) la durée de la formation 2) le lieu 3) est-ce payé",
            "fr",
            ["la durée de la formation?", "le lieu?", "est-ce payé?"],
        ),
        (
            "hi, 2 questions: 1. pay 2. is there an age limit",
            "en",
            ["hi, 2 questions:", "pay?", "is there an age limit?"],
        ),
        ("I ran it in 9. Then in 8. Is that ok", "en", ["I ran it in 9.", "Then in 8.", "Is that ok"]),
    ],
)
def test_a_message_is_cut_where_something_new_is_said(text: str, language: str, parts: list[str]) -> None:
    assert sentences(text, language) == parts


@pytest.mark.parametrize("text", ["Hi there. How old must I be?", "How old must I be? Thanks."])
def test_a_fragment_stays_with_its_neighbour(text: str) -> None:
    assert sentences(text, "en") == [text]


# Without these letters nobody can write "and", "or", "also" or "plus", which join two questions and go when they are
# cut; without a comma no list, whose things are completed.
@given(st.text(st.characters(exclude_characters="dDlLrR,"), max_size=300))
def test_no_word_is_lost_or_made_up_by_cutting(text: str) -> None:
    read = clean(text)
    assert "".join(sentences(read, "en")).replace(" ", "") == read.replace(" ", "")


@given(st.text(max_size=300))
def test_no_sentence_is_blank(text: str) -> None:
    for language in ("en", "fr"):
        assert all(part.strip() for part in sentences(clean(text), language))


@pytest.mark.parametrize(
    ("text", "words"), [("a", True), ("é!", True), ("", False), ("1.", False), ("👮 ?", False)]
)
def test_a_letter_makes_words(text: str, words: bool) -> None:
    assert has_words(text) == words


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("the cost?", "en"),
        ("how old do I have to be", "en"),
        ("So can I apply with glasses", "en"),
        ("I have two speeding tickets, will that hurt me", "en"),
        ("le salaire?", "fr"),
        ("combien on gagne", "fr"),
        ("Est-ce que je peux postuler", "fr"),
        ("J'ai des lunettes, puis-je postuler", "fr"),
        ("j'aimerais savoir si mes lunettes posent problème", "fr"),
    ],
)
def test_a_question_is_known_by_its_mark_or_its_first_word(sentence: str, language: str) -> None:
    assert is_question(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [("My uncle served for thirty years.", "en"), ("Je travaille à Sudbury.", "fr")],
)
def test_a_story_asks_nothing(sentence: str, language: str) -> None:
    assert not is_question(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("I am a nurse in Barrie.", "en"),
        ("This town has a lake.", "en"),
        ("Mon oncle qui habite Sudbury est policier.", "fr"),
    ],
)
def test_a_question_word_in_the_middle_asks_nothing(sentence: str, language: str) -> None:
    assert not is_question(sentence, language)
