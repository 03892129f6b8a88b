"""Published articles in the database: an append-only list of revisions, and the newest of each article."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.articles import Article
from storage import Base, Database


class Revision(Base):
    """One version of an article, never changed once written; the one with the highest number is published.

    The highest `id` of the table is the version of all the knowledge: workers watch it.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(String(120), index=True)
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    withdrawn: Mapped[bool] = mapped_column(default=False)
    published_by: Mapped[str] = mapped_column(String(120))
    published_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Published:
    """An article as it is served, with the number of its revision (1 for the first)."""

    article: Article
    revision: int


def publish(session: Session, article: Article, by: str, now: datetime, note: str | None = None) -> int:
    """Publish `article` unless its newest revision already says the same; returns the revision's number.

    `note` is what the publisher had to say of it, such as why a worse answer elsewhere was accepted.

    >>> publish(session, article, by="files", now=now)   # doctest: +SKIP
    1
    """
    body = article.to_json()
    digest = _digest(body)
    newest = _newest(session, article.id)
    if newest is not None and newest.digest == digest and not newest.withdrawn:
        return newest.number
    number = newest.number + 1 if newest else 1
    session.add(
        Revision(
            article_id=article.id, number=number, body=body, digest=digest,
            published_by=by, published_at=now, note=note,
        )
    )  # fmt: skip
    session.flush()
    return number


def withdraw(session: Session, article_id: str, by: str, now: datetime, note: str | None = None) -> None:
    """Take an article out of service; its history stays. `note` as in `publish`. Raises `KeyError` when there is none."""
    newest = _newest(session, article_id)
    if newest is None:
        raise KeyError(article_id)
    if not newest.withdrawn:
        session.add(
            Revision(
                article_id=article_id, number=newest.number + 1, body=newest.body, digest=newest.digest,
                withdrawn=True, published_by=by, published_at=now, note=note,
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Released:
    """What a release's files changed, by id: articles published, and articles withdrawn because their file is gone."""

    published: tuple[str, ...]
    withdrawn: tuple[str, ...]


def publish_files(
    session: Session, articles: Iterable[Article], now: datetime, note: str | None = None
) -> Released:
    """Bring the files of a release into the database: publish what changed, withdraw what has no file any more.

    An article that a person published or withdrew last is left alone: the console's word is newer than the release's.
    `note` as in `publish`.
    """
    changed, gone = released_by(session, articles)
    for article in changed:
        publish(session, article, FILES, now, note)
    for id in gone:
        withdraw(session, id, FILES, now, f"{GONE}; {note}" if note else GONE)
    return Released(tuple(article.id for article in changed), gone)


def released_by(session: Session, articles: Iterable[Article]) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    """What `publish_files` would publish and withdraw."""
    newest = {revision.article_id: revision for revision in _newest_of_all(session)}
    files = {article.id: article for article in articles}
    changed = tuple(article for id, article in files.items() if _is_released(article, newest.get(id)))
    return changed, _without_file(newest.values(), files)


def without_file(session: Session, files: Collection[str]) -> tuple[str, ...]:
    """The published articles that came from files and of which no file is left; `files` are the ids that have one."""
    return _without_file(_newest_of_all(session), files)


def _is_released(article: Article, newest: Revision | None) -> bool:
    if newest is None:
        return True
    return newest.published_by == FILES and (newest.withdrawn or newest.digest != _digest(article.to_json()))


def _without_file(newest: Iterable[Revision], files: Collection[str]) -> tuple[str, ...]:
    if not files:
        # A folder with nothing in it is a mistake, not a release.
        return ()
    return tuple(
        each.article_id
        for each in newest
        if each.published_by == FILES and not each.withdrawn and each.article_id not in files
    )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


FILES = "files"
# The note of such a withdrawal.
GONE = "its file is gone"


def _newest(session: Session, article_id: str) -> Revision | None:
    return session.scalars(
        select(Revision).where(Revision.article_id == article_id).order_by(Revision.number.desc()).limit(1)
    ).first()


def _newest_of_all(session: Session) -> list[Revision]:
    newest = select(func.max(Revision.id)).group_by(Revision.article_id)
    return list(
        session.scalars(select(Revision).where(Revision.id.in_(newest)).order_by(Revision.article_id))
    )


_VERSION = select(func.max(Revision.id))


class ArticleStore:
    """The published articles, read again only when the version in the database has moved.

    What was looked at less than `fresh_for` seconds ago (by `timer`) is not looked at again: a turn asks a dozen times.
    """

    def __init__(
        self, database: Database, fresh_for: float = 0.0, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._fresh_for, self._timer = database, fresh_for, timer
        self._looked = -math.inf
        self._version = -1
        self._published: dict[str, Published] = {}

    def version(self) -> int:
        """The newest revision's id, 0 when there is none; one small query."""
        with self._database.connection() as connection:
            return connection.scalar(_VERSION) or 0

    def get(self, article_id: str) -> Published | None:
        """The published revision of an article, `None` when there is none or it was withdrawn."""
        if self._timer() - self._looked >= self._fresh_for or article_id not in self._published:
            self._refresh()
        return self._published.get(article_id)

    def all(self) -> tuple[Published, ...]:
        """Every published article, by id."""
        self._refresh()
        return tuple(self._published.values())

    def _refresh(self) -> None:
        looked, version = self._timer(), self.version()
        if version == self._version:
            self._looked = looked
            return
        with self._database.session() as session:
            revisions = _newest_of_all(session)
        # Built aside and swapped in whole: other threads read while this one loads.
        self._published = {
            revision.article_id: Published(Article.from_json(revision.body), revision.number)
            for revision in revisions
            if not revision.withdrawn
        }
        self._version, self._looked = version, looked
