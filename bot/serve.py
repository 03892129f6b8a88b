"""Serves the web chat, the recruiters' pages and Telegram, with Rasa in processes of their own (bot/workers.py)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import resource
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import uvloop
from aiohttp import web

from bot.app import create_app
from bot.check import check_understanding
from bot.content_checks import LOG_LEVELS, QUICK_CHECKS, content_problems
from bot.desk import DeskTrials, bot_process
from bot.installation import check_model, check_tracker_folder, given_services
from bot.problems import NotInOrder, Problem, refuse
from bot.progress import Progress
from bot.surroundings import hushed
from bot.train import prepare_model
from bot.workers import core_workers
from failures import start_logging
from settings import PREFIX, Settings, from_environment

if TYPE_CHECKING:
    from actions.base import Services

FORGET_EVERY_SECONDS = 600.0
# How long open requests may take to end when the server stops.
SHUTDOWN_SECONDS = 2.0
# Each open page is an open file; of pages alone there may be 5,000 (channels/web/streams.py).
OPEN_FILES = 8192
# `make run` has counted finding uv and installing the dependencies.
STEPS_OF_SETUP = 2

logger = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """The command `serve`."""
    parser = argparse.ArgumentParser(prog="python -m bot serve", description=__doc__)
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="first build the encoder and train where needed, and add example information sessions if none is to come",
    )
    options = parser.parse_args(arguments)
    settings = from_environment()
    allow_open_files()
    progress = Progress(STEPS_OF_SETUP + 1, STEPS_OF_SETUP + 5) if options.prepare else Progress(1, 3)
    # The port first: whoever has another server on it learns so at once, not after the training.
    with bind(settings.host, settings.port) as listening:
        with progress.step("checking settings and content"), hushed():
            refuse([*content_problems(settings, QUICK_CHECKS), *check_tracker_folder(settings)])
        if options.prepare:
            prepare_model(settings, progress)
        refuse(check_model(settings))
        news: list[str] = []
        with contextlib.ExitStack() as stack:
            with progress.step("filling the database"), hushed():
                services = stack.enter_context(given_services(settings, options.prepare, tell=news.append))
            for each in news:
                print(each, file=sys.stderr, flush=True)
            _start_logging(settings)
            uvloop.install()
            asyncio.run(_serve(services, listening, progress))
    return 0


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not listening yet; raises `NotInOrder` when that is impossible."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        mend = f"Stop what listens there, or choose another: {PREFIX}PORT=8081 (and {PREFIX}HOST)."
        raise NotInOrder(Problem(f"cannot listen: {error.strerror}", f"{host}:{port}", mend)) from error
    return bound


def allow_open_files() -> None:
    """Raise this process's own limit to `OPEN_FILES`, as far as the system lets it; many systems begin at 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if resource.RLIM_INFINITY != soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(services: Services, listening: socket.socket, progress: Progress) -> None:
    async with contextlib.AsyncExitStack() as stack:
        with progress.step("loading the assistant"):
            core = await stack.enter_async_context(core_workers(services.settings).running())
            articles = [each.article for each in services.store.all()]
            refuse(await check_understanding(core.understand, articles))
        trials = DeskTrials(services.store, bot_process(services.settings))
        app = create_app(
            services.settings,
            core,
            services.database,
            checks={"conversations": core.ping},
            rehearse=trials,
        )
        # What is loaded stays: the garbage collector need not go through it again and again.
        gc.collect()
        gc.freeze()
        background = [
            asyncio.create_task(_forget(core.forget_old, services.clock)),
            asyncio.create_task(trials.prepare()),
        ]
        try:
            await run_until_stopped(app, listening)
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)


async def run_until_stopped(app: web.Application, listening: socket.socket) -> None:
    """Serve on a bound socket until SIGINT or SIGTERM; requests that are running may end."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopped.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        host, port = listening.getsockname()[:2]
        print(f"\nSignpost answers at http://{host}:{port} (stop it with Ctrl-C)", flush=True)
        await stopped.wait()
        print("\nStopping ...", flush=True)
    finally:
        await runner.cleanup()


async def _forget(forget_old: Callable[[datetime], Awaitable[int]], clock: Callable[[], datetime]) -> None:
    while True:
        try:
            await forget_old(clock())
        except Exception as error:  # Edge: a background task; it tries again next time.
            logger.error("old conversations not deleted: %s", type(error).__name__)
        await asyncio.sleep(FORGET_EVERY_SECONDS)


def _start_logging(settings: Settings) -> None:
    level = settings.log_level if settings.log_level in LOG_LEVELS else "INFO"
    start_logging(level)
    # Each tells of its every step.
    for library in ("alembic", "rasa", "rasa_sdk", "httpx"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLogger().level))
