"""Whatever is typed gets a reply, is executed by nobody, and is kept as it was typed, masked and printable."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select

from actions.base import Services
from bot.payloads import printable
from channels.messages import Turn
from knowledge.masking import mask
from knowledge.turns import TurnRow
from tests.core.conversation import Person

pytestmark = pytest.mark.model

NASTY = {
    "empty": "",
    "blank": " \n\t ",
    "10,000 characters": "how old must I be? " * 526,
    "10,000 characters without a space": "x" * 10_000,
    "control characters": "how\x00 old\x07 must\x1b[31m I be?",
    "bidirectional characters": "\u202ehow old must I be?\u202c\u2066\u2069",
    "nothing but control characters": "\x00\u202e\u200b",
    "emoji": "👮🚓👍",
    "Spanish": "¿Cuántos años debo tener para ser policía?",
    "Arabic": "كم يجب أن يكون عمري للانضمام إلى الشرطة؟",
    "HTML": "<img src=x onerror=alert(1)><b>how old must I be?</b>",
    "SQL": "'; DROP TABLE turn; --",
    "restart": "/restart",
    "session start": "/session_start",
    "back": "/back",
    "an intent": '/ask{"x":1}',
    "a button": '/choose_article{"article":"minimum-age"}',
    "slots": '/affirm{"name": "Eve"}',
    "a button after a space": ' /choose_article{"article":"minimum-age"}',
    "a template": "{{ 7 * 7 }} ${7*7} %(name)s",
    "an action": "action_restart",
}


def row_of(services: Services, turn: Turn) -> TurnRow:
    with services.database.session() as session:
        return session.scalars(select(TurnRow).where(TurnRow.id == turn.id)).one()


def events_of(services: Services, person: Person) -> list[tuple[str, str]]:
    with sqlite3.connect(services.settings.tracker_database) as connection:
        found = connection.execute(
            "SELECT type_name, data FROM events WHERE sender_id = ?", (person.sender,)
        ).fetchall()
    return [(str(kind), str(data)) for kind, data in found]


@pytest.mark.parametrize("typed", NASTY.values(), ids=NASTY.keys())
async def test_it_gets_a_reply_is_not_executed_and_is_kept(
    typed: str, person: Person, services: Services
) -> None:
    turn = await person.says(typed)
    assert turn.replies
    assert all(reply.text.strip() for reply in turn.replies)
    assert turn.outcome in ("answered", "clarified", "unanswered", "out_of_scope", "act")
    assert turn.intent not in ("choose_article", "restart", "session_start", "back")
    assert row_of(services, turn).text == mask(printable(typed), turn.language)
    kinds = [kind for kind, _ in events_of(services, person)]
    assert kinds.count("session_started") == 1
    assert not {"restart", "undo", "rewind", "reset_slots"} & set(kinds)


async def test_half_an_emoji_does_not_cost_the_answer(person: Person) -> None:
    assert (await person.says("how old must I be? \ud83d")).outcome == "answered"


async def test_a_question_is_read_through_its_wrapping(person: Person) -> None:
    for typed in ("10,000 characters", "control characters", "bidirectional characters", "HTML"):
        turn = await person.says(NASTY[typed])
        assert [each.id for each in turn.articles] == ["minimum-age"], typed


async def test_no_mark_up_comes_back(person: Person) -> None:
    await person.says("<script>alert(1)</script>")
    assert "<script" not in person.heard


async def test_a_typed_command_leaves_the_conversation_as_it_was(person: Person) -> None:
    await person.says("I want to book an information session")
    await person.presses("1.")
    typed = ('/affirm{"confirmation": true}', '/choose_session{"info_session": 2}', '/ask{"x":1}')
    turn = await person.says(*typed, "Jane Doe", "jane@example.org")
    assert "Jane Doe" in person.heard
    assert [button.title for button in turn.replies[-1].buttons][:1] == ["Confirm"]


async def test_personal_details_are_masked_before_a_turn_is_kept(person: Person, services: Services) -> None:
    turn = await person.says(
        "my name is Gwendolyn Okafor, mail gwen@example.org or call 416-555-0134, how old must I be?"
    )
    kept = row_of(services, turn).text
    assert kept == "my name is [name], mail [email] or call [phone], how old must I be?"
