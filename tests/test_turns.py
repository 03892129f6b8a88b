"""The turn queue: order, idempotency, and a reply whatever the core does."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest

from channels.messages import IncomingMessage, Reply, Turn
from channels.turns import FAILED, Limits, TurnQueue
from tests.web.builders import Clock

CONTACT = "https://recruiters.example/contact"


def message(text: str = "hello", sender: str = "web:a", key: str = "", **more: str) -> IncomingMessage:
    return IncomingMessage(sender=sender, text=text, channel="web", message_id=key, **more)


def turn(text: str) -> Turn:
    return Turn(outcome="answered", replies=(Reply(text=text),))


class GatedCore:
    """Answers a text once its gate is open; notes when each began and ended."""

    def __init__(self) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.began: list[str] = []
        self.ended: list[str] = []

    def gate(self, text: str) -> asyncio.Event:
        return self.gates.setdefault(text, asyncio.Event())

    async def handle(self, message: IncomingMessage) -> Turn:
        self.began.append(message.text)
        await self.gate(message.text).wait()
        self.ended.append(message.text)
        return turn(message.text)


class RaisingCore:
    async def handle(self, message: IncomingMessage) -> Turn:
        raise ValueError(f"cannot read {message.text}")


class SilentCore:
    async def handle(self, message: IncomingMessage) -> Turn:
        return Turn(outcome="answered", replies=())


class HangingCore:
    """Hangs, and does not let itself be cancelled."""

    def __init__(self) -> None:
        self.release = asyncio.Event()

    async def handle(self, message: IncomingMessage) -> Turn:
        while not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                continue
        return turn("too late")


def queue(core: object, limits: Limits | None = None, clock: Clock | None = None) -> TurnQueue:
    return TurnQueue(core, clock or Clock(), CONTACT, limits or Limits())  # type: ignore[arg-type]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_senders_messages_are_answered_one_after_another() -> None:
    core = GatedCore()
    turns = queue(core)
    first, second = (asyncio.create_task(turns.submit(message(text))) for text in ("one", "two"))
    core.gate("two").set()
    await settle()
    assert core.began == ["one"]
    core.gate("one").set()
    assert [(await task).replies[0].text for task in (first, second)] == ["one", "two"]
    assert core.ended == ["one", "two"]


async def test_senders_do_not_wait_for_each_other() -> None:
    core = GatedCore()
    turns = queue(core)
    slow = asyncio.create_task(turns.submit(message("slow", sender="web:a")))
    core.gate("quick").set()
    assert (await turns.submit(message("quick", sender="web:b"))).replies[0].text == "quick"
    core.gate("slow").set()
    await slow


async def test_only_so_many_turns_run_at_once() -> None:
    core = GatedCore()
    turns = queue(core, Limits(at_once=2))
    tasks = [asyncio.create_task(turns.submit(message(f"{n}", sender=f"web:{n}"))) for n in range(5)]
    await settle()
    assert core.began == ["0", "1"]
    for n in range(5):
        core.gate(f"{n}").set()
    await asyncio.gather(*tasks)
    assert sorted(core.ended) == ["0", "1", "2", "3", "4"]


async def test_a_redelivered_message_gets_the_same_turn_while_running_and_after() -> None:
    core = GatedCore()
    turns = queue(core)
    first, again = (asyncio.create_task(turns.submit(message("one", key="k"))) for _ in range(2))
    await settle()
    core.gate("one").set()
    assert await first is await again is await turns.submit(message("one", key="k"))
    assert core.began == ["one"]


async def test_the_same_key_of_another_sender_is_another_message() -> None:
    core = GatedCore()
    turns = queue(core)
    core.gate("one").set()
    await turns.submit(message("one", sender="web:a", key="k"))
    await turns.submit(message("one", sender="web:b", key="k"))
    assert core.began == ["one", "one"]


async def test_what_is_remembered_is_bounded_by_number_and_by_age() -> None:
    core = GatedCore()
    clock = Clock()
    turns = queue(core, Limits(remembered=2, remembered_for=timedelta(hours=1)), clock)
    core.gate("x").set()
    for key in ("a", "b", "c"):
        await turns.submit(message("x", key=key))
    await turns.submit(message("x", key="a"))
    assert len(core.began) == 4
    clock.move(hours=2)
    await turns.submit(message("x", key="d"))
    await turns.submit(message("x", key="a"))
    assert len(core.began) == 6


@pytest.mark.parametrize("core", [RaisingCore(), SilentCore()])
async def test_a_failing_core_becomes_an_apology_with_a_next_step(core: object) -> None:
    answer = await queue(core).submit(message("how old", language="en"))
    assert answer.outcome == FAILED
    assert "Sorry" in answer.replies[0].text
    assert CONTACT in answer.replies[0].text


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("hello", "fr", "fr"),
        ("quel est le salaire", None, "fr"),
        ("what is the pay", None, "en"),
        ("?", None, "en"),
    ],
)
async def test_the_apology_is_in_the_language_of_the_message(
    text: str, language: str | None, expected: str
) -> None:
    answer = await queue(RaisingCore()).submit(IncomingMessage("web:a", text, "web", language=language))
    assert answer.language == expected
    assert ("Désolé" if expected == "fr" else "Sorry") in answer.replies[0].text


async def test_a_hanging_core_is_given_up_and_the_next_message_is_answered() -> None:
    core = HangingCore()
    turns = queue(core, Limits(seconds=0.01))
    assert (await turns.submit(message("one"))).outcome == FAILED
    core.release.set()
    assert (await turns.submit(message("two"))).replies[0].text == "too late"


async def test_an_incident_is_logged_without_the_sender_or_the_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        await queue(RaisingCore()).submit(message("my secret", sender="web:someone"))
    assert "ValueError" in caplog.text
    assert "in handle" in caplog.text
    assert "my secret" not in caplog.text
    assert "someone" not in caplog.text


async def test_a_full_queue_apologises_at_once_and_takes_the_message_later() -> None:
    core = GatedCore()
    turns = queue(core, Limits(pending=1))
    first = asyncio.create_task(turns.submit(message("one", sender="web:a")))
    await settle()
    core.gate("two").set()
    assert (await turns.submit(message("two", sender="web:b", key="k"))).outcome == FAILED
    core.gate("one").set()
    await first
    assert (await turns.submit(message("two", sender="web:b", key="k"))).outcome == "answered"


async def test_a_channel_that_gives_up_waiting_does_not_take_the_turn_with_it() -> None:
    core = GatedCore()
    turns = queue(core)
    waiting = asyncio.create_task(turns.submit(message("one", key="k")))
    await settle()
    waiting.cancel()
    await settle()
    core.gate("one").set()
    assert (await turns.submit(message("one", key="k"))).replies[0].text == "one"
    assert core.began == ["one"]


async def test_closing_waits_for_every_turn_and_takes_no_more() -> None:
    core = GatedCore()
    turns = queue(core)
    tasks = [asyncio.create_task(turns.submit(message(text))) for text in ("one", "two")]
    await settle()
    closing = asyncio.create_task(turns.close())
    await settle()
    assert not closing.done()
    core.gate("one").set()
    core.gate("two").set()
    await closing
    assert all(task.done() for task in tasks)
    assert (await turns.submit(message("three"))).outcome == FAILED
    assert core.began == ["one", "two"]
