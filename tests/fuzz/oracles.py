"""What must hold for every message whatsoever, on both sides. A failure is an AssertionError, or whatever the code under test raised."""

from __future__ import annotations

import tracemalloc
from typing import Any, Final

import msgpack

from fuzz import model
from loquent.wire.codec import decode, encode
from loquent.wire.frames import CLIENT_FRAMES, SERVER_FRAMES, Fault, Frame, Malformed
from loquent.wire.framing import FramingLost
from loquent.wire.reception import Reception

_KINDS: Final = {"client": CLIENT_FRAMES, "server": SERVER_FRAMES}  # by sender
_BYTES_FOR_EACH: Final = 160
"""Memory that decoding may take for each byte of a message: a byte can be an empty map or text, which Python keeps in some 90 bytes."""
_BYTES_AT_ALL: Final = 256 << 10
"""Memory that decoding may take besides, for a message of any size: the library's unpacker has a stack of 80 KiB, and two may be alive."""
_FAULT_BYTES: Final = 512
"""Longest fault: what it says of a client's frame is bounded, however large that is."""


def check(message: bytes) -> None:
    """Check everything that must hold for a message but `check_memory`, which takes ten times as long."""
    for sender in ("client", "server"):
        expected = model.outcomes(message, sender)
        found = list(decode(message, _KINDS[sender]))
        _check_outcomes(found, expected)
        for item in found:
            if isinstance(item, Frame):
                _check_round_trip(item, sender)
        if sender == "client":
            for after_hello in (False, True):
                _check_reception(message, model.received(expected, after_hello=after_hello), after_hello)
    _check_too_large(message)


def check_memory(message: bytes) -> None:
    """Check that decoding takes memory by what a message has, not by what it announces. As servers decode: frame after frame."""
    most = _BYTES_AT_ALL + _BYTES_FOR_EACH * len(message)
    for kinds in _KINDS.values():
        tracemalloc.start()
        try:
            for _ in decode(message, kinds):
                pass
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak <= most, f"{len(message)} bytes took {peak} to decode, more than {most}"


def _check_outcomes(found: list[Frame | Malformed | FramingLost], expected: list[model.Outcome]) -> None:
    """The codec says what the model says, frame by frame: the same values, the same refusals, the same end."""
    assert len(found) == len(expected), f"{found} isn't {expected}"
    for item, wanted in zip(found, expected, strict=True):
        match wanted:
            case model.Good(wire):
                assert isinstance(item, Frame), f"{item!r} isn't {wire}"
                assert encode(item) == msgpack.packb(wire), f"{item} isn't {wire}"
            case model.Broken(refers):
                assert isinstance(item, Malformed), f"{item!r} breaks its grammar"
                assert item.refers == refers, f"{item} refers to {item.refers} and not to {refers}"
                assert str(item).endswith(".")
            case model.Lost():
                assert isinstance(item, FramingLost), f"{item!r} loses framing"


def _check_round_trip(frame: Frame, sender: str) -> None:
    """What was decoded is encoded to one frame, which is decoded to an equal one."""
    data = encode(frame)
    (again,) = decode(data, _KINDS[sender])
    assert isinstance(again, Frame), f"{frame} came back as {again!r}"
    assert type(again) is type(frame)
    assert encode(again) == data
    assert again == frame or "nan" in repr(frame), f"{frame} came back as {again}"  # a NaN equals no other


def _check_reception(message: bytes, expected: list[list[Any] | model.Answer], after_hello: bool) -> None:
    reception = Reception(max(1, len(message)))
    if after_hello:
        reception.version = 1
    received = list(reception.receive(message))
    assert len(received) == len(expected), f"{received} isn't {expected}"
    for frame, wanted in zip(received, expected, strict=True):
        if isinstance(wanted, model.Answer):
            assert isinstance(frame, Fault), f"{frame} should be refused with {wanted}"
            assert (frame.code, frame.refers) == wanted
            assert len(encode(frame)) <= _FAULT_BYTES
            assert frame.message.endswith(".")
        else:
            assert encode(frame) == msgpack.packb(wanted)
    opened = after_hello or any(isinstance(wanted, list) and wanted[0] == 1 for wanted in expected)
    assert reception.version == (1 if opened else None)


def _check_too_large(message: bytes) -> None:
    """A message over the limit is answered with one fault, whatever is in it."""
    if message:
        received = list(Reception(len(message) - 1).receive(message))
        assert [frame.code for frame in received if isinstance(frame, Fault)] == ["message_too_large"]
        assert len(received) == 1
