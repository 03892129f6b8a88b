"""The turn queue: each sender's messages in order, several senders at once, and a reply whatever fails."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.messages import Core, IncomingMessage, Reply, Turn
from failures import where
from wording import DEFAULT_LANGUAGE, guess_language, say

FAILED = "failed"

logger = logging.getLogger(__name__)


class CoreFailure(Exception):
    """Base of what the queue itself holds against the core."""


class NoReply(CoreFailure):
    """The core returned a turn without a reply."""


class TookTooLong(CoreFailure):
    """The core did not return within the time limit."""


@dataclass(frozen=True)
class Limits:
    """Bounds of the queue: seconds for one turn, turns run at once, turns waiting or running in all,
    and how many finished turns are remembered, for how long, so that a redelivered message is not run twice."""

    seconds: float = 20.0
    at_once: int = 8
    pending: int = 500
    remembered: int = 2000
    remembered_for: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class _Remembered:
    turn: asyncio.Task[Turn]
    since: datetime


class TurnQueue:
    """Stands between every channel and the core."""

    def __init__(
        self, core: Core, clock: Callable[[], datetime], contact_url: str, limits: Limits = Limits()
    ) -> None:
        self._core = core
        self._clock = clock
        self._contact_url = contact_url
        self._limits = limits
        self._free = asyncio.Semaphore(limits.at_once)
        self._pending: set[asyncio.Task[Turn]] = set()
        self._last_of_sender: dict[str, asyncio.Task[Turn]] = {}
        self._remembered: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()
        self._closed = False

    async def submit(self, message: IncomingMessage) -> Turn:
        """The turn that answers `message`; never raises for what the core does.

        The same `(sender, message_id)` again gets the same turn, also while it is still running.
        When the queue is full or closed the turn is an apology, and the message may be sent again.
        """
        key = (message.sender, message.message_id)
        known = self._remembered.get(key) if message.message_id else None
        if known is not None:
            return await asyncio.shield(known.turn)
        if self._closed or len(self._pending) >= self._limits.pending:
            logger.error("turn refused: sender=%s closed=%s", hashed(message.sender), self._closed)
            return self._apology(message, "errors.busy")
        task = self._start(message)
        if message.message_id:
            self._remember(key, task)
        # A channel that gives up waiting must not take the turn with it.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Take no more messages and wait until every one taken has its turn."""
        self._closed = True
        while self._pending:
            await asyncio.wait(self._pending)

    def _start(self, message: IncomingMessage) -> asyncio.Task[Turn]:
        sender = message.sender
        task = asyncio.create_task(self._run(message, self._last_of_sender.get(sender)))
        self._last_of_sender[sender] = task
        self._pending.add(task)

        def finished(task: asyncio.Task[Turn]) -> None:
            self._pending.discard(task)
            if self._last_of_sender.get(sender) is task:
                del self._last_of_sender[sender]

        task.add_done_callback(finished)
        return task

    def _remember(self, key: tuple[str, str], task: asyncio.Task[Turn]) -> None:
        now = self._clock()
        self._remembered[key] = _Remembered(task, now)
        too_many = len(self._remembered) - self._limits.remembered
        forgotten: list[tuple[str, str]] = []
        # The oldest come first.
        for place, (old_key, old) in enumerate(self._remembered.items()):
            if place >= too_many and now - old.since <= self._limits.remembered_for:
                break
            if old.turn.done():
                forgotten.append(old_key)
        for old_key in forgotten:
            del self._remembered[old_key]

    async def _run(self, message: IncomingMessage, before: asyncio.Task[Turn] | None) -> Turn:
        if before is not None:
            await asyncio.wait({before})
        async with self._free:
            try:
                turn = await self._ask(message)
            except Exception as error:  # Edge: a channel's turn always ends in a reply.
                _log_incident(message, error)
                return self._apology(message, "errors.apology")
        return turn

    async def _ask(self, message: IncomingMessage) -> Turn:
        task = asyncio.create_task(self._core.handle(message))
        # Not wait_for: it waits for the cancelled task, for ever when that does not let itself be cancelled.
        done, _ = await asyncio.wait({task}, timeout=self._limits.seconds)
        if not done:
            task.cancel()
            raise TookTooLong(f"no turn within {self._limits.seconds:g} s")
        if task.cancelled():
            raise CoreFailure("the core cancelled the turn")
        turn = task.result()
        if not turn.replies:
            raise NoReply(f"outcome {turn.outcome!r} without a reply")
        return turn

    def _apology(self, message: IncomingMessage, wording: str) -> Turn:
        language = message.language or guess_language(message.text) or DEFAULT_LANGUAGE
        text = say(language, wording, contact=self._contact_url)
        return Turn(outcome=FAILED, replies=(Reply(text=text),), language=language)


def hashed(sender: str) -> str:
    """A sender as it may stand in a log: the same one is the same, but nobody can write to it."""
    return hashlib.sha256(sender.encode()).hexdigest()[:12]


def _log_incident(message: IncomingMessage, error: Exception) -> None:
    # What the queue itself says quotes nobody.
    reason = str(error) if isinstance(error, CoreFailure) else "-"
    logger.error(
        "turn failed: sender=%s channel=%s message=%s reason=%s error=%s",
        hashed(message.sender),
        message.channel,
        hashed(message.message_id),
        reason,
        where(error),
    )
