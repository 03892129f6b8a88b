"""What the dialogue leaves for recruiters to review: choices among offered articles, questions on expired ones."""

from __future__ import annotations

from bot.explain import as_text, explain
from knowledge.choices import choices
from knowledge.turns import unanswered
from storage import Database
from tests.core.conversation import Person


async def test_a_choice_made_by_button_is_kept_with_its_question(person: Person, database: Database) -> None:
    await person.says("age")
    await person.presses("Title of maximum-age")
    with database.session() as session:
        (choice,) = choices(session)
    assert (choice.text, choice.chosen) == ("age", "maximum-age")
    assert choice.offered == ("minimum-age", "maximum-age")


async def test_something_else_is_kept_too(person: Person, database: Database) -> None:
    await person.says("age")
    await person.presses("Something else")
    with database.session() as session:
        assert [choice.chosen for choice in choices(session)] == [None]


async def test_a_related_button_under_an_answer_is_no_choice(person: Person, database: Database) -> None:
    await person.says("how old must I be?")
    await person.presses("Title of maximum-age")
    with database.session() as session:
        assert choices(session) == []


async def test_a_question_on_an_expired_article_ends_unanswered_and_is_listed(
    person: Person, database: Database
) -> None:
    assert (await person.says("what of the old rule?")).outcome == "unanswered"
    with database.session() as session:
        assert [row.text for row in unanswered(session)] == ["what of the old rule?"]


async def test_any_turn_can_be_explained(person: Person, database: Database) -> None:
    await person.says("how old must I be?")
    await person.presses("Title of maximum-age")
    await person.says("hello", "book a seat", "stop")
    for turn in person.turns:
        assert turn.id is not None
        with database.session() as session:
            told = explain(session, turn.id)
        assert told is not None
        text = as_text(told, "now")
        assert f"outcome     {turn.outcome}" in text
        for article in turn.articles:
            assert f"served      {article.id} revision 1, published" in text
