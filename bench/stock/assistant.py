"""Stock Rasa as `bench.turns` measures it: trained, served with its action server, spoken to by its REST channel."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp

from bench.load import Person, Unanswered
from bench.processes import Process, free_port, running
from bench.stock.project import write_project
from knowledge.articles import Article

TRAIN_SECONDS = 720.0
START_SECONDS = 180.0
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # The action server listens on every address otherwise.
    "SANIC_HOST": "127.0.0.1",
}


class StockRasa:
    """What `rasa init` makes, in `folder`, with some of the articles."""

    name = "stock Rasa"

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
        self._folder, self._port, self._action_port = folder, free_port(), free_port()
        write_project(folder, articles, self._action_port)

    def train(self) -> None:
        """`rasa train`; raises `BenchError`."""
        with self._rasa("train") as process:
            process.finish(TRAIN_SECONDS)

    @contextmanager
    def serving(self) -> Iterator[list[Process]]:
        """`rasa run actions` and `rasa run`, from their start until the end of the block; raises `BenchError`."""
        with (
            self._rasa("run", "actions", "--port", str(self._action_port)) as actions,
            self._rasa("run", "--interface", "127.0.0.1", "--port", str(self._port)) as server,
        ):
            actions.wait_for(f"http://127.0.0.1:{self._action_port}/health", START_SECONDS)
            server.wait_for(f"http://127.0.0.1:{self._port}/", START_SECONDS)
            yield [actions, server]

    @asynccontextmanager
    async def visit(self, http: aiohttp.ClientSession) -> AsyncIterator[Person]:
        """A person who begins a conversation."""
        yield _Visitor(http, f"http://127.0.0.1:{self._port}/webhooks/rest/webhook")

    def _rasa(self, *arguments: str) -> AbstractContextManager[Process]:
        name = "-".join(arguments[:2]) if arguments[1:2] == ("actions",) else arguments[0]
        command = [sys.executable, "-m", "rasa", *arguments]
        return running(
            f"rasa {name.replace('-', ' ')}",
            command,
            self._folder,
            _ENVIRONMENT,
            self._folder / f"{name}.log",
        )


class _Visitor:
    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url, self._sender = http, url, secrets.token_urlsafe(12)

    async def say(self, text: str) -> str:
        body = {"sender": self._sender, "message": text}
        try:
            async with self._http.post(self._url, json=body) as response:
                if response.status != 200:
                    raise Unanswered(f"status {response.status}")
                replies = await response.json()
        except aiohttp.ClientError as error:
            raise Unanswered(str(error)) from error
        if not replies:
            raise Unanswered("no reply")
        return "\n".join(reply.get("text", "") for reply in replies)
