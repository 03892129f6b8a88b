"""Publishes an article file or the folder of them, or withdraws an article; running servers follow within two seconds."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.installation import check_model, open_database, read_article_file, read_articles
from bot.problems import NotInOrder, Problem, refuse
from knowledge.articles import Article
from knowledge.grounding import ungrounded
from knowledge.store import FILES, ArticleStore, Released, publish, publish_files, released_by, withdraw
from nlu.examples import article_examples
from settings import PREFIX, Settings, from_environment
from storage import Database, utc

if TYPE_CHECKING:
    from bot.rehearsal import Rehearsal

# Exit status when a labelled question would get worse.
REGRESSION = 1


def main(arguments: list[str]) -> int:
    """The command `publish`; its status is 1 when it refuses because labelled questions would be answered worse."""
    parser = argparse.ArgumentParser(
        prog="python -m bot publish",
        description=f"{__doc__} The folder as a whole is published as a server does when it starts: what changed is "
        "published, and an article whose file is gone is withdrawn. A file of the articles' own folder stays the release's: the next release may change "
        "it. Any other is a person's word, which no release changes. What the change would do to known questions is "
        "looked at first, as `python -m bot impact` does; one that makes a labelled question's answer worse is refused.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE.yml",
        help="the article to publish, or the articles' folder",
    )
    what.add_argument(
        "--withdraw", metavar="ID", help="the article to take out of service; its history stays"
    )
    parser.add_argument("--by", default=None, help="whose word it is (the user's name)")
    parser.add_argument(
        "--despite", metavar="REASON", help="publish although known questions get worse; the reason is kept"
    )
    options = parser.parse_args(arguments)
    settings = from_environment()
    by = options.by or getpass.getuser()
    with open_database(settings) as database:
        after = _after(settings, database, options.file, options.withdraw)
        if options.despite and list(check_model(settings)):
            print("Nothing was compared: there is no trained model.", file=sys.stderr)
        elif not harmless(database, after, options.despite, partial(_rehearsal, settings)):
            return REGRESSION
        if options.withdraw:
            withdraw_article(database, options.withdraw, by, utc(), options.despite)
            print(f"{options.withdraw} is withdrawn.")
        elif options.file.is_dir():
            print(_told(publish_folder(settings, database, utc(), options.despite)))
        else:
            by = author(settings, options.file, by)
            article, revision = publish_file(database, options.file, by, utc(), options.despite)
            print(f"{article.id} is published: revision {revision}.")
    return 0


def _after(
    settings: Settings, database: Database, file: Path | None, withdrawn: str | None
) -> dict[str, Article]:
    """The articles as they would be published; raises `NotInOrder` when a file is not good."""
    after = {each.article.id: each.article for each in ArticleStore(database).all()}
    if file is None:
        return {id: article for id, article in after.items() if id != withdrawn}
    if not file.is_dir():
        article = good_article(database, file)
        return {**after, article.id: article}
    if file.resolve() != settings.articles_dir.resolve():
        # Of another folder's articles all those published now would seem to be gone.
        mend = f"Publish its files one by one, or set {PREFIX}ARTICLES_DIR."
        raise NotInOrder(Problem("not the articles' folder", str(file), mend))
    with database.session() as session:
        changed, gone = released_by(session, read_articles(settings))
    after = {**after, **{article.id: article for article in changed}}
    refuse(
        Problem(each, str(file / f"{article.id}.yml"), "docs/articles.md shows how it goes.")
        for article in changed
        for each in ungrounded(article)
    )
    return {id: article for id, article in after.items() if id not in gone}


def harmless(
    database: Database,
    after: Mapping[str, Article],
    despite: str | None,
    rehearsing: Callable[[Database], AbstractContextManager[Rehearsal]],
) -> bool:
    """Whether a change may be published: no labelled question gets worse, or there is a reason to do it `despite`.

    `after` are the articles as they would be. Prints on standard error what would change. A change that touches no
    question (an answer, a source) needs no look.
    """
    before = {each.article.id: each.article for each in ArticleStore(database).all()}
    if before.keys() == after.keys() and all(_heard_alike(after[id], before[id]) for id in after):
        return True
    # The classifier's libraries take seconds to import.
    from bot.impact_report import report

    with rehearsing(database) as ready:
        impact = ready.impact(after, utc())
    print(report(impact), file=sys.stderr)
    if impact.regressions and not despite:
        mend = 'Mend the examples, or say why it is right: --despite "REASON".'
        print(f"Not published: labelled questions would be answered worse. {mend}", file=sys.stderr)
        return False
    return True


def _rehearsal(settings: Settings, database: Database) -> AbstractContextManager[Rehearsal]:
    from bot.rehearsal import rehearsal

    return rehearsal(settings, database)


def _heard_alike(article: Article, published: Article) -> bool:
    """Whether the two answer the same questions."""
    return article is published or (
        (article.topics, article.expires) == (published.topics, published.expires)
        and article_examples([article]) == article_examples([published])
    )


def author(settings: Settings, file: Path, by: str) -> str:
    """Who publishes `file`: the release, when it is one of its own files, else `by`."""
    return FILES if file.resolve().parent == settings.articles_dir.resolve() else by


def good_article(database: Database, file: Path) -> Article:
    """The article of a file that may stand beside the published ones; raises `NotInOrder`."""
    article = read_article_file(file)
    others = {each.article.id: each.article for each in ArticleStore(database).all()}
    others.pop(article.id, None)
    mend = "docs/articles.md shows how it goes."
    refuse(Problem(each, str(file), mend) for each in _wrong(article, others))
    return article


def publish_file(
    database: Database, file: Path, by: str, now: datetime, note: str | None = None
) -> tuple[Article, int]:
    """Publish a good file; returns its article and the revision's number. Raises `NotInOrder`."""
    article = good_article(database, file)
    with database.writing() as session:
        return article, publish(session, article, by, now, note)


def publish_folder(
    settings: Settings, database: Database, now: datetime, note: str | None = None
) -> Released:
    """Publish what changed in the articles' folder and withdraw what is gone from it. Raises `NotInOrder`."""
    articles = read_articles(settings)
    with database.writing() as session:
        return publish_files(session, articles, now, note)


def _told(released: Released) -> str:
    lines = [f"{id} is published." for id in released.published]
    lines += [f"{id} is withdrawn: its file is gone." for id in released.withdrawn]
    return "\n".join(lines) or "Nothing has changed."


def withdraw_article(
    database: Database, article_id: str, by: str, now: datetime, note: str | None = None
) -> None:
    """Take an article out of service; raises `NotInOrder` when there is none of that id."""
    try:
        with database.writing() as session:
            withdraw(session, article_id, by, now, note)
    except KeyError as error:
        mend = "Name one that is published: its file's name without .yml."
        raise NotInOrder(Problem("no such article", article_id, mend)) from error


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
