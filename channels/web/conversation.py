"""Which conversation a request belongs to: an unguessable token in a cookie, known elsewhere only by its hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from aiohttp import web

COOKIE = "conversation"
KEPT_DAYS = 30
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Conversation:
    """A conversation as one request sees it; whoever has the token can read and write it."""

    token: str

    @property
    def id(self) -> str:
        """Names the conversation in the log and to the core; the token cannot be found from it."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:40]

    @property
    def sender(self) -> str:
        return f"web:{self.id}"

    def keep(self, response: web.StreamResponse, secure: bool) -> None:
        """Give the browser the cookie, or more time with it."""
        response.set_cookie(
            COOKIE,
            self.token,
            max_age=KEPT_DAYS * 24 * 3600,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=secure,
        )


def conversation_of(request: web.Request) -> Conversation:
    """The conversation of the request's cookie, or a new one."""
    token = request.cookies.get(COOKIE, "")
    return Conversation(token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(32))
