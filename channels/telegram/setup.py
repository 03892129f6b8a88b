"""Puts Telegram into the app: what starts and stops with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from telegram import Bot
from telegram.request import HTTPXRequest

from channels.limits import RateLimit
from channels.telegram.answers import Answers, Queue
from channels.telegram.api import BotApi, Sleep
from channels.telegram.chats import Chats
from channels.telegram.poller import LONG_POLL, Poller
from channels.telegram.store import TelegramStore
from settings import Settings
from storage import Database

TELEGRAM_API = "https://api.telegram.org"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """Seconds: how long a poll is kept open, how long answers may take when stopping, and between clean-ups."""

    long_poll: int = LONG_POLL
    grace: float = 1.0
    forget_every: float = 3600.0
    sleep: Sleep = asyncio.sleep


def add_telegram(
    app: web.Application,
    queue: Queue,
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    pace: Pace = Pace(),
) -> None:
    """Answer on Telegram while `app` runs; without a token only say that it is off."""
    if not settings.telegram_token:
        logger.info("Telegram: off, because SIGNPOST_TELEGRAM_TOKEN is not set")
        return
    # It writes the address of each call to the log, and the address holds the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)

    async def run(app: web.Application) -> AsyncIterator[None]:
        bot = make_bot(settings)
        store = TelegramStore(database, clock)
        api = BotApi(bot, pace.sleep)
        limit = RateLimit(settings.messages_per_minute, clock)
        chats = Chats(api, Answers(api, queue, store, settings, limit), store, pace.sleep)
        poller = Poller(bot, chats, store, pace.long_poll, pace.sleep)
        tasks = [asyncio.create_task(poller.run()), asyncio.create_task(_forget(store, pace.forget_every))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await chats.close(pace.grace)
        await bot.shutdown()

    app.cleanup_ctx.append(run)


def make_bot(settings: Settings) -> Bot:
    """The client of the Bot API; polls have connections of their own, so that they never hold up an answer."""
    base_url = settings.telegram_api_url.rstrip("/") or TELEGRAM_API
    return Bot(
        settings.telegram_token,
        base_url=f"{base_url}/bot",
        request=HTTPXRequest(connection_pool_size=16, read_timeout=10, pool_timeout=30),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=5),
    )


async def _forget(store: TelegramStore, every: float) -> None:
    while True:
        try:
            await asyncio.to_thread(store.forget)
        except Exception as error:  # Edge: a background task; it tries again next time.
            logger.error("old Telegram updates not deleted: %s", type(error).__name__)
        await asyncio.sleep(every)
