"""How the set-up ends when it can't go on: with a sentence that says what to do."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn


class SetupError(Exception):
    """Why the set-up can't go on: a sentence that says what to do."""


def fail(output: str, sentence: str) -> NoReturn:
    """Show the end of what a program said that failed, and give up.

    Raises:
        SetupError: always, with this sentence.
    """
    tail = useful_tail(output)
    if tail:
        print(tail, file=sys.stderr, flush=True)
    raise SetupError(sentence)


def useful_tail(output: str, lines: int = 12) -> str:
    """Pick the last lines of what pip said, without its progress."""
    noise = re.compile(
        r"\s*$|Progress |Collecting |\s*Downloading |\s*Using cached |Requirement already |Processing |Looking in |"
        r"WARNING: Location |Installing collected |\[notice\]"
    )
    kept = [line for line in output.splitlines() if not noise.match(line)]
    return "\n".join(f"    {line}" for line in kept[-lines:])
