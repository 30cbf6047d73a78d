"""How frames leave: merged where they may be, numbered without a gap, kept until acknowledged, replayed as they were."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loquent.wire.codec import decode, encode
from loquent.wire.frames import (
    SERVER_FRAMES,
    Beat,
    Begin,
    Cue,
    Decision,
    End,
    Exchange,
    Fault,
    Frame,
    Goaway,
    Limits,
    Opened,
    Refers,
    Text,
    Usage,
    Welcome,
)
from loquent.wire.outbox import MESSAGE_BYTES, TEXT_BYTES, Outbox
from support.msgpack_strategies import FRAMES


def frames_of(message: bytes) -> list[Frame]:
    """Return the frames of a message, which holds nothing else."""
    found = list(decode(message, SERVER_FRAMES))
    assert all(isinstance(frame, Frame) for frame in found)
    return [frame for frame in found if isinstance(frame, Frame)]


def flushed(outbox: Outbox) -> list[Frame]:
    """Return all that is pending, message by message."""
    frames: list[Frame] = []
    while message := outbox.flush():
        frames += frames_of(message)
    return frames


def sent(count: int, window_bytes: int = 1 << 20) -> Outbox:
    """Return an outbox that has sent so many frames of five bytes."""
    outbox = Outbox(window_bytes)
    for _ in range(count):
        outbox.put(Begin(0, 1, 1))
    flushed(outbox)
    return outbox


# --- what leaves ---------------------------------------------------------------------------------------


def test_everything_pending_leaves_as_one_message_in_order() -> None:
    outbox = Outbox()
    outbox.put(Opened(0, 1, "Marta", ("wave",), (Exchange("a", "b"),)))
    outbox.put(Begin(0, 1, 1))
    outbox.text(1, "Good", 1)
    outbox.put(Cue(0, 1, "wave", None))
    outbox.put(End(0, 1, "stop", Usage(reply_tokens=1)))
    outbox.put(Fault(0, Refers(3, 2), "busy", "Full.", 2000))
    outbox.put(Decision(0, 3, 0, (1.0,)))
    assert frames_of(outbox.flush()) == [
        Opened(1, 1, "Marta", ("wave",), (Exchange("a", "b"),)),
        Begin(2, 1, 1),
        Text(3, 1, "Good", 1),
        Cue(4, 1, "wave", None),
        End(5, 1, "stop", Usage(reply_tokens=1)),
        Fault(6, Refers(3, 2), "busy", "Full.", 2000),
        Decision(7, 3, 0, (1.0,)),
    ]
    assert outbox.flush() == b""


def test_the_seq_a_frame_was_made_with_doesnt_matter() -> None:
    outbox = Outbox()
    for seq in (0, 5, 200, 2**53 - 1):
        outbox.put(Begin(seq, 1, 1))
    assert frames_of(outbox.flush()) == [Begin(seq, 1, 1) for seq in (1, 2, 3, 4)]


sequenced = st.one_of([FRAMES[cls] for cls in (Opened, Begin, Cue, Decision, End, Fault)])


@given(st.lists(sequenced, max_size=5), st.integers(0, 70_000))
def test_a_frame_leaves_as_it_was_put_but_for_its_seq(frames: list[Frame], before: int) -> None:
    """The seq is set in bytes already packed, in whatever width it takes."""
    outbox = Outbox()
    outbox._next_seq = before + 1
    for frame in frames:
        outbox.put(frame)
    expected: list[list[Any]] = [frame.to_wire() for frame in frames]
    for place, wire in enumerate(expected):
        wire[1] = before + 1 + place
    assert [frame.to_wire() for frame in flushed(outbox)] == expected


@pytest.mark.parametrize(
    "frame",
    [Welcome(1, "s", 1, False, Limits()), Goaway(1), Beat(), Text(0, 1, "a", 1)],
    ids=["welcome", "goaway", "beat", "text"],
)
def test_what_has_no_seq_and_text_are_refused(frame: Frame) -> None:
    outbox = Outbox()
    with pytest.raises(TypeError, match=frame.NAME):
        outbox.put(frame)
    assert outbox.pending_bytes == 0
    assert outbox.flush() == b""


def test_what_cant_be_encoded_is_refused_where_its_made() -> None:
    """It once failed in the writer: with a seq gone, and everything behind it."""
    outbox = Outbox()
    outbox.text(1, "a", 1)
    with pytest.raises(UnicodeEncodeError):
        outbox.text(1, "b\ud83d", 1)
    with pytest.raises(UnicodeEncodeError):
        outbox.text(2, "c" * TEXT_BYTES + "\ud83d", 1)
    with pytest.raises(UnicodeEncodeError):
        outbox.put(Cue(0, 1, "\udcff", None))
    with pytest.raises(OverflowError):
        outbox.put(Begin(0, 1, 2**64))
    outbox.text(1, "z", 1)
    assert frames_of(outbox.flush()) == [Text(1, 1, "az", 2)]
    assert outbox.pending_bytes == 0


def test_text_is_never_empty() -> None:
    outbox = Outbox()
    with pytest.raises(ValueError, match="never empty"):
        outbox.text(1, "", 1)
    assert outbox.flush() == b""


def test_wake_is_called_for_all_that_becomes_pending() -> None:
    calls: list[int] = []
    outbox = Outbox(wake=lambda: calls.append(outbox.pending_bytes))
    outbox.put(Begin(0, 1, 1))
    outbox.text(1, "a", 1)
    outbox.text(1, "b", 1)
    assert len(calls) == 3
    assert calls == sorted(set(calls)), "the outbox has it already when it says so"
    outbox.flush()
    assert len(calls) == 3


# --- merging -----------------------------------------------------------------------------------------


def test_text_of_a_turn_that_hasnt_left_is_merged_over_what_other_turns_put() -> None:
    outbox = Outbox()
    for turn, text in ((1, "a"), (2, "x"), (1, "b"), (2, "y"), (1, "c")):
        outbox.text(turn, text, 1)
        outbox.put(Fault(0, None, "busy", "", None))
    texts = [frame for frame in frames_of(outbox.flush()) if isinstance(frame, Text)]
    assert texts == [Text(1, 1, "abc", 3), Text(3, 2, "xy", 2)]


@pytest.mark.parametrize(
    "between",
    [Cue(0, 1, "wave", None), End(0, 1, "stop", Usage()), Decision(0, 1, 0, ()), Begin(0, 1, 1)],
    ids=["cue", "end", "decision", "begin"],
)
def test_text_is_not_merged_over_a_frame_of_its_turn(between: Frame) -> None:
    outbox = Outbox()
    outbox.text(1, "a", 1)
    outbox.put(between)
    outbox.text(1, "b", 1)
    outbox.text(1, "c", 1)
    first, kept, second = frames_of(outbox.flush())
    assert (first, second) == (Text(1, 1, "a", 1), Text(3, 1, "bc", 2))
    assert type(kept) is type(between)


def test_text_that_has_left_doesnt_grow() -> None:
    outbox = Outbox()
    outbox.text(1, "a", 1)
    first = outbox.flush()
    outbox.text(1, "b", 1)
    assert frames_of(first + outbox.flush()) == [Text(1, 1, "a", 1), Text(2, 1, "b", 1)]


pieces = st.tuples(st.just("text"), st.integers(1, 3), st.text(min_size=1, max_size=5), st.integers(0, 3))
actions = st.lists(
    st.one_of(
        pieces,
        st.tuples(st.just("cue"), st.integers(1, 3)),
        st.tuples(st.just("flush")),
    ),
    max_size=40,
)


@given(actions)
def test_each_turn_gets_its_text_and_cues_in_order_whatever_is_flushed_when(what: list[Any]) -> None:
    """A cue stands in the said text as U+FFFF: after the text before it, before the text behind it."""
    outbox = Outbox()
    said = {1: "", 2: "", 3: ""}
    tokens = dict.fromkeys(said, 0)
    frames: list[Frame] = []
    for action in what:
        match action:
            case "text", turn, text, count:
                outbox.text(turn, text, count)
                said[turn] += text
                tokens[turn] += count
            case "cue", turn:
                outbox.put(Cue(0, turn, "nod", None))
                said[turn] += "\uffff"
            case _:
                frames += frames_of(outbox.flush())
    frames += flushed(outbox)
    assert [frame.to_wire()[1] for frame in frames] == list(range(1, len(frames) + 1))
    for turn, whole in said.items():
        mine = [frame for frame in frames if isinstance(frame, Text | Cue) and frame.turn == turn]
        assert "".join(frame.text if isinstance(frame, Text) else "\uffff" for frame in mine) == whole
        assert sum(frame.tokens for frame in mine if isinstance(frame, Text)) == tokens[turn]


# --- sizes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["a", "é", "你", "👍"])
def test_no_text_frame_and_no_message_grows_beyond_its_bound(letter: str) -> None:
    """SPEC.md, 2.7: 256 KiB. A whole message of text, plus what stands before it."""
    outbox = Outbox()
    whole = letter * 300_000
    outbox.text(1, "before", 1)
    outbox.text(1, whole, 7)
    outbox.text(1, "behind", 1)
    for _ in range(20_000):
        outbox.text(2, letter * 10, 1)
    texts = {1: "", 2: ""}
    tokens = {1: 0, 2: 0}
    while message := outbox.flush():
        assert len(message) <= MESSAGE_BYTES + TEXT_BYTES + 30 < 1 << 18
        for frame in frames_of(message):
            assert isinstance(frame, Text)
            assert 0 < len(frame.text.encode()) <= TEXT_BYTES
            texts[frame.turn] += frame.text
            tokens[frame.turn] += frame.tokens
    assert texts == {1: f"before{whole}behind", 2: letter * 200_000}
    assert tokens == {1: 9, 2: 20_000}


def test_a_flood_of_small_frames_leaves_in_several_messages() -> None:
    outbox = Outbox()
    for _ in range(50_000):
        outbox.put(Begin(0, 1, 1))
    sizes = []
    while message := outbox.flush():
        sizes.append(len(message))
    assert len(sizes) > 1
    assert max(sizes) < MESSAGE_BYTES + 20
    assert outbox.last_seq == 50_000


def test_text_behind_a_message_that_is_full_still_merges() -> None:
    outbox = Outbox()
    outbox.text(1, "a" * TEXT_BYTES, 1)
    outbox.text(2, "b", 1)
    assert frames_of(outbox.flush()) == [Text(1, 1, "a" * TEXT_BYTES, 1)]
    outbox.text(2, "c", 1)
    assert frames_of(outbox.flush()) == [Text(2, 2, "bc", 2)]


def test_what_waits_costs_the_bytes_of_its_text_and_not_an_object_for_each_piece() -> None:
    outbox = Outbox()
    tracemalloc.start()
    try:
        for number in range(20_000):
            outbox.text(number % 4, f"{number % 1000:3} ", 1)
        assert tracemalloc.get_traced_memory()[0] < 2 * 80_000 + 4096
    finally:
        tracemalloc.stop()
    assert 80_000 <= outbox.pending_bytes < 2 * 80_000


@given(st.lists(st.one_of(pieces, sequenced), max_size=20))
def test_pending_bytes_are_never_less_than_what_leaves_and_nothing_afterwards(what: list[Any]) -> None:
    outbox = Outbox()
    for item in what:
        if isinstance(item, Frame):
            outbox.put(item)
        else:
            outbox.text(*item[1:])
    pending = outbox.pending_bytes
    message = outbox.flush()
    assert len(message) <= pending
    assert (pending > 0) == bool(what)
    assert outbox.pending_bytes == 0


# --- the window --------------------------------------------------------------------------------------


def test_acknowledging_frees_all_up_to_there() -> None:
    outbox = sent(10)
    assert outbox.window_bytes == 50
    outbox.acknowledge(4)
    assert outbox.window_bytes == 30
    assert not outbox.can_resume(3)
    assert outbox.can_resume(4)
    outbox.acknowledge(10)
    assert outbox.window_bytes == 0
    assert outbox.can_resume(10)


@pytest.mark.parametrize("seq", [0, 1, 3, 4, 11, 12, 2**53 - 1])
def test_an_ack_of_before_or_of_what_wasnt_sent_changes_nothing(seq: int) -> None:
    outbox = sent(10)
    outbox.acknowledge(4)
    outbox.acknowledge(seq)
    assert outbox.window_bytes == 30
    assert [frame.to_wire()[1] for frame in frames_of(b"".join(outbox.replay(4)))] == [5, 6, 7, 8, 9, 10]


def test_an_ack_of_what_is_pending_is_of_what_wasnt_sent() -> None:
    outbox = sent(2)
    outbox.put(Begin(0, 1, 1))
    outbox.acknowledge(3)
    assert outbox.can_resume(0)
    assert not outbox.can_resume(3)


def test_acks_before_anything_was_sent() -> None:
    outbox = Outbox()
    outbox.acknowledge(0)
    outbox.acknowledge(1)
    assert outbox.last_seq == 0
    assert outbox.can_resume(0)
    assert not outbox.can_resume(1)
    assert outbox.replay(0) == []


def test_a_full_window_drops_the_oldest() -> None:
    outbox = sent(10, window_bytes=24)
    assert outbox.window_bytes == 20
    assert [outbox.can_resume(seq) for seq in range(12)] == [False] * 6 + [True] * 5 + [False]
    with pytest.raises(LookupError):
        outbox.replay(5)
    assert [frame.to_wire()[1] for frame in frames_of(b"".join(outbox.replay(6)))] == [7, 8, 9, 10]


def test_an_ack_of_what_the_window_has_dropped_changes_nothing() -> None:
    outbox = sent(10, window_bytes=24)
    outbox.acknowledge(3)
    assert outbox.window_bytes == 20
    assert not outbox.can_resume(3)


def test_a_window_of_many_small_frames_costs_little_more_than_their_bytes() -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        outbox = Outbox(1 << 20)
        for _ in range(150_000):
            outbox.text(1, " a", 1)
            outbox.flush()
        assert outbox.window_bytes > 1_000_000
        assert tracemalloc.get_traced_memory()[0] - before < 2 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("window_bytes", [0, 4])
def test_a_frame_larger_than_the_window_leaves_and_isnt_kept(window_bytes: int) -> None:
    outbox = sent(3, window_bytes)
    assert outbox.window_bytes == 0
    assert [outbox.can_resume(seq) for seq in range(5)] == [False, False, False, True, False]
    outbox.acknowledge(2)
    outbox.acknowledge(3)
    assert outbox.replay(3) == []


@pytest.mark.parametrize("seq", [4, 2**53 - 1])
def test_nothing_is_replayed_from_behind_what_was_sent(seq: int) -> None:
    with pytest.raises(LookupError):
        sent(3).replay(seq)


def test_replaying_doesnt_take_what_is_pending_along_and_can_be_repeated() -> None:
    outbox = sent(3)
    outbox.text(1, "a", 1)
    assert outbox.replay(1) == outbox.replay(1) == [encode(Begin(2, 1, 1)) + encode(Begin(3, 1, 1))]
    assert frames_of(outbox.flush()) == [Text(4, 1, "a", 1)]


def test_a_replay_is_cut_into_messages_as_a_flush_is() -> None:
    outbox = Outbox(1 << 20)
    for turn in range(12):
        outbox.text(turn, "a" * TEXT_BYTES, 1)
        outbox.put(End(0, turn, "stop", Usage()))
    frames = flushed(outbox)
    replay = outbox.replay(0)
    assert len(replay) > 5
    assert max(map(len, replay)) < 1 << 18
    assert frames_of(b"".join(replay)) == frames


@given(actions, st.integers(0, 400), st.data())
def test_a_replay_is_what_was_sent_behind_seq(what: list[Any], window_bytes: int, data: st.DataObject) -> None:
    outbox = Outbox(window_bytes)
    left: list[bytes] = []
    acknowledged = 0
    for action in what:
        match action:
            case "text", turn, text, count:
                outbox.text(turn, text, count)
            case "cue", turn:
                outbox.put(Cue(0, turn, "nod", None))
            case _:
                left += [encode(frame) for frame in frames_of(outbox.flush())]
                ack = data.draw(st.integers(0, len(left) + 2))
                outbox.acknowledge(ack)
                acknowledged = max(acknowledged, ack if ack <= len(left) else 0)
    assert outbox.last_seq == len(left)
    assert outbox.window_bytes <= window_bytes
    for seq in range(len(left) + 3):
        behind = b"".join(left[seq:])
        assert outbox.can_resume(seq) == (acknowledged <= seq <= len(left) and len(behind) <= window_bytes)
        if outbox.can_resume(seq):
            assert b"".join(outbox.replay(seq)) == behind
