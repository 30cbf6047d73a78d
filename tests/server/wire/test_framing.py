"""Where a value ends: agrees with msgpack on every format, gives up on everything else, and costs no memory by what is announced."""

from __future__ import annotations

import tracemalloc
from typing import Any

import msgpack
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loquent.wire.framing import MAX_DEPTH, FramingLost, end_of_value
from support.msgpack_strategies import depth, in_any_format, values


def end_by_msgpack(data: bytes) -> int | None:
    """Return where the library finds the first value's end; None if it finds none."""
    unpacker = msgpack.Unpacker(None, raw=True, strict_map_key=False, object_pairs_hook=list, max_buffer_size=0)
    unpacker.feed(data)
    try:
        unpacker.skip()
    except (msgpack.OutOfData, msgpack.FormatError):
        return None
    return unpacker.tell()


NESTED = -1


def end_or_none(data: bytes) -> int | None:
    """Return where our walk finds the first value's end, or why not."""
    try:
        return end_of_value(data, 0)
    except FramingLost as lost:
        return NESTED if "nested" in str(lost) else None


@given(values.flatmap(in_any_format), st.binary(max_size=8), st.binary(max_size=8))
def test_finds_the_end_of_any_value_in_any_format(data: bytes, before: bytes, behind: bytes) -> None:
    assert end_of_value(before + data + behind, len(before)) == len(before) + len(data)


@given(values.flatmap(in_any_format))
def test_any_cut_of_a_value_is_lost_framing(data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(FramingLost, match="beyond the end"):
            end_of_value(data[:end], 0)


@pytest.mark.parametrize("fill", [0x00, 0x01, 0xC0], ids=hex)
def test_agrees_with_msgpack_on_every_head_byte(fill: int) -> None:
    for head in range(256):
        data = bytes([head]) + bytes([fill]) * 700
        assert end_or_none(data) == end_by_msgpack(data), hex(head)


@given(st.binary(max_size=60))
def test_agrees_with_msgpack_on_any_bytes(data: bytes) -> None:
    end = end_or_none(data)
    assume(end != NESTED)  # the library's limit is another
    assert end == end_by_msgpack(data)


@given(values.flatmap(in_any_format), st.integers(0, 255), st.data())
def test_agrees_with_msgpack_on_a_value_with_one_byte_changed(value: bytes, byte: int, draw: st.DataObject) -> None:
    data = bytearray(value)
    data[draw.draw(st.integers(0, len(data) - 1))] = byte
    end = end_or_none(bytes(data))
    assume(end != NESTED)
    assert end == end_by_msgpack(bytes(data))


# --- depth ---------------------------------------------------------------------------------------


def nested(levels: int, kind: str) -> Any:
    """Return so many levels, one in the other, the innermost empty."""
    value: Any = [] if kind == "array" else {}
    for _ in range(levels - 1):
        value = [value] if kind == "array" else {"a": value}
    return value


@pytest.mark.parametrize("kind", ["array", "map"])
def test_nests_to_the_limit_and_not_deeper(kind: str) -> None:
    deepest = msgpack.packb(nested(MAX_DEPTH, kind))
    assert depth(msgpack.unpackb(deepest)) == MAX_DEPTH
    assert end_of_value(deepest, 0) == len(deepest)
    with pytest.raises(FramingLost, match=f"deeper than {MAX_DEPTH} levels"):
        end_of_value(msgpack.packb(nested(MAX_DEPTH + 1, kind)), 0)


def test_keys_of_maps_nest_as_well() -> None:
    key_within_key = b"\x81" * MAX_DEPTH + b"\xc0" * (MAX_DEPTH + 1)
    assert end_of_value(key_within_key, 0) == len(key_within_key)
    with pytest.raises(FramingLost, match="deeper"):
        end_of_value(b"\x81" + key_within_key + b"\xc0", 0)


def test_what_stands_side_by_side_isnt_nested() -> None:
    deepest = nested(MAX_DEPTH - 1, "array")
    data = msgpack.packb([deepest, {"a": nested(MAX_DEPTH - 2, "map")}, *[deepest] * 20])
    assert end_of_value(data, 0) == len(data)


def test_a_level_that_is_complete_is_left_before_the_next_begins() -> None:
    """The last element of an array is on that array's level, not on one above."""
    data = msgpack.packb([1, 2, nested(MAX_DEPTH - 1, "array")])
    assert end_of_value(data, 0) == len(data)
    with pytest.raises(FramingLost, match="deeper"):
        end_of_value(msgpack.packb([1, 2, nested(MAX_DEPTH, "array")]), 0)


# --- what is announced costs nothing --------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\xdd\x00\x10\x00\x00" * 200_000,  # a million elements at each level
        b"\xdf\x00\x08\x00\x00" * 200_000,
        b"\xdd\xff\xff\xff\xff" + b"\xc0" * 1_000_000,
        b"\xdb\xff\xff\xff\xff" + b"a" * 1_000_000,
        b"\xc9\xff\xff\xff\xff" + b"a" * 1_000_000,
        b"\x91" * 1_000_000,
        b"\x81" * 1_000_000,
        b"\xdc\xff\xff" * 15 + b"\xc0" * 65_600,  # fits, level by level
    ],
    ids=["arrays", "maps", "array 4 G", "str 4 G", "ext 4 G", "deep arrays", "deep maps", "arrays that could be"],
)
def test_hostile_lengths_cost_no_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(FramingLost):
            end_of_value(data, 0)
        assert tracemalloc.get_traced_memory()[1] < 16_384
    finally:
        tracemalloc.stop()


# --- exts ----------------------------------------------------------------------------------------


def test_tells_where_the_types_of_exts_stand() -> None:
    data = bytes.fromhex("98 d4fb00 d5 ff0000 d8fe" + "00" * 16 + "c701fd00 c80001fc00 c900000001fa00 01 c403d4ff00")
    exts: list[int] = []
    assert end_of_value(data, 0, exts) == len(data)
    assert [data[at] for at in exts] == [0xFB, 0xFF, 0xFE, 0xFD, 0xFC, 0xFA]
