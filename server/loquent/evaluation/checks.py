"""What can be checked of a reply: each check is passed, failed, or can't be judged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .languages import stays_in

_ENDS: Final = re.compile(r"""[.!?…。！？]+["'”’»)\]]*(?:\s|$)""")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_APOSTROPHES: Final = str.maketrans("’ʼ`´“”„«»", '\'\'\'\'"""""')
_UNSPACED: Final = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts in which a word may stand against the next, as their characters' names begin. (Korean spaces words, but not their endings.)"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply, as far as checks are concerned."""

    text: str
    cues: Sequence[str] = ()
    """The cues performed in it, by name, or by name and argument as ``look_at:door``, in their order."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What is wanted of a reply. What is empty, None or False isn't checked."""

    contains_any: tuple[str, ...] = ()
    """One of these must be in it, at least. Whole words, without regard to case; ``gold*`` takes any ending."""
    contains_all: tuple[str, ...] = ()
    """All of these must be in it."""
    forbids: tuple[str, ...] = ()
    """None of these may be in it."""
    max_words: int | None = None
    max_sentences: int | None = None
    language: str | None = None
    """In which language it must be, as ISO 639-1 has it."""
    cue: tuple[str, ...] = ()
    """One of these cues must be performed, at least: by name, or with its argument, as ``look_at:door``."""
    no_cue: bool | tuple[str, ...] = ()
    """None of these may be; True: none at all."""

    def wanted(self) -> dict[str, Any]:
        """Return what is checked, for a report."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) not in ((), None, False)}

    def judge(self, heard: Heard) -> dict[str, bool | None]:
        """Check a reply.

        Returns:
            for each check whether it's passed; None where that can't be told (a reply too short to tell its language).
        """
        wanted = self.wanted()
        text = _plain(heard.text)
        judged: dict[str, bool | None] = {
            "contains_any": any(_holds(text, each) for each in self.contains_any),
            "contains_all": all(_holds(text, each) for each in self.contains_all),
            "forbids": not any(_holds(text, each) for each in self.forbids),
            "max_words": self.max_words is None or count_words(heard.text) <= self.max_words,
            "max_sentences": self.max_sentences is None or count_sentences(heard.text) <= self.max_sentences,
            "language": stays_in(heard.text, self.language) if self.language is not None else None,
            "cue": any(_performed(heard.cues, each) for each in self.cue),
            "no_cue": not heard.cues
            if self.no_cue is True
            else not any(_performed(heard.cues, each) for each in self.no_cue or ()),
        }
        return {name: judged[name] for name in wanted}


def passes(judged: dict[str, bool | None]) -> bool | None:
    """Tell whether a reply passes all its checks; None where none of them could be judged."""
    known = [value for value in judged.values() if value is not None]
    return all(known) if known else None


def count_words(text: str) -> int:
    """Count words: runs of letters and digits, an apostrophe or hyphen within them included. Without spaces between words, characters."""
    return sum(len(word) if _is_unspaced(word[0]) else 1 for word in _WORD.findall(unicodedata.normalize("NFC", text)))


def count_sentences(text: str) -> int:
    """Count sentences by what ends them; what stands behind the last end is one more."""
    sentences = [part for part in _ENDS.split(text) if _WORD.search(part)]
    return len(sentences)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold().split())


def _holds(plain: str, wanted: str) -> bool:
    """Tell whether a text holds some words, as whole ones; a star at their end stands for any ending."""
    words = _plain(wanted)
    any_ending = words.endswith("*")
    words = words.rstrip("*")
    if not words:
        return False
    before = r"(?<!\w)" if words[0].isalnum() and not _is_unspaced(words[0]) else ""
    behind = r"(?!\w)" if words[-1].isalnum() and not _is_unspaced(words[-1]) and not any_ending else ""
    return re.search(f"{before}{re.escape(words)}{behind}", plain) is not None


def _is_unspaced(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_UNSPACED)


def form_of(cue: str) -> str:
    """Return a cue in the form in which they are compared: case doesn't count, and a space is as good as ``_``."""
    return cue.casefold().replace(" ", "_")


def _performed(cues: Sequence[str], wanted: str) -> bool:
    """Tell whether a cue was performed; with an argument it must be the same, without one any does."""
    wanted = form_of(wanted)
    performed = [form_of(cue) for cue in cues]
    return wanted in performed or (":" not in wanted and wanted in [cue.partition(":")[0] for cue in performed])
