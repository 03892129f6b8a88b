"""A real browser and a real server, both on loopback, the server in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from console.trials import Change, Met, Nearer, Trial
from settings import Settings
from storage import utc
from tests.console.builders import Rehearsed
from tests.web.builders import FakeCore, app_for, settings_for

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# What any example question would change, as the desk is told.
_NOW, _THEN = Met("answered", ("maximum-age",)), Met("clarified", ("minimum-age", "maximum-age"))
WOULD_CHANGE = Trial(
    compared=20_825,
    worse=(Change("how old is too old", "en", _NOW, _THEN),),
    better=(Change("quel âge faut-il avoir", "fr", Met("unanswered", ()), _NOW),),
    others=tuple(Change(f"question {n} about age", "en", _THEN, _NOW) for n in range(30)),
    nearer=(Nearer("maximum-age", "am I too old to apply"),),
)


class Server:
    """The app with a fake core, on a port that stays the same when it is stopped and started again."""

    def __init__(self, settings: Settings, core: FakeCore) -> None:
        self._settings = settings
        self._core = core
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._call(self._start())

    def stop(self) -> None:
        """Stop as a deployment does: end the streams, wait for the answers in the making."""
        self._call(self._stop())

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _start(self) -> None:
        self._runner = web.AppRunner(
            app_for(self._settings, self._core, utc, rehearse=Rehearsed(WOULD_CHANGE))
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@pytest.fixture
def core() -> FakeCore:
    return FakeCore()


@pytest.fixture
def server(core: FakeCore, tmp_path: Path) -> Iterator[Server]:
    server = Server(settings_for(tmp_path, messages_per_minute=600), core)
    server.start()
    yield server
    server.close()


# Not for the session: as long as playwright's own event loop runs in this thread, no asynchronous test can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("the browser tests need chromium")
        pytest.skip("no chromium on this machine")
    expect.set_options(timeout=15_000)  # A busy machine is slow, not wrong.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open a page in a fresh browser profile: `visit("/fr", viewport=…)`. Any script error fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def visit(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(base_url=server.address, **{"locale": "en-CA", **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                errors.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
