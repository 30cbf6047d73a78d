"""How sentences quote what somebody has written, and find what they may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

_LONGEST_SHOWN: Final = 60
"""Characters of a wrong value that a message repeats."""


def shortened(shown: str) -> str:
    """Return what somebody has written as it can stand in a line: printable, and not too long."""
    shown = shown.strip() if shown.isprintable() else repr(shown)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return which of the known names somebody may have meant."""
    known = list(known)
    near = difflib.get_close_matches(name.lower(), [each.lower() for each in known], n=1, cutoff=0.6)
    return next((each for each in known if near and each.lower() == near[0]), None)
