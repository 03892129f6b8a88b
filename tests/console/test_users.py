"""Accounts at the command line: strong passwords only, no default one, none ever kept in the clear."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.users import Terminal, _parser, run
from console.accounts import LEAST_PASSWORD, find_recruiter
from console.models import Recruiter
from storage import Database
from tests.console.builders import ANN, CHEAP, NOW, PASSWORD, add_ann


class Typist:
    """Types the answers given, and keeps what is printed."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.printed: list[str] = []

    def ask(self, question: str) -> str:
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def users(self, database: Database, *arguments: str) -> int:
        terminal = Terminal(self.ask, self.printed.append)
        return run(_parser().parse_args(arguments), database, NOW, terminal, CHEAP)


def _recruiters(database: Database) -> list[Recruiter]:
    with database.session() as session:
        return list(session.scalars(select(Recruiter)))


def test_a_new_database_has_no_account(database: Database) -> None:
    typist = Typist()
    assert typist.users(database, "list") == 0
    assert _recruiters(database) == []
    assert "no accounts" in typist.printed[0]


def test_add_asks_twice_and_keeps_only_a_hash(database: Database) -> None:
    assert Typist(PASSWORD, PASSWORD).users(database, "add", "Ann@Example.org") == 0
    (recruiter,) = _recruiters(database)
    assert recruiter.email == ANN
    assert PASSWORD not in recruiter.password_hash
    assert CHEAP.match(recruiter.password_hash, PASSWORD)


def test_add_can_make_the_password_itself(database: Database) -> None:
    typist = Typist()
    assert typist.users(database, "add", ANN, "--generate") == 0
    password = typist.printed[-1].removeprefix("Password: ")
    assert len(password) >= LEAST_PASSWORD
    assert CHEAP.match(_recruiters(database)[0].password_hash, password)


@pytest.mark.parametrize(
    ("email", "answers", "reason"),
    [
        (ANN, ("short", "short"), "12 to 200 characters"),
        (ANN, ("a" * 201, "a" * 201), "12 to 200 characters"),
        (ANN, (ANN, ANN), "is not the e-mail address"),
        (ANN, (PASSWORD, PASSWORD + "x"), "not the same"),
        (ANN, (), "--generate"),
        ("ann", (PASSWORD, PASSWORD), "not an e-mail address"),
        ("a" * 120 + "@example.org", (PASSWORD, PASSWORD), "not an e-mail address"),
    ],
)
def test_what_is_refused_says_why(
    database: Database, capsys: pytest.CaptureFixture[str], email: str, answers: tuple[str, ...], reason: str
) -> None:
    assert Typist(*answers).users(database, "add", email) == 1
    assert reason in capsys.readouterr().err
    assert _recruiters(database) == []


def test_an_account_is_made_once(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    add_ann(database)
    assert Typist().users(database, "add", ANN.upper(), "--generate") == 1
    assert "already" in capsys.readouterr().err


def test_set_password_replaces_it(database: Database) -> None:
    add_ann(database)
    assert Typist("another long one", "another long one").users(database, "set-password", ANN) == 0
    with database.session() as session:
        recruiter = find_recruiter(session, ANN)
    assert recruiter is not None
    assert not CHEAP.match(recruiter.password_hash, PASSWORD)
    assert CHEAP.match(recruiter.password_hash, "another long one")


def test_remove_ends_the_account(database: Database) -> None:
    add_ann(database)
    assert Typist().users(database, "remove", ANN) == 0
    assert _recruiters(database) == []


@pytest.mark.parametrize("arguments", [("remove",), ("set-password", "--generate")])
def test_an_account_that_is_not_there_is_said_to_be_unknown(
    database: Database, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert Typist().users(database, *arguments, "nobody@example.org") == 1
    assert "no account for nobody@example.org" in capsys.readouterr().err


def test_a_password_is_the_same_however_its_accents_are_typed(database: Database) -> None:
    add_ann(database, password="très long mot é")
    (recruiter,) = _recruiters(database)
    assert CHEAP.match(recruiter.password_hash, "très long mot e\u0301")
