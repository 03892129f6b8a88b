"""Seats: nobody is turned away wrongly, nobody gets two, and no session is ever oversold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from booking import (
    AlreadyBooked,
    Booking,
    BookingError,
    SessionClosed,
    SessionFull,
    Status,
    UnknownCode,
    UnknownSession,
    book,
    bookings_of_sender,
    cancel,
    coming_sessions,
    erase_sender,
    find_booking,
)
from storage import Database
from tests.booking.builders import NOW, added, info_session, request


def _seats_left(database: Database) -> list[int]:
    with database.session() as session:
        return [coming.seats_left for coming in coming_sessions(session, NOW)]


def test_a_booking_takes_a_seat_and_has_a_code(database: Database) -> None:
    (id,) = added(database, info_session(seats=2))
    booking = book(database, request(id), NOW)
    with database.session() as session:
        assert find_booking(session, booking.code).email == "person1@example.org"
    assert _seats_left(database) == [1]


def test_the_same_request_again_is_the_same_booking(database: Database) -> None:
    (id,) = added(database, info_session(seats=1))
    first = book(database, request(id), NOW)
    assert book(database, request(id), NOW).code == first.code
    assert _seats_left(database) == [0]


def test_one_person_has_one_seat_whatever_the_case_of_the_address(database: Database) -> None:
    (id,) = added(database, info_session())
    book(database, request(id, email="Ann@Example.org"), NOW)
    with pytest.raises(AlreadyBooked):
        book(database, request(id, email="ann@example.ORG ", key="another"), NOW)


def test_one_person_may_go_to_two_sessions(database: Database) -> None:
    first, second = added(database, info_session(), info_session())
    book(database, request(first), NOW)
    book(database, request(second, key="another"), NOW)
    assert _seats_left(database) == [19, 19]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"seats": 0}, SessionFull),
        ({"closes_at": NOW}, SessionClosed),
        ({"starts_at": NOW - timedelta(minutes=1), "closes_at": NOW + timedelta(days=1)}, UnknownSession),
    ],
)
def test_a_session_that_cannot_be_booked_says_why(
    database: Database, changes: dict[str, object], refusal: type[BookingError]
) -> None:
    (id,) = added(database, info_session(**changes))
    with pytest.raises(refusal):
        book(database, request(id), NOW)


def test_an_unknown_session_is_refused(database: Database) -> None:
    with pytest.raises(UnknownSession):
        book(database, request(4711), NOW)


def test_cancelling_frees_the_seat_and_the_person(database: Database) -> None:
    (id,) = added(database, info_session(seats=1))
    booking = book(database, request(id), NOW)
    with database.session() as session:
        cancel(session, booking.code, NOW)
    assert _seats_left(database) == [1]
    assert book(database, request(id, key="again"), NOW).code != booking.code


def test_a_code_cancels_once(database: Database) -> None:
    (id,) = added(database, info_session())
    booking = book(database, request(id), NOW)
    with database.session() as session:
        cancel(session, booking.code, NOW)
    with database.session() as session, pytest.raises(UnknownCode):
        cancel(session, booking.code, NOW)


def test_a_hold_is_a_seat_until_it_lapses(database: Database) -> None:
    (id,) = added(database, info_session(seats=1))
    booking = book(database, request(id), NOW)
    with database.session() as session:
        held = session.get_one(Booking, booking.id)
        held.status, held.expires_at = Status.HELD.value, NOW + timedelta(minutes=9)
    with pytest.raises(SessionFull):
        book(database, request(id, 2), NOW)
    assert book(database, request(id, 2), NOW + timedelta(minutes=10)).code


def test_sessions_come_soonest_first_and_closed_ones_not_at_all(database: Database) -> None:
    late, soon, _ = added(
        database,
        info_session(starts_at=NOW + timedelta(days=9)),
        info_session(starts_at=NOW + timedelta(days=3)),
        info_session(closes_at=NOW),
    )
    with database.session() as session:
        assert [coming.info_session.id for coming in coming_sessions(session, NOW)] == [soon, late]


def test_erasing_cancels_and_forgets_the_person(database: Database) -> None:
    (id,) = added(database, info_session(seats=1))
    booking = book(database, request(id), NOW)
    with database.session() as session:
        assert erase_sender(session, "web:1", NOW) == 1
    with database.session() as session:
        row = session.get_one(Booking, booking.id)
        assert (row.name, row.email, row.person, row.sender) == (None, None, None, "")
        assert bookings_of_sender(session, "web:1", NOW) == []
    assert _seats_left(database) == [1]


@pytest.mark.parametrize("seats", [1, 3])
def test_people_who_ask_at_once_never_oversell(database: Database, seats: int) -> None:
    (id,) = added(database, info_session(seats=seats))

    def ask(person: int) -> bool:
        try:
            book(database, request(id, person), NOW)
        except SessionFull:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(ask, range(32)))
    assert sum(got) == seats
    assert _seats_left(database) == [0]


def test_one_request_delivered_many_times_at_once_books_once(database: Database) -> None:
    (id,) = added(database, info_session(seats=5))
    with ThreadPoolExecutor(8) as pool:
        codes = {booking.code for booking in pool.map(lambda _: book(database, request(id), NOW), range(16))}
    assert len(codes) == 1
    assert _seats_left(database) == [4]


def test_one_person_who_asks_twice_at_once_gets_one_seat(database: Database) -> None:
    (id,) = added(database, info_session(seats=5))

    def ask(number: int) -> bool:
        try:
            book(database, request(id, key=f"key {number}"), NOW)
        except AlreadyBooked:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(16))) == 1
