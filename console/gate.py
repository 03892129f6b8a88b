"""The desk's gate: every request needs a sign-in, but those to the sign-in page itself."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from console.sign_in import SESSION_LASTS, SignedIn, SignIns

COOKIE = "desk"
SIGN_IN = "sign_in"
WHO = web.RequestKey("who", SignedIn)

_PATH = re.compile(r"/desk(/[A-Za-z0-9/_-]*)?(\?[A-Za-z0-9=&_-]*)?")


def make_gate(sign_ins: SignIns) -> Middleware:
    """A middleware for the desk's own app: whatever is routed there is behind it, known address or not."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        token = request.cookies.get(COOKIE, "")
        who = await asyncio.to_thread(sign_ins.who, token) if token else None
        if who is not None:
            request[WHO] = who
        elif request.match_info.route.name != SIGN_IN:
            # Where a form was sent is not a page to come back to.
            query = (
                {"next": request.path_qs} if request.method == "GET" and safe_path(request.path_qs) else {}
            )
            raise web.HTTPSeeOther(f"/desk/sign-in?{urlencode(query)}" if query else "/desk/sign-in")
        return await handler(request)

    return gate


def safe_path(path: str) -> bool:
    """Whether a path leads back to the desk and nowhere else."""
    return _PATH.fullmatch(path) is not None and "//" not in path


def keep_token(response: web.StreamResponse, token: str, secure: bool) -> None:
    """Give the browser the token, for the desk only and not for scripts."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/desk",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )
