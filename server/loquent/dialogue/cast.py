"""The characters of a server, read again when one of their files is saved, added or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Self

from ..logs import Log
from ..watcher import FileState, file_state
from .character import Character
from .character_file import CharacterError, character_files, load_character, load_characters

log: Final = Log.named("loquent.characters")

Check = Callable[[str, Character], None]
"""Looks whether a character can be used by the engine there is, by its name here; raises `CharacterError`."""


class Cast(Mapping[str, Character]):
    """Characters, by the names that clients open them by.

    A file that can't be used after it was saved is told in the log, and the character stays as it was. One whose file is gone can't be
    opened any more; conversations that are open go on.

    Args:
        characters: those there are at first.
        folder: where their files are; without one they never change.
    """

    def __init__(self, characters: Mapping[str, Character], folder: Path | None = None) -> None:
        self._characters = dict(characters)
        self._folder = folder
        self._check: Check | None = None
        self._seen: dict[Path, FileState] | None = None
        self._read: dict[Path, FileState] = {}
        self._read = self._states()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the characters of a folder.

        Raises:
            CharacterError: the folder or a file can't be read or used.
        """
        return cls(load_characters(folder), folder)

    def __getitem__(self, name: str) -> Character:
        return self._characters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._characters)

    def __len__(self) -> int:
        return len(self._characters)

    def suit(self, check: Check) -> None:
        """Look whether all can be used by the engine there is; from now on, what is saved is looked at too.

        Raises:
            CharacterError: one can't.
        """
        for name, character in self._characters.items():
            check(name, character)
        self._check = check

    def look(self) -> None:
        """Read what has changed since it was read last, and rests: what is being written is left alone. To be called every second or so."""
        now = self._states()
        if now != self._read and now == self._seen:
            changed = [path for path in now if now[path] != self._read.get(path)]
            gone = [path for path in self._read if path not in now]
            self._read = now
            self._change(changed, gone)
        self._seen = now

    def _states(self) -> dict[Path, FileState]:
        if self._folder is None:
            return {}
        try:
            return {path: file_state(path) for path in character_files(self._folder)}
        except CharacterError:  # gone, for a moment or for good: whoever was there stays
            return dict(self._read)

    def _change(self, changed: list[Path], gone: list[Path]) -> None:
        for path in gone:
            if self._characters.pop(path.stem, None) is not None:
                log.about(character=path.stem).warning("%s is gone: the character can't be opened any more", path)
        for path in changed:
            try:
                character = load_character(path)
                if self._check is not None:
                    self._check(path.stem, character)
            except CharacterError as error:
                stays = (
                    "the character stays as it was" if path.stem in self._characters else "there is no such character"
                )
                log.about(character=path.stem).error("%s (%s until that is mended)", error, stays)
                continue
            comes = "counts from the next reply on" if path.stem in self._characters else "is a new character"
            self._characters[path.stem] = character
            log.about(character=path.stem).warning("%s has been read and %s", path, comes)
        self._characters = dict(sorted(self._characters.items()))


def adapters_of(characters: Mapping[str, Character]) -> list[str]:
    """Return the LoRA adapters that characters reply with, each once."""
    return sorted({each.adapter for each in characters.values() if each.adapter is not None})
