"""What was found out about one thing: well, worth knowing, or in the way."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Mark(StrEnum):
    """How it stands; the words are what is printed, so that they mean the same without colours."""

    OK = "ok"
    WARNING = "warning"
    """The server starts, and something may not be as it's wished."""
    PROBLEM = "problem"
    """The server doesn't start like this, or nobody could use it."""


class Finding(NamedTuple):
    """One line of a report."""

    mark: Mark
    about: str
    """What was looked at, in a word or two."""
    text: str
    """What was found, and if it isn't well, what to do: a sentence or two."""

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.mark:<8} {self.about}: {self.text}"


def ok(about: str, text: str) -> Finding:
    """Say that something is well."""
    return Finding(Mark.OK, about, text)


def warning(about: str, text: str) -> Finding:
    """Say that something is worth knowing."""
    return Finding(Mark.WARNING, about, text)


def problem(about: str, text: str) -> Finding:
    """Say that something is in the way."""
    return Finding(Mark.PROBLEM, about, text)
