"""Writes a report: report.json for machines, report.md with pictures for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .document import Document, write_document
from .failure import EvaluationError
from .markdown import render
from .plots import draw_confusion, draw_latency, draw_reliability


def write_report(made: Document, folder: Path) -> Path:
    """Write a report into a folder, which is made if it isn't there.

    Returns:
        the file for people.

    Raises:
        EvaluationError: it can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_document(made, folder / "report.json")  # first: whatever is wrong with a picture, the figures are there
        report = folder / "report.md"
        report.write_text(render(made, _draw(made, folder)), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"The report can't be written into {folder} ({error.strerror}): choose another folder with --out."
        ) from None
    return report


def _draw(made: Document, folder: Path) -> dict[str, str]:
    """Draw what there is to draw; returns the files' names by what they show."""
    names: dict[str, str] = {}
    groups = made["measures"]["choices"]["groups"]
    for index, group in enumerate(groups, 1):
        name = f"{group['kind']}-{index}{_slug(group['name'])}.png"
        draw_confusion(group, folder / name)
        names[f"{group['kind']} {group['name']}"] = name
    decided = [group for group in groups if group["calibration"]["n"]]
    if decided:
        names["reliability"] = "reliability.png"
        draw_reliability(decided, folder / names["reliability"])
    first, gaps, decisions = _times(made)
    if first or gaps or decisions:
        names["latency"] = "latency.png"
        draw_latency(first, gaps, decisions, folder / names["latency"])
    return names


def _times(made: Mapping[str, Any]) -> tuple[list[float], list[float], list[float]]:
    """Return the times that the measures of speed are of: first text, gaps between tokens, decisions."""
    attempts = [attempt for case in made["cases"] for attempt in case["attempts"] if attempt["number"] == 0]
    turns = [turn for attempt in attempts for turn in attempt["turns"] if turn["by_the_model"]]
    first = [turn["first_seconds"] for turn in turns if turn["first_seconds"] is not None]
    gaps = [gap / tokens for turn in turns for gap, tokens in turn["gaps"] if tokens > 0 for _ in range(tokens)]
    return first, gaps, [attempt["seconds"] for attempt in attempts if attempt["seconds"] is not None]


def _slug(name: str) -> str:
    """Return what of a name can stand in a file's name everywhere."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"-{plain}" if plain else ""
