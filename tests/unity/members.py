"""What real Unity has: the public and protected members of its releases, of the types that the package and the engine double name.

    python tests/unity/members.py FOLDER

makes the lists in api/ anew, from a folder with a whole list of each release (see api/README.md). That's necessary when the double
gets a type that it didn't have; its members are there whole.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LISTS = Path(__file__).resolve().parent / "api"
RELEASES = ("2022.3", "6000.0", "6000.3")
EDITOR = "2022.3-editor"
"""The only release of which the Editor's members are known: they are taken to be in all."""

DOCUMENTED = "documented"
"""What the lists lack, and Unity's Scripting Reference has for all releases."""

_OBSOLETE = re.compile(r" \[obsolete(-error)?\]$")
_OWN = re.compile(r"^F (static )?.*::[msk]_")
"""Protected fields that are a class's own affair; nobody else should use them."""


@dataclass
class Known:
    """What a release has."""

    members: set[str] = field(default_factory=set)
    """Lines of members that aren't obsolete."""
    types: dict[str, str] = field(default_factory=dict)
    """The line of each type."""

    def bases(self, name: str) -> Iterator[str]:
        """Yield what a type is derived from, as far as that's known."""
        while name in self.types:
            kind = shape(self.types[name])
            if len(kind) < 2:
                return
            name = re.sub(r"<.*>$", "", kind[1])
            yield name


def shape(line: str) -> list[str]:
    """Return what a type's line says of it: its kind, its base type, sealed, abstract, its interfaces."""
    return line.split(" : ", 1)[1].split(" ")


def type_of(line: str) -> str:
    """Return the type that a line is about."""
    if line.startswith("T "):
        return line.split(" ")[1]
    found = re.search(r" ([^ ]+)::", line)
    assert found, line
    return found.group(1)


@cache
def known(release: str) -> Known:
    """Read the lists of a release."""
    result = Known()
    for name in ("all", release, EDITOR, DOCUMENTED):
        for line in (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("T "):
                result.types[type_of(line)] = line
            else:
                result.members.add(line)
    return result


def plain(lines: Iterable[str], types: set[str]) -> set[str]:
    """Leave out what is obsolete, private in spirit, or of another type."""
    return {
        line
        for line in lines
        if line[:2] in {"T ", "M ", "F "}
        and not _OBSOLETE.search(line)
        and not _OWN.match(line)
        and type_of(line) in types
    }


def refresh(folder: Path, types: set[str]) -> None:
    """Write the lists anew: what all releases have, what each has besides, and the Editor's."""
    own = {
        release: plain((folder / f"{release}.txt").read_text(encoding="utf-8").splitlines(), types)
        for release in RELEASES
    }
    common = set.intersection(*own.values())
    _write("all", common)
    for release, lines in own.items():
        _write(release, lines - common)
    _write(EDITOR, plain((folder / f"{EDITOR}.txt").read_text(encoding="utf-8").splitlines(), types))


def _write(name: str, lines: Iterable[str]) -> None:
    ordered = sorted(lines, key=lambda line: (type_of(line), line[0] != "T", line))
    (LISTS / f"{name}.txt").write_text("".join(f"{line}\n" for line in ordered), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Refresh the lists; return the exit status."""
    from unity import engine, test_api

    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    for release in engine.RELEASES:
        for name in engine.DOUBLES:
            engine.double(release, name)
    lines = [line for release in engine.RELEASES for line in test_api.of_double(release)]
    refresh(Path(arguments[0]), {type_of(line) for line in lines})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
