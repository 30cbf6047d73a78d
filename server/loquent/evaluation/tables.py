"""Reads tables of a TOML file whose author is no programmer: what is wrong is said with the line, and with the nearest right key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..wording import nearest, shortened

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_KEY})\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT: Final = re.compile(rf"\s*({_KEY})\s*[.=]")


class SuiteError(Exception):
    """A suite can't be used. The text is one sentence that says where it stands, and what is allowed."""


class Tables:
    """A TOML file, and where in it things stand.

    Args:
        path: the file.

    Raises:
        SuiteError: it can't be read, or isn't TOML.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.data = path.read_bytes()
            self._text = self.data.decode("utf-8-sig")
            self.root: dict[str, Any] = tomllib.loads(self._text)
        except OSError as error:
            raise SuiteError(f"The suite {path} can't be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise SuiteError(f"The suite {path} isn't UTF-8 text; save it as UTF-8.") from None
        except (ValueError, RecursionError) as error:  # TOMLDecodeError, and a number of thousands of digits
            raise SuiteError(f"The suite {path} isn't valid TOML: {error}.") from None
        self._lines = _lines(self._text)

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
            SuiteError: it's something else.
        """
        found = self.root.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.error("", 0, name, f"must be written [[{name}]], once for each case")
        return [self.table(each, name, number) for number, each in enumerate(found)]

    def error(self, name: str, number: int, key: str | None, what: str) -> SuiteError:
        """Make the error about a key of a table, or about the table itself."""
        line = self._lines.get((name, number, key)) or self._lines.get((name, number, None))
        where = f"{self.path}, line {line}" if line else str(self.path)
        subject = key if key is not None else f"[[{name}]]"
        inside = f" of [[{name}]]" if key is not None and name else ""
        return SuiteError(f"{where}: {shortened(subject)}{inside} {what}{'' if what.endswith('?') else '.'}")


class Table:
    """One table; each method takes the value of a key, and raises `SuiteError` for what can't be used."""

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

    def error(self, key: str | None, what: str) -> SuiteError:
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

    def switch(self, key: str) -> bool:
        """Return whether something is true; false unless it's said."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value


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
            table = header[2].strip("\"'")
            number = counts.get(table, 0)
            counts[table] = number + 1
            found[table, number, None] = at
            found.setdefault(("", 0, table), at)
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
