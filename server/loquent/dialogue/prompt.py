"""How a prompt is put together: who speaks, what has been said, and what is said now.

**The prefix is stable.** Engines keep what they have computed of a prompt, and reuse it for one that begins in the same way. So what
stands in a conversation's prompt stays there, word for word, and the next turn stands behind it: the system message depends on the
character and the options alone, a player's message keeps the memories that it was sent with, and a reply the marks of its cues. When it
doesn't fit any more, the oldest exchanges leave until it fills half of the room, and not one by one, which would change the beginning at
every turn.

**Who may say what.** Only what the character's author and the game have written stands in the system message. A player's words, those of
long ago included, stand in the player's messages, and can't form a mark of a cue.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..engines.base import Message
from ..images import Picture
from ..wire.frames import Options
from .character import Character
from .cues import Cue, Piece, defused, first, parsed, told
from .language import language_of
from .store import Spoken, latest

Count = Callable[[Sequence[Message]], int]
"""How many tokens some messages have, as a prompt."""

_TRIED_BYTES: Final = 1 << 13
"""How much of the history is tried first: some 2,000 tokens. Then twice as much, and so on, until it doesn't fit or is all there is."""
_UNSEEN: Final = "…"
"""Stands in the prompt for a reply of which the player saw nothing: chat templates want the roles in turn."""
_ARRIVES: Final = "(The player comes up to you. Speak first.)"
_COMES_BACK: Final = "(The player comes back to you. Speak first.)"
_SILENT: Final = "(The player says nothing. Go on.)"
_IN_NAMES: Final = frozenset("'’.,-·")
"""What names have beside letters, digits and spaces."""
_LONGEST_NAME: Final = 40
"""Characters of a player's name that the model is told."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An exchange as it stands in the prompt."""

    asked: str
    """The player's message."""
    spoken: Spoken
    """What is remembered of it."""
    written: str
    """The character's message."""

    def with_cues(self, cues: Sequence[Cue]) -> Entry:
        """Return it as it stands in the prompt of a character whose cues are others now."""
        return Entry(defused(self.asked, cues), self.spoken, written(self.spoken, cues))


def system(character: Character, options: Options) -> str:
    """Return what the model is told before the conversation.

    A player's name may be the player's own words: of it, no more is told than a name needs, in quotation marks.
    """
    parts = [character.persona, character.style]
    if character.knowledge:
        parts.append("What you know:\n" + "\n".join(f"- {' '.join(fact.split())}" for fact in character.knowledge))
    parts.append(told(character.cues))
    name = _name(options.player_name or "")
    if name:
        parts.append(f'The player\'s name is "{name}".')
    language = language_of(options.locale or "")
    if language:
        parts.append(f"The player's language is {language}; speak it.")
    elif character.language:
        parts.append(f"Speak in the language {character.language}.")
    return "\n\n".join(part for part in parts if part)


def _name(given: str) -> str:
    """Return of what is given as a name what a name can have: no quotation marks, no brackets, nothing that ends a line."""
    known = (char if char in _IN_NAMES or unicodedata.category(char)[0] in "LMN" else " " for char in given)
    return " ".join("".join(known).split())[:_LONGEST_NAME].strip()


def asked(
    said: str, cues: Sequence[Cue], memories: Sequence[str] = (), *, first: bool = False, again: bool = False
) -> str:
    """Return the player's message.

    Args:
        said: the player's words; empty if the character is to speak by itself.
        cues: those of the character, whose marks the words can't form.
        memories: what the character remembers of what was said long ago.
        first: whether nothing has been said before.
        again: whether something has, but not since the conversation was opened.
    """
    words = defused(said, cues) if said else _ARRIVES if first else _COMES_BACK if again else _SILENT
    if not memories:
        return words
    return (
        "(You remember:\n"
        + "\n".join(f"- {defused(' '.join(memory.split()), cues)}" for memory in memories)
        + f")\n{words}"
    )


def pieces(spoken: Spoken, cues: Sequence[Cue]) -> list[Piece]:
    """Return a reply as the character could say it with these cues: with its marks, if they are all marks of these; else without."""
    if spoken.marked is not None:
        marked = parsed(spoken.marked, cues)
        if "".join(piece.text for piece in marked) == spoken.reply:
            return marked
    return [Piece(spoken.reply, spoken.reply)]


def seen_of(said: str, reply: Iterable[Piece], shown: int | None) -> Spoken:
    """Return an exchange of whose reply the first ``shown`` Unicode scalar values have been seen; None for all of it."""
    text, marked = first(reply, shown)
    return Spoken(said, text, marked if marked != text else None)


def written(spoken: Spoken, cues: Sequence[Cue]) -> str:
    """Return the character's message.

    Marks of cues that it doesn't have any more aren't in it: the model would go on writing them, and players would see them as text.
    """
    return "".join(piece.written for piece in pieces(spoken, cues)) or _UNSEEN


def messages(told_first: str, entries: Sequence[Entry], last: str, pictures: tuple[Picture, ...] = ()) -> list[Message]:
    """Return a prompt: the system message, exchanges, and the player's message."""
    found = [Message("system", told_first)]
    for entry in entries:
        found.append(Message("user", entry.asked))
        found.append(Message("assistant", entry.written))
    found.append(Message("user", last, pictures))
    return found


def kept(entries: Sequence[Entry], fits: Callable[[Sequence[Entry]], bool]) -> int:
    """Return how many of the last exchanges fit.

    Counting tokens takes time, while everybody waits: so ``fits`` is asked a logarithmic number of times, and never of much more than
    does fit, however many there are.
    """

    def fail(count: int) -> bool:
        return not fits(entries[len(entries) - count :])

    spoken = [entry.spoken for entry in entries]
    fit, most, tried = 0, len(entries), _TRIED_BYTES
    while fit < most:
        count = max(fit + 1, len(latest(spoken, tried)))
        if fail(count):
            most = count - 1
            break
        fit, tried = count, 2 * tried
    return fit + bisect_left(range(fit + 1, most + 1), True, key=fail)
