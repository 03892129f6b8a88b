"""Why a booking is refused, and what the person can do next.

BookingError
├── UnknownSession   no such information session, or it has begun   → another session
├── SessionClosed    its registration has closed                    → another session
├── SessionFull      every seat is taken                            → another session
├── AlreadyBooked    this person has a seat there                   → keep the booking
└── UnknownCode      no live booking has this code                  → check the code
"""

from __future__ import annotations

from typing import ClassVar, Literal

NextStep = Literal["another_session", "keep_booking", "check_code"]


class BookingError(Exception):
    """A refusal: `reason` names it for a response or a page, `next_step` says what would help."""

    reason: ClassVar[str]
    next_step: ClassVar[NextStep]


class UnknownSession(BookingError):
    reason = "unknown_session"
    next_step = "another_session"


class SessionClosed(BookingError):
    reason = "closed"
    next_step = "another_session"


class SessionFull(BookingError):
    reason = "full"
    next_step = "another_session"


class AlreadyBooked(BookingError):
    reason = "already_booked"
    next_step = "keep_booking"


class UnknownCode(BookingError):
    reason = "unknown_code"
    next_step = "check_code"
