"""The grammar of fields, check by check, and how frames are declared."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest
from hypothesis import given

from loquent.wire import frames
from loquent.wire.frames import (
    CLIENT_FRAMES,
    SERVER_FRAMES,
    Ack,
    Exchange,
    Frame,
    Malformed,
    Map,
    NotThat,
    Options,
    Refers,
    Resume,
    Usage,
    array,
    boolean,
    data,
    fixed,
    number,
    optional,
    text,
    u32,
    uint,
)
from support.msgpack_strategies import FRAMES, client_frames, server_frames


@pytest.mark.parametrize("check", [uint, u32, number])
def test_a_bool_is_no_number(check: frames.Check) -> None:
    """In Python it's an int."""
    for value in (True, False):
        with pytest.raises(NotThat):
            check(value)


def test_integers_have_bounds() -> None:
    assert [uint(0), uint(2**53 - 1), u32(0), u32(2**32 - 1)] == [0, 2**53 - 1, 0, 2**32 - 1]
    for check, value in ((uint, -1), (uint, 2**53), (u32, -1), (u32, 2**32), (uint, 1.0), (u32, "1")):
        with pytest.raises(NotThat, match="an integer from 0 to"):
            check(value)


def test_number_gives_a_float() -> None:
    for value in (1, 0, -(2**63), 2**64 - 1, 0.5):
        assert type(number(value)) is float
        assert number(value) == float(value)


def test_lone_surrogates_are_no_text() -> None:
    """msgpack's surrogateescape makes them of bytes that aren't UTF-8."""
    for value in ("\ud800", "a\udcff", "\udc80\udc81", "\ud83d", "你\udfff"):
        with pytest.raises(NotThat, match="valid UTF-8"):
            text(value)
    assert text("\U0001f44d") == "👍"


def test_text_and_bytes_arent_confused() -> None:
    with pytest.raises(NotThat):
        text(b"a")
    with pytest.raises(NotThat):
        data("a")
    assert text("a") == "a"
    assert data(b"a") == b"a"


def test_bool_is_only_a_bool() -> None:
    assert boolean(True) is True
    for value in (0, 1, None, "true"):
        with pytest.raises(NotThat, match="true or false"):
            boolean(value)


def test_optional_takes_nil_and_says_so() -> None:
    assert optional(text)(None) is None
    assert optional(text)("a") == "a"
    with pytest.raises(NotThat, match=r"^text, or nil$"):
        optional(text)(1)


def test_array_takes_only_lists_of_the_right_elements() -> None:
    assert array(u32)([1, 2]) == (1, 2)
    assert array(u32)([]) == ()
    for value in ((1, 2), "12", b"12", Map(), None, 3):
        with pytest.raises(NotThat, match=r"^an array$"):
            array(u32)(value)
    with pytest.raises(NotThat, match=r"^an array of which each element is text$"):
        array(text)(["a", 1])


def test_fixed_takes_what_grows_behind_it() -> None:
    exchange = fixed(Exchange, text, text)
    assert exchange(["a", "b"]) == exchange(["a", "b", 3, None]) == Exchange("a", "b")
    for value in ([], ["a"], Map(), None, ("a", "b")):
        with pytest.raises(NotThat, match=r"^an array of 2 elements$"):
            exchange(value)


def test_fixed_says_which_element_is_wrong() -> None:
    """It once said that the whole array must be text."""
    with pytest.raises(NotThat, match=r"^an array of 3 elements of which number 2 is an integer"):
        fixed(Resume, text, uint, uint)(["a", -1, -1])


def test_a_map_skips_keys_it_doesnt_know_and_takes_nil_for_missing() -> None:
    read = Options.read(Map([("mood", [1]), ("player", None), ("locale", "de"), ("", b"")]))
    assert read == Options(locale="de")


def test_the_last_of_equal_keys_counts() -> None:
    assert Options.read(Map([("locale", "de"), ("locale", "fr")])) == Options(locale="fr")


@pytest.mark.parametrize("value", [{}, [], "map", None, 1])
def test_a_map_is_what_the_codec_reads_as_one(value: Any) -> None:
    with pytest.raises(NotThat, match=r"^a map$"):
        Options.read(value)


@pytest.mark.parametrize("key", [1, None, b"player", Map(), [], "\udcff"])
def test_keys_of_maps_are_text(key: Any) -> None:
    """Keys that can't be hashed come here too, from a peer that wants a TypeError."""
    with pytest.raises(NotThat, match=r"^a map of which each key is text"):
        Options.read(Map([(key, 1)]))


def test_a_wrong_value_in_a_map_is_named() -> None:
    with pytest.raises(NotThat, match=r"^a map in which total_ms is an integer"):
        Usage.read(Map([("total_ms", "soon")]))


def test_a_map_is_written_in_the_order_of_the_specification_without_what_is_missing() -> None:
    assert list(Usage(total_ms=3, prompt_tokens=0).to_wire().items()) == [("prompt_tokens", 0), ("total_ms", 3)]


# --- frames --------------------------------------------------------------------------------------


def test_each_frame_has_a_strategy() -> None:
    assert set(FRAMES) == {*CLIENT_FRAMES.values(), *SERVER_FRAMES.values()}


@given(client_frames | server_frames)
def test_the_wire_form_is_kind_and_fields_in_order(frame: Frame) -> None:
    wire = frame.to_wire()
    assert wire[0] == type(frame).KIND
    assert len(wire) == 1 + len(fields(frame))
    for value, name in zip(wire[1:], type(frame).FIELDS, strict=True):
        held = getattr(frame, name)
        assert value == (held.to_wire() if isinstance(held, frames.TextMap) else held)


def test_frames_dont_change() -> None:
    ack = Ack(1)
    with pytest.raises(FrozenInstanceError):
        ack.seq = 2  # type: ignore[misc]
    assert not hasattr(ack, "__dict__")


def test_a_fault_refers_to_turn_or_conversation() -> None:
    named = {cls.NAME: cls.FIELDS[cls.NUMBER] for cls in CLIENT_FRAMES.values() if cls.NUMBER is not None}
    assert named == {
        "open": "conversation",
        "say": "turn",
        "decide": "turn",
        "cancel": "turn",
        "close": "conversation",
    }


def test_malformed_refers_to_a_frame_only_if_it_knows_which() -> None:
    assert Malformed("", 3, 7).refers == Refers(3, 7)
    assert Malformed("", 3, 0).refers == Refers(3, 0)
    assert Malformed("", 3).refers is None
    assert Malformed("").refers is None


def test_a_frame_with_a_field_unchecked_cant_be_declared() -> None:
    with pytest.raises(TypeError, match="Bare has 1 fields and 0 checks"):

        @frames.frame(31)
        class Bare(Frame):
            field: int

    assert 31 not in CLIENT_FRAMES
