"""Which language a page is in: the visitor's choice, else their browser's, else English."""

from __future__ import annotations

from aiohttp import web

from wording import DEFAULT_LANGUAGE, LANGUAGES

COOKIE = "language"
_A_YEAR = 365 * 24 * 3600


def chosen_language(request: web.Request) -> str | None:
    """The language in the address (`/fr`), or the one chosen earlier; `None` when nothing was chosen."""
    for language in (request.match_info.get("language"), request.cookies.get(COOKIE)):
        if language in LANGUAGES:
            return language
    return None


def page_language(request: web.Request) -> str:
    """The language to show a page in."""
    return chosen_language(request) or _browser_language(request) or DEFAULT_LANGUAGE


def keep_language(response: web.StreamResponse, language: str, secure: bool) -> None:
    """Remember the visitor's choice for a year."""
    response.set_cookie(
        COOKIE, language, max_age=_A_YEAR, path="/", httponly=True, samesite="Lax", secure=secure
    )


def _browser_language(request: web.Request) -> str | None:
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(request.headers.get("Accept-Language", "")[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if language in LANGUAGES and weight > 0:
            ranked.append((-weight, position, language))
    return min(ranked)[2] if ranked else None
