"""Nothing is lost and nothing is done twice, whatever Telegram, the network or the process does."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from channels.messages import Button
from channels.telegram.store import BUTTONS_KEPT, TelegramButton, TelegramChat, TelegramStore, TelegramUpdate
from storage import Database, utc
from tests.telegram.scripted import Echo, Held, Sleeper, settings_for, telegram, turn
from tests.telegram.stand_in import TOKEN, Person, Refusal, StandIn


def _rows(database: Database) -> list[tuple[object, object, object]]:
    with database.session() as session:
        return [(row.chat, row.heard, row.outgoing) for row in session.scalars(select(TelegramUpdate))]


async def test_a_redelivered_update_is_answered_once(api: StandIn, database: Database, ann: Person) -> None:
    core = Echo()
    async with telegram(api, database, core):
        number = await ann.writes("once")
        await ann.reads(1)
        await api.redeliver({"update_id": number, "message": ann.message(text="once")})
        await ann.writes("next")
        assert await ann.reads(2) == ["You said: once", "You said: next"]
    assert len(core.heard) == 2


async def test_an_update_redelivered_after_a_restart_is_answered_once(
    api: StandIn, database: Database, ann: Person
) -> None:
    core = Echo()
    async with telegram(api, database, core):
        number = await ann.writes("once")
        await ann.reads(1)
    await api.redeliver({"update_id": number, "message": ann.message(text="once")})
    async with telegram(api, database, core):
        await ann.writes("next")
        assert await ann.reads(2) == ["You said: once", "You said: next"]


async def test_buttons_work_after_a_restart(api: StandIn, database: Database, ann: Person) -> None:
    payload = '/choose_article{"article": "' + "long-" * 20 + '"}'
    async with telegram(api, database, Echo({"hi": turn("Did you mean?", Button("Long", payload))})):
        await ann.writes("hi")
        await ann.reads(1)
    core = Echo()
    async with telegram(api, database, core):
        await ann.presses("Long")
        await ann.reads(2)
    assert core.heard[0].payload == payload


async def test_what_a_stopped_process_had_not_answered_is_answered_by_the_next(
    api: StandIn, database: Database, ann: Person
) -> None:
    held = Held()
    async with telegram(api, database, held):
        await ann.writes("first")
        await ann.writes("second")
        await api.until(lambda: not api.unconfirmed)
    held.gate.set()
    assert api.sent == []
    async with telegram(api, database, Echo()):
        assert await ann.reads(2) == ["You said: first", "You said: second"]


async def test_a_reply_that_could_not_be_sent_is_sent_after_a_restart_without_asking_again(
    api: StandIn, database: Database, ann: Person
) -> None:
    class Forever(Sleeper):
        async def __call__(self, seconds: float) -> None:
            await asyncio.Event().wait()

    core = Echo()
    api.faults["sendMessage"].append("drop")
    async with telegram(api, database, core, sleep=Forever()):
        await ann.writes("hello")
        await api.until(lambda: api.calls["sendMessage"] == 1)
    async with telegram(api, database, core):
        assert await ann.reads(1) == ["You said: hello"]
    assert len(core.heard) == 1


async def test_each_chat_is_answered_in_order_and_a_slow_one_holds_up_no_other(
    api: StandIn, database: Database, ann: Person
) -> None:
    class SlowForAnn(Held):
        async def handle(self, message):  # type: ignore[no-untyped-def]
            return await (super().handle(message) if message.text == "slow" else Echo().handle(message))

    core = SlowForAnn()
    bob = Person(api, 8)
    async with telegram(api, database, core):
        await ann.writes("slow")
        await ann.writes("quick")
        await bob.writes("me too")
        assert await bob.reads(1) == ["You said: me too"]
        assert api.to(ann.number) == []
        core.gate.set()
        assert await ann.reads(2) == ["You said: slow", "You said: quick"]


async def test_flood_control_is_respected_by_every_chat(
    api: StandIn, database: Database, ann: Person
) -> None:
    sleeper = Sleeper()
    api.faults["sendMessage"].append(Refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    async with telegram(api, database, Echo(), sleep=sleeper):
        await ann.writes("hello")
        assert await ann.reads(1) == ["You said: hello"]
        await Person(api, 8).writes("hi")
        await api.messages(8, 1)
    pauses = [round(seconds) for seconds in sleeper.slept]
    assert pauses == [17, 17]


@pytest.mark.parametrize("fault", ["502", "drop", Refusal(500, "Internal Server Error")])
async def test_a_reply_is_sent_again_after_a_network_error(
    api: StandIn, database: Database, ann: Person, fault: str | Refusal
) -> None:
    sleeper = Sleeper()
    api.faults["sendMessage"].extend([fault, fault])
    async with telegram(api, database, Echo(), sleep=sleeper):
        await ann.writes("hello")
        assert await ann.reads(1) == ["You said: hello"]
    assert sleeper.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    "fault",
    [
        "502",
        "drop",
        Refusal(409, "Conflict: terminated by other getUpdates request"),
        Refusal(429, "Too Many Requests: retry after 3", retry_after=3),
        Refusal(401, "Unauthorized"),
        Refusal(400, "Bad Request: something new"),
    ],
)
async def test_no_error_ends_the_polling(
    api: StandIn, database: Database, ann: Person, fault: str | Refusal
) -> None:
    for method in ("getMe", "deleteWebhook", "getUpdates"):
        api.faults[method].append(fault)
    async with telegram(api, database, Echo()):
        await ann.writes("hello")
        assert await ann.reads(1) == ["You said: hello"]


async def test_a_webhook_left_behind_is_removed(api: StandIn, database: Database, ann: Person) -> None:
    api.webhook = True
    async with telegram(api, database, Echo()):
        await ann.writes("hello")
        await ann.reads(1)


async def test_a_person_who_has_blocked_us_stops_nobody(
    api: StandIn, database: Database, ann: Person
) -> None:
    bob = Person(api, 8)
    api.blocked.add(ann.number)
    async with telegram(api, database, Echo()):
        await ann.writes("hello")
        await bob.writes("hello")
        await bob.reads(1)
        await api.until(lambda: api.calls["sendMessage"] == 2)
        api.blocked.clear()
        await ann.writes("again")
        assert await ann.reads(1) == ["You said: again"]


async def test_an_update_of_an_unknown_shape_stops_nothing(
    api: StandIn, database: Database, ann: Person
) -> None:
    async with telegram(api, database, Echo()):
        await api.deliver(message={**ann.message(), "brand_new_thing": {"x": 1}})
        await ann.writes("hello")
        assert await ann.reads(1) == ["You said: hello"]


async def test_who_writes_too_fast_is_told_so_once_and_answered_again_later(
    api: StandIn, database: Database, ann: Person
) -> None:
    later = timedelta()
    settings = settings_for(api, messages_per_minute=2)
    async with telegram(api, database, Echo(), settings=settings, clock=lambda: utc() + later):
        for text in ("one", "two", "three", "four"):
            await ann.writes(text)
        said = await ann.reads(2)
        assert said[0] == "You said: one"
        assert "faster than I can answer" in said[1]
        # Nothing is sent for the rest, so nothing but the table tells that it is done with.
        while len(_rows(database)) < 4 or any(chat for chat, _, _ in _rows(database)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        later = timedelta(minutes=1)
        await ann.writes("patient")
        assert (await ann.reads(3))[2:] == ["You said: patient"]


async def test_a_button_pressed_too_fast_does_not_stay_busy(
    api: StandIn, database: Database, ann: Person
) -> None:
    settings = settings_for(api, messages_per_minute=2)
    core = Echo({"one": turn("Choose.", Button("This", "/affirm"))})
    async with telegram(api, database, core, settings=settings):
        await ann.writes("one")
        await ann.reads(1)
        query = await ann.presses("This")
        await ann.reads(2)
    assert api.acknowledged == [query]
    assert [message.text for message in core.heard] == ["one"]


async def test_a_failing_core_is_apologised_for(api: StandIn, database: Database, ann: Person) -> None:
    class Broken(Echo):
        async def handle(self, message):  # type: ignore[no-untyped-def]
            raise RuntimeError("no")

    async with telegram(api, database, Broken()):
        await ann.writes("hello")
        assert "Sorry" in (await ann.reads(1))[0]


async def test_a_failing_database_is_apologised_for_and_the_chat_goes_on(
    api: StandIn, database: Database, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = TelegramStore.answered
    failures = iter([True])

    def fail_once(self: TelegramStore, *values: object) -> None:
        if next(failures, False):
            raise OSError("disk full")
        answered(self, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(TelegramStore, "answered", fail_once)
    async with telegram(api, database, Echo()):
        await ann.writes("hello")
        await ann.writes("still there?")
        first, second = await ann.reads(2)
    assert "Sorry" in first
    assert second == "You said: still there?"


async def test_a_database_that_is_away_for_a_moment_costs_no_message(
    api: StandIn, database: Database, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = TelegramStore.pending
    failures = iter([True, True])

    def fail_twice(self: TelegramStore, update: int) -> object:
        if next(failures, False):
            raise OperationalError("SELECT", {}, Exception("away"))
        return pending(self, update)

    monkeypatch.setattr(TelegramStore, "pending", fail_twice)
    async with telegram(api, database, Echo()):
        await ann.writes("hello")
        assert await ann.reads(1) == ["You said: hello"]


async def test_stopping_is_quick_while_a_poll_and_an_answer_are_open(
    api: StandIn, database: Database, ann: Person
) -> None:
    async with telegram(api, database, Held()):
        await ann.writes("hello")
        await api.until(lambda: not api.unconfirmed)
        started = time.monotonic()
    assert time.monotonic() - started < 2


async def test_of_an_answered_message_only_its_number_is_kept(
    api: StandIn, database: Database, ann: Person
) -> None:
    async with telegram(api, database, Echo()):
        await ann.writes("my secret question")
        await ann.reads(1)
    assert _rows(database) == [(None, None, None)]


async def test_erasing_leaves_nothing_of_the_chat(api: StandIn, database: Database, ann: Person) -> None:
    core = Echo({"erase": turn("Erased.", Button("More", "/more"), outcome="erased")})
    async with telegram(api, database, core):
        await ann.writes("/start poster-12")
        await ann.writes("hello")
        await ann.reads(2)
        with database.session() as session:
            (chat,) = session.scalars(select(TelegramChat))
            assert (chat.id, chat.start_code, chat.language) == (7, "poster-12", "en")
        await ann.writes("erase")
        await ann.reads(3)
    with database.session() as session:
        assert list(session.scalars(select(TelegramChat))) == []
        assert "7" not in {button.data for button in session.scalars(select(TelegramButton))}
    assert {chat for chat, _, _ in _rows(database)} == {None}


async def test_old_updates_are_forgotten_and_waiting_ones_are_not_kept_for_ever(database: Database) -> None:
    from datetime import timedelta

    from channels.telegram.heard import Heard, Kind

    now = utc()
    TelegramStore(database, lambda: now).take([Heard(1, 7, Kind.TEXT, "en", "hello")])
    TelegramStore(database, lambda: now + timedelta(days=4)).forget()
    assert _rows(database) == []


async def test_a_button_is_forgotten_when_it_has_not_been_shown_for_long(database: Database) -> None:
    from datetime import timedelta

    from channels.telegram.heard import Heard, Kind

    now = utc()
    late = now + BUTTONS_KEPT - timedelta(days=1)
    for update, when, shown in ((1, now, ("a", "b")), (2, late, ("b",))):
        store = TelegramStore(database, lambda when=when: when)
        store.take([Heard(update, 7, Kind.TEXT, "en", "hello")])
        store.answered(update, [], {data: Button("More", f"/{data}") for data in shown})
    TelegramStore(database, lambda: now + BUTTONS_KEPT + timedelta(days=1)).forget()
    store = TelegramStore(database, utc)
    assert (store.button("a"), store.button("b")) == (None, Button("More", "/b"))


async def test_without_a_token_it_is_off_and_says_so(
    api: StandIn, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with telegram(api, database, Echo(), settings=settings_for(api, token="")):
        pass
    assert [record.getMessage() for record in caplog.records if "Telegram" in record.getMessage()] == [
        "Telegram: off, because SIGNPOST_TELEGRAM_TOKEN is not set"
    ]
    assert api.calls == {}


async def test_neither_the_token_nor_what_is_typed_is_logged(
    api: StandIn, database: Database, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api.faults["getMe"].append(Refusal(401, "Unauthorized"))
    api.faults["sendMessage"].extend(["drop", Refusal(400, "Bad Request: chat not found")])
    async with telegram(api, database, Echo()):
        await ann.writes("a secret question")
        await ann.writes("another")
        await ann.reads(1)
    assert caplog.text
    assert TOKEN not in caplog.text
    assert "secret" not in caplog.text
