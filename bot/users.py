"""Recruiters' accounts, made and ended at the command line: `python -m bot users add ann@example.org`."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.installation import open_database
from console.accounts import (
    LEAST_PASSWORD,
    AccountError,
    Passwords,
    add_recruiter,
    generate_password,
    list_recruiters,
    normal_email,
    remove_recruiter,
    set_password,
)
from settings import from_environment
from storage import Database, utc


class NoPasswordError(Exception):
    """No password was given, or the second time another."""


@dataclass(frozen=True)
class Terminal:
    """How the command asks for a password and prints: a test gives its own."""

    ask: Callable[[str], str] = getpass.getpass
    write: Callable[[str], None] = print


def main(arguments: list[str]) -> int:
    """The command `users`."""
    options = _parser().parse_args(arguments)
    with open_database(from_environment()) as database:
        return run(options, database, utc(), Terminal(), Passwords())


def run(
    options: argparse.Namespace, database: Database, now: datetime, terminal: Terminal, passwords: Passwords
) -> int:
    """Carry out parsed `options`; returns the exit status."""
    try:
        if options.action == "list":
            _list(database, terminal)
        elif options.action == "remove":
            with database.writing() as session:
                remove_recruiter(session, options.email)
            terminal.write(f"Removed {normal_email(options.email)}.")
        else:
            _give_password(options, database, now, terminal, passwords)
    except (AccountError, NoPasswordError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _list(database: Database, terminal: Terminal) -> None:
    with database.session() as session:
        recruiters = list_recruiters(session)
    for recruiter in recruiters:
        terminal.write(f"{recruiter.email}  since {recruiter.created_at:%Y-%m-%d}")
    if not recruiters:
        terminal.write("There are no accounts yet: python -m bot users add EMAIL")


def _give_password(
    options: argparse.Namespace, database: Database, now: datetime, terminal: Terminal, passwords: Passwords
) -> None:
    """`add` and `set-password`; a generated password is shown once and kept nowhere."""
    password = generate_password() if options.generate else _asked_twice(terminal)
    with database.writing() as session:
        if options.action == "add":
            add_recruiter(session, options.email, password, passwords, now)
        else:
            set_password(session, options.email, password, passwords)
    done = "Added" if options.action == "add" else "New password for"
    terminal.write(f"{done} {normal_email(options.email)}. They sign in at /desk.")
    if options.generate:
        terminal.write(f"Password: {password}")


def _asked_twice(terminal: Terminal) -> str:
    try:
        first = terminal.ask(f"Password (at least {LEAST_PASSWORD} characters): ")
        second = terminal.ask("The same again: ")
    except EOFError as error:
        raise NoPasswordError("No password was given; --generate makes one.") from error
    if first != second:
        raise NoPasswordError("The two passwords are not the same.")
    return first


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot users", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="list the accounts")
    for name, help in (
        ("add", "make an account"),
        ("set-password", "change a password and end the account's open sign-ins"),
        ("remove", "end an account and its open sign-ins"),
    ):
        action = actions.add_parser(name, help=help, description=help)
        action.add_argument("email", metavar="EMAIL")
        if name != "remove":
            action.add_argument(
                "--generate", action="store_true", help="make a password and show it, instead of asking"
            )
    return parser
