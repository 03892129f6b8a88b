"""Signpost as `bench.turns` measures it: trained, served, and spoken to through its web chat as the page does."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bench.load import Person, Unanswered
from bench.processes import BenchError, Process, free_port, running
from channels.turns import FAILED
from channels.web.conversation import COOKIE
from knowledge.articles import Article
from nlu.encoder_build import is_built
from settings import PREFIX, ROOT, Settings

TRAIN_SECONDS = 300.0
START_SECONDS = 90.0
_UNLIMITED = "1000000"


class Signpost:
    """A Signpost of its own in `folder`, with some of the articles."""

    name = "Signpost"

    def __init__(self, folder: Path, articles: Sequence[Article], settings: Settings) -> None:
        self._folder, self._port = folder, free_port()
        encoder = settings.models_dir / "encoder"
        if not is_built(encoder):
            raise BenchError(f"no sentence encoder in {encoder}: run `python -m bot train` first")
        models = folder / "models"
        models.mkdir(parents=True)
        (models / "encoder").symlink_to(encoder.resolve())
        _copy_articles(settings.articles_dir, folder / "articles", articles)
        own = {
            "HOST": "127.0.0.1",
            "PORT": str(self._port),
            "DATABASE_URL": f"sqlite:///{folder / 'signpost.db'}",
            "TRACKER_DATABASE": str(folder / "tracker.db"),
            "MODELS_DIR": str(models),
            "ARTICLES_DIR": str(folder / "articles"),
            "TELEGRAM_TOKEN": "",
            "PUBLIC_URL": "",
            "LOG_LEVEL": "WARNING",
            # All its visitors share one address here.
            "MESSAGES_PER_MINUTE": _UNLIMITED,
            "MESSAGES_PER_MINUTE_ADDRESS": _UNLIMITED,
        }
        self._environment = {PREFIX + key: value for key, value in own.items()}

    def train(self) -> None:
        """`python -m bot train`; raises `BenchError`."""
        with self._bot("train") as process:
            process.finish(TRAIN_SECONDS)

    @contextmanager
    def serving(self) -> Iterator[list[Process]]:
        """`python -m bot serve`, from its start until the end of the block; raises `BenchError`."""
        with self._bot("serve") as process:
            process.wait_for(f"{self._url}/readyz", START_SECONDS)
            yield [process]

    def visit(self, http: aiohttp.ClientSession) -> AbstractAsyncContextManager[Person]:
        """A person who opens the page."""
        return visiting(http, self._url)

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _bot(self, command: str) -> AbstractContextManager[Process]:
        return running(
            f"python -m bot {command}",
            [sys.executable, "-m", "bot", command],
            ROOT,
            self._environment,
            self._folder / f"{command}.log",
        )


@asynccontextmanager
async def visiting(http: aiohttp.ClientSession, url: str) -> AsyncIterator[Person]:
    """A new conversation with the Signpost at `url`, and its open stream of events, until the block ends."""
    visitor = _Visitor(http, url)
    reading = asyncio.create_task(visitor.read())
    try:
        await visitor.ready()
        yield visitor
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError, aiohttp.ClientError):
            await reading


class _Visitor:
    """A person with the page open: messages go up by POST, and their turns come down the stream."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url
        self._headers = {"Cookie": f"{COOKIE}={secrets.token_urlsafe(32)}"}
        self._ready = asyncio.Event()
        self._ended = False
        self._waiting: dict[str, asyncio.Future[str]] = {}

    async def read(self) -> None:
        """Read the stream until it ends or is cancelled; then nobody waits any longer."""
        try:
            async with self._http.get(f"{self._url}/api/events", headers=self._headers) as stream:
                async for line in stream.content:
                    if line.startswith(b"event: ready"):
                        self._ready.set()
                    elif line.startswith(b"data: "):
                        self._receive(json.loads(line[len(b"data: ") :]))
        finally:
            self._ended = True
            self._ready.set()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(Unanswered("the stream ended"))

    async def ready(self) -> None:
        """Return when the stream is open, or cannot be."""
        await self._ready.wait()

    async def say(self, text: str) -> str:
        if self._ended:
            raise Unanswered("the stream ended")
        key = secrets.token_urlsafe(12)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        body = {"text": text, "payload": None, "reply_to": None, "language": None}
        headers = {**self._headers, "Idempotency-Key": key}
        try:
            async with self._http.post(f"{self._url}/api/messages", json=body, headers=headers) as response:
                if response.status not in (200, 202):
                    raise Unanswered(f"status {response.status}")
            return await answer
        except aiohttp.ClientError as error:
            raise Unanswered(str(error)) from error
        finally:
            del self._waiting[key]

    def _receive(self, event: dict[str, Any]) -> None:
        waiting = self._waiting.get(event.get("message_id", ""))
        if waiting is None or waiting.done() or event["kind"] != "turn":
            return
        if event["outcome"] == FAILED:
            waiting.set_exception(Unanswered("an apology"))
        else:
            waiting.set_result("\n".join(reply["text"] for reply in event["replies"]))


def _copy_articles(source: Path, target: Path, articles: Sequence[Article]) -> None:
    """Copy these articles' files, without their links to articles that are left behind."""
    target.mkdir()
    here = {article.id for article in articles}
    for article in articles:
        raw = yaml.load((source / f"{article.id}.yml").read_text("utf-8"), Loader=yaml.CSafeLoader)
        raw["related"] = [other for other in article.related if other in here]
        text = yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, width=1000)
        (target / f"{article.id}.yml").write_text(text, "utf-8")
