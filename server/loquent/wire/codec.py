"""Bytes to frames and back.

This is the one place where bytes become values: what leaves `decode` is a frame that obeys its grammar, or a word about what was
wrong. A message may hold good frames beside broken ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import msgpack

from .frames import Frame, Malformed, Map, NotThat
from .framing import FramingLost, end_of_value

_ARRAY_HEADS: Final = frozenset(range(0x90, 0xA0)) | {0xDC, 0xDD}
_MAP_HEADS: Final = frozenset(range(0x80, 0x90)) | {0xDE, 0xDF}
_MAY_HOLD_A_MAP: Final = re.compile(rb"[\x80-\x8f\xde\xdf]")
_packer: Final = msgpack.Packer(autoreset=True)


def pack(values: Any) -> bytes:
    """Encode ``[kind, field, …]``, in the shortest formats."""
    return _packer.pack(values)


def encode(frame: Frame) -> bytes:
    """Encode one frame."""
    return _packer.pack(frame.to_wire())


def decode(message: bytes, kinds: Mapping[int, type[Frame]]) -> Iterator[Frame | Malformed | FramingLost]:
    """Yield what a message holds, in order.

    Args:
        message: one binary WebSocket message.
        kinds: the frames that this side receives: `CLIENT_FRAMES` at the server. All others are skipped silently.

    Yields:
        frames; `Malformed` for each that breaks its grammar and was skipped; at last `FramingLost` where the rest of the message
        can't be read.
    """
    for item in decode_each(message, kinds):
        if item is not None:
            yield item


def decode_each(message: bytes, kinds: Mapping[int, type[Frame]]) -> Iterator[Frame | Malformed | FramingLost | None]:
    """Yield the same as `decode`, and None for each frame that is skipped silently: it has taken its time, too."""
    start = 0
    while start < len(message):
        try:
            end = end_of_value(message, start)
        except FramingLost as lost:
            yield lost
            return
        try:
            frame = _frame(message[start:end], kinds)
        except Malformed as malformed:
            yield malformed
        else:
            yield frame
        start = end


def _frame(data: bytes, kinds: Mapping[int, type[Frame]]) -> Frame | None:
    """Decode one whole frame; ``None`` for a kind that isn't known."""
    if data[0] not in _ARRAY_HEADS:
        raise Malformed("A frame is a msgpack array; this value isn't one.")
    try:
        return _read(data, kinds)
    except ValueError:
        # The library makes no ext of a reserved type, and stops. But an ext may stand where it's skipped (SPEC.md, 2.6).
        exts: list[int] = []
        end_of_value(data, 0, exts)
        unreserved = bytearray(data)
        for at in exts:
            unreserved[at] = 0
        return _read(unreserved, kinds)


def _read(data: bytes | bytearray, kinds: Mapping[int, type[Frame]]) -> Frame | None:
    """Decode one whole frame that is an array. Fields too many are never even unpacked."""
    unpacker = msgpack.Unpacker(None, raw=False, unicode_errors="surrogateescape", max_buffer_size=len(data))
    unpacker.feed(data)
    unpack = partial(_value, unpacker, data) if _MAY_HOLD_A_MAP.search(data) else unpacker.unpack
    length = unpacker.read_array_header()
    kind = unpack() if length else None
    if type(kind) is not int or kind < 0:
        raise Malformed("A frame's first element is its kind, a non-negative integer.")
    cls = kinds.get(kind)
    if cls is None:
        return None
    values: list[Any] = []
    wrong: str | None = None
    number: int | None = None
    for index, (name, check) in enumerate(zip(cls.FIELDS, cls.CHECKS, strict=True)):
        if index + 1 >= length:
            wrong = wrong or f"{cls.NAME} has {len(cls.FIELDS)} fields; {name} is missing."
            break
        try:
            value = check(unpack())
        except NotThat as wanted:
            value = None
            wrong = wrong or f"{cls.NAME}.{name} must be {wanted}."
        values.append(value)
        if index == cls.NUMBER:
            number = value
        if wrong and (cls.NUMBER is None or index >= cls.NUMBER):  # up to NUMBER it goes on: the fault refers to that
            break
    if wrong:
        raise Malformed(wrong, kind, number)
    return cls(*values)


def _value(unpacker: msgpack.Unpacker, data: bytes | bytearray) -> Any:
    """Unpack the next value, and the maps in it key by key.

    The library interns the keys of the maps that it makes, and up to Python 3.12.5 what is interned stays for ever: a client with keys of
    its own would take memory that nobody gets back.
    """
    head = data[unpacker.tell()]
    if head in _ARRAY_HEADS:
        return [_value(unpacker, data) for _ in range(unpacker.read_array_header())]
    if head in _MAP_HEADS:
        return Map([(_value(unpacker, data), _value(unpacker, data)) for _ in range(unpacker.read_map_header())])
    return unpacker.unpack()
