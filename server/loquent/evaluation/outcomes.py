"""What came of each case, its repetitions taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .attempts import Attempt, Run
from .checks import passes
from .suite import Asked, Said


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a case with options."""

    case: Asked
    attempts: int
    answered: int
    """How many of the attempts got a decision."""
    probabilities: tuple[float, ...] | None
    """The mean over the attempts that got one."""
    predicted: str | None
    """The option with the most of it; None where no attempt got a decision."""
    agreement: float | None
    """Share of the decisions that chose what most of them chose; None for less than two."""
    spread: float | None
    """Standard deviation of the predicted option's probability among the decisions; None for less than two."""

    @property
    def right(self) -> bool:
        """Whether the option is the right one. No answer is a wrong one: a game has nothing to go by."""
        return self.predicted == self.case.answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a case with checks."""

    case: Said
    attempts: int
    answered: int
    """How many of the attempts got a reply."""
    checks: dict[str, float | None]
    """For each check the share of attempts that passed it; an attempt without a reply passes none. None where nothing could be judged."""
    passed: float | None
    """Share of attempts that passed all their checks."""
    agreement: float | None
    """Share of the attempts that came to what most of them came to, passed or not; None for less than two."""
    distinct: int
    """How many different replies came."""


def answers(run: Run) -> list[Answer]:
    """Return what came of the cases with options."""
    return [_answer(case, attempts) for case, attempts in run.of_asked()]


def verdicts(run: Run) -> list[Verdict]:
    """Return what came of the cases with checks."""
    return [_verdict(case, attempts) for case, attempts in run.of_said()]


def _answer(case: Asked, attempts: Sequence[Attempt]) -> Answer:
    decided = [attempt.probabilities for attempt in attempts if attempt.probabilities is not None]
    if not decided:
        return Answer(case, len(attempts), 0, None, None, None, None)
    matrix = np.asarray(decided)
    mean = matrix.mean(axis=0)
    index = int(mean.argmax())
    several = len(decided) > 1
    return Answer(
        case=case,
        attempts=len(attempts),
        answered=len(decided),
        probabilities=tuple(float(each) for each in mean),
        predicted=case.options[index],
        agreement=_agreement([int(row.argmax()) for row in matrix]) if several else None,
        spread=float(matrix[:, index].std(ddof=1)) if several else None,
    )


def _verdict(case: Said, attempts: Sequence[Attempt]) -> Verdict:
    judged = [attempt.judged for attempt in attempts if attempt.judged is not None]
    failed = len(attempts) - len(judged)
    checks = {name: _share([each[name] for each in judged], failed) for name in case.checks.wanted()}
    all_passed = [passes(dict(each)) for each in judged]
    outcomes = [*all_passed, *[False] * failed]
    return Verdict(
        case=case,
        attempts=len(attempts),
        answered=len(judged),
        checks=checks,
        passed=_share(all_passed, failed),
        agreement=_agreement(outcomes) if len(outcomes) > 1 else None,
        distinct=len({attempt.turns[-1].text for attempt in attempts if attempt.judged is not None}),
    )


def _share(judged: Sequence[bool | None], failed: int) -> float | None:
    known = [each for each in judged if each is not None] + [False] * failed
    return sum(known) / len(known) if known else None


def _agreement(values: Sequence[Any]) -> float:
    return Counter(values).most_common(1)[0][1] / len(values)
