"""How many frames a connection may send: a token bucket, without a clock of its own."""

from __future__ import annotations


class Rate:
    """Counts events against a rate, over a while.

    Args:
        per_second: events per second that may go on for ever; above 0.
        burst: events that may come at once.
        now: the time, in seconds, of any clock that doesn't go backwards.
    """

    def __init__(self, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._at = now

    def take(self, now: float) -> float:
        """Count one event; returns 0.0 if it's within the rate, else after how many seconds of silence the next one will be.

        Events too many count as well, up to one burst: who sends twice the rate for a second waits for a second.
        """
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        self._left = max(self._left - 1, -self._burst)
        return (1 - self._left) / self._per_second if self._left < 0 else 0.0
