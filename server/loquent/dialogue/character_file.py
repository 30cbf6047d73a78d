"""Character files: one TOML file each, written by people who needn't be programmers. docs/characters.md tells them how."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Final

from ..engines.base import Sampling
from ..tables import Table, TableError, Tables
from .character import Character
from .cues import Cue, canonical, parsed
from .language import is_tag

SHIPPED = Path(__file__).parent.parent / "characters"
"""The characters that come with the server."""

_CUE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ARGUMENT: Final = re.compile(r"[^\[\]:\n]{1,64}")
_LONGEST_NAME: Final = 128
_MOST_CUES: Final = 64
_MOST_ARGUMENTS: Final = 64
_LONGEST_REPLY: Final = 2048
"""As for a client's option max_tokens."""


class CharacterError(Exception):
    """A character file can't be used. The text names the file and says what to change."""


def character_files(folder: Path) -> list[Path]:
    """Return the files of a folder that hold characters, sorted. Hidden ones don't: editors put theirs there.

    Raises:
        CharacterError: the folder can't be read.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.name[0] != ".")
    except (FileNotFoundError, NotADirectoryError):
        raise CharacterError(
            f"There is no folder {folder}; give --characters a folder with character files (*.toml)."
        ) from None
    except OSError as error:
        raise CharacterError(f"The folder {folder} can't be read: {error.strerror}.") from None


def load_characters(folder: Path) -> dict[str, Character]:
    """Read all character files of a folder.

    Returns:
        the characters by file name (without .toml), sorted.

    Raises:
        CharacterError: the folder or a file can't be read or used.
    """
    found = {path.stem: load_character(path) for path in character_files(folder)}
    if not found:
        raise CharacterError(f"The folder {folder} holds no character file (*.toml); put one there.")
    return found


def load_character(path: Path) -> Character:
    """Read a character file.

    Raises:
        CharacterError: it can't be read or used.
    """
    try:
        return _character(Tables(path), path.absolute().parent)
    except TableError as error:
        raise CharacterError(str(error)) from None


def _character(file: Tables, folder: Path) -> Character:
    top = file.table(file.root)
    top.allow([field.name for field in fields(Character)])
    cues = _cues(top.inner("cues"))
    language = top.text("language", "").strip() or None
    if language is not None and not is_tag(language):
        raise top.error("language", "must be a language tag, such as en, en-GB or zh-Hans")
    greeting = top.text("greeting", "").strip()
    if greeting and not _visible(greeting, cues):
        raise top.error("greeting", "must hold words: players see nothing of a mark")
    strict = top.switch("strict_cues")
    if strict and not cues:
        raise top.error("strict_cues", "needs cues: write a table [cues] below, with a line for each")
    return Character(
        name=_name(top),
        persona=top.text("persona").strip(),
        style=top.text("style", "").strip(),
        knowledge=tuple(fact.strip() for fact in top.texts("knowledge")),
        greeting=greeting,
        language=language,
        cues=cues,
        strict_cues=strict,
        sampling=_sampling(top.inner("sampling")),
        adapter=_adapter(top, folder),
    )


def _name(top: Table) -> str:
    name = top.text("name").strip()
    if len(name.encode()) > _LONGEST_NAME or not name.isprintable():
        raise top.error("name", f"must be one line of at most {_LONGEST_NAME} bytes of UTF-8")
    return name


def _cues(table: Table | None) -> tuple[Cue, ...]:
    if table is None:
        return ()
    names = table.names()
    if len(names) > _MOST_CUES:
        raise table.error(None, f"holds {len(names)} cues; a character may have {_MOST_CUES}")
    return tuple(_cue(table, name) for name in names)


def _cue(table: Table, name: str) -> Cue:
    if not _CUE.fullmatch(name):
        raise table.error(
            name, "can't be a cue's name: that begins with a letter, and has small letters, digits and _, at most 32"
        )
    value = table.raw(name)
    if isinstance(value, str):
        return Cue(name, " ".join(table.text(name).split()))
    if not isinstance(value, dict):
        raise table.error(name, 'must say when: a text, or { when = "…", arguments = ["…"] }')
    unknown = next((key for key in value if key not in ("when", "arguments")), None)
    if unknown is not None:
        raise table.error(name, f"has no key {unknown}: there are when and arguments")
    when, arguments = value.get("when"), value.get("arguments", [])
    if not isinstance(when, str) or not when.strip():
        raise table.error(name, 'needs when, a text, such as { when = "you greet", arguments = ["door"] }')
    if (
        not isinstance(arguments, list)
        or not all(isinstance(argument, str) and _ARGUMENT.fullmatch(argument.strip()) for argument in arguments)
        or len(arguments) > _MOST_ARGUMENTS
    ):
        raise table.error(
            name, f"must have for arguments at most {_MOST_ARGUMENTS} texts of 1 to 64 characters without [ ] :"
        )
    known = tuple(" ".join(argument.split()) for argument in arguments)
    if len({canonical(argument) for argument in known}) < len(known):
        raise table.error(name, "has an argument twice; case doesn't count, and a space is as good as _")
    return Cue(name, " ".join(when.split()), known)


def _visible(text: str, cues: tuple[Cue, ...]) -> bool:
    return any(piece.text.strip() for piece in parsed(text, cues))


def _sampling(table: Table | None) -> Sampling:
    if table is None:
        return Sampling(max_tokens=0)
    table.allow(["max_tokens", "temperature", "top_p", "repetition_penalty"])
    top_p = table.number("top_p", 0, 1)
    if top_p == 0:
        raise table.error("top_p", "must be above 0, to 1")
    return Sampling(
        max_tokens=table.whole("max_tokens", most=_LONGEST_REPLY) or 0,
        temperature=table.number("temperature", 0, 2),
        top_p=top_p,
        repetition_penalty=table.number("repetition_penalty", 1, 2),
    )


def _adapter(top: Table, folder: Path) -> str | None:
    """Return the adapter: a path from the file's folder if it begins like one or is there, else a hub name."""
    named = top.text("adapter", "").strip()
    if not named:
        return None
    path = folder / Path(named).expanduser()
    if path.is_dir():
        if not (path / "adapter_config.json").is_file():
            raise top.error("adapter", f"is a folder without adapter_config.json, {path}; give that of a LoRA adapter")
        return str(path)
    if named.startswith((".", "/", "~")) or named.count("/") != 1:
        raise top.error("adapter", f"names no folder: there is no {path}")
    return named
