"""The statistics that the measures use: how sure a figure is, given how few cases there were."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CONFIDENCE: Final = 0.95
"""Of all intervals."""
_Z: Final = 1.959963984540054
"""The normal distribution's quantile for it."""
RESAMPLES: Final = 2000
_SEED: Final = 20240229
"""The same cases give the same intervals each time."""
_LEAST: Final = {50: 1, 95: 20, 99: 100}
"""So many values are needed for a percentile: with fewer, it would be the largest of them and nothing else."""

Floats = NDArray[np.float64]


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return Wilson's interval for a share: where the true one lies, if n cases came by chance from all there could be.

    Unlike the one in school books it's right for few cases, and for shares of 0 and 1.
    """
    if n == 0:
        return 0.0, 1.0
    z2 = _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(share: float | None, n: int) -> dict[str, Any]:
    """Return a share with its n and its interval, as reports have it; nothing is said of none."""
    if n == 0 or share is None:
        return {"share": None, "n": 0, "interval": None}
    return {"share": share, "n": n, "interval": list(wilson(share, n))}


def resampled(
    strata: Sequence[int], compute: Callable[[Floats], Floats], resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Return a bootstrap interval: what a figure would be, had other cases of the same kinds come.

    Args:
        strata: which kind each case is of; each resample has as many of each kind as there are.
        compute: gives the figure of each row of a matrix that says how often each case is in each resample.
        resamples: how many are drawn.
    """
    chance = np.random.default_rng(_SEED)
    kinds = np.asarray(strata)
    weights = np.zeros((resamples, len(kinds)))
    for kind in np.unique(kinds):
        (members,) = np.nonzero(kinds == kind)
        weights[:, members] = chance.multinomial(len(members), np.full(len(members), 1 / len(members)), resamples)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(compute(weights), [tail, 1 - tail])
    return float(low), float(high)


def macro_f1(weights: Floats, truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> Floats:
    """Return the macro F1 of each row of weights: the mean over the classes that occur in the truth, as `measures` has it.

    Args:
        weights: how often each case counts; a matrix of rows of cases.
        truth: the class of each case.
        predicted: what was predicted for each.
    """
    scores = []
    for each in np.unique(truth):
        hits = weights @ ((truth == each) & (predicted == each)).astype(float)
        wanted, found = weights @ (truth == each).astype(float), weights @ (predicted == each).astype(float)
        both = wanted + found
        scores.append(np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0))
    result: Floats = np.mean(scores, axis=0)
    return result


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Describe some measured values: n, median, and the 95th and 99th percentile where there are enough for them."""
    described: dict[str, Any] = {"n": len(values)}
    for percent, least in _LEAST.items():
        enough = len(values) >= least
        described[f"p{percent}"] = float(np.percentile(values, percent)) if enough else None
    described["most"] = max(values) if values else None
    return described


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the probability that chance alone divides the cases that only one of two gets right at least so unevenly (exact McNemar)."""
    from scipy.stats import binomtest

    n = only_first + only_second
    return float(binomtest(only_first, n, 0.5).pvalue) if n else 1.0


def holm(probabilities: Sequence[float]) -> list[float]:
    """Adjust the probabilities of several tests: who looks at twenty finds one below 0.05 by chance (Holm's method)."""
    adjusted = [0.0] * len(probabilities)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(probabilities)), key=probabilities.__getitem__)):
        largest = max(largest, min(1.0, (len(probabilities) - rank) * probabilities[index]))
        adjusted[index] = largest
    return adjusted
