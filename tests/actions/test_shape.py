"""Names and addresses as people give them, and what must never be taken for one."""

from __future__ import annotations

import pytest

from actions.shape import is_question, read_email, read_name, tried_email


@pytest.mark.parametrize("recognised", [True, False])
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Mary Ann O'Neil-Tremblay", "Mary Ann O'Neil-Tremblay"),
        ("Chantal Côté", "Chantal Côté"),
        ("Jean de la Fontaine", "Jean de la Fontaine"),
        ("Will Smith", "Will Smith"),
        ("May Wong", "May Wong"),
        ("J. R. Smith", "J. R. Smith"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("Smith, John", "Smith, John"),
        ("José Núñez.", "José Núñez"),
        ("JANE DOE", "JANE DOE"),
        ("my name is jane doe", "jane doe"),
        ("Hi, my name is Jane", "Jane"),
        ("je m'appelle Chantal Côté", "Chantal Côté"),
        ("Mon nom est Chantal", "Chantal"),
        ("name: jane", "jane"),
        ("it's Jane Doe", "Jane Doe"),
        ("moi c'est Luc Roy", "Luc Roy"),
    ],
)
def test_a_name_is_taken_whatever_the_pipeline_believes(typed: str, name: str, recognised: bool) -> None:
    assert read_name(typed, recognised) == name


@pytest.mark.parametrize("typed", ["jane", "jane doe", "chantal côté", "Grace", "o'brien"])
def test_a_name_in_small_letters_is_taken_unless_it_means_something_else(typed: str) -> None:
    assert read_name(typed, recognised=False) == typed
    assert read_name(typed, recognised=True) is None


@pytest.mark.parametrize("recognised", [True, False])
@pytest.mark.parametrize(
    "typed",
    [
        "How old do I have to be?",
        "how old do i have to be",
        "What Is The Salary",
        "why do you need my name",
        "est-ce que je peux venir",
        "quel est le salaire",
        "Thank You",
        "Good Morning",
        "never mind",
        "no thanks",
        "I don't want to say",
        "12345",
        "jane@example.org",
        "",
        "J",
        "x" * 300,
        "<b>Jane</b>",
        "Jane Doe?",
        "I want to cancel",
        "can i bring my kids",
    ],
)
def test_what_is_no_name_is_never_taken_as_one(typed: str, recognised: bool) -> None:
    assert read_name(typed, recognised) is None


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("jane@example.org", "jane@example.org"),
        ("it's Jane.Doe+opp@mail.example.co.uk, thanks", "Jane.Doe+opp@mail.example.co.uk"),
        ("<jane@example.org>", "jane@example.org"),
        ("jane_o'neil@example.ca.", "jane_o'neil@example.ca"),
    ],
)
def test_an_address_is_found_in_a_sentence(typed: str, email: str) -> None:
    assert read_email(typed) == email


@pytest.mark.parametrize(
    "typed",
    [
        "jane",
        "jane@",
        "@example.org",
        "jane@example",
        "jane@@example.org",
        "jane@.org",
        "a b@c",
        "j..d@x.org",
    ],
)
def test_what_is_no_address_is_not_taken(typed: str) -> None:
    assert read_email(typed) is None


@pytest.mark.parametrize("typed", ["jane@", "jane at gmail dot com", "jane.doe gmail", "jane(at)mail.com"])
def test_an_attempt_at_an_address_is_seen(typed: str) -> None:
    assert tried_email(typed)


def test_a_question_is_seen_without_its_mark() -> None:
    assert is_question("how long is the course")
    assert is_question("Faut-il un diplôme")
    assert not is_question("Jane Doe")
