"""What fuzzing starts from: the vectors of the protocol, and what fuzzing has found so far."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgpack

from support import vectors

FOUND: Final = Path(__file__).with_name("found.txt")
"""Messages that fuzzing found, one a line in hex: each reaches something that no vector and no line before it reaches."""
LONGEST_KEPT: Final = 1000
"""Bytes of a message that is kept: longer ones say little more, and nobody reads them."""


def seeds() -> list[bytes]:
    """Return the messages of the vectors."""
    return [vector.data for vector in vectors.golden()] + [vector.data for vector in vectors.decode()]


def found(path: Path = FOUND) -> list[bytes]:
    """Return what fuzzing has found so far."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [vectors.unhex(line) for line in lines if line and not line.startswith("#")]


def keep(messages: Iterable[bytes], path: Path = FOUND) -> int:
    """Add messages to those found, where they are new and not too long; returns how many were."""
    known = {*seeds(), *found(path)}
    new = sorted((m for m in set(messages) - known if len(m) <= LONGEST_KEPT), key=lambda m: (len(m), m))
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{message.hex()}\n" for message in new)
    return len(new)


def write(folder: Path, path: Path = FOUND) -> None:
    """Write all of it as libFuzzer wants it: a file for each message."""
    folder.mkdir(parents=True)
    for number, message in enumerate([*seeds(), *found(path)]):
        (folder / f"{number:04}").write_bytes(message)


def dictionary() -> str:
    """Return libFuzzer's dictionary: how frames begin, and the keys of maps."""
    table = vectors.frame_table()
    words: list[bytes] = []
    for frame in table["frame"]:
        wire: list[Any] = [frame["kind"], *frame["fields"]]
        words.append(msgpack.packb(wire)[:2])
    words += [msgpack.packb(key) for keys in table["maps"].values() for key in keys]
    escaped = ["".join(f"\\x{byte:02x}" for byte in word) for word in dict.fromkeys(words)]
    return "".join(f'"{word}"\n' for word in escaped)
