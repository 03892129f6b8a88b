"""The command line: quick help, clear refusals, and what `publish`, `questions` and `chat` do."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.__main__ import COMMANDS, main
from bot.chat import converse
from bot.installation import fill_database
from bot.problems import EXIT_STATUS, NotInOrder
from bot.publish import author, publish_file, publish_folder, withdraw_article
from bot.questions import as_dict, table
from channels.messages import Button, IncomingMessage, Reply, Turn
from knowledge.store import FILES, ArticleStore
from knowledge.turns import TurnRecord, record_turn, unanswered
from settings import ROOT, Settings
from storage import Database
from tests.booking.builders import added, info_session, others_write, sqlite

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=timezone.utc)
ARTICLE = ROOT / "knowledge" / "articles" / "minimum-age.yml"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return sqlite(tmp_path)


def test_help_is_there_for_every_command_without_loading_rasa() -> None:
    code = (
        "import sys, contextlib, io\n"
        "from bot.__main__ import COMMANDS, main\n"
        "for command in COMMANDS:\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):\n"
        "        main([command, '--help'])\n"
        "    assert said.getvalue().startswith(f'usage: python -m bot {command}'), command\n"
        "assert not {'rasa', 'tensorflow'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_every_command_is_a_module() -> None:
    assert [name for name in COMMANDS if not (ROOT / "bot" / f"{name}.py").is_file()] == []


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_setting_that_cannot_be_read_is_named() -> None:
    result = _run("serve", SIGNPOST_PORT="eighty")
    assert result.returncode == EXIT_STATUS
    assert "SIGNPOST_PORT='eighty'" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_port_that_is_taken_is_told_before_anything_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = _run("serve", "--prepare", SIGNPOST_PORT=str(port))
    assert result.returncode == EXIT_STATUS
    assert f"127.0.0.1:{port}" in result.stderr
    assert "SIGNPOST_PORT=8081" in result.stderr


def test_a_database_that_does_not_answer_is_told_without_its_password() -> None:
    address = "postgresql://signpost:secret@127.0.0.1:1/signpost"
    result = _run("questions", SIGNPOST_DATABASE_URL=address)
    assert result.returncode == EXIT_STATUS
    assert "SIGNPOST_DATABASE_URL" in result.stderr
    assert "secret" not in result.stderr


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["dance"])


def test_a_published_file_is_served_at_once(database: Database) -> None:
    store = ArticleStore(database)
    assert store.get("minimum-age") is None
    _publish_related(database)
    article, revision = publish_file(database, ARTICLE, "someone", NOW)
    assert revision == 1
    assert store.get(article.id) is not None


def _publish_related(database: Database) -> None:
    from knowledge.articles import load_articles
    from knowledge.store import publish

    with database.session() as session:
        for article in load_articles(ARTICLE.parent):
            if article.id != "minimum-age":
                publish(session, article, FILES, NOW)


def test_a_file_with_a_number_that_no_fact_holds_is_refused(database: Database, tmp_path: Path) -> None:
    _publish_related(database)
    changed = tmp_path / ARTICLE.name
    changed.write_text(
        ARTICLE.read_text("utf-8").replace("  answer: |\n", "  answer: |\n    In 4711 ways.\n", 1), "utf-8"
    )
    with pytest.raises(NotInOrder, match="4711"):
        publish_file(database, changed, "someone", NOW)
    assert ArticleStore(database).get("minimum-age") is None


def test_a_file_beside_unpublished_related_articles_is_refused(database: Database) -> None:
    with pytest.raises(NotInOrder, match="is not published"):
        publish_file(database, ARTICLE, "someone", NOW)


def test_a_broken_file_is_refused_with_its_line(database: Database, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("id: broken\ntopics: [\n", "utf-8")
    with pytest.raises(NotInOrder, match=r"broken\.yml:\d+"):
        publish_file(database, broken, "someone", NOW)


def test_the_folder_as_a_whole_is_published_and_what_is_gone_is_withdrawn(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "articles"
    shutil.copytree(ARTICLE.parent, folder)
    settings = Settings(articles_dir=folder)
    assert "minimum-age" in publish_folder(settings, database, NOW).published
    # No other article names it as related.
    (folder / "height-and-weight.yml").unlink()
    released = publish_folder(settings, database, NOW, "a reason")
    assert (released.published, released.withdrawn) == ((), ("height-and-weight",))
    assert ArticleStore(database).get("height-and-weight") is None
    assert ArticleStore(database).get("minimum-age") is not None


def test_publishing_succeeds_beside_a_server_that_writes(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    shutil.copytree(ARTICLE.parent, folder)
    settings = Settings(articles_dir=folder)
    added(database, info_session())
    publish_folder(settings, database, NOW)
    (folder / "height-and-weight.yml").unlink()
    with others_write(database, after="revision"):
        withdraw_article(database, "minimum-age", "someone", NOW)
        publish_file(database, ARTICLE, "someone", NOW)
        assert publish_folder(settings, database, NOW).withdrawn == ("height-and-weight",)
        shutil.copy(ARTICLE.with_name("height-and-weight.yml"), folder)
        assert "height-and-weight" in fill_database(settings, database, NOW, examples=False).published


def test_another_folder_is_not_taken_for_the_articles(tmp_path: Path) -> None:
    result = _run("publish", str(tmp_path), SIGNPOST_DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}")
    assert result.returncode == EXIT_STATUS
    assert "not the articles' folder" in result.stderr


def test_a_withdrawn_article_is_served_no_more(database: Database) -> None:
    _publish_related(database)
    publish_file(database, ARTICLE, "someone", NOW)
    withdraw_article(database, "minimum-age", "someone", NOW)
    assert ArticleStore(database).get("minimum-age") is None


def test_withdrawing_what_is_not_there_says_so(database: Database) -> None:
    with pytest.raises(NotInOrder, match="no such article"):
        withdraw_article(database, "nothing", "someone", NOW)


def test_a_file_of_the_release_stays_the_release_s(tmp_path: Path) -> None:
    assert author(Settings(), ARTICLE, "someone") == FILES
    assert author(Settings(), tmp_path / "minimum-age.yml", "someone") == "someone"


def _asked(database: Database, text: str, minutes: int) -> None:
    record = TurnRecord(
        sender="web:1",
        channel="web",
        language="en",
        text=text,
        outcome="unanswered",
        intent="ask",
        decision={"articles": [{"id": "minimum-age", "topics": ["age"], "score": 0.213}]},
        articles=[],
        milliseconds=5.0,
    )
    with database.session() as session:
        record_turn(session.connection(), record, NOW + timedelta(minutes=minutes))


def test_questions_come_newest_first_in_the_service_s_own_time(database: Database) -> None:
    _asked(database, "first question", 0)
    _asked(database, "second question", 5)
    with database.session() as session:
        rows = unanswered(session)
        text = table(rows, ZoneInfo("America/Toronto"))
        assert [as_dict(row)["text"] for row in rows] == ["second question", "first question"]
        json.dumps([as_dict(row) for row in rows])
    assert text.index("second question") < text.index("first question")
    assert "2026-11-21 10:05" in text
    assert "minimum-age 0.21" in text


def test_no_questions_is_said(database: Database) -> None:
    assert table([], ZoneInfo("UTC")) == "No unanswered questions."


class _Echo:
    """Answers with what it got, and two buttons."""

    async def handle(self, message: IncomingMessage) -> Turn:
        buttons = (Button("Yes", "/affirm"), Button("No", "/deny"))
        return Turn("act", (Reply(f"{message.text}|{message.payload}", buttons),))


async def test_in_a_chat_a_button_is_its_number() -> None:
    said: list[str] = []
    await converse(_Echo(), ["hello", "2", "3"], said.append, "https://example.org")
    assert "hello|None" in said[0]
    assert "[1] Yes" in said[0]
    assert "No|/deny" in said[1]
    assert "3|None" in said[2]
