"""The arithmetic of the benchmarks: percentiles, what a load measured, and ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """One message: when it was due and when it was over, in seconds of one clock.

    `answered` means that a reply came in time; `right`, that it was the answer of the article that was meant.
    """

    due: float
    over: float
    answered: bool
    right: bool = False

    @property
    def milliseconds(self) -> float:
        return (self.over - self.due) * 1000


@dataclass(frozen=True)
class Load:
    """What one load measured. Percentiles are milliseconds, over all messages; `right` is a share of them."""

    messages: int
    failed: int
    right: float
    per_second: float
    p50: float
    p95: float
    p99: float


def load_of(sent: Sequence[Sent]) -> Load:
    """Sum up a load of at least one message. A message that failed counts with the time that it was waited for."""
    times = [each.milliseconds for each in sent]
    seconds = max(each.over for each in sent) - min(each.due for each in sent)
    answered = sum(each.answered for each in sent)
    return Load(
        messages=len(sent),
        failed=len(sent) - answered,
        right=sum(each.right for each in sent) / len(sent),
        per_second=answered / seconds if seconds else 0.0,
        p50=percentile(times, 50),
        p95=percentile(times, 95),
        p99=percentile(times, 99),
    )


def percentile(values: Sequence[float], per_cent: float) -> float:
    """The smallest value that at least `per_cent` of the values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    rank = max(1, math.ceil(len(values) * per_cent / 100))
    return sorted(values)[rank - 1]


def ratio(better: float | None, other: float | None) -> float | None:
    """How many times `other` is in `better`; `None` where one is unknown or `other` is 0."""
    return better / other if better is not None and other else None
