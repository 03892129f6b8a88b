"""POST up, numbered events down: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.app import create_app
from bot.health import Check
from channels.messages import Reply, Turn
from channels.turns import TurnQueue
from channels.web import add_web_chat
from channels.web.conversation import Conversation
from channels.web.log import Event, EventLog
from channels.web.streams import Bell, Streams, TooManyStreams
from channels.web.view import turn_body
from pages import add_pages
from storage import Database
from tests.web.builders import (
    BUTTON,
    Clock,
    FakeCore,
    app_for,
    full_turn,
    next_events,
    post,
    said_and_answered,
    settings_for,
    stored_bytes,
    until_line,
)

Client = TestClient[Any, Any]


async def test_a_message_is_accepted_and_its_answer_comes_as_an_event(client: Client, core: FakeCore) -> None:
    core.gate = asyncio.Event()
    response = await post(client, "how old must I be", key="k1", language="en")
    assert response.status == 202
    assert await response.json() == {"message_id": "k1", "number": 1, "answer": None}
    core.gate.set()
    said, turn = await said_and_answered(client)
    assert (said["kind"], said["text"], said["message_id"]) == ("said", "how old must I be", "k1")
    assert (turn["kind"], turn["number"], turn["message_id"]) == ("turn", 2, "k1")
    assert turn["replies"][0]["text"] == "You said: how old must I be"
    assert core.received[0].channel == "web"
    assert core.received[0].language == "en"


async def test_a_message_sent_again_is_answered_once(client: Client, core: FakeCore) -> None:
    core.gate = asyncio.Event()
    await post(client, "hello", key="k1")
    assert (await post(client, "hello", key="k1")).status == 202
    core.gate.set()
    await said_and_answered(client)
    again = await post(client, "hello", key="k1")
    assert again.status == 200
    assert (await again.json())["answer"] == 2
    await post(client, "next", key="k2")
    assert [event["number"] for event in await said_and_answered(client, count=4)] == [1, 2, 3, 4]
    assert [message.text for message in core.received] == ["hello", "next"]


async def test_two_deliveries_at_the_same_moment_are_one_message(client: Client, core: FakeCore) -> None:
    await client.get("/")
    await asyncio.gather(*(post(client, "hello", key="k1") for _ in range(6)))
    await said_and_answered(client)
    await post(client, "next", key="k2")
    assert len(await said_and_answered(client, count=4)) == 4
    assert [message.text for message in core.received] == ["hello", "next"]


async def test_a_stream_resumes_after_the_last_event_seen(client: Client) -> None:
    for n in range(3):
        await post(client, f"message {n}")
        await said_and_answered(client, after=2 * n)
    async with client.get("/api/events", headers={"Last-Event-ID": "3"}) as response:
        assert [event["number"] for event in await next_events(response, 3)] == [4, 5, 6]
    # The header is the browser's own and newer than the address it first opened.
    async with client.get("/api/events?after=1", headers={"Last-Event-ID": "5"}) as response:
        assert [event["number"] for event in await next_events(response, 1)] == [6]


async def test_a_log_longer_than_one_reading_comes_whole_and_in_order(
    client: Client, core: FakeCore, clock: Clock
) -> None:
    for n in range(105):
        clock.move(minutes=1)
        await post(client, f"message {n}")
    async with client.get("/api/events") as response:
        events = await next_events(response, 210)
    assert [event["number"] for event in events] == list(range(1, 211))


async def test_every_open_tab_gets_every_event(client: Client) -> None:
    await client.get("/")
    async with client.get("/api/events") as one, client.get("/api/events") as two:
        await until_line(one, "event: ready")
        await until_line(two, "event: ready")
        await post(client, "hello")
        assert await next_events(one, 2) == await next_events(two, 2)


async def test_a_restarted_server_goes_on_where_the_last_one_stopped(
    aiohttp_client: Any, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path)
    first: Client = await aiohttp_client(app_for(settings, FakeCore()))
    await post(first, "before", key="k1")
    before = await said_and_answered(first)
    cookies = {
        "conversation": first.session.cookie_jar.filter_cookies(first.make_url("/"))["conversation"].value
    }
    await first.close()

    core = FakeCore()
    second: Client = await aiohttp_client(app_for(settings, core), cookies=cookies)
    assert await said_and_answered(second) == before
    assert (await post(second, "before", key="k1")).status == 200
    await post(second, "after", key="k2")
    assert [event["number"] for event in await said_and_answered(second, after=2)] == [3, 4]
    assert [message.text for message in core.received] == ["after"]


async def test_a_message_whose_answer_died_with_the_server_is_answered_when_sent_again(
    aiohttp_client: Any, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path)
    core = FakeCore(gate=asyncio.Event())
    first: Client = await aiohttp_client(app_for(settings, core))
    await post(first, "hello", key="k1")
    cookies = {
        "conversation": first.session.cookie_jar.filter_cookies(first.make_url("/"))["conversation"].value
    }

    second: Client = await aiohttp_client(app_for(settings, FakeCore()), cookies=cookies)
    await post(second, "hello", key="k1")
    said, turn = await said_and_answered(second)
    assert (said["number"], turn["number"]) == (1, 2)
    assert core.gate is not None
    core.gate.set()
    # The first server, late, finds the answer there.
    await first.close()
    await post(second, "next", key="k2")
    assert len(await said_and_answered(second, count=4)) == 4


async def test_stopping_ends_streams_and_keeps_answers_in_the_making(
    aiohttp_client: Any, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path)
    core = FakeCore(gate=asyncio.Event())
    first: Client = await aiohttp_client(app_for(settings, core))
    await post(first, "hello", key="k1")
    cookies = {
        "conversation": first.session.cookie_jar.filter_cookies(first.make_url("/"))["conversation"].value
    }
    stream = await first.get("/api/events", params={"after": "1"})
    await until_line(stream, "event: ready")
    closing = asyncio.create_task(first.server.close())
    assert core.gate is not None
    core.gate.set()
    await asyncio.wait_for(closing, 5)
    second: Client = await aiohttp_client(app_for(settings, FakeCore()), cookies=cookies)
    assert len(await said_and_answered(second)) == 2


async def test_heartbeats_keep_an_idle_stream_open(
    aiohttp_client: Any, database: Database, clock: Clock, tmp_path: Path
) -> None:
    app = web.Application()
    settings = settings_for(tmp_path)
    add_pages(app, settings)
    add_web_chat(app, TurnQueue(FakeCore(), clock, ""), database, settings, clock, heartbeat=0.01)
    client: Client = await aiohttp_client(app)
    async with client.get("/api/events") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store"
        lines = await until_line(response, ": heartbeat")
    assert lines[0].startswith("retry: ")


async def test_conversations_are_apart(aiohttp_client: Any, tmp_path: Path) -> None:
    app = app_for(settings_for(tmp_path), FakeCore())
    one: Client = await aiohttp_client(app)
    await post(one, "mine")
    await said_and_answered(one)
    one.session.cookie_jar.clear()
    await post(one, "another's")
    said, _ = await said_and_answered(one)
    assert (said["number"], said["text"]) == (1, "another's")


async def test_the_cookie_is_unguessable_out_of_scripts_reach_and_not_in_the_database(
    client: Client, tmp_path: Path
) -> None:
    response = await post(client, "hello")
    cookie = response.cookies["conversation"]
    assert len(cookie.value) == 43
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    await said_and_answered(client)
    stored = stored_bytes(tmp_path)
    assert b"hello" in stored
    assert cookie.value.encode() not in stored


async def test_over_https_cookies_are_secure(aiohttp_client: Any, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, public_url="https://ask.example")
    client: Client = await aiohttp_client(app_for(settings, FakeCore()))
    response = await client.get("/fr")
    assert all(cookie["secure"] for cookie in response.cookies.values())
    assert set(response.cookies) == {"conversation", "language"}
    assert "max-age" in response.headers["Strict-Transport-Security"]


async def test_what_a_prospect_typed_is_stored_masked(client: Client, core: FakeCore, tmp_path: Path) -> None:
    core.reply = lambda message: Turn(outcome="answered", replies=(Reply(text="Thank you."),))
    await post(client, "I am reachable at jo.public@example.org or 705-555-0142", language="en")
    said, _ = await said_and_answered(client)
    assert "jo.public" not in said["text"]
    assert "555-0142" not in said["text"]
    assert "jo.public@example.org" in core.received[0].text
    stored = stored_bytes(tmp_path)
    assert b"jo.public" not in stored


async def test_a_button_carries_its_payload_and_where_it_was_pressed(client: Client, core: FakeCore) -> None:
    core.reply = lambda message: full_turn()
    await post(client, "how old")
    _, turn = await said_and_answered(client)
    await post(client, BUTTON.title, payload=BUTTON.payload, reply_to=turn["number"])
    said, _ = await said_and_answered(client, after=2)
    assert (said["payload"], said["reply_to"]) == (BUTTON.payload, 2)
    assert core.received[1].payload == BUTTON.payload


async def test_an_event_carries_its_labels_in_the_language_of_the_turn(
    client: Client, core: FakeCore
) -> None:
    core.reply = lambda message: full_turn("Premier.\n\n- un\n- deux", language="fr")
    await post(client, "age")
    _, turn = await said_and_answered(client)
    reply = turn["replies"][0]
    assert reply["checked"] == "Dernière vérification\u00a0: 21 novembre 2026"
    assert reply["unknown"]["heading"] == "Ce que nous ne savons pas"
    assert reply["overdue"].startswith("La date de révision")
    assert [block["kind"] for block in reply["blocks"]] == ["paragraph", "list"]
    assert reply["sources"]["content"][0] == {
        "label": "Careers page (2024)",
        "url": "https://www.opp.ca/careers",
    }


async def test_erasing_leaves_only_the_farewell(client: Client, core: FakeCore, tmp_path: Path) -> None:
    await post(client, "something to forget")
    await said_and_answered(client)
    core.reply = lambda message: Turn(outcome="erased", replies=(Reply(text="All erased."),))
    await post(client, "yes, erase")
    (turn,) = await said_and_answered(client, after=3, count=1)
    assert turn["erased"]
    core.reply = lambda message: Turn(outcome="answered", replies=(Reply(text="Hello."),))
    await post(client, "hello")
    assert [event["number"] for event in await said_and_answered(client, count=3)] == [4, 5, 6]


async def test_old_messages_are_forgotten_and_numbers_go_on(
    client: Client, clock: Clock, database: Database
) -> None:
    await post(client, "old")
    await said_and_answered(client)
    clock.move(hours=25)
    EventLog(database, clock).forget(timedelta(hours=24))
    await post(client, "new")
    assert [event["number"] for event in await said_and_answered(client)] == [3, 4]


async def test_a_reader_ahead_of_the_log_starts_over(client: Client) -> None:
    await post(client, "hello")
    assert [event["number"] for event in await said_and_answered(client, after=999)] == [1, 2]


async def test_a_failing_core_still_answers(client: Client, core: FakeCore) -> None:
    def fail(message: object) -> Turn:
        raise RuntimeError("broken")

    core.reply = fail
    await post(client, "hello")
    _, turn = await said_and_answered(client)
    assert turn["outcome"] == "failed"
    assert "https://www.opp.ca/careers" in turn["replies"][0]["text"]


async def test_streams_are_bounded_and_leave_nothing_behind() -> None:
    streams = Streams(per_conversation=1, per_address=2, in_all=3)
    with streams.listen("a", "here"), streams.listen("b", "here"):
        with pytest.raises(TooManyStreams), streams.listen("a", "there"):
            pass
        # One address that takes all it can get leaves room for the others.
        with pytest.raises(TooManyStreams), streams.listen("c", "here"):
            pass
        with streams.listen("c", "there"), pytest.raises(TooManyStreams), streams.listen("d", "there"):
            pass
    with streams.listen("a", "here") as bell:
        streams.ring("a")
        await bell.wait(1.0)
    assert streams._bells == {}
    assert not streams._addresses


@pytest.mark.parametrize(
    ("rung", "brought"),
    [
        ([4], [4]),
        ([4, 5], [4, 5]),
        ([], []),
        ([5], []),
        ([5, 4], []),
        ([3, 4], []),
        (range(4, 11), range(4, 11)),
        # More than it holds: those left out would be heard of at the next heartbeat only.
        (range(4, 40), []),
    ],
)
def test_a_bell_brings_only_what_directly_follows(rung: Iterable[int], brought: Iterable[int]) -> None:
    bell = Bell()
    for number in rung:
        bell.ring(Event(number, "turn", "a", {}))
    assert [event.number for event in bell.take(after=3)] == list(brought)
    assert bell.take(after=3) == []


async def test_what_another_process_wrote_in_between_is_not_left_out(
    client: Client, core: FakeCore, tmp_path: Path
) -> None:
    await post(client, "hello")
    await said_and_answered(client)
    token = next(cookie.value for cookie in client.session.cookie_jar)
    database = Database(settings_for(tmp_path).database_url)
    stream = await client.get("/api/events")
    await until_line(stream, "event: ready")
    EventLog(database, Clock()).append(Conversation(token).id, "turn", "another", turn_body(full_turn()))
    await post(client, "again")
    numbers = [event["number"] for event in await next_events(stream, 3)]
    assert numbers == [3, 4, 5]
    database.close()


async def test_ready_asks_the_database_and_the_core(aiohttp_client: Any, tmp_path: Path) -> None:
    async def well() -> None:
        return None

    async def ill() -> None:
        raise RuntimeError("no model")

    for check, status in ((well, 200), (ill, 503)):
        checks: dict[str, Check] = {"core": check}
        client: Client = await aiohttp_client(app_for(settings_for(tmp_path), FakeCore(), checks=checks))
        response = await client.get("/readyz")
        assert response.status == status
        assert (await response.json())["database"] == "ok"
        assert (await client.get("/healthz")).status == 200


async def test_ready_says_when_the_database_is_gone(aiohttp_client: Any, tmp_path: Path) -> None:
    a_folder = Database(f"sqlite:///{tmp_path}")
    client: Client = await aiohttp_client(create_app(settings_for(tmp_path), FakeCore(), a_folder, Clock()))
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["database"] == "failed"
    assert (await client.get("/healthz")).status == 200
