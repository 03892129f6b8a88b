"""Unanswered questions, a page at a time, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from knowledge.turns import UNANSWERED, TurnRow

PAGE = 20


@dataclass(frozen=True)
class QuestionPage:
    """Some questions; `older` and `newer` are what to ask the next page and the previous one `before`.

    `newer` is 0 for the first page, `None` where there is none.
    """

    rows: tuple[TurnRow, ...]
    older: int | None
    newer: int | None


def question_page(
    session: Session, handled: bool, before: int | None = None, size: int = PAGE
) -> QuestionPage:
    """The newest questions, or those with a number below `before`: numbers stand still while rows come and go."""
    wanted = _wanted(handled)
    rows = list(
        session.scalars(
            wanted.where(TurnRow.id < before if before else TurnRow.id > 0)
            .order_by(TurnRow.id.desc())
            .limit(size + 1)
        )
    )
    newer = None
    if before:
        # The page before this one ends just above it; the row after its first tells where it begins.
        above = list(session.scalars(wanted.where(TurnRow.id >= before).order_by(TurnRow.id).limit(size + 1)))
        newer = above[size].id if len(above) > size else 0
    return QuestionPage(tuple(rows[:size]), rows[size - 1].id if len(rows) > size else None, newer)


def count_questions(session: Session) -> dict[bool, int]:
    """How many there are, by whether they are handled."""
    handled = TurnRow.handled_at.is_not(None)
    rows = session.execute(
        select(handled, func.count()).where(TurnRow.outcome == UNANSWERED).group_by(handled)
    )
    return {True: 0, False: 0, **{bool(each): count for each, count in rows}}


def _wanted(handled: bool) -> Select[tuple[TurnRow]]:
    state = TurnRow.handled_at.is_not(None) if handled else TurnRow.handled_at.is_(None)
    return select(TurnRow).where(TurnRow.outcome == UNANSWERED, state)
