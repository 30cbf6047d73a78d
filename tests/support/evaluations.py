"""Suites and what came of them, made by hand: for tests of measures, reports and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loquent.evaluation.attempts import Attempt, Run, Turn
from loquent.evaluation.checks import Checks, Heard
from loquent.evaluation.document import Document, document
from loquent.evaluation.suite import Asked, Case, Said, Suite
from loquent.wire.frames import Options, Usage

SERVER = {"url": None, "version": "0.1.0", "engine": "scripted", "model": "script"}


def asked(answer: str, question: str, *, options: Sequence[str] = ("yes", "no"), **how: Any) -> Asked:
    """Make a case with options; each needs a question of its own."""
    values: dict[str, Any] = {"kind": "decision", "name": "decision", "say": (), "images": (), "repeat": 1} | how
    return Asked(question=question, options=tuple(options), answer=answer, **values)


def said(text: str, checks: Checks | None = None, **how: Any) -> Said:
    """Make a case with checks; it wants `good` unless told otherwise."""
    values: dict[str, Any] = {"name": "reply", "repeat": 1} | how
    return Said(say=(text,), checks=checks or Checks(contains_any=("good",)), **values)


def decided(case: Asked, *probabilities: float, number: int = 0, seconds: float = 0.1) -> Attempt:
    """Make an attempt that got a decision."""
    return Attempt(case, number, probabilities=probabilities, seconds=seconds)


def failed(case: Case, fault: str = "engine_failed", number: int = 0) -> Attempt:
    """Make an attempt that got a fault."""
    return Attempt(case, number, fault=fault, message="The engine failed.")


def replied(
    case: Said, text: str, number: int = 0, first: float = 0.5, gaps: Sequence[tuple[float, int]] = ((0.1, 1),)
) -> Attempt:
    """Make an attempt that got a reply."""
    turn = Turn(case.say[-1], text, first=first, total=first + sum(gap for gap, _ in gaps), gaps=list(gaps))
    turn.reason, turn.usage = "stop", Usage(prompt_tokens=100, cached_tokens=80, reply_tokens=len(text.split()))
    return Attempt(case, number, turns=[turn], judged=case.checks.judge(Heard(text)))


def run_of(*attempts: Attempt, stopped: str | None = None, name: str = "toy", character: str = "innkeeper") -> Run:
    """Make a run of these attempts, and the suite that they're of."""
    cases = tuple({attempt.case.id: attempt.case for attempt in attempts}.values())
    suite = Suite(name, Path(f"{name}.toml"), "5" * 64, "", character, Options(), cases)
    return Run(suite, list(attempts), concurrency=1, seconds=1.5, stopped=stopped)


def document_of(*attempts: Attempt, model: str = "script", **how: Any) -> Document:
    """Make a report's data of these attempts."""
    return document(run_of(*attempts, **how), server={**SERVER, "model": model}, character_file=None)
