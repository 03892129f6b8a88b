"""Puts the web chat into the app: routes, and what starts and stops with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from channels.limits import RateLimit
from channels.turns import TurnQueue
from channels.web.api import HEARTBEAT_SECONDS, Api, Limits
from channels.web.chat import WebChat
from channels.web.site import Site
from knowledge.masking import mask
from pages import PAGES
from settings import Settings
from storage import Database

FORGET_EVERY_SECONDS = 600.0

logger = logging.getLogger(__name__)


def add_web_chat(
    app: web.Application,
    queue: TurnQueue,
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    heartbeat: float = HEARTBEAT_SECONDS,
) -> None:
    """Add the chat's pages and API to `app`, which already has `pages.add_pages`.

    An idle stream says something every `heartbeat` seconds.
    """
    chat = WebChat(queue, database, clock)
    limits = Limits(
        conversation=RateLimit(settings.messages_per_minute, clock),
        address=RateLimit(settings.messages_per_minute_address, clock),
        proxies=settings.proxies,
    )
    api = Api(chat, limits, settings, heartbeat)
    site = Site(chat, limits, settings)

    app[PAGES].add_area("web", Path(__file__).resolve().parent)
    app.router.add_get("/", site.show_chat)
    app.router.add_get("/{language:en|fr}", site.show_chat)
    app.router.add_get("/privacy", site.show_privacy)
    app.router.add_get("/{language:en|fr}/privacy", site.show_privacy)
    app.router.add_post("/messages", site.post_form)
    app.router.add_post("/api/messages", api.post_message)
    app.router.add_get("/api/events", api.get_events)

    async def end_streams(app: web.Application) -> None:
        chat.streams.close()

    async def run(app: web.Application) -> AsyncIterator[None]:
        # The first name makes it read its rules in both languages, which nobody should wait for.
        await asyncio.to_thread(mask, "my name is")
        forgetting = asyncio.create_task(_forget(chat, timedelta(hours=settings.retention_hours)))
        yield
        forgetting.cancel()
        await asyncio.wait({forgetting})
        await chat.close()

    # On shutdown, not on clean-up: the server waits for open requests in between.
    app.on_shutdown.append(end_streams)
    app.cleanup_ctx.append(run)


async def _forget(chat: WebChat, older_than: timedelta) -> None:
    while True:
        try:
            await chat.forget(older_than)
        except Exception as error:  # Edge: a background task; it tries again next time.
            logger.error("old conversations not deleted: %s", type(error).__name__)
        await asyncio.sleep(FORGET_EVERY_SECONDS)
