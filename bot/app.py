"""The web application: what it holds, in the order it starts; it stops in the opposite order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from aiohttp import web

from bot.health import Check, add_health
from channels.messages import Core
from channels.telegram import add_telegram
from channels.turns import TurnQueue
from channels.web import add_web_chat
from console import add_console
from console.trials import Rehearse
from pages import add_pages
from settings import Settings
from storage import Database, utc

# Room for the longest message that is taken, each character written as an escape.
MOST_BYTES = 256 * 1024


def create_app(
    settings: Settings,
    core: Core,
    database: Database,
    clock: Callable[[], datetime] = utc,
    checks: dict[str, Check] | None = None,
    rehearse: Rehearse | None = None,
) -> web.Application:
    """The whole server around a core and a migrated database, both of which their owner closes.

    `checks` are what must hold, besides the database, for /readyz to say so; `rehearse` tells recruiters what an
    example question would change.
    """
    app = web.Application(client_max_size=MOST_BYTES)
    queue = TurnQueue(core, clock, settings.contact_url)
    app.cleanup_ctx.append(_closing(queue))
    add_pages(app, settings)
    add_health(app, database, checks or {})
    add_web_chat(app, queue, database, settings, clock)
    add_telegram(app, queue, database, settings, clock)
    add_console(app, database, settings, clock, rehearse=rehearse)
    return app


def _closing(queue: TurnQueue) -> Callable[[web.Application], AsyncIterator[None]]:
    async def close(app: web.Application) -> AsyncIterator[None]:
        yield
        await queue.close()

    return close
