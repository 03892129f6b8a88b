"""Processes that answer: a conversation stays with one, a crash costs one turn, and they end with the server."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime, timezone

import pytest

from bot import workers
from bot.problems import NotInOrder
from bot.workers import WorkerEnded, WorkerFailed, Workers
from channels.messages import IncomingMessage

COMMAND = [sys.executable, "-m", "tests.ops.a_worker"]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAUSE_SECONDS", 0.0)


def said(text: str, sender: str = "ann") -> IncomingMessage:
    return IncomingMessage(sender, text, "test")


async def process_of(core: Workers, sender: str) -> int:
    return int((await core.handle(said("hello", sender))).replies[0].text)


async def test_a_conversation_stays_with_its_process_and_many_share_them() -> None:
    async with Workers(2, COMMAND).running() as core:
        processes = {sender: await process_of(core, sender) for sender in map(str, range(20))}
        assert len(set(processes.values())) == 2
        assert {sender: await process_of(core, sender) for sender in processes} == processes


async def test_a_new_conversation_goes_where_there_is_least_to_do() -> None:
    async with Workers(2, COMMAND).running() as core:
        busy = await process_of(core, "ann")
        under_way = asyncio.create_task(core.handle(said("hang", "ann")))
        await asyncio.sleep(0)
        assert busy not in {await process_of(core, sender) for sender in ("bob", "eve", "joe")}
        under_way.cancel()


async def test_many_turns_are_under_way_at_once() -> None:
    async with Workers(1, COMMAND).running() as core:
        slow = asyncio.create_task(core.handle(said("wait")))
        await asyncio.sleep(0)
        await core.handle(said("hello", "bob"))
        assert not slow.done()
        await slow


async def test_what_fails_is_told_by_name_and_the_process_goes_on() -> None:
    async with Workers(1, COMMAND).running() as core:
        before = await process_of(core, "ann")
        with pytest.raises(WorkerFailed, match=r"^ValueError$"):
            await core.handle(said("fail"))
        assert await process_of(core, "ann") == before


async def test_what_nobody_waits_for_any_longer_is_stopped() -> None:
    async with Workers(1, COMMAND).running() as core:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(core.handle(said("hang")), 0.2)
        assert (await core.understand("hm"))["stopped"] == 1


async def test_a_crash_costs_the_turns_under_way_and_another_process_answers() -> None:
    async with Workers(1, COMMAND).running() as core:
        before = await process_of(core, "ann")
        with pytest.raises(WorkerEnded):
            await core.handle(said("die"))
        assert await asyncio.wait_for(process_of(core, "ann"), 30) != before


async def test_each_process_is_asked_to_forget_and_whether_it_is_well() -> None:
    async with Workers(2, COMMAND).running() as core:
        assert await core.forget_old(datetime(2026, 1, 1, tzinfo=timezone.utc)) == 4
        await core.ping()
        assert (await core.understand("hm"))["text"] == "hm"


async def test_no_process_outlives_the_server() -> None:
    async with Workers(2, COMMAND).running() as core:
        processes = {await process_of(core, str(n)) for n in range(10)}
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


async def test_a_process_that_cannot_start_is_told_and_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEVER_READY", "1")
    with pytest.raises(NotInOrder, match="did not start"):
        async with Workers(1, COMMAND).running():
            pass
