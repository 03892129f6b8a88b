"""The core in processes of its own, so that all of the machine's cores answer and a crash costs no more than a turn.

The server starts each with `python -m bot.workers FD`, talks to it over a socket pair, and starts another when one ends.
A conversation is always answered by the same process: Rasa's tracker of it stays there, in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import logging
import pickle
import signal
import socket
import struct
import sys
from asyncio.subprocess import Process
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import uvloop

from bot.problems import NotInOrder, Problem
from bot.surroundings import hushed, quiet_libraries
from channels.messages import IncomingMessage, Turn
from failures import start_logging, where
from settings import ROOT, Settings, environment_of, from_environment

# Before a process that ended is started again: it may end at once again, and is not to keep the machine busy.
PAUSE_SECONDS = 1.0
# A start that takes longer is told of each time: a busy machine may need minutes.
NEWS_SECONDS = 60.0
# For what is under way in a process once the server has hung up, or is gone.
END_SECONDS = 10.0
_LENGTH = struct.Struct("!I")
# Conversations whose process is known. A process keeps far fewer in memory (bot/core.py): one that is forgotten here is
# read anew from the database by whichever gets it.
_MOST_CHOSEN = 100_000
READY, CANCEL = "ready", "cancel"

logger = logging.getLogger(__name__)


class WorkerEnded(Exception):
    """The process that was answering ended before it had."""


class WorkerFailed(Exception):
    """The process that was asked raised; the message is the error's kind."""


class Workers:
    """Implements `channels.messages.Core` with `count` processes, each of which runs `command` and a descriptor."""

    def __init__(
        self, count: int, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self._workers = [Worker(command, environment) for _ in range(count)]
        self._chosen: OrderedDict[str, Worker] = OrderedDict()

    async def handle(self, message: IncomingMessage) -> Turn:
        """One turn; raises `WorkerFailed` or `WorkerEnded` when it ended without one."""
        turn: Turn = await self._of(message.sender).call("handle", message)
        return turn

    async def understand(self, text: str) -> Mapping[str, Any]:
        """Rasa's parse of a typed text; nothing is answered or kept."""
        parse: Mapping[str, Any] = await self._workers[0].call("understand", text)
        return parse

    async def forget_old(self, now: datetime) -> int:
        """Delete raw messages older than the settings keep them; returns how many events there were."""
        return sum(await self._all("forget_old", now))

    async def ping(self) -> None:
        """Raise when a process or its tracker's database does not answer."""
        await self._all("ping")

    async def _ready(self) -> None:
        for worker in self._workers:
            await worker.ready.wait()

    async def _all(self, method: str, *arguments: Any) -> list[Any]:
        return await asyncio.gather(*(worker.call(method, *arguments) for worker in self._workers))

    def _of(self, sender: str) -> Worker:
        """The conversation's process: for a new one the one with the least to do, from then on the same."""
        worker = self._chosen.get(sender)
        if worker is None:
            worker = self._chosen[sender] = min(self._workers, key=lambda each: each.load)
            worker.conversations += 1
        self._chosen.move_to_end(sender)
        if len(self._chosen) > _MOST_CHOSEN:
            self._chosen.popitem(last=False)
        return worker

    async def _started(self, any_of: Sequence[asyncio.Task[None]]) -> None:
        while not (await asyncio.wait(any_of, timeout=NEWS_SECONDS, return_when=asyncio.FIRST_COMPLETED))[0]:
            starting = sum(not worker.ready.is_set() for worker in self._workers)
            logger.warning("still waiting for %d answering processes to start", starting)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Workers]:
        """Started and ready, until the end of the block; raises `NotInOrder` when one ends as it starts."""
        tasks = [asyncio.create_task(worker.keep_running()) for worker in self._workers]
        ready = asyncio.create_task(self._ready())
        try:
            await self._started([ready, *tasks])
            if not ready.done():
                mend = "Its own words stand above; `python -m bot check` tells what is not in order."
                raise NotInOrder(Problem("an answering process did not start", "bot/workers.py", mend))
            yield self
        finally:
            for task in (ready, *tasks):
                task.cancel()
            await asyncio.gather(ready, *tasks, return_exceptions=True)


class Worker:
    """One process, as the server sees it; `ready` is set while it answers."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None) -> None:
        self._command, self._environment = command, environment
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self.ready = asyncio.Event()
        self._was_ready = False
        # That it was given, ever.
        self.conversations = 0

    @property
    def load(self) -> tuple[int, int]:
        """How much it has to do: the calls that wait for it, then the conversations that it has."""
        return len(self._waiting), self.conversations

    async def call(self, method: str, *arguments: Any) -> Any:
        """What the core's method returns; waits for a process that is starting."""
        await self.ready.wait()
        assert self._writer is not None
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.write(_packed((number, method, arguments)))
            return await answer
        except asyncio.CancelledError:
            # Nobody waits for it any longer; the conversation's next message must not meet it half done.
            if self.ready.is_set():
                self._writer.write(_packed((number, CANCEL, ())))
            raise
        finally:
            del self._waiting[number]

    async def keep_running(self) -> None:
        """Start the process, and again whenever it ends; ends itself only when the first one never gets ready."""
        while True:
            try:
                await self._run()
            # Edge: without this task nobody of its conversations would be answered again.
            except Exception as error:
                logger.error("an answering process could not be run: %s", where(error))
            if not self._was_ready:
                return
            logger.error("an answering process ended; starting another")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _run(self) -> None:
        """Run one process to its end."""
        process, reader, self._writer = await self._start()
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    self._hear(*await _read(reader))
        finally:
            started = self.ready.is_set()
            self.ready.clear()
            self._writer.close()
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(WorkerEnded("an answering process ended"))
            # It ends by itself, when what is under way in it has; while it starts, nothing is.
            await _end(process, END_SECONDS if started else 0.0)

    async def _start(self) -> tuple[Process, asyncio.StreamReader, asyncio.StreamWriter]:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    str(theirs.fileno()),
                    cwd=ROOT,
                    env=self._environment,
                    stdout=sys.stderr,
                    pass_fds=[theirs.fileno()],
                )
            return process, *await asyncio.open_connection(sock=ours)
        except BaseException:
            ours.close()
            raise

    def _hear(self, number: int, failed: bool, value: Any) -> None:
        if value == READY and number < 0:
            self._was_ready = True
            self.ready.set()
            return
        answer = self._waiting.get(number)
        if answer is None or answer.done():
            return
        if failed:
            answer.set_exception(WorkerFailed(value))
        else:
            answer.set_result(value)


async def _end(process: Process, patience: float) -> None:
    """Wait so many seconds for a process to end, then end it."""
    try:
        await asyncio.wait_for(process.wait(), patience)
    except asyncio.TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def answer_calls(core: Any, line: socket.socket) -> None:
    """Answer the server's calls of the core's methods, many at a time, until it hangs up or is gone."""
    # Whoever stops a service may signal all of its processes: the server alone stops, once turns have ended.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    reader, writer = await asyncio.open_connection(sock=line)
    writer.write(_packed((-1, False, READY)))
    running: dict[int, asyncio.Task[None]] = {}

    async def answer(number: int, method: str, arguments: Sequence[Any]) -> None:
        try:
            called = getattr(core, method)
            if asyncio.iscoroutinefunction(called):
                value = await called(*arguments)
            else:
                value = await asyncio.to_thread(called, *arguments)
            reply = _packed((number, False, value))
        except Exception as error:  # Edge: whatever it is, the server's turn queue apologises.
            logger.error("%s failed: %s", method, where(error))
            reply = _packed((number, True, type(error).__name__))
        writer.write(reply)

    def ended(number: int, task: asyncio.Task[None]) -> None:
        del running[number]

    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            number, method, arguments = await _read(reader)
            if method == CANCEL:
                if number in running:
                    running[number].cancel()
                continue
            task = running[number] = asyncio.create_task(answer(number, method, arguments))
            task.add_done_callback(partial(ended, number))
    if running:
        await asyncio.wait(set(running.values()), timeout=END_SECONDS)


def _packed(value: Any) -> bytes:
    content = pickle.dumps(value)
    return _LENGTH.pack(len(content)) + content


async def _read(reader: asyncio.StreamReader) -> Any:
    # Both ends are this program, on one machine: pickled values of its own.
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return pickle.loads(await reader.readexactly(length))


def core_workers(settings: Settings) -> Workers:
    """As many as the settings say."""
    command = [sys.executable, "-m", "bot.workers"]
    return Workers(settings.workers, command, environment_of(settings))


def main(arguments: Sequence[str]) -> int:
    """One of the processes; `arguments` is the descriptor of its end of the socket pair."""
    # Ctrl-C is for the server, which lets turns end; this process ends when its socket does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet_libraries()
    settings = from_environment()
    with socket.socket(fileno=int(arguments[0])) as line, contextlib.ExitStack() as stack:
        try:
            with hushed():
                # Only now: what it imports takes seconds.
                from bot.loading import loaded_core

                core, _ = stack.enter_context(loaded_core(settings, fill=False))
        except NotInOrder as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        start_logging(settings.log_level)
        uvloop.install()
        # What is loaded stays: the garbage collector need not go through it again and again.
        gc.collect()
        gc.freeze()
        asyncio.run(answer_calls(core, line))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
