"""Signing in and out: limited attempts, a fresh token each time, sign-ins that end by themselves.

SignInError
├── WrongCredentialsError   no such account, or another password; nobody is told which
└── TooManyAttemptsError    for this account, from this address or any, or from it for any; `seconds` until the next may be made
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from console.accounts import Passwords, find_recruiter, normal_email
from console.models import Recruiter, RecruiterSession, SignInAttempt
from storage import Database

# A working day.
SESSION_LASTS = timedelta(hours=10)
WINDOW = timedelta(minutes=15)
# For one account from one address: somebody elsewhere who guesses must not lock out whose account it is.
MOST_FOR_ACCOUNT = 10
# For one account from anywhere: many addresses together guess no faster than this.
MOST_FROM_ANYWHERE = 100
# A whole office may share an address.
MOST_FOR_ADDRESS = 50


class SignInError(Exception):
    """A sign-in was refused."""


class WrongCredentialsError(SignInError):
    """No such account, or another password."""


class TooManyAttemptsError(SignInError):
    """Too many attempts failed lately."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class SignedIn:
    """Who has signed in, as a page sees it."""

    email: str


class SignIns:
    """The open sign-ins. Every method is short or hashes a password: call it from a worker thread."""

    def __init__(self, database: Database, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def open(self, email: str, password: str, address: str, before: str = "") -> str:
        """The token of a new sign-in; `before`, the browser's last token, ends. Raises `SignInError`."""
        account, place = _hash(f"account:{normal_email(email)}:{address}"), _hash(f"address:{address}")
        anywhere = _hash(f"account:{normal_email(email)}")
        limits = {account: MOST_FOR_ACCOUNT, place: MOST_FOR_ADDRESS, anywhere: MOST_FROM_ANYWHERE}
        attempts = self._count_attempts(limits)
        with self._database.session() as session:
            recruiter = find_recruiter(session, email)
        if (
            not self._passwords.match(recruiter.password_hash if recruiter else None, password)
            or not recruiter
        ):
            raise WrongCredentialsError
        return self._open(recruiter, password, before, account, attempts)

    def who(self, token: str) -> SignedIn | None:
        """Who the token belongs to, `None` when its sign-in has ended."""
        with self._database.session() as session:
            email = session.scalar(
                select(Recruiter.email)
                .join(RecruiterSession, RecruiterSession.recruiter_id == Recruiter.id)
                .where(
                    RecruiterSession.token_hash == _hash(token), RecruiterSession.expires_at > self._clock()
                )
            )
        return SignedIn(email) if email else None

    def close(self, token: str) -> None:
        """End the token's sign-in."""
        with self._database.session() as session:
            session.execute(delete(RecruiterSession).where(RecruiterSession.token_hash == _hash(token)))

    def _count_attempts(self, most: dict[str, int]) -> list[int]:
        """Count this attempt before it is made, so that many at once cannot pass the limit together."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at <= now - WINDOW))
            rows = [SignInAttempt(key=key, tried_at=now) for key in most]
            session.add_all(rows)
            session.flush()
            attempts = [row.id for row in rows]
        with self._database.session() as session:
            waits = []
            for key, limit in most.items():
                tried = session.scalars(
                    select(SignInAttempt.tried_at)
                    .where(SignInAttempt.key == key, SignInAttempt.id <= max(attempts))
                    .order_by(SignInAttempt.tried_at)
                ).all()
                if len(tried) > limit:
                    waits.append(tried[-1 - limit] + WINDOW - now)
        if waits:
            # A refused attempt does not count: whoever waits as told is let in.
            self._forgive(attempts)
            raise TooManyAttemptsError(max(1, math.ceil(max(waits).total_seconds())))
        return attempts

    def _forgive(self, attempts: list[int]) -> None:
        with self._database.session() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempts)))

    def _open(
        self, recruiter: Recruiter, password: str, before: str, account: str, attempts: list[int]
    ) -> str:
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._database.writing() as session:
            # Gone or changed while the password was being checked?
            current = session.get(Recruiter, recruiter.id)
            if current is None or current.password_hash != recruiter.password_hash:
                raise WrongCredentialsError
            if self._passwords.outdated(current.password_hash):
                current.password_hash = self._passwords.hash(password)
            session.execute(
                delete(SignInAttempt).where(SignInAttempt.id.in_(attempts) | (SignInAttempt.key == account))
            )
            session.execute(
                delete(RecruiterSession).where(
                    (RecruiterSession.token_hash == _hash(before)) | (RecruiterSession.expires_at <= now)
                )
            )
            session.add(
                RecruiterSession(
                    token_hash=_hash(token), recruiter_id=current.id, expires_at=now + SESSION_LASTS
                )
            )
        return token


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
