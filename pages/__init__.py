"""What every HTML page shares: templates and assets, language, security headers, same-origin check, errors."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from pages.errors import RefusalError, show_errors
from pages.language import chosen_language, page_language
from pages.render import PAGES, Pages
from pages.security import add_security
from settings import Settings

__all__ = ["PAGES", "Pages", "RefusalError", "add_pages", "chosen_language", "page_language"]


def add_pages(app: web.Application, settings: Settings) -> None:
    """Prepare `app` for pages: errors, security, assets. Areas add theirs with `app[PAGES].add_area`."""
    pages = Pages(settings)
    pages.add_area("pages", Path(__file__).resolve().parent)
    app[PAGES] = pages
    app.middlewares.append(show_errors)
    add_security(app, settings.public_url)
    app.router.add_get("/static/{name:.+}", pages.assets.serve)
