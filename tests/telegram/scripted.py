"""Cores that answer by a script, and an app with nothing in it but Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from channels.messages import Button, IncomingMessage, Reply, Turn
from channels.telegram import add_telegram
from channels.telegram.setup import Pace
from channels.turns import TurnQueue
from settings import Settings
from storage import Database, utc
from tests.telegram.stand_in import TOKEN, StandIn

CONFIRM, CHANGE = Button("Confirm", "/affirm"), Button("Change something", "/deny")


def turn(text: str, *buttons: Button, outcome: str = "answered", language: str = "en") -> Turn:
    return Turn(outcome, (Reply(text, buttons),), language=language)


@dataclass
class Echo:
    """Answers each message with what it was, or as `script` says for its text or payload."""

    script: dict[str, Turn] = field(default_factory=dict)
    heard: list[IncomingMessage] = field(default_factory=list)

    async def handle(self, message: IncomingMessage) -> Turn:
        self.heard.append(message)
        said = message.payload or message.text
        return self.script.get(said) or turn(f"You said: {said}")


@dataclass
class Held(Echo):
    """An echo that answers only when it is let go."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, message: IncomingMessage) -> Turn:
        self.heard.append(message)
        await self.gate.wait()
        return turn(f"You said: {message.text}")


class Booking:
    """Books a seat: session, name, e-mail, summary, code; the state is the sender's."""

    def __init__(self) -> None:
        self.steps: dict[str, list[str]] = {}
        self.booked: list[list[str]] = []

    async def handle(self, message: IncomingMessage) -> Turn:
        given = self.steps.setdefault(message.sender, [])
        given.append(message.payload or message.text)
        if len(given) == 1:
            long = '/choose_session{"info_session": 123456789, "of": "a title that needs more than 64 bytes"}'
            return turn("Which session?", Button("Monday 10:00", long), outcome="booking")
        if len(given) == 2:
            return turn("What is your name?", outcome="booking")
        if len(given) == 3:
            return turn("And your e-mail?", outcome="booking")
        if len(given) == 4:
            return turn(
                f"Monday 10:00, {given[2]}, {given[3]}. All right?", CONFIRM, CHANGE, outcome="booking"
            )
        self.booked.append(self.steps.pop(message.sender))
        return turn("Booked. Your code is K7QM.", outcome="booked")


@dataclass
class Sleeper:
    """Sleeps no time at all, and remembers how long it should have been."""

    slept: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


def settings_for(api: StandIn, token: str = TOKEN, **changes: object) -> Settings:
    return Settings(telegram_token=token, telegram_api_url=api.url, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def telegram(
    api: StandIn,
    database: Database,
    core: Echo | Booking,
    sleep: Sleeper | None = None,
    settings: Settings | None = None,
    clock: Callable[[], datetime] = utc,
) -> AsyncIterator[web.Application]:
    """The channel, running; stopped at the end as a server stops it."""
    app = web.Application()
    queue = TurnQueue(core, utc, "https://example.org/contact")
    pace = Pace(grace=0.2, sleep=sleep or Sleeper())
    add_telegram(app, queue, database, settings or settings_for(api), clock, pace)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        yield app
    finally:
        await runner.cleanup()
