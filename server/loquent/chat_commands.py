"""The commands of the terminal chat: lines that begin with a slash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HELP: Final = """\
/decide Did he agree? yes | no | not yet   let the model choose, and see how likely each is; nobody remembers it
/look picture.jpg What is this?            show a picture (JPEG, PNG or WebP) with what you say
/look picture.jpg Which? cup | sword       let the model choose by what it sees there
/help                                      this
Ctrl-C interrupts a reply, Ctrl-D ends. Everything else is said to the character."""

_FILE_AND_WORDS: Final = re.compile(r"""(?P<file>"[^"]+"|'[^']+'|[^\s"']\S*)\s+(?P<words>\S.*)""")
_BAR: Final = 20
"""Characters of the bar of a probability of 1."""


class CommandError(Exception):
    """A command can't be understood or done. The text is a sentence that says how it's right."""


@dataclass(frozen=True, slots=True)
class Look:
    """Something is said about a picture."""

    picture: bytes
    """The file."""
    words: str


@dataclass(frozen=True, slots=True)
class Choose:
    """A decision is asked for."""

    question: str
    options: tuple[str, ...]
    pictures: tuple[bytes, ...] = ()
    """The files of pictures that it's about."""


def parse(line: str) -> Look | Choose | str:
    """Return what a line asks for; a text is to be printed.

    Raises:
        CommandError: it can't be understood, or the picture can't be read.
    """
    name, _, rest = line.strip().partition(" ")
    match name:
        case "/help":
            return HELP
        case "/decide":
            return _choose(rest)
        case "/look":
            return _look(rest)
    raise CommandError(f"There is no command {name}; /help lists those there are.")


def _choose(rest: str) -> Choose:
    question, mark, options = rest.partition("?")
    found = tuple(option.strip() for option in options.split("|"))
    if not mark or len(found) < 2 or not all(found):
        raise CommandError("Write it like this: /decide Did he agree? yes | no | not yet")
    return Choose(f"{question.strip()}?", found)


def _look(rest: str) -> Look | Choose:
    found = _FILE_AND_WORDS.fullmatch(rest.strip())
    if found is None:
        raise CommandError("Write it like this: /look picture.jpg What is this?")
    file = Path(found["file"].strip("\"'")).expanduser()
    try:
        picture = file.read_bytes()
    except OSError as error:
        raise CommandError(f"The picture {file} can't be read ({error.strerror}).") from None
    words = found["words"]
    if "|" in words.partition("?")[2]:
        asked = _choose(words)
        return Choose(asked.question, asked.options, (picture,))
    return Look(picture, words)


def table(options: Sequence[str], probabilities: Sequence[float], chosen: int) -> str:
    """Return a decision as lines: each option with its probability, the chosen one marked."""
    width = max(map(len, options))
    return "\n".join(
        f"{'>' if index == chosen else ' '} {option:{width}}  {probability:6.1%}  {'█' * round(probability * _BAR)}".rstrip()
        for index, (option, probability) in enumerate(zip(options, probabilities, strict=True))
    )
