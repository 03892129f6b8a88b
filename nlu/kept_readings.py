"""How known questions are read (nlu/reading.py), kept on disk.

To read a question takes half a millisecond, and what reads takes three seconds to import. There are tens of thousands of
known questions, the same at every change. The file holds no text: hashes, and where in its text each sentence stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nlu.kept import beyond_newest, write_whole
from nlu.reading import Reading, reading_of
from nlu.text import clean

# Of the model in use and of the one before it.
_KEPT = 2


# Reads a text in a conversation that is in a language so far, `None` where it begins one.
Read = Callable[[str, str | None], Reading]


class KeptReadings:
    """Reads each question once; `keep` writes down how, for the next process. One file a way of reading."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, Any] = {}
        # Where nothing is kept yet, or what was kept was cut short, it is made anew.
        with contextlib.suppress(OSError, ValueError):
            self._kept = json.loads(file.read_text("utf-8"))
        self._used: dict[str, Any] = {}

    def read(self, text: str, so_far: str | None) -> Reading:
        """As `reading_of`, which is asked only for what has not been read before."""
        text = clean(text)
        key = hashlib.blake2b(f"{so_far}\0{text}".encode(), digest_size=16).hexdigest()
        kept = self._used.get(key) or self._kept.get(key)
        if kept is None:
            reading = reading_of(text, so_far)
            pieces = [_pieces(part, _source(text)) for part in reading.parts]
            kept = [reading.language, pieces, reading.asks, reading.elsewhere, reading.words]
        self._used[key] = kept
        language, pieces, asks, elsewhere, words = kept
        source = _source(text) if pieces else ""
        parts = tuple("".join(source[start:end] for start, end in each) for each in pieces)
        return Reading(text, language, parts, tuple(asks), elsewhere, words)

    def keep(self) -> None:
        """Keep what has been read since the last time, and nothing else: what was forgotten is wiped."""
        if self._used.keys() != self._kept.keys():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(self._used).encode())
            for old in beyond_newest(self._file.parent.glob(f"*{self._file.suffix}"), _KEPT):
                old.unlink(missing_ok=True)
        self._kept, self._used = self._used, {}


def _source(text: str) -> str:
    """What sentences are made of: a question that lists several things gets a mark for each."""
    return f"{text} ?"


def _pieces(part: str, source: str) -> list[tuple[int, int]]:
    """Where the pieces stand that `part` is put together from."""
    pieces = []
    while part:
        longest = next(end for end in range(len(part), 0, -1) if part[:end] in source)
        start = source.index(part[:longest])
        pieces.append((start, start + longest))
        part = part[longest:]
    return pieces
