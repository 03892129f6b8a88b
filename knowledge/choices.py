"""Choices among offered articles ("Did you mean"), as labelled examples for a recruiter to review.

Nothing here is trained on: a choice says what one person took, not what the question meant to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from knowledge.turns import TurnRow

CLARIFIED = "clarified"
CHOSEN, SOMETHING_ELSE = "choose_article", "something_else"


@dataclass(frozen=True)
class Choice:
    """What was asked (masked), which articles were offered, and which was taken: `None` for "something else".

    `turn` is the number of the turn that asked, `answered` of the one that chose.
    """

    turn: int
    answered: int
    asked_at: datetime
    channel: str
    language: str
    text: str
    offered: tuple[str, ...]
    chosen: str | None


def choices(session: Session, limit: int = 100) -> list[Choice]:
    """The newest choices first: each a clarified turn with the turn that follows it in the same conversation.

    A button of some older message, pressed next, chooses nothing of what was offered and is left out.
    """
    return list(islice(_choices(session), limit))


def _choices(session: Session) -> Iterator[Choice]:
    after, answer = aliased(TurnRow), aliased(TurnRow)
    next_turn = (
        select(func.min(after.id))
        .where(after.sender == TurnRow.sender, after.id > TurnRow.id)
        .correlate(TurnRow)
        .scalar_subquery()
    )
    pairs = (
        select(TurnRow, answer)
        .join(answer, answer.id == next_turn)
        .where(TurnRow.outcome == CLARIFIED, answer.intent.in_((CHOSEN, SOMETHING_ELSE)))
        .order_by(TurnRow.id.desc())
    )
    for asked, answered in session.execute(pairs):
        offered = tuple(str(each["id"]) for each in asked.decision.get("offered") or ())
        chosen = next((str(each["id"]) for each in answered.articles), None)
        if answered.intent == CHOSEN and chosen not in offered:
            continue
        yield Choice(
            turn=asked.id,
            answered=answered.id,
            asked_at=asked.created_at,
            channel=asked.channel,
            language=asked.language,
            text=asked.text,
            offered=offered,
            chosen=chosen if answered.intent == CHOSEN else None,
        )
