"""Wakes the open event streams of a conversation, and bounds how many there are.

A stream is only a place in the log: nothing is queued for it, so a slow or dead reader costs no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class TooManyStreams(Exception):
    """This conversation, or the whole server, has as many open streams as it may."""


class Streams:
    """The bells of all open streams, by conversation."""

    def __init__(self, per_conversation: int = 8, in_all: int = 5000) -> None:
        self._per_conversation = per_conversation
        self._in_all = in_all
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._count = 0
        self.closed = False

    @contextmanager
    def listen(self, conversation: str) -> Iterator[asyncio.Event]:
        """An event that is set at each `ring`; raises `TooManyStreams`."""
        bells = self._bells.get(conversation, set())
        if len(bells) >= self._per_conversation or self._count >= self._in_all:
            raise TooManyStreams
        bell = asyncio.Event()
        self._bells.setdefault(conversation, bells).add(bell)
        self._count += 1
        try:
            yield bell
        finally:
            self._count -= 1
            bells.discard(bell)
            if not bells:
                self._bells.pop(conversation, None)

    def ring(self, conversation: str) -> None:
        """Tell the conversation's streams that the log has grown."""
        for bell in self._bells.get(conversation, ()):
            bell.set()

    def close(self) -> None:
        """Let every stream end; browsers come back by themselves, to the next process."""
        self.closed = True
        for conversation in list(self._bells):
            self.ring(conversation)
