"""Recruiters' accounts, their sign-ins that are open, and the attempts that count against the limit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage import Base

# As long as what `turn.handled_by` can hold, which names the recruiter.
LONGEST_EMAIL = 120


class Recruiter(Base):
    """A person who may open the desk; `email` is in lower case."""

    __tablename__ = "recruiter"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class RecruiterSession(Base):
    """A sign-in that is still open, known by the hash of the cookie's token."""

    __tablename__ = "recruiter_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    recruiter_id: Mapped[int] = mapped_column(ForeignKey("recruiter.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Base):
    """A sign-in that was tried and has not succeeded; `key` is the hash of the account with the address, or of the address."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    tried_at: Mapped[datetime] = mapped_column(index=True)
