"""A bound on how fast one key may send: a token bucket in memory."""

from midflow.edge.http import Problem


class RateLimiter:
    """`per_minute` events a minute for each key, a minute's worth at once; 0 means no bound."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: dict[bytes, tuple[float, float]] = {}

    def take(self, key: bytes, count: int, now: float) -> None:
        """Take `count` from the key's bucket; Problem 429 with Retry-After where it does not hold as many."""
        if not self._per_minute:
            return
        left, then = self._buckets.get(key, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - then) * self._per_minute / 60)
        if count > left:
            self._buckets[key] = (left, now)
            wait = max(1, round((min(count, self._per_minute) - left) * 60 / self._per_minute))
            raise Problem(
                429,
                f"More than {self._per_minute} events a minute with this key. Nothing of this request was taken.",
                headers=[(b"retry-after", str(wait).encode())],
            )
        self._buckets[key] = (left - count, now)
