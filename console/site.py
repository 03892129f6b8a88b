"""The desk's pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import select

from console.gate import COOKIE, WHO, keep_token, safe_path
from console.questions import count_questions, question_page
from console.sign_in import SignIns, TooManyAttemptsError, WrongCredentialsError
from console.view import Viewer
from knowledge.store import ArticleStore, Revision
from knowledge.turns import UNANSWERED, TurnRow, mark_handled, reopen
from pages import PAGES, page_language
from pages.address import client_address
from pages.language import keep_language
from settings import Settings
from storage import Database
from wording import LANGUAGES

HOME = "/desk/questions"
HANDLED = "/desk/questions/handled"
MOST_NOTE = 1000
# Each check of a password takes 64 MiB.
CHECKS_AT_ONCE = 2


class Frame:
    """What every page of the desk shares."""

    def __init__(self, store: ArticleStore, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store, self._settings, self._clock = store, settings, clock

    def viewer(self, request: web.Request) -> Viewer:
        return Viewer(self._store, _language(request), self._settings.timezone, self._clock())

    def render(
        self, request: web.Request, template: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        language = _language(request)
        pages = request.app[PAGES]
        who = request.get(WHO)
        response = pages.render(
            request,
            f"console/{template}",
            language,
            status=status,
            who=who.email if who else "",
            switch_to=_switched(request, language),
            path=request.path,
            **values,
        )
        if request.query.get("language") == language:
            keep_language(response, language, pages.secure)
        return response


class Site:
    """The handlers; all but the sign-in run behind the gate, which puts who is there into the request."""

    def __init__(
        self,
        frame: Frame,
        database: Database,
        store: ArticleStore,
        sign_ins: SignIns,
        settings: Settings,
        clock: Callable[[], datetime],
        can_teach: bool,
    ) -> None:
        self._frame = frame
        self._can_teach = can_teach
        self._database = database
        self._store = store
        self._sign_ins = sign_ins
        self._settings = settings
        self._clock = clock
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)

    async def show_home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(HOME)

    # Signing in and out

    async def show_sign_in(self, request: web.Request) -> web.StreamResponse:
        return self._frame.render(
            request, "sign_in.html", email="", error="", next=_next(request.query.get("next"))
        )

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        email, password, next = field(form, "email"), field(form, "password"), _next(field(form, "next"))
        address = client_address(request, self._settings.proxies)
        before = request.cookies.get(COOKIE, "")
        page = {"template": "sign_in.html", "email": email, "next": next}
        try:
            async with self._checks:
                token = await asyncio.to_thread(self._sign_ins.open, email, password, address, before)
        except WrongCredentialsError:
            return self._frame.render(request, status=403, error="wrong_credentials", **page)
        except TooManyAttemptsError as refusal:
            minutes = -(-refusal.seconds // 60)
            response = self._frame.render(
                request, status=429, error="too_many_attempts", minutes=minutes, **page
            )
            response.headers["Retry-After"] = str(refusal.seconds)
            return response
        response = web.Response(status=303, headers={"Location": next})
        keep_token(response, token, request.app[PAGES].secure or request.secure)
        return response

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        await asyncio.to_thread(self._sign_ins.close, request.cookies.get(COOKIE, ""))
        response = web.Response(status=303, headers={"Location": "/desk/sign-in"})
        response.del_cookie(COOKIE, path="/desk")
        return response

    # Questions

    async def show_open(self, request: web.Request) -> web.StreamResponse:
        return await self._show_questions(request, handled=False)

    async def show_handled(self, request: web.Request) -> web.StreamResponse:
        return await self._show_questions(request, handled=True)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Mark a question as handled, and go back to the list."""
        question = int(request.match_info["question"])
        form = await request.post()
        note, before = field(form, "note").strip()[:MOST_NOTE], _number(field(form, "before"))
        if not note:
            return await self._show_questions(request, handled=False, before=before, missing=question)
        if not await asyncio.to_thread(self._mark, question, request[WHO].email, note):
            row = await asyncio.to_thread(self._row, question)
            if row is None:
                raise web.HTTPNotFound
        query = {"done": question, **({"before": before} if before else {})}
        raise web.HTTPSeeOther(f"{HOME}?{urlencode(query)}")

    async def reopen(self, request: web.Request) -> web.StreamResponse:
        """Undo the handling that the page showed, and show the question where it waits again."""
        question = int(request.match_info["question"])
        form = await request.post()
        row = await asyncio.to_thread(self._row, question)
        if row is None:
            raise web.HTTPNotFound
        undone = await asyncio.to_thread(self._reopen, question, _moment(field(form, "handled_at")))
        raise web.HTTPSeeOther(f"{HOME}?{urlencode({'reopened': question})}" if undone else HANDLED)

    async def _show_questions(
        self, request: web.Request, handled: bool, before: int | None = None, missing: int | None = None
    ) -> web.Response:
        before = before or _number(request.query.get("before", ""))
        done = _number(request.query.get("done", "")) if missing is None else None
        reopened = _number(request.query.get("reopened", "")) if missing is None else None

        def read() -> dict[str, Any]:
            viewer = self._frame.viewer(request)
            with self._database.session() as session:
                page = question_page(session, handled, before)
                counts = count_questions(session)
                row = session.get(TurnRow, done) if done else None
                again = session.get(TurnRow, reopened) if reopened else None
            return {
                "days": viewer.days(page.rows),
                "older": page.older,
                "newer": page.newer,
                "open_count": counts[False],
                "handled_count": counts[True],
                "done": viewer.question(row) if row and row.handled_at else None,
                "reopened": viewer.question(again) if again and again.handled_at is None else None,
            }

        values = await asyncio.to_thread(read)
        return self._frame.render(
            request,
            "questions.html",
            status=200 if missing is None else 400,
            handled=handled,
            before=before,
            missing=missing,
            here=HANDLED if handled else HOME,
            most_note=MOST_NOTE,
            can_teach=self._can_teach,
            **values,
        )

    def _mark(self, question: int, by: str, note: str) -> bool:
        with self._database.writing() as session:
            # Of two recruiters at once, the second waits here and then sees what the first did.
            session.get(TurnRow, question, with_for_update=True)
            return mark_handled(session, question, by, note, self._clock())

    def _reopen(self, question: int, handled_at: datetime | None) -> bool:
        if handled_at is None:
            return False
        with self._database.writing() as session:
            session.get(TurnRow, question, with_for_update=True)
            return reopen(session, question, handled_at)

    def _row(self, question: int) -> TurnRow | None:
        with self._database.session() as session:
            row = session.get(TurnRow, question)
            return row if row is not None and row.outcome == UNANSWERED else None

    # Articles

    async def show_articles(self, request: web.Request) -> web.StreamResponse:
        def read() -> list[Any]:
            viewer = self._frame.viewer(request)
            lines = [viewer.line(published) for published in self._store.all()]
            return sorted(lines, key=lambda line: line.title.casefold())

        return self._frame.render(request, "articles.html", lines=await asyncio.to_thread(read))

    async def show_article(self, request: web.Request) -> web.StreamResponse:
        article_id = request.match_info["article"]

        def read() -> dict[str, Any] | None:
            published = self._store.get(article_id)
            if published is None:
                return None
            viewer = self._frame.viewer(request)
            article = published.article
            with self._database.session() as session:
                revision = session.scalars(
                    select(Revision).where(
                        Revision.article_id == article_id, Revision.number == published.revision
                    )
                ).one()
            return {
                "article": article,
                "title": article.text(page_language(request)).title,
                "revision": revision,
                "published_when": viewer.moment(revision.published_at),
                "last_checked": viewer.date(article.last_checked),
                "review_by": viewer.date(article.review_by),
                "expires": viewer.date(article.expires) if article.expires else "",
                "marks": viewer.marks(article),
                "related": [viewer.line(each) for each in map(self._store.get, article.related) if each],
            }

        values = await asyncio.to_thread(read)
        if values is None:
            raise web.HTTPNotFound
        return self._frame.render(request, "article.html", **values)


def _language(request: web.Request) -> str:
    wanted = request.query.get("language", "")
    return wanted if wanted in LANGUAGES else page_language(request)


def _switched(request: web.Request, language: str) -> str:
    """This page's address in the other language; after a refused form, that of the page it stood on."""
    query = {
        name: value for name, value in request.query.items() if name not in ("language", "done", "reopened")
    }
    here = request.method == "GET" or request.path == "/desk/sign-in" or request.path.endswith("/example")
    path = request.path if here else HOME
    return f"{path}?{urlencode({**query, 'language': 'en' if language == 'fr' else 'fr'})}"


def _next(path: str | None) -> str:
    return path if path and safe_path(path) else HOME


def field(form: Any, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
