"""Seats of information sessions: see, take, give back.

Lock before you check; freeing needs no lock. An example in numbers: a session has 20 seats, 18 confirmed and
one held until 10:05. At 10:00 one seat is left; at 10:06, when the hold has lapsed, two are. Two people who
ask for the last seat at once are served one after the other, because each takes the session's lock before
counting; the second is told that it is full.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from booking.codes import new_code
from booking.errors import AlreadyBooked, SessionClosed, SessionFull, UnknownCode, UnknownSession
from booking.models import Booking, InfoSession, Status
from storage import Database

# PostgreSQL's advisory locks share one number space: this is booking's part of it.
_LOCK_AREA = 4201


@dataclass(frozen=True)
class BookingRequest:
    """Who wants a seat where. `key` makes a repeated request the same request; `sender` is the conversation's."""

    info_session_id: int
    name: str
    email: str
    language: str
    sender: str
    key: str


@dataclass(frozen=True)
class Coming:
    """An information session that can be booked or is full, and how many seats it has left now."""

    info_session: InfoSession
    seats_left: int


def coming_sessions(session: Session, now: datetime, limit: int = 10) -> list[Coming]:
    """Information sessions whose registration is open at `now`, soonest first; full ones too."""
    taken = (
        select(func.count(Booking.id))
        .where(Booking.info_session_id == InfoSession.id, _takes_a_seat(now))
        .correlate(InfoSession)
        .scalar_subquery()
    )
    rows = session.execute(
        select(InfoSession, taken)
        .where(InfoSession.closes_at > now, InfoSession.starts_at > now)
        .order_by(InfoSession.starts_at, InfoSession.id)
        .limit(limit)
    )
    return [Coming(info_session, max(0, info_session.seats - count)) for info_session, count in rows]


def check_open(session: Session, info_session_id: int, now: datetime) -> InfoSession:
    """The information session, if a seat can be asked for; raises the `BookingError` that `book` would."""
    info_session = session.get(InfoSession, info_session_id)
    if info_session is None or info_session.starts_at <= now:
        raise UnknownSession(info_session_id)
    if info_session.closes_at <= now:
        raise SessionClosed(info_session_id)
    taken = select(func.count(Booking.id)).where(
        Booking.info_session_id == info_session_id, _takes_a_seat(now)
    )
    if (session.scalar(taken) or 0) >= info_session.seats:
        raise SessionFull(info_session_id)
    return info_session


def book(database: Database, request: BookingRequest, now: datetime) -> Booking:
    """Confirm a seat. The same `key` again returns the same booking; raises a `BookingError` otherwise."""
    with _locked(database, request.info_session_id) as session:
        repeated = session.scalars(select(Booking).where(Booking.idempotency_key == request.key)).first()
        if repeated is not None:
            return repeated
        person = request.email.strip().casefold()
        if _live_booking(session, request.info_session_id, person) is not None:
            raise AlreadyBooked(request.info_session_id)
        info_session = check_open(session, request.info_session_id, now)
        booking = Booking(
            code=_unused_code(session),
            info_session=info_session,
            status=Status.CONFIRMED.value,
            expires_at=None,
            name=request.name,
            email=request.email.strip(),
            person=person,
            language=request.language,
            sender=request.sender,
            idempotency_key=request.key,
            created_at=now,
            cancelled_at=None,
        )
        session.add(booking)
        session.flush()
        return booking


def find_booking(session: Session, code: str) -> Booking:
    """The live booking with this code (as `codes.read_code` gives it); raises `UnknownCode`."""
    booking = session.scalars(
        select(Booking).where(Booking.code == code, Booking.status != Status.CANCELLED.value)
    ).first()
    if booking is None:
        raise UnknownCode(code)
    return booking


def cancel(session: Session, code: str, now: datetime) -> Booking:
    """Give the seat back; raises `UnknownCode`."""
    booking = find_booking(session, code)
    booking.status, booking.cancelled_at = Status.CANCELLED.value, now
    return booking


def bookings_of_sender(session: Session, sender: str, now: datetime) -> list[Booking]:
    """Live bookings made in this conversation for information sessions still to come, soonest first."""
    return list(
        session.scalars(
            select(Booking)
            .join(InfoSession)
            .where(
                Booking.sender == sender,
                Booking.status != Status.CANCELLED.value,
                InfoSession.starts_at > now,
            )
            .order_by(InfoSession.starts_at)
        )
    )


def erase_sender(session: Session, sender: str, now: datetime) -> int:
    """Cancel this sender's bookings and forget who made them; returns how many there were."""
    bookings = list(session.scalars(select(Booking).where(Booking.sender == sender)))
    for booking in bookings:
        if booking.status != Status.CANCELLED.value:
            booking.status, booking.cancelled_at = Status.CANCELLED.value, now
        booking.name = booking.email = booking.person = None
        # The row stays for the seat count's history; nothing in it leads back to the conversation.
        booking.sender, booking.idempotency_key = "", f"erased:{booking.id}"
    return len(bookings)


@contextmanager
def _locked(database: Database, info_session_id: int) -> Iterator[Session]:
    """A transaction that no other booking of this information session runs beside."""
    with database.session() as session:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        if database.engine.dialect.name == "postgresql":
            session.execute(
                text("SELECT pg_advisory_xact_lock(:area, :id)"), {"area": _LOCK_AREA, "id": info_session_id}
            )
        yield session


def _takes_a_seat(now: datetime) -> ColumnElement[bool]:
    return or_(
        Booking.status == Status.CONFIRMED.value,
        and_(Booking.status == Status.HELD.value, Booking.expires_at > now),
    )


def _live_booking(session: Session, info_session_id: int, person: str) -> Booking | None:
    return session.scalars(
        select(Booking).where(
            Booking.info_session_id == info_session_id,
            Booking.person == person,
            Booking.status != Status.CANCELLED.value,
        )
    ).first()


def _unused_code(session: Session) -> str:
    while True:
        code = new_code()
        if session.scalars(select(Booking.id).where(Booking.code == code)).first() is None:
            return code
