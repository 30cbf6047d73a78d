"""What the server makes of messages: how a connection begins, and which fault answers which wrong."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loquent.wire.codec import encode
from loquent.wire.faults import CLOSES, Code
from loquent.wire.frames import CLIENT_FRAMES, Ack, Close, Fault, Frame, Hello, Open, Options, Refers, Resume, Say
from loquent.wire.reception import FAULTS_PER_MESSAGE, VERSIONS, Reception, fault
from support.msgpack_strategies import FRAMES, client_frames, server_frames

HELLO = Hello((1,), "test", None, None)
ACK = encode(Ack(1))
SAY = Say(1, 7, "hello", ())


def opened(message_bytes: int = 1 << 20) -> Reception:
    """Return a reception that has had its hello."""
    reception = Reception(message_bytes)
    assert list(reception.receive(encode(HELLO))) == [HELLO]
    return reception


def codes(frames: list[Frame]) -> list[str]:
    """Return the codes of faults, and the names of other frames."""
    return [frame.code if isinstance(frame, Fault) else frame.NAME for frame in frames]


# --- how a connection begins -----------------------------------------------------------------------


def test_hello_opens_and_what_stands_behind_it_counts() -> None:
    reception = Reception(1000)
    assert reception.version is None
    frames = [HELLO, Open(1, "innkeeper", Options()), SAY]
    assert list(reception.receive(b"".join(map(encode, frames)))) == frames
    assert reception.version == 1


@pytest.mark.parametrize(
    ("frame", "refers"),
    [
        (SAY, Refers(3, 7)),
        (Close(4), Refers(7, 4)),
        (Open(0, "c", Options()), Refers(2, 0)),
        (Ack(1), None),
    ],
    ids=["say", "close", "open", "ack"],
)
def test_a_frame_before_hello_is_refused_and_skipped(frame: Frame, refers: Refers | None) -> None:
    reception = Reception(1000)
    refused, hello, behind = reception.receive(encode(frame) + encode(HELLO) + encode(frame))
    assert refused == Fault(0, refers, "hello_first", f"{frame.NAME} came before hello; send hello first.", None)
    assert [hello, behind] == [HELLO, frame]


def test_a_second_hello_is_refused_and_changes_nothing() -> None:
    reception = opened()
    assert codes(list(reception.receive(encode(HELLO) + ACK))) == ["hello_twice", "ack"]
    assert codes(list(reception.receive(encode(Hello((2,), "", None, None))))) == ["hello_twice"]
    assert reception.version == 1


@pytest.mark.parametrize(
    ("versions", "theirs"), [((), "none"), ((2, 3), "2, 3"), ((0, 2**32 - 1), "0, 4294967295")], ids=str
)
def test_without_a_common_version_both_lists_are_told_and_another_hello_may_follow(
    versions: tuple[int, ...], theirs: str
) -> None:
    reception = Reception(1000)
    (refused,) = reception.receive(encode(Hello(versions, "test", None, None)))
    assert isinstance(refused, Fault)
    assert refused.code == "version"
    assert f"version 1 of loquent, the client {theirs};" in refused.message
    assert reception.version is None
    assert codes(list(reception.receive(ACK))) == ["hello_first"]
    assert list(reception.receive(encode(HELLO))) == [HELLO]


def test_a_hello_with_a_million_versions_makes_no_long_sentence() -> None:
    (refused,) = Reception(1 << 20).receive(encode(Hello(tuple(range(2, 100_000)), "", None, None)))
    assert isinstance(refused, Fault)
    assert len(refused.message) < 200


def test_a_version_in_common_is_found_among_others() -> None:
    reception = Reception(1000)
    hello = Hello((7, 1, 9), "test", None, None)
    assert list(reception.receive(encode(hello))) == [hello]
    assert reception.version == max(VERSIONS)


def test_resume_gets_through() -> None:
    hello = Hello((1,), "test", None, Resume("Ünïcödé", 2**53 - 1, 0))
    assert list(Reception(1000).receive(encode(hello))) == [hello]


# --- what is wrong -----------------------------------------------------------------------------------


def test_a_text_message_is_refused_whatever_it_says() -> None:
    reception = Reception(1000)
    for message in ("", '{"kind": 1}', "x" * 2000):
        assert codes(list(reception.receive(message))) == ["not_binary"]


def test_a_message_as_large_as_the_limit_is_read_and_a_larger_one_skipped_whole() -> None:
    limit = len(ACK * 3)
    reception = opened(limit + 20)
    assert codes(list(reception.receive(ACK * 3 + b"\x91\x63" * 10))) == ["ack"] * 3
    (refused,) = reception.receive(ACK * 3 + b"\x91\x63" * 10 + b"\x90")
    assert isinstance(refused, Fault)
    assert refused.code == "message_too_large"
    assert "A message of 30 bytes came; the largest this server takes has 29." in refused.message
    assert codes(list(reception.receive(ACK))) == ["ack"]


def test_an_empty_message_holds_nothing() -> None:
    assert list(Reception(1000).receive(b"")) == []


def test_a_broken_frame_is_answered_and_the_next_one_counts() -> None:
    reception = opened()
    broken = msgpack.packb([3, 1, 7, None, []])
    refused, behind = reception.receive(broken + ACK)
    assert refused == Fault(0, Refers(3, 7), "malformed", "say.text must be text.", None)
    assert behind == Ack(1)


def test_lost_framing_is_answered_after_the_frames_before_it_and_nothing_follows() -> None:
    reception = opened()
    frames = list(reception.receive(ACK + b"\xc1" + ACK))
    assert codes(frames) == ["ack", "framing"]
    assert Code.FRAMING in CLOSES
    assert isinstance(frames[1], Fault)
    assert frames[1].message.startswith("A message can't be read: the byte 0xc1 is never used in msgpack. ")


def test_a_broken_hello_is_malformed_and_another_may_follow() -> None:
    reception = Reception(1000)
    assert codes(list(reception.receive(msgpack.packb([1, [1], "c", None])))) == ["malformed"]
    assert list(reception.receive(encode(HELLO))) == [HELLO]


def test_faults_carry_no_seq_and_their_code_is_plain_text() -> None:
    made = fault(Code.BUSY, "Full.", [3, 7], 2000)
    assert made == Fault(0, Refers(3, 7), "busy", "Full.", 2000)
    assert type(made.code) is str


# --- floods ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [b"\xc0", b"\x90", b"\x91\x06", msgpack.packb([3, 1, 7, None, []])],
    ids=["values", "empty arrays", "broken acks", "broken says"],
)
def test_one_message_makes_a_bounded_number_of_faults(wrong: bytes) -> None:
    """A fault is a hundred times larger than the byte that makes it, and a million of them take seconds."""
    frames = list(opened().receive(wrong * 100_000))
    assert codes(frames) == ["malformed"] * (FAULTS_PER_MESSAGE + 1)
    assert isinstance(frames[-1], Fault)
    assert frames[-1].message == "16 frames of one message were refused; the rest of it was skipped."


def test_frames_before_hello_are_bounded_as_well() -> None:
    found = codes(list(Reception(1 << 20).receive(ACK * 1000)))
    assert found == ["hello_first"] * FAULTS_PER_MESSAGE + ["malformed"]


def test_as_many_faults_as_are_allowed_skip_nothing() -> None:
    reception = opened()
    wrong = b"\xc0" * FAULTS_PER_MESSAGE
    assert codes(list(reception.receive(ACK + wrong))) == ["ack"] + ["malformed"] * FAULTS_PER_MESSAGE
    assert codes(list(reception.receive(wrong))) == ["malformed"] * FAULTS_PER_MESSAGE


def test_good_frames_between_dont_count_as_faults() -> None:
    found = codes(list(opened().receive((ACK + b"\xc0") * 10 + ACK * 100)))
    assert found.count("ack") == 110
    assert found.count("malformed") == 10


# --- anything ----------------------------------------------------------------------------------------


messages = st.lists(
    st.one_of(
        client_frames.map(encode),
        server_frames.map(encode),
        st.binary(max_size=20),
        st.sampled_from([encode(HELLO), b"\xc1", b"\x92\x06\xff"]),
    ),
    max_size=5,
).map(b"".join)


@given(st.lists(messages | st.text(max_size=5), max_size=5))
def test_whatever_comes_gives_faults_or_frames_of_an_open_connection(received: list[bytes | str]) -> None:
    reception = Reception(200)
    hellos = 0
    for message in received:
        for frame in reception.receive(message):
            match frame:
                case Fault():
                    assert frame.seq == 0
                    assert Code(frame.code) in Code
                    assert frame.message.endswith(".")
                    assert encode(frame)
                case Hello():
                    hellos += 1
                    assert set(frame.versions) & set(VERSIONS)
                case _:
                    assert hellos == 1
                    assert type(frame) in CLIENT_FRAMES.values()
    assert hellos <= 1
    assert (reception.version is None) == (hellos == 0)


@given(client_frames.filter(lambda frame: not isinstance(frame, Hello)))
def test_an_open_connection_gets_every_frame_as_it_is(frame: Frame) -> None:
    assert list(opened().receive(encode(frame))) == [frame]


@given(st.sampled_from([cls for cls in CLIENT_FRAMES.values() if cls.NUMBER is not None]), st.data())
def test_a_fault_refers_to_the_same_frame_whatever_is_wrong(cls: type[Frame], data: st.DataObject) -> None:
    """Before hello, and broken behind its number: the client's turn waits for an answer."""
    frame = data.draw(FRAMES[cls])
    assert cls.NUMBER is not None
    refers = Refers(cls.KIND, getattr(frame, cls.FIELDS[cls.NUMBER]))
    wire: list[Any] = frame.to_wire()
    outcomes = [*Reception(1 << 20).receive(encode(frame))]
    if len(wire) > cls.NUMBER + 2:
        wire[-1] = msgpack.ExtType(1, b"")
        outcomes += opened().receive(msgpack.packb(wire))
    for outcome in outcomes:
        assert isinstance(outcome, Fault)
        assert outcome.refers == refers
