"""Reads tables of a TOML file whose author is no programmer: what is wrong is said with the line, and with the nearest right key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from .wording import nearest, shortened

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER: Final = re.compile(rf"\s*\[\[?\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]\]?\s*(?:#.*)?$")
_PART: Final = re.compile(_KEY)
_ASSIGNMENT: Final = re.compile(rf"\s*({_KEY})\s*[.=]")


class TableError(Exception):
    """A file can't be used. The text is one sentence that says where it stands, and what is allowed."""


class Tables:
    """A TOML file, and where in it things stand.

    Args:
        path: the file.
        called: how it's called in a sentence that says that it can't be read; by its path unless told.

    Raises:
        TableError: it can't be read, or isn't TOML.
    """

    def __init__(self, path: Path, called: str | None = None) -> None:
        self.path = path
        called = called or str(path)
        try:
            self.data = path.read_bytes()
            text = self.data.decode("utf-8-sig")  # Windows' editors put a mark at the beginning
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            self.root: dict[str, Any] = tomllib.loads(text)
        except OSError as error:
            raise TableError(f"{called} can't be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise TableError(f"{called} isn't UTF-8 text; save it as UTF-8.") from None
        except (ValueError, RecursionError) as error:  # TOMLDecodeError, and a number of thousands of digits
            raise TableError(f"{called} isn't valid TOML: {error}.") from None
        self._lines = _lines(text)

    def line(self, key: str) -> int | None:
        """Return in which line a key of the file itself stands, where that is plain to see: TOML's parser doesn't tell."""
        return self._lines.get(("", 0, key))

    def table(self, values: Mapping[str, Any], name: str = "", number: int = 0) -> Table:
        """Return a table as something to take values from.

        Args:
            values: what stands in it.
            name: its name; empty for what stands before all headers.
            number: which of the tables of that name, from 0.
        """
        return Table(self, values, name, number)

    def tables(self, name: str) -> list[Table]:
        """Return the tables that are written [[name]].

        Raises:
            TableError: it's something else.
        """
        found = self.root.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.error("", 0, name, f"must be written [[{name}]], once for each case")
        return [self.table(each, name, number) for number, each in enumerate(found)]

    def error(self, name: str, number: int, key: str | None, what: str) -> TableError:
        """Make the error about a key of a table, or about the table itself."""
        line = self._lines.get((name, number, key)) or self._lines.get((name, number, None))
        where = f"{self.path}, line {line}" if line else str(self.path)
        header = f"[[{name}]]" if isinstance(self.root.get(name), list) else f"[{name}]"
        subject = key if key is not None else header if name else "the file"
        inside = f" of {header}" if key is not None and name else ""
        return TableError(f"{where}: {shortened(subject)}{inside} {what}{'' if what.endswith('?') else '.'}")


class Table:
    """One table; each method takes the value of a key, and raises `TableError` for what can't be used."""

    def __init__(self, file: Tables, values: Mapping[str, Any], name: str, number: int) -> None:
        self._file = file
        self._values = values
        self._name = name
        self._number = number

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def raw(self, key: str) -> object:
        """Return what stands there, whatever it is; None if nothing does."""
        return self._values.get(key)

    def error(self, key: str | None, what: str) -> TableError:
        """Make the error about a key, or about the whole table."""
        return self._file.error(self._name, self._number, key, what)

    def allow(self, known: Collection[str]) -> None:
        """Refuse keys that aren't known."""
        for key in self._values:
            if key not in known:
                near = nearest(key, known)
                raise self.error(key, f"is no key here: {did_you_mean(near, known)}")

    def text(self, key: str, default: str | None = None, *, empty: bool = False) -> str:
        """Return a text; ``empty`` says whether it may be so. Needed, unless there is a default."""
        if key not in self._values:
            if default is None:
                raise self.error(None, f"needs {key}")
            return default
        value = self._values[key]
        if not isinstance(value, str) or not (value.strip() or (empty and not value)):
            raise self.error(key, 'must be a text, such as "…"')
        return value

    def texts(self, key: str, *, least: int = 0, empty: bool = False) -> tuple[str, ...]:
        """Return some texts; one alone may stand without brackets. With ``least`` above 0, so many are needed."""
        if key not in self._values and not least:
            return ()
        if key not in self._values:
            raise self.error(None, f"needs {key}")
        value = self._values[key]
        several: Sequence[Any] = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not all(
            isinstance(each, str) and (each.strip() or (empty and not each)) for each in several
        ):
            raise self.error(key, 'must be a text or some texts, such as ["…", "…"]')
        if len(several) < max(1, least):
            raise self.error(key, f"must be at least {least} texts" if least > 1 else "holds nothing")
        return tuple(several)

    def whole(self, key: str, default: int | None = None, *, least: int = 1, most: int = 10_000) -> int | None:
        """Return a whole number between the two bounds."""
        value = self._values.get(key, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.error(key, f"must be a whole number from {least} to {most}")
        return value

    def number(self, key: str, least: float, most: float) -> float | None:
        """Return a number between the two bounds; None if nothing stands there."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.error(key, f"must be a number from {least:g} to {most:g}")
        return float(value)

    def switch(self, key: str) -> bool:
        """Return whether something is true; false unless it's said."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def names(self) -> list[str]:
        """Return the keys, in the order in which they stand."""
        return list(self._values)

    def inner(self, key: str) -> Table | None:
        """Return the table [key] in a file; None if there is none.

        Raises:
            TableError: it's something else.
        """
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, written [{key}]")
        return self._file.table(value, key)


def did_you_mean(near: str | None, known: Collection[str]) -> str:
    """Advise somebody who wrote what isn't known."""
    return f"did you mean {near}?" if near else f"there are {', '.join(known)}"


# --- Where things stand ------------------------------------------------------------------------------------------


def _lines(text: str) -> dict[tuple[str, int, str | None], int]:
    """Find the lines of headers and keys, which TOML's parser doesn't tell: by table, its number, and key (None for the header)."""
    found: dict[tuple[str, int, str | None], int] = {}
    counts: dict[str, int] = {}
    table, number = "", 0
    inside: str | None = None  # the quotes of a text of several lines that is open
    for at, line in enumerate(text.splitlines(), 1):
        if inside is None and (header := _HEADER.match(line)):
            first, *inner = (part.strip("\"'") for part in _PART.findall(header[1]))
            found.setdefault(("", 0, first), at)
            if inner:  # a table in the last one of that name
                found.setdefault((first, max(0, counts.get(first, 1) - 1), inner[0]), at)
                table, number = ".".join([first, *inner]), 0
                continue
            table, number = first, counts.get(first, 0)
            counts[table] = number + 1
            found[table, number, None] = at
        elif inside is None and (assignment := _ASSIGNMENT.match(line)):
            found.setdefault((table, number, assignment[1].strip("\"'")), at)
        inside = _quotes_left_open(line, inside)
    return found


def _quotes_left_open(line: str, inside: str | None) -> str | None:
    """Tell which triple quotes are open at the end of a line, given those that are at its beginning."""
    at = 0
    while at < len(line):
        three = line[at : at + 3]
        if inside is not None:
            if line[at] == "\\" and inside == '"""':
                at += 2
            elif three == inside:
                inside, at = None, at + 3
            else:
                at += 1
        elif three in ('"""', "'''"):
            inside, at = three, at + 3
        elif line[at] in "\"'":
            end = re.compile(r'"(?:\\.|[^"\\])*"' if line[at] == '"' else r"'[^']*'").match(line, at)
            at = end.end() if end else len(line)
        elif line[at] == "#":
            break
        else:
            at += 1
    return inside
