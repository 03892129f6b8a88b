"""What a log may tell of a failure: where and of what kind. Its message often quotes what a person wrote, or a row."""

from __future__ import annotations

import logging
import traceback
from typing import Any


def where(error: BaseException) -> str:
    """An exception's kind, those of what caused it, and the lines of code that it came through; never its message."""
    kinds, cause = [type(error).__name__], error.__cause__
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{' from '.join(kinds)}\n{lines}".rstrip()


class Discreet(logging.Formatter):
    """The form of every log line; of exceptions that libraries log it tells no more than `where` does."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[1]:
            # asyncio shows the task below its first line, and with it the exception whole.
            first_line = record.getMessage().partition("\n")[0]
            message = f"{first_line}\n{where(record.exc_info[1])}"
            discreet = {"msg": message, "args": (), "exc_info": None, "exc_text": None}
            record = logging.makeLogRecord({**vars(record), **discreet})
        return super().format(record)


def start_logging(level: Any) -> None:
    """Log to standard error from `level` up."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet())
    logging.basicConfig(level=level, handlers=[handler])
