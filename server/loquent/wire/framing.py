"""Where a frame ends: walks msgpack bytes without building anything.

A message is frames end to end, and only msgpack itself tells where one stops. The walk allocates nothing by an announced length
and keeps its own stack, so that neither a length of 4 GiB nor nesting without end costs more than the message's own bytes.
(A library's unpacker reserves an array of the announced length at each level before it sees that the elements are missing.)

Formats: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 16
"""Levels of arrays and maps in one frame, the frame itself being the first."""

MAX_VALUES: Final = 1 << 16
"""Values in one frame: each takes time and some 60 bytes to unpack, and no frame of use has so many."""


class FramingLost(Exception):
    """The bytes aren't msgpack from here on; where the next frame starts is unknown. The text says why."""


# For each head byte: how many bytes of payload follow, how many bytes of length stand before it, how many values it holds.
_PAYLOAD: Final[dict[int, int]] = {
    0xC0: 0, 0xC2: 0, 0xC3: 0,  # nil, false, true
    0xCA: 4, 0xCB: 8,  # float
    0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8,  # uint
    0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8,  # int
    0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17,  # fixext: its type and its bytes
}  # fmt: skip
_SIZED: Final[dict[int, tuple[int, int]]] = {
    0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0),  # bin
    0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1),  # ext: one byte more, its type
    0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0),  # str
}  # fmt: skip
_COUNTED: Final[dict[int, tuple[int, int]]] = {
    0xDC: (2, 1), 0xDD: (4, 1),  # array
    0xDE: (2, 2), 0xDF: (4, 2),  # map: two values an entry
}  # fmt: skip


def end_of_value(data: bytes, start: int, exts: list[int] | None = None) -> int:
    """Return the offset just behind the msgpack value that begins at ``start``.

    Args:
        data: bytes of which a value is a part.
        start: where the value begins.
        exts: takes the offset of each byte that holds the type of an ext.

    Raises:
        FramingLost: the value isn't msgpack, goes beyond the end of ``data``, nests deeper than `MAX_DEPTH`,
            or holds more values than `MAX_VALUES`.
    """
    size = len(data)
    at = start
    values = 0
    open_values: list[int] = []  # how many values are still to come, level by level
    while True:
        if at >= size:
            raise FramingLost("a value goes beyond the end of the message")
        values += 1
        if values > MAX_VALUES:
            raise FramingLost(f"a frame holds more than {MAX_VALUES} values")
        head = data[at]
        at += 1
        count = 0
        if head < 0x80 or head >= 0xE0:  # fixint
            pass
        elif head < 0x90:  # fixmap
            count = (head & 0x0F) * 2
        elif head < 0xA0:  # fixarray
            count = head & 0x0F
        elif head < 0xC0:  # fixstr
            at += head & 0x1F
        elif head in _PAYLOAD:
            if exts is not None and head >= 0xD4:
                exts.append(at)
            at += _PAYLOAD[head]
        elif head in _SIZED:
            width, extra = _SIZED[head]
            if exts is not None and extra:
                exts.append(at + width)
            at += width + extra + int.from_bytes(data[at : at + width], "big")
        elif head in _COUNTED:
            width, per_entry = _COUNTED[head]
            count = int.from_bytes(data[at : at + width], "big") * per_entry
            at += width
        else:
            raise FramingLost("the byte 0xc1 is never used in msgpack")
        if count > size - at or at > size:  # every value takes a byte at least
            raise FramingLost("a value goes beyond the end of the message")
        is_container = 0x80 <= head < 0xA0 or 0xDC <= head <= 0xDF
        if is_container and len(open_values) >= MAX_DEPTH:
            raise FramingLost(f"arrays and maps nested deeper than {MAX_DEPTH} levels")
        if count:
            open_values.append(count)
            continue
        while open_values:
            open_values[-1] -= 1
            if open_values[-1]:
                break
            open_values.pop()
        if not open_values:
            return at
