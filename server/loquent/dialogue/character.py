"""Who an NPC is: one TOML file each, read when the server starts."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "characters"
"""The characters that come with the server."""


class CharacterError(Exception):
    """A character file can't be used. The text names the file and says what to change."""


@dataclass(frozen=True, slots=True)
class Character:
    """A character, as its file describes it. The file's name, without .toml, is the name that clients open it by."""

    name: str
    """The name that players see."""
    persona: str
    """Who the character is and how it speaks, told to the model before every conversation."""


def load_characters(folder: Path) -> dict[str, Character]:
    """Read all character files of a folder.

    Returns:
        the characters by file name (without .toml), sorted.

    Raises:
        CharacterError: the folder or a file can't be read or used.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except (FileNotFoundError, NotADirectoryError):
        raise CharacterError(
            f"There is no folder {folder}; give --characters a folder with character files (*.toml)."
        ) from None
    except OSError as error:
        raise CharacterError(f"The folder {folder} can't be read: {error.strerror}.") from None
    found = {path.stem: _load(path) for path in files}
    if not found:
        raise CharacterError(f"The folder {folder} holds no character file (*.toml); put one there.")
    return found


def _load(path: Path) -> Character:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CharacterError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CharacterError(f"{path} isn't UTF-8 text; save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and a number of thousands of digits
        raise CharacterError(f"{path} isn't valid TOML: {error}.") from None
    return _check(path, table)


def _check(path: Path, table: Mapping[str, object]) -> Character:
    known = [f.name for f in fields(Character)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it may have {', '.join(known)}."
            raise CharacterError(f"{path}: a character has no key {key}; {hint}")
    values: dict[str, str] = {}
    for key in known:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise CharacterError(f'{path}: a character needs {key}, a text, such as {key} = "…".')
        values[key] = value.strip()
    return Character(**values)
