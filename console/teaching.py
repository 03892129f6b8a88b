"""The page on which an unanswered question is tried, and published, as an example question of an article."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from console.gate import WHO
from console.site import HOME, MOST_NOTE, Frame, field
from console.trials import (
    LONGEST_EXAMPLE,
    Rehearse,
    Trial,
    TrialFailed,
    TrialTakesLong,
    problem_of,
)
from knowledge.store import ArticleStore, publish
from knowledge.turns import UNANSWERED, TurnRow, mark_handled
from pages import page_language
from storage import Database
from wording import LANGUAGES, say

# Of each group of changes, what is listed.
MOST_SHOWN = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proposed:
    """What the form holds."""

    article: str
    language: str
    text: str


class Teaching:
    """The handlers; `rehearse` tells what a proposal would change before it is live."""

    def __init__(
        self,
        frame: Frame,
        database: Database,
        store: ArticleStore,
        rehearse: Rehearse,
        clock: Callable[[], datetime],
    ) -> None:
        self._frame, self._database, self._store = frame, database, store
        self._rehearse, self._clock = rehearse, clock

    async def show(self, request: web.Request) -> web.Response:
        row = await self._question(request)
        near = [each["id"] for each in row.decision.get("articles") or ()]
        first = next((id for id in near if self._store.get(id)), "")
        return await self._page(request, row, Proposed(first, row.language, row.text))

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Try the proposal; or publish it, when it makes no labelled question worse or there is a reason."""
        row = await self._question(request)
        form = await request.post()
        # A leading hyphen would be taken for an option by the command that compares.
        text = " ".join(field(form, "text").split()).lstrip("- ")
        proposed = Proposed(field(form, "article"), field(form, "language"), text)
        reason = field(form, "reason").strip()[:MOST_NOTE]
        articles = {each.article.id: each.article for each in await asyncio.to_thread(self._store.all)}
        article = articles.get(proposed.article)
        problem = problem_of(article, articles.values(), proposed.language, proposed.text)
        if problem or article is None:
            return await self._page(request, row, proposed, status=400, problem=problem)
        try:
            trial = await self._rehearse(proposed.article, proposed.language, proposed.text)
        except TrialTakesLong:
            return await self._page(request, row, proposed, status=202, problem="trial_long")
        except TrialFailed as error:
            logger.error("an example could not be tried: %s", error)
            return await self._page(request, row, proposed, status=503, problem="trial_failed")
        if field(form, "do") != "publish":
            return await self._page(request, row, proposed, trial=trial)
        if trial.worse and not reason:
            return await self._page(request, row, proposed, status=400, trial=trial, problem="reason_missing")
        if not await asyncio.to_thread(self._publish, request, row, proposed, reason):
            return await self._page(request, row, proposed, status=409, problem="example_no_article")
        raise web.HTTPSeeOther(f"{HOME}?{urlencode({'done': row.id})}")

    def _publish(self, request: web.Request, row: TurnRow, proposed: Proposed, reason: str) -> bool:
        """Publish the article as it is now with the example; false when it was withdrawn in the meantime."""
        by, now = request[WHO].email, self._clock()
        note = f"an example from question {row.id}" + (f": {reason}" if reason else "")
        with self._database.writing() as session:
            current = self._store.get(proposed.article)
            if current is None or proposed.language not in current.article.texts:
                return False
            title = current.article.text(page_language(request)).title
            taught = current.article.with_question(proposed.language, proposed.text)
            publish(session, taught, by, now, note)
            mark_handled(session, row.id, by, say(page_language(request), "console.taught", title=title), now)
        return True

    async def _question(self, request: web.Request) -> TurnRow:
        def read() -> TurnRow | None:
            with self._database.session() as session:
                return session.get(TurnRow, int(request.match_info["question"]))

        row = await asyncio.to_thread(read)
        if row is None or row.outcome != UNANSWERED:
            raise web.HTTPNotFound
        return row

    async def _page(
        self,
        request: web.Request,
        row: TurnRow,
        proposed: Proposed,
        *,
        status: int = 200,
        problem: str = "",
        trial: Trial | None = None,
    ) -> web.Response:
        def read() -> dict[str, Any]:
            viewer = self._frame.viewer(request)
            lines = sorted(map(viewer.line, self._store.all()), key=lambda line: line.title.casefold())
            titles = {line.id: line.title for line in lines}
            return {
                "question": viewer.question(row),
                "lines": lines,
                "titles": titles,
                "titled": lambda ids: ", ".join(titles.get(id, id) for id in ids),
            }

        itself = None
        if trial is not None:
            found = (*trial.worse, *trial.better, *trial.others)
            itself = next(
                (each for each in found if (each.text, each.language) == (row.text, row.language)), None
            )
        return self._frame.render(
            request,
            "teach.html",
            status=status,
            proposed=proposed,
            problem=problem,
            trial=trial,
            itself=itself,
            most_shown=MOST_SHOWN,
            most_note=MOST_NOTE,
            longest=LONGEST_EXAMPLE,
            each_language=LANGUAGES,
            **await asyncio.to_thread(read),
        )
