"""What the desk's templates show: plain values, times in the service's own zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from knowledge.articles import Article
from knowledge.store import ArticleStore, Published
from knowledge.turns import TurnRow
from wording import LANGUAGES, format_date, say


@dataclass(frozen=True)
class Nearest:
    """An article that came near; `score` is the classifier's (1 is sure), `published` false once withdrawn."""

    id: str
    title: str
    score: float
    published: bool


@dataclass(frozen=True)
class Question:
    """A question as it is listed."""

    id: int
    text: str
    time: str
    moment: str
    channel: str
    language: str
    nearest: tuple[Nearest, ...]
    handled_by: str
    handled_at: str
    handled_when: str
    note: str


@dataclass(frozen=True)
class Day:
    """The questions of one day under its name."""

    name: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class ArticleLine:
    """An article as it is listed, with the marks that ask for a person's eye."""

    id: str
    title: str
    topics: tuple[str, ...]
    review_by: str
    marks: tuple[str, ...]


class Viewer:
    """Turns rows and articles into what one page shows, in one language and as of one moment."""

    def __init__(self, store: ArticleStore, language: str, zone: str, now: datetime) -> None:
        self._store = store
        self._language = language
        self._zone = ZoneInfo(zone)
        self._today = now.astimezone(self._zone).date()

    def days(self, rows: Sequence[TurnRow]) -> list[Day]:
        """Questions under the days they were asked on."""
        days: dict[str, list[Question]] = {}
        for row in rows:
            days.setdefault(self._day(row.created_at), []).append(self.question(row))
        return [Day(name, tuple(questions)) for name, questions in days.items()]

    def date(self, day: date) -> str:
        return format_date(day, self._language)

    def moment(self, moment: datetime) -> str:
        """A day and a time: 21 November 2026, 07:12."""
        return f"{self.date(moment.astimezone(self._zone).date())}, {self._time(moment)}"

    def line(self, published: Published) -> ArticleLine:
        article = published.article
        return ArticleLine(
            id=article.id,
            title=article.text(self._language).title,
            topics=article.topics,
            review_by=self.date(article.review_by),
            marks=self.marks(article),
        )

    def marks(self, article: Article) -> tuple[str, ...]:
        """What a recruiter should see to, most pressing first: names of strings in wording/console.yml."""
        found = {
            "mark_expired": article.expired(self._today),
            "mark_overdue": article.overdue(self._today),
            "mark_needs_check": article.status != "verified",
            "mark_not_translated": any(language not in article.texts for language in LANGUAGES),
            "mark_not_read": any(not text.read_by_native_speaker for text in article.texts.values()),
        }
        return tuple(mark for mark, applies in found.items() if applies)

    def question(self, row: TurnRow) -> Question:
        return Question(
            id=row.id,
            text=row.text,
            time=self._time(row.created_at),
            moment=row.created_at.isoformat(timespec="seconds"),
            channel=self._channel(row.channel),
            language=row.language,
            nearest=tuple(self._nearest(article) for article in row.decision.get("articles") or ()),
            handled_by=row.handled_by or "",
            handled_at=row.handled_at.isoformat() if row.handled_at else "",
            handled_when=self.moment(row.handled_at) if row.handled_at else "",
            note=row.handled_note or "",
        )

    def _nearest(self, article: dict[str, Any]) -> Nearest:
        published = self._store.get(article["id"])
        title = published.article.text(self._language).title if published else article["id"]
        return Nearest(article["id"], title, float(article["score"]), published is not None)

    def _channel(self, channel: str) -> str:
        return (
            say(self._language, f"console.channel_{channel}") if channel in ("web", "telegram") else channel
        )

    def _day(self, moment: datetime) -> str:
        day = moment.astimezone(self._zone).date()
        names = {0: "console.today", 1: "console.yesterday"}
        ago = (self._today - day).days
        return say(self._language, names[ago]) if ago in names else self.date(day)

    def _time(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone)
        return f"{local:%H h %M}" if self._language == "fr" else f"{local:%H:%M}"
