"""Processes that answer: a conversation stays with one, a crash costs one turn, and they end with the server."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot import workers
from bot.problems import NotInOrder
from bot.workers import Worker, WorkerEnded, WorkerFailed, Workers
from channels.messages import IncomingMessage

COMMAND = [sys.executable, "-m", "tests.ops.a_worker"]
# Starts one process and goes on for ever.
SERVER = f"""
import asyncio
from bot.workers import Workers

async def serve():
    async with Workers(1, {COMMAND!r}).running():
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


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


async def test_a_signal_to_all_processes_costs_no_turn() -> None:
    async with Workers(1, COMMAND).running() as core:
        process = await process_of(core, "ann")
        under_way = asyncio.create_task(core.handle(said("wait")))
        await core.ping()
        os.kill(process, signal.SIGTERM)
        assert (await under_way).replies[0].text == str(process)


async def test_what_is_under_way_when_the_server_stops_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = tmp_path / "waited"
    monkeypatch.setenv("WAITED", str(waited))
    async with Workers(1, COMMAND).running() as core:
        under_way = asyncio.create_task(core.handle(said("wait")))
        await core.ping()
    assert waited.exists()
    with pytest.raises(WorkerEnded):
        await under_way


async def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "END_SECONDS", 0.1)
    async with Workers(1, COMMAND).running() as core:
        process = await process_of(core, "ann")
        under_way = asyncio.create_task(core.handle(said("block")))
        await asyncio.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(WorkerEnded):
        await under_way


async def test_no_process_outlives_a_server_that_was_killed() -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stderr is not None
    await asyncio.wait_for(server.stdout.readline(), 30)
    server.kill()
    # It ends when nobody is left who could write to it.
    await asyncio.wait_for(server.stderr.read(), 30)
    await server.wait()


async def test_a_slow_start_is_told_and_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "NEWS_SECONDS", 0.05)
    monkeypatch.setenv("SLOW_START", "0.3")
    async with Workers(1, COMMAND).running() as core:
        await process_of(core, "ann")
    assert "still waiting for 1 answering" in caplog.text


async def test_a_process_that_cannot_even_be_made_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pair = socket.socketpair()
    monkeypatch.setattr(socket, "socketpair", lambda: pair)
    await Worker(["/nowhere/to/be/found"], None).keep_running()
    assert [end.fileno() for end in pair] == [-1, -1]
    assert "FileNotFoundError" in caplog.text
    assert "/nowhere" not in caplog.text


async def test_a_process_that_cannot_start_is_told_and_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEVER_READY", "1")
    with pytest.raises(NotInOrder, match="did not start"):
        async with Workers(1, COMMAND).running():
            pass
