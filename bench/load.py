"""Sends messages from several people at once: at a fixed rate (open loop), or each as fast as it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Protocol

from bench.figures import Sent

# Whoever waits longer than this has gone.
PATIENCE = 30.0


class Unanswered(Exception):
    """A message got an error, an apology or nothing for a reply."""


class Person(Protocol):
    """Someone in a conversation."""

    async def say(self, text: str) -> str:
        """The reply's text; raises `Unanswered`."""
        ...


# A new person comes in at each call, and leaves at the end of the block.
Door = Callable[[], AbstractAsyncContextManager[Person]]


class Clock(Protocol):
    """Seconds, and waiting for a moment."""

    def now(self) -> float: ...

    async def wait_until(self, moment: float) -> None: ...


class LoopClock:
    """The running event loop's own time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def wait_until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self.now()))


@dataclass(frozen=True)
class Question:
    """A message, and the answer that it should get."""

    text: str
    answer: str


@dataclass(frozen=True)
class Crowd:
    """`people` at once, each of whom leaves after `messages`, when the next one comes."""

    people: int
    messages: int


async def closed_loop(
    door: Door, questions: Iterator[Question], crowd: Crowd, seconds: float, clock: Clock
) -> list[Sent]:
    """Each person sends the next message as soon as the last one is answered, for `seconds`."""
    end = clock.now() + seconds
    sent: list[Sent] = []

    async def one_after_another() -> None:
        while clock.now() < end:
            async with door() as person:
                for _ in range(crowd.messages):
                    if clock.now() >= end:
                        return
                    sent.append(await send(person, next(questions), clock.now(), PATIENCE, clock))

    await asyncio.gather(*(one_after_another() for _ in range(crowd.people)))
    return sent


async def open_loop(
    door: Door, questions: Iterator[Question], crowd: Crowd, rate: float, seconds: float, clock: Clock
) -> list[Sent]:
    """`rate` messages a second are due for `seconds`, whether the last ones are answered or not.

    The people take turns. Nobody sends two messages at once; who is late because the last answer was, waits longer,
    because times count from the moment when a message was due.
    """
    start = clock.now()
    due = [start + n / rate for n in range(max(1, round(rate * seconds)))]
    last = start + seconds + PATIENCE
    sent: list[Sent] = []

    async def take_turns(mine: list[float]) -> None:
        for first in range(0, len(mine), crowd.messages):
            async with door() as person:
                for moment in mine[first : first + crowd.messages]:
                    await clock.wait_until(moment)
                    patience = min(PATIENCE, last - clock.now())
                    sent.append(await send(person, next(questions), moment, patience, clock))

    await asyncio.gather(*(take_turns(due[n :: crowd.people]) for n in range(crowd.people)))
    return sent


async def send(person: Person, question: Question, due: float, patience: float, clock: Clock) -> Sent:
    """One message that was due at `due`, waited for `patience` seconds at most."""
    reply: str | None = None
    if patience > 0:
        with suppress(Unanswered, asyncio.TimeoutError):
            reply = await asyncio.wait_for(person.say(question.text), patience)
    right = reply is not None and " ".join(question.answer.split()) in " ".join(reply.split())
    return Sent(due, clock.now(), reply is not None, right)
