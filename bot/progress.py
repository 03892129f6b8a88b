"""Progress of long steps on standard error: `[3/6] building the sentence encoder (about a minute) ... done in 41 s`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Numbers the steps from `first` to `last`; earlier ones were somebody else's."""

    def __init__(self, first: int, last: int, out: TextIO | None = None) -> None:
        self._next, self._last = first, last
        self._out = out or sys.stderr

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Says what is being done, and after it how long it took, or that it failed."""
        self._begin(f"{doing} ... ", end="")
        started = time.monotonic()
        try:
            yield
        except BaseException:
            print("failed", file=self._out, flush=True)
            raise
        print(f"done in {time.monotonic() - started:.0f} s", file=self._out, flush=True)

    def already(self, what: str) -> None:
        """Says that a step has nothing to do, because of `what`."""
        self._begin(what, end="\n")

    def _begin(self, text: str, end: str) -> None:
        print(f"[{self._next}/{self._last}] {text}", end=end, file=self._out, flush=True)
        self._next += 1
