"""How fast messages are taken: a bucket of tokens for each conversation and each address."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass
class _Bucket:
    tokens: float
    filled_at: datetime


class RateLimit:
    """Takes `per_minute` messages a minute for each key, after a first burst of half as many.

    Remembers at most `keys` keys, the latest used; a forgotten one starts with a full bucket.
    """

    def __init__(self, per_minute: int, clock: Callable[[], datetime], keys: int = 10_000) -> None:
        self._per_second = per_minute / 60
        self._burst = max(1.0, per_minute / 2)
        self._clock = clock
        self._keys = keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one token; returns 0, or the seconds until there will be one."""
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        gained = max(0.0, (now - bucket.filled_at).total_seconds()) * self._per_second
        bucket.tokens, bucket.filled_at = min(self._burst, bucket.tokens + gained), now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_second
        bucket.tokens -= 1
        return 0.0
