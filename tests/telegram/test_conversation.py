"""A conversation on Telegram, over real HTTP with a stand-in for the Bot API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from channels.messages import Button, Reply, Source, Turn
from storage import Database
from tests.telegram.scripted import Booking, Echo, settings_for, telegram, turn
from tests.telegram.stand_in import Person, StandIn

MINIMUM_AGE = '/choose_article{"article": "minimum-age"}'


async def test_a_question_is_answered_with_sources_gaps_and_date(
    api: StandIn, database: Database, ann: Person
) -> None:
    reply = Reply(
        "You must be 18.",
        unknown="Whether that will change.",
        sources=(Source("OPP careers", "https://www.opp.ca/careers", "2024"),),
        checked=date(2026, 11, 21),
        overdue=True,
    )
    async with telegram(api, database, Echo({"how old?": Turn("answered", (reply,))})):
        await ann.writes("how old?")
        (text,) = await ann.reads(1)
    for part in (
        "You must be 18.",
        "Whether that",
        "OPP careers (2024)",
        "https://www.opp.ca",
        "21 November 2026",
    ):
        assert part in text


async def test_what_is_typed_reaches_the_core_without_a_language(
    api: StandIn, database: Database, ann: Person
) -> None:
    core = Echo()
    async with telegram(api, database, core):
        update = await ann.writes("Bonjour")
        await ann.reads(1)
    (heard,) = core.heard
    assert (heard.sender, heard.text, heard.payload) == ("telegram:7", "Bonjour", None)
    assert (heard.channel, heard.language, heard.message_id) == ("telegram", None, str(update))


async def test_mark_up_that_people_type_comes_back_as_they_typed_it(
    api: StandIn, database: Database, ann: Person
) -> None:
    async with telegram(api, database, Echo()):
        await ann.writes("<b>x</b> *y* _z_ [a](tg://user?id=1)")
        assert await ann.reads(1) == ["You said: <b>x</b> *y* _z_ [a](tg://user?id=1)"]


async def test_a_whole_booking_by_text_and_buttons(api: StandIn, database: Database, ann: Person) -> None:
    core = Booking()
    async with telegram(api, database, core):
        await ann.writes("/book")
        await ann.reads(1)
        await ann.presses("Monday 10:00")
        await ann.reads(2)
        await ann.writes("Mary Ann O'Neil")
        await ann.reads(3)
        await ann.writes("mary@example.org")
        assert (await ann.reads(4))[3] == "Monday 10:00, Mary Ann O'Neil, mary@example.org. All right?"
        await ann.presses("Confirm")
        assert (await ann.reads(5))[4] == "Booked. Your code is K7QM."
    assert len(core.booked) == 1
    assert len(api.acknowledged) == 2


async def test_a_pressed_button_is_acknowledged_and_stays_marked(
    api: StandIn, database: Database, ann: Person
) -> None:
    core = Echo({"hi": turn("Did you mean?", Button("Minimum age", MINIMUM_AGE), Button("Other", "/other"))})
    async with telegram(api, database, core):
        await ann.writes("hi")
        await ann.reads(1)
        query = await ann.presses("Minimum age")
        await ann.reads(2)
    assert api.acknowledged == [query]
    assert api.sent[0].titles == ["✓ Minimum age", "Other"]
    assert (core.heard[1].text, core.heard[1].payload) == ("Minimum age", MINIMUM_AGE)


async def test_a_button_pressed_again_asks_again_and_is_marked_once(
    api: StandIn, database: Database, ann: Person
) -> None:
    core = Echo({"hi": turn("Did you mean?", Button("Minimum age", MINIMUM_AGE))})
    async with telegram(api, database, core):
        await ann.writes("hi")
        await ann.reads(1)
        await ann.presses("Minimum age")
        await ann.reads(2)
        await ann.presses("✓ Minimum age")
        await ann.reads(3)
    assert api.sent[0].titles == ["✓ Minimum age"]
    assert len(api.acknowledged) == 2


async def test_a_button_that_we_never_made_is_acknowledged_and_not_obeyed(
    api: StandIn, database: Database, ann: Person
) -> None:
    core = Echo()
    async with telegram(api, database, core):
        query = await ann.presses_data("/erase_my_data")
        assert "button" in (await ann.reads(1))[0]
    assert api.acknowledged == [query]
    assert core.heard == []


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("/help", "/capabilities"),
        ("/stop", "/stop"),
        ("/stop@signpost_bot", "/stop"),
        ("/start sessions", "/list_sessions"),
        ("/start book", "/book_session"),
        ("/intent{}", None),
        ("/affirm", None),
    ],
)
async def test_commands_are_ours_and_nothing_else_is_one(
    api: StandIn, database: Database, ann: Person, typed: str, payload: str | None
) -> None:
    core = Echo()
    async with telegram(api, database, core):
        await ann.writes(typed)
        await ann.reads(1)
    assert core.heard[0].payload == payload


@pytest.mark.parametrize(
    ("language", "word"), [("fr-CA", "assistant automatisé"), ("de", "automated assistant")]
)
async def test_start_welcomes_in_the_language_of_the_app(
    api: StandIn, database: Database, language: str, word: str
) -> None:
    settings = settings_for(api, public_url="https://signpost.example.org")
    async with telegram(api, database, Echo(), settings=settings):
        await Person(api, language=language).writes("/start")
        (message,) = await api.messages(7, 1)
    assert word in message.text
    assert "https://signpost.example.org/privacy" in message.text
    assert len(message.titles) == 2


async def test_the_language_of_the_words_overrules_that_of_the_app(api: StandIn, database: Database) -> None:
    french = turn("18 ans.", Button("Âge maximum", "/a"), language="fr")
    core = Echo({"Quel âge?": french, "/a": french})
    async with telegram(api, database, core):
        person = Person(api, language="en")
        await person.writes("Quel âge?")
        await person.reads(1)
        await person.presses("Âge maximum")
        await person.reads(2)
        await person.sends(sticker=STICKER)
        assert "Merci" in (await person.reads(3))[2]
    assert core.heard[1].language == "fr"


STICKER: dict[str, Any] = {
    "file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1, "is_animated": False,
    "is_video": False,
}  # fmt: skip
PHOTO = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
VOICE = {"file_id": "a", "file_unique_id": "b", "duration": 3}


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": STICKER},
        {"photo": PHOTO},
        {"voice": VOICE},
        {"location": {"latitude": 1.5, "longitude": 2.5}},
    ],
)
async def test_what_cannot_be_read_gets_a_kind_word(
    api: StandIn, database: Database, ann: Person, content: dict[str, Any]
) -> None:
    core = Echo()
    async with telegram(api, database, core):
        await ann.sends(**content)
        assert "only read words" in (await ann.reads(1))[0]
    assert core.heard == []


async def test_the_caption_of_a_picture_is_answered(api: StandIn, database: Database, ann: Person) -> None:
    async with telegram(api, database, Echo()):
        await ann.sends(photo=PHOTO, caption="is this tattoo a problem?")
        notice, answer = await ann.reads(2)
    assert "only the words" in notice
    assert answer == "You said: is this tattoo a problem?"


async def test_an_album_gets_one_word_and_not_one_a_picture(
    api: StandIn, database: Database, ann: Person
) -> None:
    async with telegram(api, database, Echo()):
        for _ in range(3):
            await ann.sends(photo=PHOTO, media_group_id="album")
        await ann.writes("hello")
        assert len(await ann.reads(2)) == 2
    assert api.sent[1].text == "You said: hello"


async def test_edits_groups_and_service_messages_are_not_answered(
    api: StandIn, database: Database, ann: Person
) -> None:
    group = {**ann.message(text="@signpost_bot hello"), "chat": {"id": -9, "type": "group", "title": "Us"}}
    async with telegram(api, database, Echo()):
        await api.deliver(edited_message=ann.message(text="corrected", edit_date=1_790_000_001))
        await api.deliver(message=group)
        await ann.sends(delete_chat_photo=True)
        await ann.writes("hello")
        assert await ann.reads(1) == ["You said: hello"]
    assert len(api.sent) == 1


async def test_a_long_answer_comes_in_parts_with_its_buttons_last(
    api: StandIn, database: Database, ann: Person
) -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "😀 word " * 120 for number in range(12)).strip()
    async with telegram(api, database, Echo({"all": turn(text, Button("More", "/more"))})):
        await ann.writes("all")
        await api.until(lambda: bool(api.sent) and bool(api.sent[-1].buttons))
    assert len(api.sent) > 2
    assert "".join("".join(m.text.split()) for m in api.sent) == "".join(text.split())
    assert [bool(message.buttons) for message in api.sent[:-1]] == [False] * (len(api.sent) - 1)


async def test_the_menu_lists_the_commands_in_both_languages(
    api: StandIn, database: Database, ann: Person
) -> None:
    async with telegram(api, database, Echo()):
        await api.until(lambda: len(api.commands) == 2)
    assert set(api.commands) == {"", "fr"}
    assert "help" in api.commands[""]
