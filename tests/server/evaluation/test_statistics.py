"""The statistics, against values computed by hand or known from the literature."""

from __future__ import annotations

import numpy as np
import pytest

from loquent.evaluation.statistics import holm, macro_f1, mcnemar, rate, resampled, spread, wilson


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [
        # Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29.
        (81 / 263, 263, 0.2553, 0.3662),
        (15 / 148, 148, 0.0624, 0.1605),
        (0.0, 20, 0.0, 0.1611),
        (1 / 29, 29, 0.0061, 0.1718),
        (1.0, 20, 1 - 0.1611, 1.0),
    ],
)
def test_wilson(share: float, n: int, low: float, high: float) -> None:
    assert wilson(share, n) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_said() -> None:
    assert wilson(0.0, 0) == (0.0, 1.0)
    assert rate(None, 0) == {"share": None, "n": 0, "interval": None}
    assert spread([]) == {"n": 0, "p50": None, "p95": None, "p99": None, "most": None}


@pytest.mark.parametrize(
    ("first", "second", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (3, 3, 1.0), (2, 8, 0.109375)]
)
def test_mcnemar(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p)
    assert mcnemar(second, first) == pytest.approx(p)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_percentiles_only_where_there_are_enough_values() -> None:
    few = spread([float(n) for n in range(19)])
    assert (few["p50"], few["p95"], few["p99"], few["most"]) == (9.0, None, None, 18.0)
    many = spread([float(n) for n in range(101)])
    assert (many["p50"], many["p95"], many["p99"], many["n"]) == (50.0, 95.0, 99.0, 101)


def test_macro_f1_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(1)
    truth, predicted = chance.integers(0, 4, 60), chance.integers(0, 5, 60)
    wanted = f1_score(truth, predicted, labels=np.unique(truth), average="macro", zero_division=0.0)
    assert macro_f1(np.ones((1, 60)), truth, predicted)[0] == pytest.approx(wanted)
    twice = np.concatenate([np.ones(30), np.zeros(30)]) * 2
    wanted = f1_score(truth[:30], predicted[:30], labels=np.unique(truth), average="macro", zero_division=0.0)
    assert macro_f1(twice[None], truth, predicted)[0] == pytest.approx(wanted)


def test_a_bootstrap_interval_is_about_the_normal_one_and_the_same_each_time() -> None:
    values = np.repeat([0.0, 1.0], [60, 140])
    low, high = resampled([0] * 200, lambda weights: weights @ values / 200)
    assert (low, high) == resampled([0] * 200, lambda weights: weights @ values / 200)
    assert low == pytest.approx(0.7 - 1.96 * (0.7 * 0.3 / 200) ** 0.5, abs=0.015)
    assert high == pytest.approx(0.7 + 1.96 * (0.7 * 0.3 / 200) ** 0.5, abs=0.015)


def test_each_resample_has_as_many_of_each_kind_as_there_are() -> None:
    kinds = [0, 0, 0, 1]
    low, high = resampled(kinds, lambda weights: weights[:, :3].sum(axis=1) + 10 * weights[:, 3])
    assert (low, high) == (13.0, 13.0)
