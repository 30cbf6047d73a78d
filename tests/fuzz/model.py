"""What must come of a message's bytes, worked out a second time: from plain msgpack, frames.toml and SPEC.md.

It's slow, and it reserves memory by announced lengths, so it's no decoder for a server; it's only right.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgpack

from loquent.wire.framing import FramingLost, end_of_value
from support.vectors import frame_table

TABLE: Final = frame_table()
FRAMES: Final[dict[int, dict[str, Any]]] = {frame["kind"]: frame for frame in TABLE["frame"]}
MAX_DEPTH: Final[int] = TABLE["limits"]["max_depth"]
MAX_VALUES: Final[int] = TABLE["limits"]["max_values"]
FAULTS_PER_MESSAGE: Final = 16
"""SPEC.md, 2.4."""
_NUMBERS: Final = {"open": "conversation", "close": "conversation", "say": "turn", "decide": "turn", "cancel": "turn"}
"""By which field a fault refers to a frame (SPEC.md, section 6)."""


class Good(NamedTuple):
    """A frame, as ``[kind, field, …]`` in the form that an encoder would give it."""

    wire: list[Any]


class Broken(NamedTuple):
    """A frame that breaks its grammar, and how a fault refers to it."""

    refers: tuple[int, int] | None


class Lost(NamedTuple):
    """Where the next frame starts is unknown from here on."""


Outcome = Good | Broken | Lost


class Answer(NamedTuple):
    """A fault that a server answers with."""

    code: str
    refers: tuple[int, int] | None


class Pairs(list[tuple[Any, Any]]):
    """A map, as its pairs."""


class Ext(NamedTuple):
    """An ext value, of any type."""

    code: int
    data: bytes


class WrongType(Exception):
    """A value isn't of its field's type."""


# --- bytes to values --------------------------------------------------------------------------------


def outcomes(message: bytes, sender: str) -> list[Outcome]:
    """Return what a receiver must make of a message of the client or the server."""
    found: list[Outcome] = []
    unpacker = msgpack.Unpacker(
        None, raw=False, unicode_errors="surrogateescape", strict_map_key=False, object_pairs_hook=Pairs, ext_hook=Ext,
        max_buffer_size=max(1, len(message)),
    )  # fmt: skip
    unpacker.feed(_without_timestamps(message))
    while unpacker.tell() < len(message):
        try:
            value = unpacker.unpack()
        except (msgpack.UnpackException, ValueError):
            return [*found, Lost()]
        levels, values = size(value)
        if levels > MAX_DEPTH or values > MAX_VALUES:
            return [*found, Lost()]
        outcome = judge(value, sender)
        if outcome is not None:
            found.append(outcome)
    return found


def _without_timestamps(message: bytes) -> bytes:
    """Return a message with another type in each ext: the library stops at a timestamp that is none, and we never look at ext values.

    The one place where the model believes the code under test. Were a position wrong, other bytes would change, and so the outcome.
    """
    exts: list[int] = []
    start = 0
    with contextlib.suppress(FramingLost):
        while start < len(message):
            start = end_of_value(message, start, exts)
    changed = bytearray(message)
    for at in exts:
        if at < len(message):
            changed[at] = 0
    return bytes(changed)


def size(value: Any) -> tuple[int, int]:
    """Return how many levels of arrays and maps a value has, and how many values it's made of, itself being the first."""
    levels = values = 0
    layer = [value]
    while layer:
        values += len(layer)
        containers = [item for item in layer if type(item) in (list, Pairs)]
        levels += bool(containers)
        layer = [part for item in containers for part in (itertools.chain(*item) if type(item) is Pairs else item)]
    return levels, values


# --- values to outcomes -----------------------------------------------------------------------------


def judge(value: Any, sender: str) -> Outcome | None:
    """Return what must come of one value; None for a frame that is skipped."""
    if type(value) is not list or not value or type(value[0]) is not int or value[0] < 0:
        return Broken(None)
    frame = FRAMES.get(value[0])
    if frame is None or frame["from"] != sender:
        return None
    wire = [value[0]]
    number: int | None = None
    whole = True
    for place, (name, kind) in enumerate(frame["fields"], 1):
        try:
            if place >= len(value):
                raise WrongType
            wire.append(read(kind, value[place], frame["name"]))
            if name == _NUMBERS.get(frame["name"]):
                number = wire[-1]
        except WrongType:
            whole = False
    if whole:
        return Good(wire)
    return Broken(None if number is None else (value[0], number))


def read(kind: str, value: Any, frame: str) -> Any:
    """Return a field's value as an encoder would give it.

    Raises:
        WrongType: it isn't of its type.
    """
    if kind.endswith("?"):
        return None if value is None else read(kind[:-1], value, frame)
    if kind.startswith("["):
        inner = kind[1:-1]
        return _array([inner] if inner.startswith("[") else inner.split(", "), value, frame)
    if kind == "map":
        return _map(value, frame)
    if not _SCALARS[kind](value):
        raise WrongType
    return float(value) if kind == "number" else value


_SCALARS: Final[dict[str, Callable[[Any], bool]]] = {
    "uint": lambda value: type(value) is int and 0 <= value < 2**53,
    "u32": lambda value: type(value) is int and 0 <= value < 2**32,
    "number": lambda value: type(value) in (int, float),
    "bool": lambda value: type(value) is bool,
    "text": lambda value: type(value) is str and not any("\ud800" <= character <= "\udfff" for character in value),
    "bytes": lambda value: type(value) is bytes,
}


def _array(kinds: list[str], value: Any, frame: str) -> list[Any]:
    if type(value) is not list:
        raise WrongType
    if len(kinds) == 1:
        return [read(kinds[0], element, frame) for element in value]
    if len(value) < len(kinds):
        raise WrongType
    return [read(kind, element, frame) for kind, element in zip(kinds, value, strict=False)]


_MAPS: Final = {"open": "options", "welcome": "limits", "end": "usage"}


def _map(value: Any, frame: str) -> dict[str, Any]:
    if type(value) is not Pairs:
        raise WrongType
    kinds: dict[str, str] = TABLE["maps"][_MAPS[frame]]
    last: dict[str, Any] = {}
    for key, item in value:
        read("text", key, frame)
        if key in kinds and item is not None:
            last[key] = read(kinds[key], item, frame)
    return {key: last[key] for key in kinds if key in last}


# --- outcomes to what a server does ---------------------------------------------------------------------


def received(found: list[Outcome], *, after_hello: bool) -> list[list[Any] | Answer]:
    """Return what a server's reception must make of a message: frames to act on, and faults to answer with."""
    does: list[list[Any] | Answer] = []
    for outcome in found:
        if sum(isinstance(step, Answer) for step in does) == FAULTS_PER_MESSAGE:
            return [*does, Answer("malformed", None)]
        step = _answer(outcome, after_hello)
        after_hello = after_hello or (isinstance(step, list) and step[0] == 1)
        does.append(step)
    return does


def _answer(outcome: Outcome, after_hello: bool) -> list[Any] | Answer:
    match outcome:
        case Lost():
            return Answer("framing", None)
        case Broken(refers):
            return Answer("malformed", refers)
        case Good([1, versions, *_]) if after_hello or TABLE["version"] not in versions:
            return Answer("hello_twice" if after_hello else "version", None)
        case Good([kind, *fields]) if kind != 1 and not after_hello:
            frame = FRAMES[kind]
            names = [name for name, _ in frame["fields"]]
            by = _NUMBERS.get(frame["name"])
            return Answer("hello_first", None if by is None else (kind, fields[names.index(by)]))
        case Good(wire):
            return wire
    raise AssertionError(outcome)
