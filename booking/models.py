"""The tables of booking: an information session, and a seat in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage import Base


class Status(str, Enum):
    """What a booking is now. A held one counts as a seat until its `expires_at`."""

    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class InfoSession(Base):
    """A meeting where recruiters tell about the work and answer questions.

    `titles` and `places` hold one text a language (`{"en": …, "fr": …}`); a session without `places` is online.
    `starts_at` is a moment; `timezone` (IANA) is the zone in which people are told of it.
    """

    __tablename__ = "info_session"
    __table_args__ = (
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    timezone: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    places: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    online_link: Mapped[str | None] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(8))
    seats: Mapped[int]
    closes_at: Mapped[datetime]
    is_example: Mapped[bool] = mapped_column(default=False)

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.timezone))

    @property
    def local_end(self) -> datetime:
        return self.local_start + timedelta(minutes=self.minutes)

    @property
    def online(self) -> bool:
        return not self.places

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles["en"]

    def place(self, language: str) -> str | None:
        """Where it is, `None` when it is online."""
        if not self.places:
            return None
        return self.places.get(language) or self.places["en"]


class Booking(Base):
    """One person's seat. `name`, `email` and `person` are empty once the person had them erased."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "one_live_seat_a_person",
            "info_session_id",
            "person",
            unique=True,
            sqlite_where=text("status <> 'cancelled'"),
            postgresql_where=text("status <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    info_session_id: Mapped[int] = mapped_column(ForeignKey("info_session.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime | None]
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    person: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    sender: Mapped[str] = mapped_column(String(200), index=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    info_session: Mapped[InfoSession] = relationship(lazy="joined")
