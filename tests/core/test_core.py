"""The embedded core: every message gets a reply, the turn is kept masked, and nothing is executed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from actions.base import Services
from bot.core import MOST_EVENTS, ModelMissing, RasaCore, TurnFailed
from channels.messages import ArticleRef, IncomingMessage, Source
from knowledge.turns import TurnRow
from tests.core.conversation import Clock, Person


def kept(given: Services) -> list[TurnRow]:
    with given.database.session() as session:
        return list(session.scalars(select(TurnRow).order_by(TurnRow.id)))


def tracker_rows(given: Services) -> list[tuple[str, str]]:
    with sqlite3.connect(given.settings.tracker_database) as connection:
        return list(connection.execute("SELECT sender_id, data FROM events"))


async def test_an_answer_comes_with_all_that_makes_it_honest(person: Person) -> None:
    turn = await person.says("how old do I have to be?")
    (reply,) = turn.replies
    assert turn.outcome == "answered"
    assert turn.articles == (ArticleRef("minimum-age", ("age",), 0.9),)
    assert reply.text == "Answer of minimum-age."
    assert reply.unknown == "Not known."
    assert reply.sources == (Source("A source", "https://example.org/a", "2024"),)
    assert str(reply.checked) == "2026-11-20"
    assert not reply.overdue
    assert [button.title for button in reply.buttons] == ["Title of maximum-age?"]


async def test_related_articles_are_answered_by_button_and_say_when_they_are_overdue(person: Person) -> None:
    await person.says("how old do I have to be?")
    turn = await person.presses("Title of maximum-age?")
    assert turn.outcome == "answered"
    assert turn.articles[0].id == "maximum-age"
    assert turn.replies[0].overdue


async def test_two_near_articles_are_offered_and_one_is_chosen(person: Person) -> None:
    turn = await person.says("age")
    assert turn.outcome == "clarified"
    assert [each.id for each in turn.offered] == ["minimum-age", "maximum-age"]
    titles = [button.title for button in turn.replies[0].buttons]
    assert titles == ["Title of minimum-age?", "Title of maximum-age?", "Something else"]
    assert (await person.presses("Title of minimum")).outcome == "answered"
    await person.says("age")
    turn = await person.presses("Something else")
    assert turn.outcome == "act"
    assert "none of those" in person.heard


async def test_what_nobody_has_answered_is_said_and_kept(person: Person, given: Services) -> None:
    turn = await person.says("do you hire astronauts?")
    assert turn.outcome == "unanswered"
    assert given.settings.contact_url in person.heard
    assert [(row.id, row.text, row.outcome) for row in kept(given)] == [
        (turn.id, "do you hire astronauts?", "unanswered")
    ]


async def test_an_expired_article_is_withheld_and_its_question_kept(person: Person) -> None:
    assert (await person.says("what is the old rule?")).outcome == "unanswered"


async def test_an_article_that_was_withdrawn_is_not_served_from_an_old_button(person: Person) -> None:
    assert (await person.sends('/choose_article{"article": "gone"}', "Gone?")).outcome == "unanswered"


async def test_an_article_that_starts_a_task_starts_it_when_it_is_chosen(person: Person) -> None:
    turn = await person.sends('/choose_article{"article": "book-a-session"}', "How do I book?")
    assert [reply.text.splitlines()[0] for reply in turn.replies] == [
        "Answer of book-a-session.",
        "Which session would you like a seat at?",
    ]


async def test_a_turn_is_kept_with_what_was_served_and_why(person: Person, given: Services) -> None:
    turn = await person.says("how old do I have to be?")
    (row,) = kept(given)
    assert row.id == turn.id
    assert row.articles == [{"id": "minimum-age", "revision": 1}]
    assert row.decision["articles"][0]["score"] == 0.9
    assert row.milliseconds > 0
    assert (row.intent, row.language, row.channel) == ("ask", "en", "web")


async def test_names_and_addresses_are_masked_before_a_turn_is_kept(person: Person, given: Services) -> None:
    await person.says("I want to book a seat", "1", "jane doe", "it is jane@example.org", "yes")
    texts = [row.text for row in kept(given)]
    assert texts == ["I want to book a seat", "1", "[name]", "it is [email]", "yes"]
    assert "jane" not in str([(row.text, row.decision) for row in kept(given)]).lower()


async def test_what_is_kept_is_what_was_typed(person: Person, given: Services) -> None:
    typed = "/restart \u202e" + "why? " * 2000
    await person.says(typed)
    assert kept(given)[0].text == typed


async def test_what_is_kept_commands_no_terminal(person: Person, given: Services) -> None:
    await person.says("\x1b[2Jwhy?\x1b]0;x\x07")
    assert kept(given)[0].text == "why?]0;x"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\x00\x1b\u202e",
        "😀",
        "/restart",
        "/session_start",
        '/choose_article{"article": "minimum-age"}',
        '/affirm{"language": "fr"}',
        "<script>alert(1)</script>",
        "'; DROP TABLE booking; --",
        "{name} {0} %s {{",
        "x" * 10_000,
        "¿cuántos años?",
        "Какая зарплата?",
    ],
)
async def test_odd_input_gets_a_reply_and_executes_nothing(person: Person, typed: str) -> None:
    turn = await person.says(typed)
    assert turn.replies[0].text
    assert turn.outcome in ("unanswered", "act")
    assert turn.articles == ()


async def test_an_empty_message_in_mid_booking_asks_again(person: Person) -> None:
    await person.says("I want to book a seat", "1", " ")
    assert "didn't get anything" in person.heard
    assert person.asked == "What is your name?"


async def test_a_payload_that_no_button_sends_counts_as_its_title(person: Person) -> None:
    assert (await person.sends("/restart", "how old do I have to be?")).outcome == "answered"
    assert (await person.sends("/greet")).outcome == "unanswered"


async def test_say_that_again_says_it_again(person: Person) -> None:
    assert "haven't said anything" in (await person.says("say that again")).replies[0].text
    await person.says("how old do I have to be?")
    before = person.turns[-1].replies
    assert (await person.says("say that again")).replies == before


async def test_the_same_answer_again_says_that_it_is_the_same(person: Person) -> None:
    first, again = [await person.says("how old do I have to be?") for _ in range(2)]
    assert [reply.text for reply in again.replies[1:]] == [reply.text for reply in first.replies]
    assert "in my last answer" in again.replies[0].text
    assert [each.id for each in again.articles] == ["minimum-age"]


@pytest.mark.parametrize("typed", ["say that in simpler words", "plus simple svp", "eli5"])
async def test_in_simpler_words_there_is_the_main_point_and_a_person(person: Person, typed: str) -> None:
    turn = await person.says("how old do I have to be?", typed)
    (reply,) = turn.replies
    assert ("this is the main point" in reply.text) or ("voici l'essentiel" in reply.text)
    assert ("Answer of minimum-age." in reply.text) or ("Réponse de minimum-age." in reply.text)
    assert reply.sources == (Source("A source", "https://example.org/a", "2024"),)
    assert [each.id for each in turn.articles] == ["minimum-age"]


async def test_with_nothing_answered_there_is_nothing_to_make_simpler(person: Person) -> None:
    assert "haven't said anything" in (await person.says("say that in simpler words")).replies[0].text
    assert (await person.says("eli5")).outcome == "unanswered"


@pytest.mark.parametrize(
    "typed", ["¿Puedo aplicar si soy de México?", "我可以申请吗", "Kann ich mich bewerben?"]
)
@pytest.mark.parametrize("pinned", [None, "en", "fr"])
async def test_another_language_is_told_which_are_spoken_here(
    person: Person, given: Services, pinned: str | None, typed: str
) -> None:
    person.language = pinned
    turn = await person.says(typed)
    assert ("English and French" in person.heard) is (pinned != "fr")
    assert ("le français et l'anglais" in person.heard) is (pinned != "en")
    assert (turn.outcome, kept(given)[-1].outcome) == ("unanswered", "unanswered")


async def test_tell_me_more_offers_what_is_related(person: Person) -> None:
    await person.says("how old do I have to be?", "tell me more")
    assert [button.title for button in person.turns[-1].replies[0].buttons] == ["Title of maximum-age?"]
    await person.presses("Title of maximum-age?")
    await person.says("tell me more")
    assert "nothing more" in person.heard


async def test_a_bare_why_is_told_honestly_that_no_more_is_known(person: Person) -> None:
    await person.says("how old do I have to be?", "why?")
    assert "I know of no other" in person.heard
    assert [button.title for button in person.turns[-1].replies[0].buttons] == ["Title of maximum-age?"]


async def test_people_do_not_see_each_other(another: Callable[[str], Person]) -> None:
    first, second = another("web:1"), another("web:2")
    await first.says("I want to book a seat", "1")
    await second.says("Jane Doe")
    assert second.turns[-1].outcome == "unanswered"
    await first.says("Jane Doe")
    assert first.asked.startswith("What is your e-mail")


async def test_a_conversation_goes_on_after_a_restart(
    core: RasaCore, given: Services, dialogue_model: Path
) -> None:
    await Person(core).says("en français s'il vous plaît", "réserver", "1")
    core.close()
    again = RasaCore.load(dialogue_model, given)
    person = Person(again)
    await person.says("Jane Doe")
    assert person.asked.startswith("Quelle est votre adresse")
    again.close()


@pytest.mark.parametrize(
    "before",
    [("how old do I have to be?",), ("I want to book a seat", "1", "Jane Doe", "jane@example.org", "yes")],
)
async def test_a_message_that_comes_again_after_a_restart_gets_the_answer_that_it_had(
    core: RasaCore, given: Services, dialogue_model: Path, before: Sequence[str]
) -> None:
    messages = [IncomingMessage("web:1", text, "web", message_id=f"m-{n}") for n, text in enumerate(before)]
    for message in messages:
        turn = await core.handle(message)
    core.close()
    events = len(tracker_rows(given))
    again = RasaCore.load(dialogue_model, given)
    repeated = await again.handle(messages[-1])
    assert (repeated.outcome, repeated.replies) == (turn.outcome, turn.replies)
    assert repeated.articles == turn.articles
    assert len(tracker_rows(given)) == events
    assert len(kept(given)) == len(before)
    assert (await again.handle(IncomingMessage("web:1", "hello", "web", message_id="m-9"))).outcome == "act"
    again.close()


async def test_a_long_conversation_stays_short_in_the_tracker_and_forgets_nothing_needed(
    person: Person, given: Services
) -> None:
    await person.says("en français s'il vous plaît", *["how old do I have to be?"] * 60)
    assert len(tracker_rows(given)) <= MOST_EVENTS
    assert len(kept(given)) == 61
    turn = await person.says("tell me more")
    assert turn.language == "fr"
    assert [button.title for button in turn.replies[0].buttons] == ["Titre de maximum-age?"]
    await person.says("réserver", "1")
    assert person.asked == "Quel est votre nom?"


async def test_erasing_leaves_no_trace_of_the_conversation(person: Person, given: Services) -> None:
    await person.says("do you hire astronauts?", "delete my data", "yes")
    assert tracker_rows(given) == []
    assert [(row.sender, row.text) for row in kept(given)] == [("erased", "yes")]


async def test_raw_messages_are_forgotten_in_time(core: RasaCore, given: Services, clock: Clock) -> None:
    await Person(core).says("do you hire astronauts?")
    clock.now = clock.now.fromtimestamp(time.time(), clock.now.tzinfo)
    assert core.forget_old(clock()) == 0
    clock.move(hours=given.settings.retention_hours + 1)
    assert core.forget_old(clock()) > 0
    assert tracker_rows(given) == []
    assert len(kept(given)) == 1


async def test_a_database_that_is_down_gives_an_apology_and_a_next_step(
    person: Person, given: Services, caplog: pytest.LogCaptureFixture
) -> None:
    await person.says("I want to book a seat")
    with given.database.session() as session:
        session.execute(text("ALTER TABLE info_session RENAME TO gone"))
        session.execute(text("ALTER TABLE revision RENAME TO gone_too"))
    turn = await person.says("1")
    assert [reply.text[:26] for reply in turn.replies] == ["Sorry, something went wron"]
    assert given.settings.contact_url in person.heard
    assert turn.outcome == "failed"
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    assert (await person.says("how old do I have to be?")).outcome == "failed"


async def test_a_conversation_that_cannot_be_saved_is_an_error(core: RasaCore, given: Services) -> None:
    person = Person(core)
    await person.says("hello")
    with sqlite3.connect(given.settings.tracker_database) as connection:
        connection.execute("DROP TABLE events")
    with pytest.raises(TurnFailed):
        await person.says("hello")
    with pytest.raises(Exception, match="events"):
        core.ping()


async def test_a_first_turn_that_cannot_be_saved_is_an_error_and_is_not_remembered(
    core: RasaCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(core)

    def fails(sender: str, event: object) -> dict[str, object]:
        raise OSError("no space left")

    monkeypatch.setattr("bot.core._row", fails)
    with pytest.raises(TurnFailed):
        await person.says("hello")
    monkeypatch.undo()
    await person.says("hello")
    # Nothing is taken for stored that is not: a new process reads the same conversation.
    core._trackers._under_way.clear()
    tracker = await core._trackers.retrieve(person.sender)
    assert tracker is not None
    assert [event.text for event in tracker.events if event.type_name == "user"] == ["hello"]


async def test_what_was_typed_is_not_logged_when_it_cannot_be_saved(
    core: RasaCore, given: Services, caplog: pytest.LogCaptureFixture
) -> None:
    person = Person(core)
    await person.says("hello")
    with sqlite3.connect(given.settings.tracker_database) as connection:
        connection.execute("ALTER TABLE events RENAME TO gone")
    with pytest.raises(TurnFailed):
        await person.says("hello, I live at 12 Elm Street")
    assert "OperationalError" in caplog.text
    assert "in save" in caplog.text
    assert "Elm Street" not in caplog.text


async def test_a_turn_that_cannot_be_kept_is_answered_and_quoted_nowhere(
    core: RasaCore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "Failing row contains (1, jane@example.org, Elm Street)"

    def fails(*arguments: object) -> int:
        # As PostgreSQL says it, whatever SQLAlchemy hides.
        raise IntegrityError("INSERT", {}, Exception(row))

    monkeypatch.setattr("bot.core.record_turn", fails)
    assert (await Person(core).says("how old do I have to be?")).outcome == "answered"
    assert "IntegrityError" in caplog.text
    assert "in fails" in caplog.text
    assert "jane" not in caplog.text
    assert "Elm Street" not in caplog.text


@pytest.mark.parametrize(
    "fails_in", ["actions.answer.ActionAnswer.act", "rasa_sdk.executor.ActionExecutor.run"]
)
async def test_what_was_typed_is_not_logged_when_an_action_fails(
    core: RasaCore, fails_in: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "how old must someone of 12 Elm Street be?"

    def fails(*arguments: object) -> None:
        raise ValueError(typed)

    monkeypatch.setattr(fails_in, fails)
    with contextlib.suppress(TurnFailed):
        turn = await Person(core).says("how old do I have to be?")
        assert turn.outcome == "failed"
    assert "ValueError" in caplog.text
    assert "in fails" in caplog.text
    assert "Elm Street" not in caplog.text


async def test_a_model_that_is_not_there_is_not_replaced_by_another(
    given: Services, dialogue_model: Path
) -> None:
    with pytest.raises(ModelMissing):
        RasaCore.load(dialogue_model.with_name("missing.tar.gz"), given)


async def test_nobody_s_words_are_printed(person: Person, capfd: pytest.CaptureFixture[str]) -> None:
    await person.says("a secret of mine")
    out, err = capfd.readouterr()
    assert "secret" not in out + err


async def test_twenty_people_at_once_are_all_answered(core: RasaCore) -> None:
    people = [Person(core, sender=f"web:{number}") for number in range(20)]
    turns = await asyncio.gather(*(each.says("how old do I have to be?") for each in people))
    assert {turn.outcome for turn in turns} == {"answered"}


async def test_the_channel_s_message_id_is_rasa_s(core: RasaCore, given: Services) -> None:
    await core.handle(IncomingMessage("web:1", "hello", "web", message_id="m-1"))
    assert any('"message_id": "m-1"' in data for _, data in tracker_rows(given))
