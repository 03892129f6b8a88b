"""Publishes an article file, or withdraws an article; running servers follow within two seconds."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from bot.installation import open_database
from bot.problems import NotInOrder, Problem, refuse
from knowledge.articles import TOPICS_FILE, Article, ArticleError, load_topics, read_article
from knowledge.grounding import ungrounded
from knowledge.store import FILES, ArticleStore, publish, withdraw
from settings import Settings, from_environment
from storage import Database, utc


def main(arguments: list[str]) -> int:
    """The command `publish`."""
    parser = argparse.ArgumentParser(
        prog="python -m bot publish",
        description=f"{__doc__} A file of the articles' own folder stays the release's: the next release may change "
        "it. Any other is a person's word, which no release changes.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE.yml", help="the article to publish")
    what.add_argument(
        "--withdraw", metavar="ID", help="the article to take out of service; its history stays"
    )
    parser.add_argument("--by", default=None, help="whose word it is (the user's name)")
    options = parser.parse_args(arguments)
    settings = from_environment()
    by = options.by or getpass.getuser()
    with open_database(settings) as database:
        if options.withdraw:
            withdraw_article(database, options.withdraw, by, utc())
            print(f"{options.withdraw} is withdrawn.")
        else:
            article, revision = publish_file(
                database, options.file, author(settings, options.file, by), utc()
            )
            print(f"{article.id} is published: revision {revision}.")
    return 0


def author(settings: Settings, file: Path, by: str) -> str:
    """Who publishes `file`: the release, when it is one of its own files, else `by`."""
    return FILES if file.resolve().parent == settings.articles_dir.resolve() else by


def publish_file(database: Database, file: Path, by: str, now: datetime) -> tuple[Article, int]:
    """Publish a good file; returns its article and the revision's number. Raises `NotInOrder`."""
    article = _read(file)
    others = {each.article.id: each.article for each in ArticleStore(database).all()}
    others.pop(article.id, None)
    mend = "docs/articles.md shows how it goes."
    refuse(Problem(each, str(file), mend) for each in _wrong(article, others))
    with database.session() as session:
        return article, publish(session, article, by, now)


def withdraw_article(database: Database, article_id: str, by: str, now: datetime) -> None:
    """Take an article out of service; raises `NotInOrder` when there is none of that id."""
    try:
        with database.session() as session:
            withdraw(session, article_id, by, now)
    except KeyError as error:
        mend = "Name one that is published: its file's name without .yml."
        raise NotInOrder(Problem("no such article", article_id, mend)) from error


def _read(file: Path) -> Article:
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


def _wrong(article: Article, others: dict[str, Article]) -> list[str]:
    """What does not hold of the article by itself, or beside the published ones."""
    problems = ungrounded(article)
    problems += [f"related article {id!r} is not published" for id in article.related if id not in others]
    asked = _questions(others.values())
    for key in sorted(_questions([article]).keys() & asked.keys()):
        problems.append(f"the question {key[1]!r} stands in {asked[key]} too")
    return problems


def _questions(articles: Collection[Article]) -> dict[tuple[str, str], str]:
    return {
        (language, " ".join(question.casefold().split())): article.id
        for article in articles
        for language, text in article.texts.items()
        for question in text.questions
    }
