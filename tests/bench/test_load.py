"""The two loads, on a clock that only moves when someone waits or answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import repeat

from bench.load import PATIENCE, Crowd, Person, Question, Unanswered, closed_loop, open_loop


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    async def wait_until(self, moment: float) -> None:
        self.seconds = max(self.seconds, moment)


@dataclass
class Slow:
    """An assistant that takes so many seconds for each message, and fails those that say so."""

    clock: Clock
    seconds: float
    visits: int = 0
    heard: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Person]:
        self.visits += 1
        yield self

    def door(self) -> AbstractAsyncContextManager[Person]:
        return self.visit()

    async def say(self, text: str) -> str:
        self.clock.seconds += self.seconds
        self.heard.append(text)
        if text == "fail":
            raise Unanswered
        return "It is\n18."


def asking(text: str = "how old", answer: str = "is 18.") -> Iterator[Question]:
    return repeat(Question(text, answer))


ALONE = Crowd(people=1, messages=3)


async def test_open_loop_counts_from_when_a_message_was_due() -> None:
    clock = Clock()
    sent = await open_loop(Slow(clock, 1.5).door, asking(), ALONE, rate=1, seconds=4, clock=clock)
    # Due at 0, 1, 2 and 3; answered one after another at 1.5, 3, 4.5 and 6.
    assert [each.milliseconds for each in sent] == [1500, 2000, 2500, 3000]


async def test_open_loop_waits_for_the_next_message_to_be_due() -> None:
    clock = Clock()
    sent = await open_loop(Slow(clock, 0.25).door, asking(), ALONE, rate=1, seconds=3, clock=clock)
    assert [each.due for each in sent] == [100, 101, 102]
    assert [each.milliseconds for each in sent] == [250, 250, 250]


async def test_open_loop_ends_though_nothing_keeps_up() -> None:
    clock = Clock()
    slow = Slow(clock, 20)
    sent = await open_loop(slow.door, asking(), ALONE, rate=1, seconds=10, clock=clock)
    assert len(sent) == 10
    # After the last moment nothing more is sent: it has failed.
    assert [each.answered for each in sent] == [True, True] + [False] * 8
    assert len(slow.heard) == 2
    assert clock.now() <= 100 + 10 + PATIENCE


async def test_open_loop_shares_the_messages_among_the_people() -> None:
    clock = Clock()
    slow = Slow(clock, 0)
    sent = await open_loop(slow.door, asking(), Crowd(4, 2), rate=8, seconds=2, clock=clock)
    assert len(sent) == 16
    assert slow.visits == 8


async def test_closed_loop_sends_the_next_when_the_last_is_answered() -> None:
    clock = Clock()
    slow = Slow(clock, 0.5)
    sent = await closed_loop(slow.door, asking(), ALONE, seconds=2, clock=clock)
    assert [each.due for each in sent] == [100, 100.5, 101, 101.5]
    assert [each.milliseconds for each in sent] == [500] * 4
    # After three messages another person came.
    assert slow.visits == 2


async def test_a_refusal_fails_and_the_load_goes_on() -> None:
    clock = Clock()
    sent = await closed_loop(Slow(clock, 1).door, asking("fail"), ALONE, seconds=2, clock=clock)
    assert [each.answered for each in sent] == [False, False]


async def test_an_answer_is_right_whatever_its_line_breaks() -> None:
    clock = Clock()
    right = await closed_loop(Slow(clock, 1).door, asking(answer="is  18."), ALONE, seconds=1, clock=clock)
    wrong = await closed_loop(Slow(clock, 1).door, asking(answer="is 21."), ALONE, seconds=1, clock=clock)
    assert ([each.right for each in right], [each.right for each in wrong]) == ([True], [False])
