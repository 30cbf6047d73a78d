"""How many frames a connection may send, at once and over a while."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loquent.wire.rate import Rate


def test_a_burst_may_come_at_once_and_the_next_is_too_early() -> None:
    rate = Rate(10, 20, now=5)
    assert [rate.take(5) for _ in range(20)] == [0.0] * 20
    assert rate.take(5) == 0.2


def test_who_waits_as_long_as_told_is_within_the_rate() -> None:
    rate = Rate(10, 1, now=0)
    rate.take(0)
    early = rate.take(0)
    assert early == 0.2
    assert rate.take(early) == 0.0


def test_a_flood_is_forgiven_after_a_burst_of_silence() -> None:
    rate = Rate(10, 20, now=0)
    for _ in range(100_000):
        rate.take(0)
    assert rate.take(2.2) == 0.0, "a burst that was owed is paid"


@given(st.floats(0.5, 1000), st.integers(1, 100), st.lists(st.floats(0, 10), max_size=200))
def test_over_any_time_no_more_than_burst_and_rate_are_within(per_second: float, burst: int, gaps: list[float]) -> None:
    rate = Rate(per_second, burst, now=0)
    now, within = 0.0, 0
    for gap in gaps:
        now += gap
        within += rate.take(now) == 0.0
    assert within <= burst + now * per_second + 1e-6
