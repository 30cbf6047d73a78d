"""How far an evaluation is: a bar at a terminal, now and then a line elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

_LINES: Final = 10
"""So many, at most, where there is no terminal."""


class Progress:
    """Shows how many attempts are done.

    Args:
        total: how many there will be.
        report: told in one line each how far it is, where there is no terminal.
    """

    def __init__(self, total: int, report: Callable[[str], None]) -> None:
        self._total = total
        self._report = report
        self._done = 0
        self._bar: Any = None

    def __enter__(self) -> Self:
        """Begin to show it."""
        if _columns():
            from tqdm import tqdm

            self._bar = tqdm(total=self._total, unit="case", dynamic_ncols=True, leave=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def advance(self) -> None:
        """Count one more."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif self._done * _LINES // self._total > (self._done - 1) * _LINES // self._total:
            self._report(f"{self._done} of {self._total} attempts.")


def _columns() -> int:
    """Return how wide the terminal is; 0 where there is none, or one that doesn't tell."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (AttributeError, OSError, ValueError):
        return 0
