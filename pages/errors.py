"""Refusals and failures as visitors see them: a page or JSON, in their language, never a traceback."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from failures import where
from pages.language import page_language
from pages.render import PAGES
from wording import say

logger = logging.getLogger(__name__)


class RefusalError(Exception):
    """A request that cannot be done as it is.

    `code` names a string in `wording/errors.yml`, whose `{places}` are `values`; `headers` go with the answer.
    """

    def __init__(
        self, status: int, code: str, *, headers: dict[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.values, self.headers = status, code, values, headers or {}


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into a response that a visitor can use."""
    language = page_language(request)
    try:
        return await handler(request)
    except RefusalError as refusal:
        message = say(language, f"errors.{refusal.code}", **refusal.values)
        response = _response(request, language, refusal.status, refusal.code, "refused_title", message)
        response.headers.update(refusal.headers)
        return response
    except web.HTTPNotFound:
        message = say(language, "errors.not_found")
        return _response(request, language, 404, "not_found", "not_found_title", message)
    except web.HTTPRequestEntityTooLarge:
        message = say(language, "errors.unreadable")
        return _response(request, language, 413, "too_large", "refused_title", message)
    except web.HTTPException:
        raise
    except ConnectionResetError:
        raise  # The visitor has gone; there is nobody to show anything to.
    except Exception as error:  # Edge: a web request always ends in a page.
        logger.error("request failed: %s %s: %s", request.method, request.path, where(error))
        message = say(language, "errors.failed")
        return _response(request, language, 500, "failed", "failed_title", message)


def _response(
    request: web.Request, language: str, status: int, code: str, title: str, message: str
) -> web.Response:
    if request.path.startswith("/api/"):
        return web.json_response({"error": code, "message": message}, status=status)
    title = say(language, f"errors.{title}")
    return request.app[PAGES].render(
        request, "pages/error.html", language, status=status, title=title, message=message
    )
