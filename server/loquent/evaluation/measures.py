"""The figures: computed from what came of the cases, each with its n. No figure is made up where there is nothing to compute it from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from .attempts import Run, Turn
from .outcomes import Answer, Verdict, answers, verdicts
from .statistics import macro_f1, rate, resampled, spread
from .suite import Asked, Said, Suite

NO_ANSWER: Final = "(no answer)"
"""What stands for a decision that never came."""
_BINS: Final = 5
"""Of the reliability plot: with some twenty cases, more would hold one or two each."""
_LEAST_PROBABILITY: Final = 1e-6
"""Who says 0 of what is right would have an infinite log loss."""

Measures = dict[str, Any]


def measure(run: Run) -> Measures:
    """Compute everything; docs/evaluation.md says what each figure means, and how it's laid out."""
    asked, said = answers(run), verdicts(run)
    choices = _choices(asked)
    replies = _replies(said)
    measured = {
        "answered": _answered(run),
        "choices": choices,
        "replies": replies,
        "efficiency": _efficiency(run),
        "stability": _stability(asked, said),
    }
    return {"figures": _figures(measured), **measured}


def _answered(run: Run) -> Measures:
    """How many attempts got what they asked for, and what went wrong with the others."""
    n = len(run.attempts)
    failed = Counter(attempt.fault for attempt in run.attempts if attempt.fault is not None)
    share = (n - failed.total()) / n if n else None
    return {**rate(share, n), "faults": dict(failed), "retries": sum(attempt.retries for attempt in run.attempts)}


# --- Choices ------------------------------------------------------------------------------------------------------


def _choices(asked: Sequence[Answer]) -> Measures:
    groups = [_group(kind, name, members) for (kind, name), members in _by_name(asked).items()]
    right = [answer.right for answer in asked]
    macro = {
        name: _mean([group["macro"][name] for group in groups if group["macro"][name] is not None])
        for name in ("precision", "recall", "f1")
    }
    return {
        "accuracy": rate(_mean(right), len(right)),
        "macro": {**macro, "n": len(right), "groups": len(groups)},
        "groups": groups,
    }


def _by_name(asked: Sequence[Answer]) -> dict[tuple[str, str], list[Answer]]:
    groups: dict[tuple[str, str], list[Answer]] = {}
    for answer in asked:
        groups.setdefault((answer.case.kind, answer.case.name), []).append(answer)
    return groups


def _group(kind: str, name: str, members: Sequence[Answer]) -> Measures:
    """Measure the cases that ask the same question."""
    options = list(dict.fromkeys(option for answer in members for option in answer.case.options))
    truth = [answer.case.answer for answer in members]
    predicted = [answer.predicted or NO_ANSWER for answer in members]
    # The mean over the options that are right at least once: of another nothing could be recalled.
    occurring = [option for option in options if option in truth]
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=occurring, average=None, zero_division=0.0
    )
    common, times = Counter(truth).most_common(1)[0]
    labels = [*options, NO_ANSWER]
    codes = {label: index for index, label in enumerate(labels)}
    true_codes, predicted_codes = (np.asarray([codes[each] for each in some]) for some in (truth, predicted))
    interval = resampled(true_codes.tolist(), lambda weights: macro_f1(weights, true_codes, predicted_codes))
    return {
        "kind": kind,
        "name": name,
        "n": len(members),
        "options": options,
        "accuracy": rate(_mean([answer.right for answer in members]), len(members)),
        "baseline": {
            "most_common": times / len(members),
            "option": common,
            "chance": _mean([1 / len(answer.case.options) for answer in members]),
        },
        "macro": {
            "precision": float(np.mean(precision)),
            "recall": float(np.mean(recall)),
            "f1": float(np.mean(f1)),
            "f1_interval": list(interval),
            "n": len(members),
        },
        "per_option": [
            {"option": option, "n": int(support[i]), "precision": float(precision[i])}
            | {"recall": float(recall[i]), "f1": float(f1[i])}
            for i, option in enumerate(occurring)
        ],
        "confusion": {
            "rows": options,
            "columns": labels,
            "counts": confusion_matrix(truth, predicted, labels=labels)[:-1].tolist(),
        },
        "calibration": _calibration(members),
    }


def _calibration(members: Sequence[Answer]) -> Measures:
    """Measure whether probabilities can be believed: of all that's said with 80 %, 80 % should be right."""
    known = [answer for answer in members if answer.probabilities is not None]
    if not known:
        return {"n": 0, "brier": None, "log_loss": None, "brier_guess": None, "log_loss_guess": None, "bins": []}
    briers, losses, confidences, right = [], [], [], []
    for answer in known:
        probabilities = np.asarray(answer.probabilities)
        index = answer.case.options.index(answer.case.answer)
        wanted = np.zeros(len(probabilities))
        wanted[index] = 1.0
        briers.append(float(((probabilities - wanted) ** 2).sum()))
        losses.append(-math.log(max(_LEAST_PROBABILITY, float(probabilities[index]))))
        confidences.append(float(probabilities.max()))
        right.append(answer.right)
    options = [len(answer.case.options) for answer in known]
    return {
        "n": len(known),
        "brier": _mean(briers),
        "brier_guess": _mean([1 - 1 / n for n in options]),
        "log_loss": _mean(losses),
        "log_loss_guess": _mean([math.log(n) for n in options]),
        "bins": _bins(confidences, right),
    }


def _bins(confidences: Sequence[float], right: Sequence[bool]) -> list[Measures]:
    found = []
    places = [min(_BINS - 1, int(confidence * _BINS)) for confidence in confidences]
    for bin_ in range(_BINS):
        members = [index for index, place in enumerate(places) if place == bin_]
        if members:
            found.append(
                {"from": bin_ / _BINS, "to": (bin_ + 1) / _BINS, "confidence": _mean([confidences[i] for i in members])}
                | {"right": rate(_mean([right[i] for i in members]), len(members))}
            )
    return found


# --- Replies ------------------------------------------------------------------------------------------------------


def _replies(said: Sequence[Verdict]) -> Measures:
    def measured(members: Sequence[Verdict]) -> Measures:
        checks = list(dict.fromkeys(name for verdict in members for name in verdict.checks))
        return {
            "passed": _rate_of(verdict.passed for verdict in members),
            "checks": {
                check: _rate_of(verdict.checks[check] for verdict in members if check in verdict.checks)
                for check in checks
            },
        }

    names = list(dict.fromkeys(verdict.case.name for verdict in said))
    groups = [{"name": name, **measured([verdict for verdict in said if verdict.case.name == name])} for name in names]
    return {**measured(said), "groups": groups}


def _rate_of(shares: Iterable[float | None]) -> Measures:
    """Return the mean of shares, one for each case, with how many of them couldn't be told."""
    every = list(shares)
    known = [share for share in every if share is not None]
    return {**rate(_mean(known), len(known)), "unjudged": len(every) - len(known)}


# --- Efficiency ---------------------------------------------------------------------------------------------------


def _efficiency(run: Run) -> Measures:
    """Measure speed, by each case's first attempt: later ones find their whole prompt computed already, as no player's would be."""
    first = [attempt for attempt in run.attempts if attempt.number == 0]
    turns = [turn for attempt in first for turn in attempt.turns if turn.by_the_model]
    opening = [attempt.turns[0] for attempt in first if attempt.turns and attempt.turns[0].by_the_model]
    later = [turn for attempt in first for turn in attempt.turns[1:] if turn.by_the_model]
    gaps = [gap / tokens for turn in turns for gap, tokens in turn.gaps if tokens > 0 for _ in range(tokens)]
    paces = [pace for turn in turns if (pace := _pace(turn)) is not None]
    decisions = [attempt.seconds for attempt in first if attempt.seconds is not None]
    return {
        "concurrency": run.concurrency,
        "replies": len(turns),
        "first_text_seconds": spread([turn.first for turn in turns if turn.first is not None]),
        "token_gap_seconds": spread(gaps),
        "tokens_per_second": spread(paces),
        "reply_seconds": spread([turn.total for turn in turns if turn.total is not None]),
        "reply_tokens": sum(turn.usage.reply_tokens or 0 for turn in turns),
        "decision_seconds": spread(decisions),
        "cached": {"first_turns": _cached(opening), "later_turns": _cached(later)},
        "seconds": run.seconds,
        "attempts": len(run.attempts),
    }


def _pace(turn: Turn) -> float | None:
    """Return how many tokens a second came after the first text."""
    seconds = sum(gap for gap, _ in turn.gaps)
    return sum(tokens for _, tokens in turn.gaps) / seconds if seconds > 0 else None


def _cached(turns: Sequence[Turn]) -> Measures:
    """Return which share of the prompts' tokens didn't have to be computed."""
    told = [
        (turn.usage.cached_tokens, turn.usage.prompt_tokens)
        for turn in turns
        if turn.usage.cached_tokens is not None and turn.usage.prompt_tokens
    ]
    prompt = sum(each for _, each in told)
    share = sum(cached for cached, _ in told) / prompt if prompt else None
    return {"share": share, "n": len(told), "prompt_tokens": prompt}


# --- Stability ----------------------------------------------------------------------------------------------------


def _stability(asked: Sequence[Answer], said: Sequence[Verdict]) -> Measures:
    """Measure whether the same comes of the same: over the cases that were asked more than once."""
    decided = [answer for answer in asked if answer.agreement is not None]
    replied = [verdict for verdict in said if verdict.agreement is not None]
    several = [each for each in said if each.answered > 1]
    return {
        "cases": len(decided) + len(replied),
        "attempts": sum(each.attempts for each in decided) + sum(each.attempts for each in replied),
        "agreement": {
            "choices": {"share": _mean([each.agreement for each in decided]), "n": len(decided)},
            "replies": {"share": _mean([each.agreement for each in replied]), "n": len(replied)},
        },
        "probability_spread": {
            "mean": _mean([each.spread for each in decided]),
            "most": max((each.spread for each in decided if each.spread is not None), default=None),
            "n": len(decided),
        },
        "distinct_replies": {
            "share": _mean([each.distinct / each.answered for each in several]),
            "n": len(several),
        },
    }


# --- By name ------------------------------------------------------------------------------------------------------


def figure_names(suite: Suite) -> list[str]:
    """Return the names of the figures that a run of this suite will have."""
    asked = [case for case in suite.cases if isinstance(case, Asked)]
    said = [case for case in suite.cases if isinstance(case, Said)]
    names = ["answered"]
    if asked:
        names += ["accuracy", "macro_precision", "macro_recall", "macro_f1"]
        names += [f"{figure}.{case.name}" for case in asked for figure in ("accuracy", "macro_f1")]
    if said:
        names += ["replies", *(f"replies.{case.name}" for case in said)]
        names += [f"check.{check}" for case in said for check in case.checks.wanted()]
    return list(dict.fromkeys(names))


def _figures(measured: Measures) -> Measures:
    """Return the figures that a threshold can be set for, by the names of `figure_names`: values, n."""
    figures: Measures = {}

    def put(name: str, value: float | None, n: int) -> None:
        figures[name] = {"value": value, "n": n}

    put("answered", measured["answered"]["share"], measured["answered"]["n"])
    choices, replies = measured["choices"], measured["replies"]
    if choices["groups"]:
        put("accuracy", choices["accuracy"]["share"], choices["accuracy"]["n"])
        for name in ("precision", "recall", "f1"):
            put(f"macro_{name}", choices["macro"][name], choices["macro"]["n"])
    for group in choices["groups"]:
        put(f"accuracy.{group['name']}", group["accuracy"]["share"], group["n"])
        put(f"macro_f1.{group['name']}", group["macro"]["f1"], group["n"])
    if replies["groups"]:
        put("replies", replies["passed"]["share"], replies["passed"]["n"])
    for group in replies["groups"]:
        put(f"replies.{group['name']}", group["passed"]["share"], group["passed"]["n"])
    for name, check in replies["checks"].items():
        put(f"check.{name}", check["share"], check["n"])
    return figures


def _mean(values: Sequence[float | bool | None]) -> float | None:
    known = [float(each) for each in values if each is not None]
    return sum(known) / len(known) if known else None
