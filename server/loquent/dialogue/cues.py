"""Cues in what a character says: marks such as ``[wave]`` or ``[look_at:door]``, told to the model, and found again in what it writes.

A mark is a cue that the character has, in square brackets, where it happens. Case doesn't count, and white space is as good as ``_``.
Whatever else stands in brackets is text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_PADDING: Final = 16
"""How many characters longer than its cue a mark may be, by white space. What is longer is text: nothing is held back for long."""
_SPACES: Final = re.compile(r"\s+")
_AROUND_COLON: Final = re.compile(r"\s*:\s*")


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that a character can do while it speaks."""

    name: str
    """As programs know it: small letters, digits and ``_``."""
    when: str
    """When the character does it, told to the model."""
    arguments: tuple[str, ...] = ()
    """What it's done with or to; one of these always stands with it. Without any it stands alone."""

    @property
    def marks(self) -> dict[str, Mark]:
        """What can stand between the brackets of its marks, as the character's file has it, and the mark that each is."""
        if not self.arguments:
            return {self.name: Mark(self.name, None)}
        return {f"{self.name}:{argument}": Mark(self.name, argument) for argument in self.arguments}


@dataclass(frozen=True, slots=True)
class Mark:
    """A cue that was found: its name, and its argument if it has one, both as the character's file has them."""

    name: str
    argument: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what a model wrote: text, a mark, or a space that would stand twice where a mark is taken out."""

    written: str
    """As the model wrote it. All pieces of a reply put together are the reply."""
    text: str = ""
    """What the player sees of it."""
    mark: Mark | None = None


def canonical(inner: str) -> str:
    """Return what stands between brackets in the one form in which marks are compared."""
    return _SPACES.sub("_", _AROUND_COLON.sub(":", inner.strip())).casefold()


class CueParser:
    """Finds the marks in a reply that comes in pieces, cut anywhere. Never gives out a part of a mark.

    Args:
        cues: those that the character has.
    """

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._known = {canonical(inner): mark for cue in cues for inner, mark in cue.marks.items()}
        self._sorted = sorted(self._known)
        self._longest = max(map(len, self._known), default=0) + _PADDING
        self._held = ""  # a bracket and what stands behind it, as long as that may become a mark
        self._blank = True  # whether the text so far ends with white space, or hasn't begun
        self._after_mark = False

    def feed(self, text: str) -> list[Piece]:
        """Take in what comes next; returns what is settled by it."""
        if not self._known or not (self._held or self._after_mark or "[" in text):
            if text:
                self._blank = text[-1].isspace()
            return [Piece(text, text)] if text else []
        return list(self._join(self._read(text)))

    def finish(self) -> list[Piece]:
        """Return what was held back, at the end of the reply: it became no mark."""
        rest, self._held = self._held, ""
        return [Piece(rest, rest)] if rest else []

    def _read(self, text: str) -> Iterator[Piece]:
        for char in text:
            if self._held and char == "]":
                mark = self._known.get(canonical(self._held[1:]))
                if mark is not None:
                    written, self._held = self._held + char, ""
                    self._after_mark = True
                    yield Piece(written, mark=mark)
                    continue
            if self._held:
                if self._may_become_mark(self._held[1:] + char):
                    self._held += char
                    continue
                yield self._text(self._held)
                self._held = ""
            if char == "[":
                self._held = char
            elif char == " " and self._after_mark and self._blank:
                self._after_mark = False
                yield Piece(char)
            else:
                yield self._text(char)

    def _text(self, text: str) -> Piece:
        self._after_mark = False
        self._blank = text[-1].isspace()
        return Piece(text, text)

    def _may_become_mark(self, inner: str) -> bool:
        if len(inner) > self._longest:
            return False
        begun = canonical(inner)
        place = bisect_left(self._sorted, begun)  # what begins so stands from here on
        return place < len(self._sorted) and self._sorted[place].startswith(begun)

    @staticmethod
    def _join(pieces: Iterable[Piece]) -> Iterator[Piece]:
        """Put text together that came in characters."""
        run: list[str] = []
        for piece in pieces:
            if piece.text:
                run.append(piece.text)
                continue
            if run:
                yield Piece("".join(run), "".join(run))
                run.clear()
            yield piece
        if run:
            yield Piece("".join(run), "".join(run))


def parsed(text: str, cues: Sequence[Cue]) -> list[Piece]:
    """Parse a whole reply."""
    parser = CueParser(cues)
    return [*parser.feed(text), *parser.finish()]


def first(pieces: Iterable[Piece], shown: int | None) -> tuple[str, str]:
    """Return the first of a reply, as the player sees it and as the model wrote it.

    Args:
        pieces: the reply.
        shown: how many Unicode scalar values of it have been seen; None for all of it. A cue counts as seen with what is seen behind it,
            or when all has been.
    """
    text: list[str] = []
    written: list[str] = []
    waiting: list[str] = []  # written between what has been seen and what hasn't
    left = shown
    for piece in pieces:
        if not piece.text:
            waiting.append(piece.written)
            continue
        seen = piece.text[:left]
        if seen:
            text.append(seen)
            written += [*waiting, seen]
            waiting.clear()
        if left is not None:
            left -= len(seen)
            if len(seen) < len(piece.text):
                return "".join(text), "".join(written)
    return "".join(text), "".join(written + waiting)


def defused(text: str, cues: Sequence[Cue]) -> str:
    """Return a player's words with round brackets around what would be a mark if the character said it."""
    return "".join(f"({piece.written[1:-1]})" if piece.mark else piece.written for piece in parsed(text, cues))


def told(cues: Sequence[Cue]) -> str:
    """Return what the model is told of the cues that it has; empty if there are none."""
    if not cues:
        return ""
    lines = [f"{' or '.join(f'[{inner}]' for inner in cue.marks)}: {cue.when}" for cue in cues]
    return "You can act while you speak: write one of these marks where it happens, and no others.\n" + "\n".join(lines)


def grammar(cues: Sequence[Cue]) -> str:
    """Return a grammar, in GBNF, of replies in which every square bracket opens a mark of these cues."""
    marks = [inner for cue in cues for inner in cue.marks]
    rules = ["root ::= (text | mark)*" if marks else "root ::= text*", r"text ::= [^\[]"]
    if marks:
        rules.append('mark ::= "[" (' + " | ".join(_quoted(mark) for mark in marks) + ') "]"')
    return "\n".join(rules) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
