"""Health for whoever runs the server: /healthz (this process answers), /readyz (what it needs answers too)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from storage import Database

SECONDS = 5.0

# Raises when what it asks is not well.
Check = Callable[[], Awaitable[None]]

logger = logging.getLogger(__name__)


def add_health(app: web.Application, database: Database, checks: Mapping[str, Check]) -> None:
    """Add both routes; `checks` are asked besides the database."""

    async def ping_database() -> None:
        await asyncio.to_thread(database.ping)

    every: dict[str, Check] = {"database": ping_database, **checks}

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(request: web.Request) -> web.Response:
        results = await asyncio.gather(*(_passes(name, check) for name, check in every.items()))
        status = 200 if all(results) else 503
        states = {name: "ok" if good else "failed" for name, good in zip(every, results, strict=True)}
        return web.json_response({"status": "ok" if status == 200 else "failed", **states}, status=status)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)


async def _passes(name: str, check: Check) -> bool:
    try:
        await asyncio.wait_for(check(), SECONDS)
    except Exception as error:  # Edge: whatever is wrong, the answer is "not ready", and the log says why.
        logger.error("not ready: %s: %s", name, type(error).__name__)
        return False
    return True
