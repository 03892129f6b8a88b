"""Recruiters' accounts: made and ended on the command line, never by a page.

AccountError
├── InvalidEmailError       not an e-mail address
├── WeakPasswordError       shorter than 12 characters, or the e-mail address
├── AccountExistsError      there is such an account
└── UnknownAccountError     there is none
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from console.models import LONGEST_EMAIL, Recruiter, RecruiterSession

LEAST_PASSWORD = 12
# Hashing takes time by the length too; nobody types more than this.
MOST_PASSWORD = 200

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class AccountError(Exception):
    """An account cannot be made or changed; `str()` is a sentence for the person at the command line."""


class InvalidEmailError(AccountError):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email!r} is not an e-mail address of at most {LONGEST_EMAIL} characters.")


class WeakPasswordError(AccountError):
    def __init__(self) -> None:
        super().__init__(
            f"A password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters and is not the e-mail address."
        )


class AccountExistsError(AccountError):
    def __init__(self, email: str) -> None:
        super().__init__(f"There is an account for {email} already.")


class UnknownAccountError(AccountError):
    def __init__(self, email: str) -> None:
        super().__init__(f"There is no account for {email}.")


class Passwords:
    """Hashes and checks passwords with argon2id."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def match(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; `None` (no such account) takes as long and is false."""
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(secrets.token_urlsafe(24))
        if len(password) > MOST_PASSWORD:
            return False
        try:
            return self._hasher.verify(stored or self._nobodys, _normal(password)) and stored is not None
        except VerificationError:
            return False

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def normal_email(email: str) -> str:
    """An e-mail address as accounts are found by it."""
    return email.strip().lower()


def add_recruiter(session: Session, email: str, password: str, passwords: Passwords, now: datetime) -> None:
    """Make an account; raises `AccountError`."""
    email = normal_email(email)
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        raise InvalidEmailError(email)
    if find_recruiter(session, email) is not None:
        raise AccountExistsError(email)
    hashed = _hash_strong(email, password, passwords)
    session.add(Recruiter(email=email, password_hash=hashed, created_at=now))


def set_password(session: Session, email: str, password: str, passwords: Passwords) -> None:
    """Change a password and end the account's open sign-ins; raises `AccountError`."""
    recruiter = _existing(session, email)
    recruiter.password_hash = _hash_strong(recruiter.email, password, passwords)
    session.execute(delete(RecruiterSession).where(RecruiterSession.recruiter_id == recruiter.id))


def remove_recruiter(session: Session, email: str) -> None:
    """End an account and its open sign-ins; what it has handled keeps its name. Raises `AccountError`."""
    recruiter = _existing(session, email)
    session.execute(delete(RecruiterSession).where(RecruiterSession.recruiter_id == recruiter.id))
    session.delete(recruiter)


def list_recruiters(session: Session) -> list[Recruiter]:
    """Every account, by e-mail."""
    return list(session.scalars(select(Recruiter).order_by(Recruiter.email)))


def find_recruiter(session: Session, email: str) -> Recruiter | None:
    return session.scalar(select(Recruiter).where(Recruiter.email == normal_email(email)))


def generate_password() -> str:
    """A password that nobody has to think of: 128 bits."""
    return secrets.token_urlsafe(16)


def _existing(session: Session, email: str) -> Recruiter:
    recruiter = find_recruiter(session, email)
    if recruiter is None:
        raise UnknownAccountError(normal_email(email))
    return recruiter


def _hash_strong(email: str, password: str, passwords: Passwords) -> str:
    length = len(_normal(password))
    if not LEAST_PASSWORD <= length <= MOST_PASSWORD or _normal(password).lower() == email:
        raise WeakPasswordError
    return passwords.hash(password)


def _normal(password: str) -> str:
    # The same keys pressed on another computer may send é as one character or as two.
    return unicodedata.normalize("NFKC", password)
