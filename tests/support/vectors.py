"""Reads protocol/vectors and protocol/frames.toml, without the code under test."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

PROTOCOL = Path(__file__).parents[2] / "protocol"


class Golden(NamedTuple):
    """A frame and its bytes."""

    name: str
    data: bytes
    frame: list[Any]


class Decode(NamedTuple):
    """Bytes of one message, and what the receiver must make of them."""

    name: str
    receiver: str
    data: bytes
    outcomes: list[Any]


def golden() -> list[Golden]:
    """Return golden.txt."""
    return [Golden(name, unhex(data), json.loads(frame)) for name, data, frame in _lines("golden.txt")]


def decode() -> list[Decode]:
    """Return decode.txt."""
    return [Decode(name, to, unhex(data), json.loads(outcomes)) for name, to, data, outcomes in _lines("decode.txt")]


def frame_table() -> dict[str, Any]:
    """Return frames.toml."""
    return tomllib.loads((PROTOCOL / "frames.toml").read_text(encoding="utf-8"))


def unhex(text: str) -> bytes:
    """Return the bytes of hex pairs, ``91*40`` being 91 forty times."""
    out = bytearray()
    for word in text.split():
        pair, _, times = word.partition("*")
        out += bytes.fromhex(pair) * int(times or "1")
    return bytes(out)


def as_json(value: Any) -> Any:
    """Return a frame's wire form as the vectors write it: bytes as a map, tuples as lists."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list | tuple):
        return [as_json(element) for element in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return value


def _lines(name: str) -> list[list[str]]:
    text = (PROTOCOL / "vectors" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
