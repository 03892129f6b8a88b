"""Information sessions and their seats: the rules, apart from whoever asks (chat, console, Telegram)."""

from booking.errors import (
    AlreadyBooked,
    BookingError,
    SessionClosed,
    SessionFull,
    UnknownCode,
    UnknownSession,
)
from booking.models import Booking, InfoSession, Status
from booking.seats import (
    BookingRequest,
    Coming,
    book,
    bookings_of_sender,
    cancel,
    check_open,
    coming_sessions,
    erase_sender,
    find_booking,
)

__all__ = [
    "AlreadyBooked",
    "Booking",
    "BookingError",
    "BookingRequest",
    "Coming",
    "InfoSession",
    "SessionClosed",
    "SessionFull",
    "Status",
    "UnknownCode",
    "UnknownSession",
    "book",
    "bookings_of_sender",
    "cancel",
    "check_open",
    "coming_sessions",
    "erase_sender",
    "find_booking",
]
