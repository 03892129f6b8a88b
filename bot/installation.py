"""Signpost's own database as commands use it: opened, brought to its newest revision, filled, and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from booking.demo import add_demo_sessions
from bot.problems import NotInOrder, Problem
from bot.train import usable_model
from knowledge.articles import TOPICS_FILE, Article, ArticleError, load_articles, load_topics, read_article
from knowledge.store import ArticleStore, Released, Revision, publish_files, without_file
from settings import PREFIX, Settings
from storage import Database, utc
from storage.migrate import MIGRATIONS, migrate

if TYPE_CHECKING:
    from actions.base import Services

_DATABASE_URL = PREFIX + "DATABASE_URL"
# How old may be what a turn knows of the published articles: far below the two seconds that are promised.
FRESH_SECONDS = 0.25


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database at its newest revision, closed at the end; raises `NotInOrder` when it does not answer."""
    try:
        database = Database(settings.database_url)
    except (ArgumentError, OSError) as error:
        raise NotInOrder(_unreachable(error)) from error
    try:
        try:
            migrate(database)
        except SQLAlchemyError as error:
            raise NotInOrder(_unreachable(error)) from error
        yield database
    finally:
        database.close()


def _unreachable(error: Exception) -> Problem:
    # The first line only: the rest of a driver's words may quote the address with its password.
    reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
    mend = f"Start the database, or mend the address in {_DATABASE_URL}."
    return Problem(f"the database does not answer: {reason}", _DATABASE_URL, mend)


def fill_database(settings: Settings, database: Database, now: datetime, examples: bool) -> Released:
    """Publish the article files that changed, withdraw articles whose file is gone, and say which.

    With `examples`, add example information sessions if none is to come.

    Raises `NotInOrder` when an article cannot be read.
    """
    articles = read_articles(settings)
    with database.writing() as session:
        released = publish_files(session, articles, now)
        if examples:
            add_demo_sessions(session, now)
    return released


@contextmanager
def given_services(
    settings: Settings, examples: bool = False, fill: bool = True, tell: Callable[[str], None] | None = None
) -> Iterator[Services]:
    """What actions work with, on the open database, which is filled first unless `fill` is false.

    `tell` hears which articles are withdrawn because their files are gone. Raises `NotInOrder`.
    """
    # Not for commands that answer nobody: rasa_sdk brings a web server along.
    from actions.base import Services

    with open_database(settings) as database:
        if fill:
            released = fill_database(settings, database, utc(), examples)
            if released.withdrawn and tell is not None:
                tell(f"Withdrawn, because their files are gone: {', '.join(released.withdrawn)}.")
        yield Services(database, ArticleStore(database, FRESH_SECONDS), utc, settings)


def read_articles(settings: Settings) -> Sequence[Article]:
    """Every article file; raises `NotInOrder`."""
    try:
        return load_articles(settings.articles_dir)
    except ArticleError as error:
        where = f"{settings.articles_dir / error.file}:{error.line}"
        raise NotInOrder(Problem(error.reason, where, "docs/articles.md shows how it goes.")) from error


def read_article_file(file: Path) -> Article:
    """One article file, wherever it lies; raises `NotInOrder`."""
    try:
        article = read_article(file.read_text("utf-8"), file.name, load_topics(TOPICS_FILE))
        if article.id != file.stem:
            raise ArticleError(file.name, 1, f"the id {article.id!r} is not the file's name")
    except ArticleError as error:
        mend = "docs/articles.md shows how it goes."
        raise NotInOrder(Problem(error.reason, f"{file}:{error.line}", mend)) from error
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise NotInOrder(Problem(f"cannot be read: {reason}", str(file), "Name another file.")) from error
    return article


def check_model(settings: Settings) -> Iterator[Problem]:
    """Rasa would load another model of the same folder in place of one that is missing."""
    model = usable_model(settings)
    if not model.is_file():
        what = "no model has been trained from config.yml, domain.yml and nlu/ as they are"
        yield Problem(what, str(model), "Run `python -m bot train`.")


def check_tracker_folder(settings: Settings) -> Iterator[Problem]:
    """A tracker that cannot be saved means a conversation that is forgotten."""
    file = Path(settings.tracker_database)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab"):
            pass
    except OSError as error:
        mend = f"Make it writable, or name another file in {PREFIX}TRACKER_DATABASE."
        yield Problem(f"conversations cannot be kept: {error.strerror}", str(file), mend)


def check_revision(database: Database) -> Iterator[Problem]:
    """Tables older or newer than the code."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        mend = "Start a server of this version once, or go back to the version that belongs to the tables."
        yield Problem(f"the tables are at revision {current}, the code at {newest}", _DATABASE_URL, mend)


def check_published(settings: Settings, database: Database) -> Iterator[Problem]:
    """Article files that prospects cannot get, because the database does not hold them, and the other way round."""
    files = {file.stem for file in settings.articles_dir.glob("*.yml")}
    with database.session() as session:
        known = set(session.scalars(select(Revision.article_id).distinct()))
        gone = without_file(session, files)
    if gone:
        mend = f"Start the server, or run `python -m bot publish {settings.articles_dir}`: either withdraws them."
        yield Problem(
            f"published, but their files are gone: {', '.join(gone)}", str(settings.articles_dir), mend
        )
    missing = sorted(files - known)
    if missing:
        mend = "Start the server, or publish them with `python -m bot publish FILE`."
        yield Problem(f"not published: {', '.join(missing)}", str(settings.articles_dir), mend)


def installation_problems(settings: Settings) -> list[Problem]:
    """What keeps a server from working here: model, conversations, database and what is published in it."""
    problems = [*check_model(settings), *check_tracker_folder(settings)]
    try:
        database = Database(settings.database_url)
        try:
            old = list(check_revision(database))
            problems += old or check_published(settings, database)
        finally:
            database.close()
    except (ArgumentError, OSError, SQLAlchemyError) as error:
        problems.append(_unreachable(error))
    return problems
