"""Revisions are only ever added, the newest is served, and what a person published outlives a release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from knowledge.store import FILES, ArticleStore, Revision, publish, publish_files, withdraw, without_file
from storage import Database
from tests.booking.builders import NOW, sqlite
from tests.knowledge.builders import article

ANN = "ann@example.org"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = sqlite(tmp_path)
    yield database
    database.close()


def published(database: Database, by: str = FILES, **changes: Any) -> int:
    with database.session() as session:
        return publish(session, article(**changes), by, NOW)


def released(database: Database, **changes: Any) -> int:
    with database.session() as session:
        return len(publish_files(session, [article(**changes)], NOW + timedelta(days=1)).published)


def withdrawn(database: Database, id: str = "minimum-age") -> None:
    with database.session() as session:
        withdraw(session, id, ANN, NOW)


def history(database: Database) -> list[tuple[int, str, bool]]:
    with database.session() as session:
        rows = session.scalars(select(Revision).order_by(Revision.id))
        return [(row.number, row.published_by, row.withdrawn) for row in rows]


def test_what_is_published_is_served_whole_with_its_revision(database: Database) -> None:
    assert published(database) == 1
    found = ArticleStore(database).get("minimum-age")
    assert found is not None
    assert (found.article, found.revision) == (article(), 1)


def test_a_change_is_a_new_revision_and_the_old_one_stays(database: Database) -> None:
    published(database)
    assert published(database, ANN, owner="Others") == 2
    assert history(database) == [(1, FILES, False), (2, ANN, False)]


def test_publishing_the_same_again_changes_nothing(database: Database) -> None:
    assert published(database) == published(database, ANN) == 1
    assert history(database) == [(1, FILES, False)]


def test_going_back_to_older_words_is_a_revision_of_its_own(database: Database) -> None:
    published(database)
    published(database, owner="Others")
    assert published(database) == 3


def test_a_withdrawn_article_is_served_no_more_and_its_history_stays(database: Database) -> None:
    published(database)
    withdrawn(database)
    assert ArticleStore(database).get("minimum-age") is None
    assert history(database) == [(1, FILES, False), (2, ANN, True)]


def test_withdrawing_twice_is_withdrawing_once(database: Database) -> None:
    published(database)
    withdrawn(database)
    withdrawn(database)
    assert len(history(database)) == 2


def test_withdrawing_what_never_was_says_so(database: Database) -> None:
    with pytest.raises(KeyError, match="nothing"):
        withdrawn(database, "nothing")


def test_a_withdrawn_article_can_be_published_again_in_the_same_words(database: Database) -> None:
    published(database)
    withdrawn(database)
    assert published(database, ANN) == 3
    assert ArticleStore(database).get("minimum-age") is not None


def test_a_release_changes_only_the_articles_that_it_changed(database: Database) -> None:
    assert released(database) == 1
    assert released(database) == 0
    assert released(database, owner="Others") == 1


def test_a_release_leaves_alone_what_a_person_published_last(database: Database) -> None:
    published(database)
    published(database, ANN, owner="Others")
    assert released(database, owner="A third") == 0
    found = ArticleStore(database).get("minimum-age")
    assert found is not None
    assert found.article.owner == "Others"


def test_a_release_does_not_bring_back_what_a_person_withdrew(database: Database) -> None:
    published(database)
    withdrawn(database)
    assert released(database, owner="Others") == 0
    assert ArticleStore(database).get("minimum-age") is None


def test_a_release_withdraws_what_has_no_file_any_more_and_says_why(database: Database) -> None:
    published(database)
    published(database, id="maximum-age")
    with database.session() as session:
        assert without_file(session, {"minimum-age"}) == ("maximum-age",)
        found = publish_files(session, [article()], NOW)
        assert (found.published, found.withdrawn) == ((), ("maximum-age",))
        assert publish_files(session, [article()], NOW).withdrawn == ()
    assert [each.article.id for each in ArticleStore(database).all()] == ["minimum-age"]
    with database.session() as session:
        newest = session.scalars(select(Revision).order_by(Revision.id.desc()).limit(1)).one()
    assert (newest.article_id, newest.withdrawn, newest.note) == ("maximum-age", True, "its file is gone")


def test_a_file_that_is_back_is_published_again(database: Database) -> None:
    published(database)
    released(database, id="maximum-age")
    assert ArticleStore(database).get("minimum-age") is None
    assert released(database) == 1
    assert ArticleStore(database).get("minimum-age") is not None


def test_a_release_leaves_in_service_what_a_person_published_without_a_file(database: Database) -> None:
    published(database, ANN, id="maximum-age")
    published(database)
    published(database, ANN, owner="Others")
    released(database, id="another")
    assert len(ArticleStore(database).all()) == 3


def test_an_empty_folder_withdraws_nothing(database: Database) -> None:
    published(database)
    with database.session() as session:
        assert publish_files(session, [], NOW).withdrawn == ()
    assert ArticleStore(database).get("minimum-age") is not None


def test_a_store_follows_what_others_publish(database: Database) -> None:
    store = ArticleStore(database)
    assert (store.version(), store.all()) == (0, ())
    published(database)
    published(database, id="maximum-age")
    assert [each.article.id for each in store.all()] == ["maximum-age", "minimum-age"]
    published(database, owner="Others")
    found = store.get("minimum-age")
    assert found is not None
    assert (found.revision, store.version()) == (2, 3)


def test_a_store_reads_articles_again_only_when_the_version_has_moved(database: Database) -> None:
    published(database)
    store = ArticleStore(database)
    first = store.get("minimum-age")
    assert store.get("minimum-age") is first


def test_two_revisions_of_one_article_never_have_one_number(database: Database) -> None:
    row = {
        "article_id": "a",
        "number": 1,
        "body": "{}",
        "digest": "",
        "published_by": ANN,
        "published_at": NOW,
    }
    with pytest.raises(IntegrityError), database.session() as session:
        session.add_all([Revision(**row), Revision(**row)])
