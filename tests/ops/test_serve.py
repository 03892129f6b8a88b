"""The server's beginning and end."""

from __future__ import annotations

import asyncio
import io
import os
import resource
import signal
import socket

import pytest
from aiohttp import ClientSession, web

from bot.problems import NotInOrder
from bot.progress import Progress
from bot.serve import OPEN_FILES, allow_open_files, bind, run_until_stopped


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def _until_it_answers(url: str) -> None:
    async with ClientSession() as session:
        while True:
            try:
                async with session.get(url) as response:
                    assert await response.text() == "hello"
                    return
            except OSError:
                await asyncio.sleep(0)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_it_says_where_it_answers_and_stops_when_asked(
    sign: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    app = web.Application()
    app.router.add_get("/", hello)
    with bind("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serving = asyncio.create_task(run_until_stopped(app, listening))
        await asyncio.wait_for(_until_it_answers(url), 10)
        os.kill(os.getpid(), sign)
        await asyncio.wait_for(serving, 10)
    assert url in capsys.readouterr().out


def test_two_servers_cannot_have_one_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(NotInOrder, match="SIGNPOST_PORT"):
        bind("127.0.0.1", other.getsockname()[1])


def test_an_address_that_is_not_this_machine_s_is_told() -> None:
    with pytest.raises(NotInOrder, match="cannot listen"):
        bind("192.0.2.1", 8080)


@pytest.mark.parametrize(("before", "after"), [(256, OPEN_FILES), (OPEN_FILES + 1, OPEN_FILES + 1)])
def test_as_many_pages_can_be_open_as_there_may_be_streams(before: int, after: int) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(before, limits[1]), limits[1]))
        allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(after, limits[1]), limits[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_progress_counts_on_and_says_how_it_went() -> None:
    out = io.StringIO()
    progress = Progress(3, 6, out)
    with progress.step("training"):
        pass
    progress.already("the model is trained")
    with pytest.raises(ValueError, match="broken"), progress.step("loading"):
        raise ValueError("broken")
    assert out.getvalue().splitlines() == [
        "[3/6] training ... done in 0 s",
        "[4/6] the model is trained",
        "[5/6] loading ... failed",
    ]
