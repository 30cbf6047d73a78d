"""Bytes to frames: round trips, growth, and that hostile bytes give nothing but the outcomes that are defined."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import dataclass
from typing import Any, ClassVar

import msgpack
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loquent.wire.codec import decode, encode, pack
from loquent.wire.frames import (
    CLIENT_FRAMES,
    SERVER_FRAMES,
    Ack,
    Close,
    Exchange,
    Frame,
    Hello,
    Malformed,
    Map,
    Open,
    Opened,
    Options,
    Refers,
    Resume,
    Say,
    Text,
)
from loquent.wire.framing import FramingLost
from support.msgpack_strategies import client_frames, in_any_format, server_frames, values

KINDS = CLIENT_FRAMES | SERVER_FRAMES
Outcome = Frame | Malformed | FramingLost


def outcomes(message: bytes) -> list[Outcome]:
    """Return what a message holds, whoever sent it."""
    return list(decode(message, KINDS))


def only(message: bytes) -> Outcome:
    """Return the one outcome of a message."""
    (outcome,) = outcomes(message)
    return outcome


frames = client_frames | server_frames
unknown_kinds = st.integers(0, 2**64 - 1).filter(lambda kind: kind not in KINDS)
skipped = st.builds(lambda kind, rest: [kind, *rest], unknown_kinds, st.lists(values, max_size=4))
odd = st.sampled_from(
    [
        bytes.fromhex("d4fb00"),  # ext of a reserved type
        bytes.fromhex("d4ff00"),  # timestamp of one byte
        bytes.fromhex("d7fffffffffffffffff0"),  # timestamp with more than a second of nanoseconds
        bytes.fromhex("c700ff"),  # timestamp of no bytes
        bytes.fromhex("a2c328"),  # str that isn't UTF-8
        bytes.fromhex("8190c0"),  # map with a key that can't be hashed
        bytes.fromhex("82c001c002"),  # map with nil as key, twice
        bytes.fromhex("ca7fc00000"),  # NaN
        bytes.fromhex("cfffffffffffffffff"),
    ]
)
"""Values that stand only where they are skipped."""


# --- round trips -----------------------------------------------------------------------------------


@given(st.lists(frames, max_size=6))
def test_frames_come_back_as_they_were_in_order(sent: list[Frame]) -> None:
    assert outcomes(b"".join(map(encode, sent))) == sent


@given(frames)
def test_encodes_as_plain_msgpack_does(frame: Frame) -> None:
    assert encode(frame) == msgpack.packb(frame.to_wire())


@given(st.data(), frames)
def test_takes_every_format_that_holds_the_value(data: st.DataObject, frame: Frame) -> None:
    assert only(data.draw(in_any_format(frame.to_wire()))) == frame


@given(frames)
def test_each_side_gets_what_is_meant_for_it(frame: Frame) -> None:
    mine = [frame] if type(frame).KIND in CLIENT_FRAMES else []
    assert list(decode(encode(frame), CLIENT_FRAMES)) == mine


# --- growth ------------------------------------------------------------------------------------------


@given(frames, st.lists(values.map(pack) | odd, min_size=1, max_size=4))
def test_fields_beyond_the_known_ones_change_nothing(frame: Frame, trailing: list[bytes]) -> None:
    fields = [pack(field) for field in frame.to_wire()] + trailing
    assert only(bytes([0x90 | len(fields)]) + b"".join(fields)) == frame


@given(frames, skipped, frames)
def test_unknown_kinds_are_skipped_silently(before: Frame, unknown: list[Any], behind: Frame) -> None:
    assert outcomes(encode(before) + msgpack.packb(unknown) + encode(behind)) == [before, behind]


@given(unknown_kinds, st.lists(odd, max_size=10))
def test_unknown_kinds_may_hold_anything_that_is_framed(kind: int, fields: list[bytes]) -> None:
    assert outcomes(bytes([0x91 + len(fields)]) + pack(kind) + b"".join(fields)) == []


@given(values.map(pack) | odd)
@example(bytes.fromhex("d4fb00"))
@example(bytes.fromhex("c705ff0000000000"))
def test_unknown_keys_may_hold_anything_that_is_framed(value: bytes) -> None:
    """msgpack's library makes no ext of a reserved type: that once broke the whole frame."""
    options = b"\x83" + pack("mood") + value + pack("player") + pack("p") + pack("") + value
    assert only(b"\x94\x02\x01\xa1c" + options) == Open(1, "c", Options(player="p"))


@given(values.map(pack) | odd)
def test_elements_beyond_the_known_ones_of_inner_arrays_change_nothing(value: bytes) -> None:
    resume = b"\x95\x01\x90\xa0\xc0" + b"\x95\xa1s\x01\x02" + value * 2
    history = b"\x96\x22\x01\x01\xa0\x90" + b"\x91\x93\xa1a\xa1b" + value
    assert outcomes(resume + history) == [
        Hello((), "", None, Resume("s", 1, 2)),
        Opened(1, 1, "", (), (Exchange("a", "b"),)),
    ]


# --- broken frames -------------------------------------------------------------------------------------


@given(values)
def test_anything_but_an_array_that_begins_with_a_kind_is_malformed(value: Any) -> None:
    first = value[0] if isinstance(value, list) and value else None
    if type(first) is int and first >= 0:
        value = [value]
    ack = encode(Ack(1))
    good, broken, behind = outcomes(ack + msgpack.packb(value) + ack)
    assert good == behind == Ack(1)
    assert isinstance(broken, Malformed)
    assert broken.refers is None


@given(frames, st.data())
def test_a_frame_with_a_field_of_a_type_that_no_field_has_is_malformed(frame: Frame, data: st.DataObject) -> None:
    wire = frame.to_wire()
    if len(wire) == 1:
        return
    place = data.draw(st.integers(1, len(wire) - 1))
    wire[place] = msgpack.ExtType(1, b"")
    broken, behind = outcomes(msgpack.packb(wire) + encode(frame))
    assert isinstance(broken, Malformed)
    assert str(broken).startswith(f"{frame.NAME}.{frame.FIELDS[place - 1]} must be ")
    assert behind == frame


@given(frames)
def test_a_frame_cut_short_between_fields_is_malformed(frame: Frame) -> None:
    wire = frame.to_wire()
    for length in range(1, len(wire)):
        broken = only(msgpack.packb(wire[:length]))
        assert isinstance(broken, Malformed)
        missing = frame.FIELDS[length - 1]
        assert str(broken) == f"{frame.NAME} has {len(frame.FIELDS)} fields; {missing} is missing."


@pytest.mark.parametrize(
    ("wire", "refers"),
    [
        ([3, 1, 7, None, []], (3, 7)),
        ([3, 1, 7, "a"], (3, 7)),
        ([3, 1, 7], (3, 7)),
        ([3, "a", 7, "a", []], (3, 7)),  # the turn stands behind what is wrong
        ([3, "a", 7], (3, 7)),
        ([3, "a", "b", "a", []], None),
        ([3, 1, "b", "a", []], None),
        ([3, 1], None),
        ([3, "a"], None),
        ([3], None),
        ([4, -1, 9, "q", [], []], (4, 9)),
        ([4, 1, 9, "q", [1], []], (4, 9)),
        ([5, 9, -1], (5, 9)),
        ([5, 9], (5, 9)),
        ([5, -9, 1], None),
        ([2, 8, None, {}], (2, 8)),
        ([2, 8, "c", []], (2, 8)),
        ([2, None, "c", {}], None),
        ([7, 2**32], None),
        ([7], None),
        ([6, -1], None),
        ([1, [1], "c", 1, None], None),
        ([True, 1], None),
    ],
    ids=str,
)
def test_a_broken_frame_is_referred_to_wherever_its_number_can_be_read(
    wire: list[Any], refers: tuple[int, int] | None
) -> None:
    broken = only(msgpack.packb(wire))
    assert isinstance(broken, Malformed)
    assert broken.refers == (None if refers is None else Refers(*refers))


def test_the_first_field_that_is_wrong_is_named() -> None:
    broken = only(msgpack.packb([3, "a", "b", "c", "d"]))
    assert str(broken) == "say.conversation must be an integer from 0 to 2^32 - 1."


@pytest.mark.parametrize(
    ("hexed", "sentence"),
    [
        ("93 05 01 a0", "cancel.shown must be an integer from 0 to 2^53 - 1."),
        ("95 01 91 01 a1 63 c0 93 01 02 03", "hello.resume must be an array of 3 elements of which number 1 is text, or nil."),
        ("94 02 01 a1 63 81 a2 c3 28 01", "open.options must be a map of which each key is text in valid UTF-8."),
        ("95 03 01 01 a1 61 91 a1 61", "say.images must be an array of which each element is bytes."),
        ("95 03 01 01 a2 c3 28 90", "say.text must be text in valid UTF-8."),
        ("95 03 01 01 d4 fb 00 90", "say.text must be text."),
        ("95 03 01 01 d6 ff 00 00 00 00 90", "say.text must be text."),
        ("05", "A frame is a msgpack array; this value isn't one."),
        ("90", "A frame's first element is its kind, a non-negative integer."),
        ("91 d4 fb 00", "A frame's first element is its kind, a non-negative integer."),
    ],
)  # fmt: skip
def test_sentences(hexed: str, sentence: str) -> None:
    assert str(only(bytes.fromhex(hexed))) == sentence


def test_a_timestamp_is_no_number() -> None:
    """A library that turns timestamps into floats would let them in."""
    for stamp in ("d6ff00000001", "d7ff0000000000000001", "c70cff000000000000000000000001"):
        assert isinstance(only(bytes.fromhex("9526010100" + "91" + stamp)), Malformed)


# --- hostile bytes -------------------------------------------------------------------------------------


def assert_defined(found: list[Outcome]) -> None:
    """Frames hold only what can be encoded again, and lost framing comes last."""
    for place, outcome in enumerate(found):
        if isinstance(outcome, FramingLost):
            assert place == len(found) - 1
        elif isinstance(outcome, Malformed):
            assert str(outcome).endswith(".")
            assert len(str(outcome)) < 200
        else:
            again = only(encode(outcome))
            assert again == outcome or "nan" in repr(outcome)


@given(st.binary(max_size=80))
def test_any_bytes_give_only_defined_outcomes(message: bytes) -> None:
    assert_defined(outcomes(message))


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=80), st.integers(1, 15))
def test_any_bytes_behind_a_known_kind_give_only_defined_outcomes(kind: int, fields: bytes, length: int) -> None:
    assert_defined(outcomes(bytes([0x90 | length, kind]) + fields))


@settings(max_examples=300)
@given(st.lists(frames, min_size=1, max_size=3), st.data())
def test_frames_with_bytes_changed_give_only_defined_outcomes(sent: list[Frame], data: st.DataObject) -> None:
    message = bytearray(b"".join(map(encode, sent)))
    for at in data.draw(st.lists(st.integers(0, len(message) - 1), min_size=1, max_size=4)):
        message[at] = data.draw(st.integers(0, 255))
    assert_defined(outcomes(bytes(message)))


@given(st.lists(frames, min_size=1, max_size=4), st.data())
def test_a_message_cut_anywhere_gives_the_whole_frames_before_the_cut(sent: list[Frame], data: st.DataObject) -> None:
    ends = [0]
    for frame in sent:
        ends.append(ends[-1] + len(encode(frame)))
    cut = data.draw(st.integers(0, ends[-1]))
    found = outcomes(b"".join(map(encode, sent))[:cut])
    whole = sum(end <= cut for end in ends[1:])
    assert found[:whole] == sent[:whole]
    if cut in ends:
        assert len(found) == whole
    else:
        (lost,) = found[whole:]
        assert isinstance(lost, FramingLost)


MIB = 1 << 20
SIZE = 1 << 16
"""Of messages that really hold what they announce; they are slow to trace, and what they cost is in proportion."""
MOST = 96
"""Bytes of memory that a byte of a message may cost. An empty array or map costs most: one byte, and some 70 in Python."""


def filled(head: bytes, element: bytes, tail: bytes = b"") -> bytes:
    """Return a frame with an array full of one element; the head ends before the array."""
    count = (SIZE - len(head) - len(tail) - 5) // len(element)
    return head + b"\xdd" + count.to_bytes(4, "big") + element * count + tail


def peak(message: bytes) -> int:
    """Return the most memory that decoding took at any time."""
    tracemalloc.start()
    try:
        for outcome in decode(message, CLIENT_FRAMES):
            assert isinstance(outcome, Malformed | FramingLost | Ack)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "message",
    [
        (b"\xdd\x00\x10\x00\x00" * MIB)[:MIB],
        b"\x95\x01" + (b"\xdd\x00\x0e\x00\x00" * MIB)[: MIB - 2],
        b"\x95\x01" + b"\xdc\xff\xff" * 14 + b"\xc0" * SIZE,  # enough for each level, not for all
        b"\x92\x06" + b"\x91" * (MIB - 2),
        b"\x92\x06\xdd\xff\xff\xff\xff" + b"\x00" * MIB,
    ],
    ids=["a million at each level", "within hello", "level by level", "deep", "4 G"],
)
def test_what_is_only_announced_costs_no_memory(message: bytes) -> None:
    assert peak(message) < 1 << 16


@pytest.mark.parametrize(
    ("message", "most"),
    [
        (b"\xc0" * SIZE, 1 << 16),
        (filled(b"\x92\x63", b"\x90"), 4 * SIZE),  # an unknown kind is never unpacked
        (filled(b"\x93\x06\x01", b"\x90"), 4 * SIZE),  # nor is a field too many
        (filled(b"\x95\x01", b"\xc0", b"\xa0\xc0\xc0"), MOST * SIZE),
        (filled(b"\x95\x01", b"\x90", b"\xa0\xc0\xc0"), MOST * SIZE),
        (filled(b"\x95\x01", b"\x80", b"\xa0\xc0\xc0"), MOST * SIZE),
        (filled(b"\x95\x01", b"\x81\xc0\x80", b"\xa0\xc0\xc0"), MOST * SIZE),
        (filled(b"\x95\x01", b"\x91" * 12 + b"\x90", b"\xa0\xc0\xc0"), MOST * SIZE),
        (filled(b"\x95\x01", b"\xd4\xfb\x00", b"\xa0\xc0\xc0"), MOST * SIZE),  # read twice
    ],
    ids=["values alone", "unknown kind", "trailing", "nils", "arrays", "maps", "maps in maps", "arrays in arrays", "exts"],
)  # fmt: skip
def test_memory_is_bounded_by_what_is_there(message: bytes, most: int) -> None:
    assert peak(message) < most


def test_a_message_is_decoded_as_it_is_asked_for() -> None:
    """So whoever reads can stop, at a fault that closes or after as many frames as it has time for."""
    message = encode(Ack(1)) + encode(Close(2)) + b"\xc1"
    reader = decode(message, CLIENT_FRAMES)
    assert next(reader) == Ack(1)
    assert next(reader) == Close(2)


# --- encoding ------------------------------------------------------------------------------------------


def test_what_cant_be_encoded_leaves_nothing_behind_in_the_packer() -> None:
    """It's one packer for all: half a frame left in it would stand before somebody else's."""
    for bad in ("a\ud800", [1, "a\ud800"], 2**64, [1, object()]):
        with pytest.raises((ValueError, OverflowError, TypeError)):
            pack(bad)
        assert pack([1]) == b"\x91\x01"


def test_lone_surrogates_dont_get_out() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(Text(1, 1, "\ud83d", 1))
    with pytest.raises(UnicodeEncodeError):
        encode(Say(1, 1, "\udcff", ()))


@dataclass(frozen=True, slots=True)
class Anything(Frame):
    """A frame of one field, which may be anything."""

    KIND: ClassVar = 99
    NAME: ClassVar = "anything"
    FIELDS: ClassVar = ("value",)
    CHECKS: ClassVar = (lambda value: value,)

    value: Any


@pytest.mark.parametrize(
    "wire",
    [
        [99, {"a key of a client's own": 1}],
        [99, [1, [{"a key of a client's own": 1}]]],
        [99, {"outside": {"a key of a client's own": 1}}],
        [99, {"x": ["é", {"a key of a client's own": {}}] * 20}],
    ],
)
def test_keys_are_not_interned(wire: list[Any]) -> None:
    """Up to Python 3.12.5 what is interned stays for ever; clients could take as much memory as they like."""
    (frame,) = decode(msgpack.packb(wire), {99: Anything})
    assert isinstance(frame, Anything)
    found: list[str] = []
    waiting = [frame.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Map):
            found += [key for key, _ in value]
            waiting += [item for _, item in value]
        elif isinstance(value, list):
            waiting += value
    key = next(key for key in found if key.startswith("a key"))
    same = "".join(["a key of ", "a client's own"])
    assert sys.intern(same) is same
    assert key is not same


def test_a_kind_that_is_a_map_is_not_interned_either() -> None:
    name = "a kind of a client's own"
    (broken,) = decode(msgpack.packb([{name: 1}, 1]), CLIENT_FRAMES)
    assert isinstance(broken, Malformed)
    tracebacks = broken.__traceback__
    while tracebacks is not None and "kind" not in tracebacks.tb_frame.f_locals:
        tracebacks = tracebacks.tb_next
    assert tracebacks is not None
    ((key, _),) = tracebacks.tb_frame.f_locals["kind"]
    same = "".join(["a kind of ", "a client's own"])
    assert key == same
    assert sys.intern(same) is same
