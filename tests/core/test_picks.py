"""Whoever types which of the questions offered they meant gets the same answer as by the button."""

from __future__ import annotations

import pytest

from bot.picks import picked
from knowledge.choices import choices
from storage import Database
from tests.core.conversation import Person

OFFERED = [f'/choose_article{{"article": "{id}"}}' for id in ("a", "b", "c")]
ELSE = "/something_else"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1", 0),
        ("the first one", 0),
        ("le premier", 0),
        ("la première svp", 0),
        ("#2", 1),
        ("Number two please", 1),
        ("the second", 1),
        ("La deuxième", 1),
        ("la deuxieme question", 1),
        ("ok, celle numéro 2", 1),
        ("je voulais la 2", 1),
        ("le 3.", 2),
        ("the last one", 2),
        ("la dernière", 2),
    ],
)
def test_a_place_in_words_picks_what_stands_there(text: str, place: int) -> None:
    assert picked(text, [*OFFERED, ELSE]) == OFFERED[place]


@pytest.mark.parametrize(
    "text",
    ["", "4", "non", "non, la première", "2 ans", "the second interview", "le premier salaire", "one day"],
)
def test_all_else_is_read_as_it_stands(text: str) -> None:
    assert picked(text, [*OFFERED, ELSE]) is None


@pytest.mark.parametrize(
    "payloads",
    [[], [ELSE], ["/list_sessions"], ['/choose_session{"info_session": 1}'], [*OFFERED, "/affirm"]],
)
def test_only_questions_are_picked(payloads: list[str]) -> None:
    assert picked("1", payloads) is None


def test_what_is_not_shown_cannot_be_picked() -> None:
    assert picked("the third", OFFERED[:2]) is None


@pytest.mark.parametrize("typed", ["the second one", "2"])
async def test_an_offered_question_is_chosen_in_words_and_kept(
    typed: str, person: Person, database: Database
) -> None:
    await person.says("age")
    turn = await person.says(typed)
    assert (turn.outcome, turn.articles[0].id) == ("answered", "maximum-age")
    with database.session() as session:
        assert [choice.chosen for choice in choices(session)] == ["maximum-age"]


async def test_in_the_middle_of_a_booking_a_number_is_for_the_booking(person: Person) -> None:
    await person.says("I want to book a session", "how old do I have to be?")
    turn = await person.says("2")
    assert (turn.outcome, person.asked) == ("booking", "What is your name?")
