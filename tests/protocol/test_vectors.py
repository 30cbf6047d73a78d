"""The test vectors: that they are right by themselves, complete, and what the Python codec makes of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgpack
import pytest

from loquent.wire import codec
from loquent.wire.frames import CLIENT_FRAMES, SERVER_FRAMES, Frame, Malformed, Map
from loquent.wire.framing import FramingLost
from support.vectors import Decode, Golden, as_json, decode, frame_table, golden

GOLDEN = golden()
DECODE = decode()
KINDS = {"server": CLIENT_FRAMES, "client": SERVER_FRAMES}  # by receiver


def id_of(vector: Golden | Decode) -> str:
    return vector.name


def plain(value: Any) -> Any:
    """Return what msgpack packs for a frame as the vectors write it: the opposite of `as_json`."""
    if isinstance(value, dict):
        return bytes.fromhex(value["bytes"]) if value.keys() == {"bytes"} else {k: plain(v) for k, v in value.items()}
    return [plain(element) for element in value] if isinstance(value, list) else value


def as_read(value: Any) -> Any:
    """Return a plain value as the checks get it from the codec."""
    if isinstance(value, dict):
        return Map((key, as_read(item)) for key, item in value.items())
    return [as_read(element) for element in value] if isinstance(value, list) else value


def frame_of(wire: list[Any]) -> Frame:
    """Make the frame of a golden vector without decoding any bytes."""
    cls = (CLIENT_FRAMES | SERVER_FRAMES)[wire[0]]
    return cls(*[check(as_read(plain(field))) for check, field in zip(cls.CHECKS, wire[1:], strict=True)])


def outcomes(message: bytes, receiver: str) -> list[Any]:
    """Return what the codec makes of a message, as decode.txt writes it."""
    found: list[Any] = []
    for item in codec.decode(message, KINDS[receiver]):
        match item:
            case Malformed():
                found.append("malformed")
            case FramingLost():
                found.append("framing")
            case _:
                found.append(as_json(item.to_wire()))
    return found


# --- the vectors themselves -----------------------------------------------------------------------


@pytest.mark.parametrize("vector", GOLDEN, ids=id_of)
def test_golden_bytes_are_what_plain_msgpack_packs(vector: Golden) -> None:
    assert msgpack.packb(plain(vector.frame)) == vector.data


def test_every_kind_has_a_golden_vector() -> None:
    assert {vector.frame[0] for vector in GOLDEN} == {frame["kind"] for frame in frame_table()["frame"]}


def test_names_are_unique() -> None:
    assert len({vector.name for vector in GOLDEN}) == len(GOLDEN)
    assert len({vector.name for vector in DECODE}) == len(DECODE)


def test_every_vector_of_decode_names_a_receiver_that_exists() -> None:
    assert {vector.receiver for vector in DECODE} == {"server", "client"}


def test_every_array_of_the_table_is_seen_filled() -> None:
    arrays = {
        (frame["kind"], place)
        for frame in frame_table()["frame"]
        for place, (_, kind) in enumerate(frame["fields"], 1)
        if kind.startswith("[") and not kind.endswith("?")
    }
    filled = {(v.frame[0], place) for v in GOLDEN for place, field in enumerate(v.frame) if field}
    assert arrays <= filled


def test_every_optional_field_is_seen_nil_and_given() -> None:
    for frame in frame_table()["frame"]:
        for place, (name, kind) in enumerate(frame["fields"], 1):
            if kind.endswith("?"):
                seen = {vector.frame[place] is None for vector in GOLDEN if vector.frame[0] == frame["kind"]}
                assert seen == {True, False}, f"{frame['name']}.{name}"


def nesting(data: bytes) -> int:
    """Return how many heads of arrays with one element stand at the beginning."""
    return len(data) - len(data.lstrip(b"\x91"))


HOSTILE: dict[str, Callable[[Decode], bool]] = {
    "truncated": lambda v: v.outcomes == [[6, 1], "framing"] and v.data == bytes.fromhex("920601 9206"),
    "nested 10,000 deep": lambda v: v.outcomes == ["framing"] and nesting(v.data) >= 10_000,
    "an array of 4 GiB": lambda v: v.outcomes == ["framing"] and v.data.startswith(b"\xdd\xff\xff\xff\xff"),
    "a map of 4 GiB": lambda v: v.outcomes == ["framing"] and b"\xdf\xff\xff\xff\xff" in v.data,
    "a str of 4 GiB": lambda v: v.outcomes == ["framing"] and b"\xdb\xff\xff\xff\xff" in v.data,
    "a bin of 4 GiB": lambda v: v.outcomes == ["framing"] and b"\xc6\xff\xff\xff\xff" in v.data,
    "an ext of 4 GiB": lambda v: v.outcomes == ["framing"] and b"\xc9\xff\xff\xff\xff" in v.data,
    "a wrong type": lambda v: v.outcomes[0:1] == ["malformed"] and v.data.startswith(b"\x92\x06\xa1\x31"),
    "invalid UTF-8": lambda v: v.outcomes[0:1] == ["malformed"] and b"\xa2\xc3\x28" in v.data,
    "a surrogate in UTF-8": lambda v: v.outcomes[0:1] == ["malformed"] and b"\xed\xa0\x80" in v.data,
    "an unknown kind": lambda v: v.outcomes == [] and v.data.startswith(b"\x93\x63"),
    "a trailing field": lambda v: v.outcomes == [[6, 1]] and v.data.startswith(b"\x93\x06\x01"),
    "the byte never used": lambda v: v.outcomes == ["framing"] and v.data == b"\xc1",
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_bytes_are_among_the_vectors(hostile: str) -> None:
    assert any(HOSTILE[hostile](vector) for vector in DECODE)


def test_every_kind_of_the_client_is_seen_broken() -> None:
    """A frame whose fields nobody checks would pass all the others."""
    broken = {v.data[1] for v in DECODE if v.outcomes[0:1] == ["malformed"] and 0x90 < v.data[0] < 0xA0}
    named = {frame["kind"] for frame in frame_table()["frame"] if frame["from"] == "client"}
    assert named <= broken


# --- what the codec makes of them -------------------------------------------------------------------


@pytest.mark.parametrize("vector", GOLDEN, ids=id_of)
def test_golden_encodes(vector: Golden) -> None:
    assert codec.encode(frame_of(vector.frame)) == vector.data


@pytest.mark.parametrize("vector", GOLDEN, ids=id_of)
def test_golden_decodes(vector: Golden) -> None:
    receiver = "server" if vector.frame[0] in CLIENT_FRAMES else "client"
    assert list(codec.decode(vector.data, KINDS[receiver])) == [frame_of(vector.frame)]
    assert outcomes(vector.data, receiver) == [vector.frame]


@pytest.mark.parametrize("vector", GOLDEN, ids=id_of)
def test_golden_cut_anywhere_is_lost_framing(vector: Golden) -> None:
    for end in range(1, len(vector.data)):
        assert outcomes(vector.data[:end], "server") == ["framing"]


def test_golden_vectors_end_to_end_are_one_message() -> None:
    for receiver, kinds in KINDS.items():
        mine = [vector for vector in GOLDEN if vector.frame[0] in kinds]
        message = b"".join(vector.data for vector in GOLDEN)
        assert outcomes(message, receiver) == [vector.frame for vector in mine]


@pytest.mark.parametrize("vector", DECODE, ids=id_of)
def test_decode(vector: Decode) -> None:
    assert outcomes(vector.data, vector.receiver) == vector.outcomes


def test_numbers_decode_to_floats() -> None:
    """1 == 1.0 in Python: the comparison with decode.txt alone wouldn't notice."""
    for vector in GOLDEN + DECODE:
        for item in codec.decode(vector.data, SERVER_FRAMES):
            if isinstance(item, SERVER_FRAMES[38]):
                assert {type(number) for number in item.to_wire()[4]} <= {float}
