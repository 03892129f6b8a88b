"""Wakes the open event streams of a conversation, and bounds how many there are.

A stream is a place in the log. A bell brings the next few events along, to save the reading; a slow or dead reader
costs no more memory than these.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from channels.web.log import Event

MOST_HELD = 8


class TooManyStreams(Exception):
    """This conversation, its network address, or the whole server has as many open streams as it may."""


class Bell:
    """Wakes one stream, and holds the events that it was rung for."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._events: list[Event] = []

    def ring(self, event: Event | None = None) -> None:
        """Wake the stream; `event` is new in the log."""
        if event is not None and len(self._events) < MOST_HELD:
            self._events.append(event)
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return when it is rung; raises `asyncio.TimeoutError` after `seconds`."""
        await asyncio.wait_for(self._rung.wait(), seconds)

    def take(self, after: int) -> list[Event]:
        """Be silent again. The events held, if they directly follow number `after`; if not, the log must be read."""
        held, self._events = self._events, []
        self._rung.clear()
        if len(held) == MOST_HELD:
            # There may have been more than it holds.
            return []
        numbers = [event.number for event in held]
        return held if numbers == list(range(after + 1, after + 1 + len(held))) else []


class Streams:
    """The bells of all open streams, by conversation."""

    def __init__(self, per_conversation: int = 8, per_address: int = 1000, in_all: int = 5000) -> None:
        self._per_conversation = per_conversation
        self._per_address = per_address
        self._in_all = in_all
        self._bells: dict[str, set[Bell]] = {}
        # How many streams each address has open.
        self._addresses: Counter[str] = Counter()
        self.closed = False

    @contextmanager
    def listen(self, conversation: str, address: str) -> Iterator[Bell]:
        """A bell that sounds at each `ring`; raises `TooManyStreams`."""
        bells = self._bells.get(conversation, set())
        if (
            len(bells) >= self._per_conversation
            or self._addresses[address] >= self._per_address
            or self._addresses.total() >= self._in_all
        ):
            raise TooManyStreams
        bell = Bell()
        self._bells.setdefault(conversation, bells).add(bell)
        self._addresses[address] += 1
        try:
            yield bell
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]
            bells.discard(bell)
            if not bells:
                self._bells.pop(conversation, None)

    def ring(self, conversation: str, event: Event | None = None) -> None:
        """Tell the conversation's streams that the log has grown, by `event`."""
        for bell in self._bells.get(conversation, ()):
            bell.ring(event)

    def close(self) -> None:
        """Let every stream end; browsers come back by themselves, to the next process."""
        self.closed = True
        for conversation in list(self._bells):
            self.ring(conversation)
