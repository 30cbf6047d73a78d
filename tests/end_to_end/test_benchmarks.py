"""Short forms of the measurements: that they run, and what of them holds on any machine, however slow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from benchmarks import memory, soak, stalled_readers


async def test_a_short_soak_breaks_no_law_and_leaves_nothing_behind(tmp_path: Path) -> None:
    outcome = soak.Outcome()
    await soak.soak(seconds=20, clients=24, seed=3, outcome=outcome)
    assert outcome.broken == []
    assert outcome.did["resumed"] >= 20
    assert outcome.did["reply: stop"] >= 50
    assert outcome.did["reply: cancelled"] >= 10
    assert outcome.did["left without a word"] >= 1
    assert max(sample.rss_mib for sample in outcome.samples) < 200
    soak.write(outcome, tmp_path)
    with Image.open(tmp_path / "soak.png") as picture:
        assert picture.size == (1000, 420)
    rows = (tmp_path / "soak.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == len(outcome.samples) + 1
    assert "MiB |" in soak.curve(outcome.samples)


def test_a_soak_fails_if_memory_grows_or_a_law_is_broken() -> None:
    steady = soak.Outcome([soak.Sample(second, 50, 9, 1, 0, 1, 0, 0) for second in range(90)])
    assert steady.may_pass(1)
    grows = [soak.Sample(second, 50 + second / 60, 9, 1, 0, 1, 0, 0) for second in range(90)]
    assert soak.growth(grows) == pytest.approx(60)
    assert not soak.Outcome(growth=60).may_pass(12)
    assert not soak.Outcome(broken=["a reply isn't whole"]).may_pass(12)


async def test_readers_that_stall_are_cut_off_at_a_bound_and_the_others_have_everything() -> None:
    quiet, beside = await stalled_readers.measure(healthy=8, stalled=8, seconds=3, pace=20, rounds=1)
    assert (quiet.cut, beside.cut) == (0, 8)
    for phase in (quiet, beside):
        assert phase.replies >= 8
        assert 0 < phase.gaps <= phase.replies * 19  # of 20 words; words that had to wait are one frame
    assert beside.pending_mib <= 8 * 1.1
    assert beside.rss_mib - quiet.rss_mib <= 8 * 6


def test_what_memory_costs_is_measured_of_all_that_it_does(tmp_path: Path) -> None:
    lines = memory.measure(tmp_path, exchanges=100)
    assert len(lines) == 6
    assert [line.count(" ms") for line in lines] == [0, 1, 1, 1, 1, 0]
