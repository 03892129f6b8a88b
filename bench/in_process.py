"""Turns of the embedded core without a server: questions in both languages, dialogue acts, and bookings."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bench.figures import Load, Sent, load_of
from bench.processes import BenchError
from bench.questions import questions
from bot.problems import NotInOrder
from bot.surroundings import hushed, quiet_libraries
from channels.messages import Core, IncomingMessage, Turn
from knowledge.articles import Article
from settings import PREFIX, from_environment

ALL = "all"
QUESTIONS_EACH = 5
# Conversations that are not measured: one of each kind.
WARM_UP = 6
_ACTS = (
    "hello",
    "thanks a lot",
    "are you a real person",
    "can I talk to a person",
    "bonjour",
    "merci beaucoup",
)
# What is typed, or the button of the last turn whose payload begins so.
_BOOKING = (
    "I want to book a seat in an information session",
    "/choose_session",
    "Mary Ann Tremblay",
    "what is the minimum age to apply",
    "mary.ann@example.org",
    "/affirm",
)


@dataclass(frozen=True)
class Script:
    """One conversation of a kind, by a sender of its own."""

    sender: str
    kind: str
    lines: tuple[str, ...]


def scripts(articles: Sequence[Article]) -> Iterator[Script]:
    """Conversations without end: two of questions in each language, one of acts, one booking, and again."""
    english, french = questions(articles, "en"), questions(articles, "fr")
    for number, kind in enumerate(cycle(("English", "French", "acts", "English", "French", "booking"))):
        sender = f"bench:{number}"
        if kind == "acts":
            yield Script(sender, kind, _ACTS)
        elif kind == "booking":
            yield Script(sender, kind, _BOOKING)
        else:
            asked = english if kind == "English" else french
            yield Script(sender, kind, tuple(each.text for each in islice(asked, QUESTIONS_EACH)))


async def converse(core: Core, conversations: Iterator[Script], turns: int) -> dict[str, Load]:
    """Have at least `turns` turns, one after another; their times by kind, and of all."""
    times: dict[str, list[Sent]] = defaultdict(list)
    for script in conversations:
        turn: Turn | None = None
        for line in script.lines:
            message = _message(script.sender, line, turn)
            start = time.perf_counter()
            turn = await core.handle(message)
            sent = Sent(start, time.perf_counter(), answered=bool(turn.replies))
            times[script.kind].append(sent)
            times[ALL].append(sent)
        if len(times[ALL]) >= turns:
            break
    return {kind: load_of(sent) for kind, sent in times.items()}


def _message(sender: str, line: str, turn: Turn | None) -> IncomingMessage:
    if not line.startswith("/"):
        return IncomingMessage(sender, line, "bench")
    buttons = [button for reply in (turn.replies if turn else ()) for button in reply.buttons]
    button = next((each for each in buttons if each.payload.startswith(line)), None)
    if button is None:
        raise BenchError(f"the conversation has no button {line} where one was expected")
    return IncomingMessage(sender, button.title, "bench", payload=button.payload)


def measure_in_process(folder: Path, turns: int) -> dict[str, Load]:
    """Load the trained model on databases of its own in `folder` and have `turns` turns; raises `BenchError`."""
    quiet_libraries()
    # Rasa's components read their settings from the environment.
    os.environ[PREFIX + "DATABASE_URL"] = f"sqlite:///{folder / 'signpost.db'}"
    os.environ[PREFIX + "TRACKER_DATABASE"] = str(folder / "tracker.db")
    try:
        with contextlib.ExitStack() as stack:
            with hushed():
                # Only now: what it imports takes seconds.
                from bot.loading import loaded_core

                core, services = stack.enter_context(loaded_core(from_environment(), examples=True))
            articles = [each.article for each in services.store.all()]
            return asyncio.run(_warm_and_measure(core, articles, turns))
    except NotInOrder as error:
        raise BenchError(str(error)) from error


async def _warm_and_measure(core: Core, articles: Sequence[Article], turns: int) -> dict[str, Load]:
    every = scripts(articles)
    await converse(core, islice(every, WARM_UP), turns)
    return await converse(core, every, turns)
