"""The recorded traces: that they are what the server's wire code sends today, and that the laws hold on many more walks than these."""

from __future__ import annotations

from collections import Counter

import pytest

from support.trace_walk import FOLDER, SCENARIOS, path_of, record


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_trace_is_fresh(name: str) -> None:
    """If it isn't: look why the bytes have changed, then run tests/protocol/record_traces.py."""
    assert path_of(name).read_text(encoding="utf-8") == record(name).text


def test_no_other_file_is_there_and_they_are_small() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {path_of(name).name for name in SCENARIOS}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 100_000


def test_what_a_network_can_do_to_a_session_happens_in_them() -> None:
    happened = sum((record(name).happened for name in SCENARIOS), Counter[str]())
    for what in (
        *(
            "resumed",
            "anew",
            "part",
            "late",
            "unprocessed",
            "lost welcome",
            "repeated welcome",
            "refused",
            "unreachable",
        ),
        *("say", "cancel", "close", "sent"),
    ):
        assert happened[what] >= 5, f"{what} happens only {happened[what]} times: choose other seeds"


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_laws_hold_on_other_walks(name: str) -> None:
    """The recorder's client checks every frame, and that every turn ends."""
    for seed in range(1000, 1060):
        record(name, seed)
