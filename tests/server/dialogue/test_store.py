"""Memory while the server runs, and its bounds."""

from __future__ import annotations

import pytest

from loquent.dialogue.store import REMEMBERED_BYTES, MemoryStore, Spoken, latest


def said(number: int) -> Spoken:
    """Return an exchange to tell by its number."""
    return Spoken(f"said {number}", f"reply {number}")


def test_the_last_exchanges_are_given_oldest_first() -> None:
    store = MemoryStore()
    for number in range(5):
        store.append("p", "guard", said(number))
    assert store.last("p", "guard", 3) == (said(2), said(3), said(4))
    assert store.last("p", "guard", 0) == ()
    assert store.last("q", "guard", 3) == store.last("p", "innkeeper", 3) == ()


def test_only_so_many_are_kept_of_each_and_of_so_many() -> None:
    store = MemoryStore(exchanges=3, pairs=2)
    for number in range(10):
        store.append("p", "guard", said(number))
    assert store.last("p", "guard", 99) == (said(7), said(8), said(9))
    store.append("q", "guard", said(0))
    store.append("p", "guard", said(10))
    store.append("r", "guard", said(0))
    assert store.last("q", "guard", 99) == ()  # silent longest
    assert store.last("p", "guard", 99)[-1] == said(10)


def test_only_so_much_is_kept_of_each_and_the_last_in_any_case() -> None:
    store = MemoryStore()
    for number in range(1, 6):
        store.append("p", "guard", Spoken(str(number), "é" * (REMEMBERED_BYTES // 8)))  # a quarter, in bytes
    assert [exchange.said for exchange in store.last("p", "guard", 99)] == ["3", "4", "5"]
    store.append("p", "guard", Spoken("6", "x" * 2 * REMEMBERED_BYTES))
    assert [exchange.said for exchange in store.last("p", "guard", 99)] == ["6"]


@pytest.mark.parametrize(
    ("most_bytes", "numbers"), [(0, []), (12, []), (13, [9]), (25, [9]), (26, [8, 9]), (999, list(range(10)))]
)
def test_the_latest_are_as_many_whole_ones_as_fit(most_bytes: int, numbers: list[int]) -> None:
    assert latest([said(number) for number in range(10)], most_bytes) == tuple(map(said, numbers))


def test_amend_replaces_what_is_still_kept_and_nothing_else() -> None:
    store = MemoryStore(exchanges=2)
    first, second = store.append("p", "guard", said(1)), store.append("p", "guard", said(2))
    store.amend("p", "guard", second, said(22))
    assert store.last("p", "guard", 9) == (said(1), said(22))
    store.append("p", "guard", said(3))
    store.amend("p", "guard", first, said(11))
    store.amend("nobody", "guard", second, said(0))
    assert store.last("p", "guard", 9) == (said(22), said(3))
