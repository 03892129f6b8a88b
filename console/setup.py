"""Puts the desk into the app, as an app of its own under /desk with a gate in front of all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from console.accounts import Passwords
from console.gate import SIGN_IN, make_gate
from console.sign_in import SignIns
from console.site import Frame, Site
from console.teaching import Teaching
from console.trials import Rehearse
from knowledge.store import ArticleStore
from pages import PAGES
from settings import Settings
from storage import Database


def add_console(
    app: web.Application,
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    passwords: Passwords | None = None,
    rehearse: Rehearse | None = None,
) -> None:
    """Add the desk to `app`, which already has `pages.add_pages`.

    With `rehearse`, an unanswered question can be tried as an example of an article, and published as one.
    """
    sign_ins = SignIns(database, passwords or Passwords(), clock)
    store = ArticleStore(database)
    frame = Frame(store, settings, clock)
    site = Site(frame, database, store, sign_ins, settings, clock, can_teach=rehearse is not None)
    app[PAGES].add_area("console", Path(__file__).resolve().parent)

    desk = web.Application(middlewares=[make_gate(sign_ins)])
    desk[PAGES] = app[PAGES]
    sign_in = desk.router.add_resource("/sign-in", name=SIGN_IN)
    sign_in.add_route("GET", site.show_sign_in)
    sign_in.add_route("POST", site.sign_in)
    desk.router.add_get("", site.show_home)
    desk.router.add_get("/", site.show_home)
    desk.router.add_post("/sign-out", site.sign_out)
    desk.router.add_get("/questions", site.show_open)
    desk.router.add_get("/questions/handled", site.show_handled)
    desk.router.add_post(r"/questions/{question:\d{1,15}}/handled", site.handle)
    desk.router.add_post(r"/questions/{question:\d{1,15}}/reopened", site.reopen)
    if rehearse is not None:
        teaching = Teaching(frame, database, store, rehearse, clock)
        desk.router.add_get(r"/questions/{question:\d{1,15}}/example", teaching.show)
        desk.router.add_post(r"/questions/{question:\d{1,15}}/example", teaching.act)
    desk.router.add_get("/articles", site.show_articles)
    desk.router.add_get("/articles/{article:[a-z0-9-]{1,120}}", site.show_article)
    app.add_subapp("/desk", desk)
