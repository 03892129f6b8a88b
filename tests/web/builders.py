"""What tests of the web channel are built from: a core that says what it is told, an app, a reader of streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from bot.app import create_app
from channels.messages import Button, IncomingMessage, Reply, Source, Turn
from settings import Settings
from storage import Database
from storage.migrate import migrate

BUTTON = Button("Is there a maximum age?", '/choose_article{"article": "maximum-age"}')


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)


def full_turn(text: str = "You must be at least 18.", **changes: Any) -> Turn:
    """A turn with everything that a page can show."""
    reply = Reply(
        text=text,
        buttons=(BUTTON, Button("How do I apply?", '/choose_article{"article": "how-to-apply"}')),
        unknown="Whether you may apply before your birthday. Ask at opp.ca/careers.",
        sources=(
            Source("Careers page", "https://www.opp.ca/careers", "2024"),
            Source("How booking works", "/privacy", ""),
        ),
        checked=date(2026, 11, 21),
        overdue=True,
    )
    return Turn(outcome="answered", replies=(reply,), **changes)


@dataclass
class FakeCore:
    """Echoes what it is sent, or calls `reply`; `received` is all it was sent."""

    reply: Callable[[IncomingMessage], Turn] = lambda message: Turn(
        outcome="answered",
        replies=(Reply(text=f"You said: {message.text}"),),
        language=message.language or "en",
    )
    received: list[IncomingMessage] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def handle(self, message: IncomingMessage) -> Turn:
        self.received.append(message)
        if self.gate is not None:
            await self.gate.wait()
        return self.reply(message)


def settings_for(folder: Path, **changes: Any) -> Settings:
    return Settings(database_url=f"sqlite:///{folder / 'signpost.db'}", **changes)


def app_for(
    settings: Settings, core: FakeCore, clock: Callable[[], datetime] | None = None, **more: Any
) -> web.Application:
    """The app on its database; the database closes with the app."""
    database = Database(settings.database_url)
    migrate(database)
    app = create_app(settings, core, database, clock or Clock(), **more)

    async def close(app: web.Application) -> None:
        database.close()

    app.on_cleanup.append(close)
    return app


async def post(client: TestClient[Any, Any], text: str, key: str = "", **body: Any) -> ClientResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post("/api/messages", json={"text": text, **body}, headers=headers)


async def next_events(response: ClientResponse, count: int) -> list[dict[str, Any]]:
    """The next `count` numbered events of a stream; each one's `id:` is checked against its number."""
    events: list[dict[str, Any]] = []
    number = ""
    while len(events) < count:
        line = (await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n")
        if line.startswith("id: "):
            number = line.removeprefix("id: ")
        elif line.startswith("data: ") and number:
            events.append(json.loads(line.removeprefix("data: ")))
            assert events[-1]["number"] == int(number)
            number = ""
    return events


async def until_line(response: ClientResponse, wanted: str) -> list[str]:
    """The lines of a stream up to `wanted`."""
    lines: list[str] = []
    while wanted not in lines:
        lines.append((await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n"))
    return lines


async def said_and_answered(
    client: TestClient[Any, Any], after: int = 0, count: int = 2
) -> list[dict[str, Any]]:
    """The next events of the conversation, from a stream opened for them."""
    async with client.get("/api/events", params={"after": str(after)}) as response:
        return await next_events(response, count)


def stored_bytes(folder: Path) -> bytes:
    """All that the database in `folder` has written, its log included."""
    return b"".join(path.read_bytes() for path in folder.glob("signpost.db*"))
