"""A report as data: what's written to report.json, and what everything else is made of. Its layout is in docs/evaluation.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .. import __version__
from .attempts import Attempt, Run, Turn
from .failure import EvaluationError
from .machine import this_machine
from .measures import measure
from .outcomes import answers, verdicts
from .suite import Asked

FORMAT: Final = "loquent evaluation"
VERSION: Final = 1
"""Raised when something in the layout changes its meaning; what is only added doesn't raise it."""

Document = dict[str, Any]


def document(run: Run, *, server: Mapping[str, Any], character_file: Path | None) -> Document:
    """Make the report of a run.

    Args:
        run: what came of it.
        server: what is known of who answered: url (None for one of our own), version, engine, model.
        character_file: where the character is described; None where that's on somebody else's machine.
    """
    suite = run.suite
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "suite": {
            "name": suite.name,
            "sha256": suite.sha256,
            "about": suite.about,
            "cases": len(suite.cases),
            "attempts": suite.attempts,
            "player": suite.player.to_wire(),
        },
        "character": {
            "name": suite.character,
            "sha256": None if character_file is None else hashlib.sha256(character_file.read_bytes()).hexdigest(),
        },
        "server": {**server, "own": server.get("url") is None},
        "client": {"version": __version__},
        "machine": this_machine(),
        "run": {
            "concurrency": run.concurrency,
            "seconds": run.seconds,
            "attempts": len(run.attempts),
            "stopped": run.stopped,
            "unknown_cues": run.unknown_cues,
        },
        "measures": measure(run),
        "cases": _cases(run),
    }


def _cases(run: Run) -> list[Document]:
    found: list[Document] = []
    for answer, (asked, attempts) in zip(answers(run), run.of_asked(), strict=True):
        found.append(
            {**_asked(asked), "attempts": [_attempt(each) for each in attempts]}
            | {
                "outcome": {
                    "right": answer.right,
                    "predicted": answer.predicted,
                    "probabilities": answer.probabilities,
                    "agreement": answer.agreement,
                    "spread": answer.spread,
                }
            }
        )
    for verdict, (said, attempts) in zip(verdicts(run), run.of_said(), strict=True):
        found.append(
            {"id": said.id, "kind": "reply", "name": said.name, "say": said.say, "checks": said.checks.wanted()}
            | {"attempts": [_attempt(each) for each in attempts]}
            | {
                "outcome": {
                    "passed": verdict.passed,
                    "checks": verdict.checks,
                    "agreement": verdict.agreement,
                    "distinct": verdict.distinct,
                }
            }
        )
    return found


def _asked(case: Asked) -> Document:
    return {
        "id": case.id,
        "kind": case.kind,
        "name": case.name,
        "say": case.say,
        "question": case.question,
        "options": case.options,
        "answer": case.answer,
        "images": len(case.images),
    }


def _attempt(attempt: Attempt) -> Document:
    return {
        "number": attempt.number,
        "fault": attempt.fault,
        "message": attempt.message,
        "retries": attempt.retries,
        "turns": [_turn(turn) for turn in attempt.turns],
        "probabilities": attempt.probabilities,
        "seconds": attempt.seconds,
        "usage": attempt.usage.to_wire(),
        "judged": attempt.judged,
    }


def _turn(turn: Turn) -> Document:
    return {
        "said": turn.said,
        "by_the_model": turn.by_the_model,
        "text": turn.text,
        "cues": turn.cues,
        "reason": turn.reason,
        "first_seconds": turn.first,
        "total_seconds": turn.total,
        "gaps": [[round(seconds, 6), tokens] for seconds, tokens in turn.gaps],
        "usage": turn.usage.to_wire(),
    }


# --- Files ---------------------------------------------------------------------------------------------------------


def write_document(made: Document, path: Path) -> None:
    """Write a report's data, as JSON."""
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read_document(path: Path) -> Document:
    """Read it again; a folder stands for the report.json in it.

    Raises:
        EvaluationError: it can't be read, or isn't one.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(f"The report {file} can't be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise EvaluationError(f"{file} isn't a report: give the report.json that `loquent evaluate` wrote.") from None
    if not isinstance(read, dict) or read.get("format") != FORMAT or not _has(read, ("cases", "measures", "server")):
        raise EvaluationError(f"{file} isn't a report: give the report.json that `loquent evaluate` wrote.")
    if read.get("version") != VERSION:
        raise EvaluationError(
            f"The report {file} has version {read.get('version')} of its layout, and this Loquent reads version {VERSION}: evaluate again."
        )
    return read


def _has(read: Mapping[str, Any], keys: Sequence[str]) -> bool:
    return all(key in read for key in keys)
