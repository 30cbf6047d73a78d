"""Hypothesis strategies for msgpack: values, their bytes in formats that aren't the shortest, and frames of every kind.

Importing this also tells hypothesis that how long an example takes is the machine's business.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgpack import ExtType

from loquent.wire import frames
from loquent.wire.frames import U32_MAX, UINT_MAX, Exchange, Frame, Limits, Options, Refers, Resume, Usage

settings.register_profile("loquent", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loquent")

texts: Final = st.text(max_size=40)  # valid Unicode: hypothesis leaves surrogates out of what can be encoded
u32s: Final = st.integers(0, U32_MAX)
uints: Final = st.integers(0, UINT_MAX)
numbers: Final = st.floats(allow_nan=False)

scalars: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    numbers,
    texts,
    st.binary(max_size=40),
    st.builds(ExtType, st.integers(0, 127), st.binary(max_size=20)),
)

values: Final[st.SearchStrategy[Any]] = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
).filter(lambda value: depth(value) <= 12)
"""Any value, shallow enough to stand anywhere in a frame."""


def depth(value: Any) -> int:
    """Return how many levels of arrays and maps a value has."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list | tuple) and not isinstance(value, ExtType):
        return 1 + max(map(depth, value), default=0)
    return 0


@st.composite
def in_any_format(draw: st.DrawFn, value: Any) -> bytes:
    """Encode a value, each part of it in any msgpack format that holds it, written here from the specification of msgpack."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return draw(st.sampled_from(_integers(value)))
        case float():
            return b"\xcb" + struct.pack(">d", value)
        case str():
            return _headed(draw, value.encode(), {0xD9: 1, 0xDA: 2, 0xDB: 4}, fix=(0xA0, 32))
        case bytes():
            return _headed(draw, value, {0xC4: 1, 0xC5: 2, 0xC6: 4})
        case ExtType():
            return _ext(draw, value)
        case dict():
            items = [part for item in value.items() for part in item]
            body = b"".join(draw(in_any_format(item)) for item in items)
            return _counted(draw, len(value), {0xDE: 2, 0xDF: 4}, fix=0x80) + body
        case list() | tuple():
            body = b"".join(draw(in_any_format(item)) for item in value)
            return _counted(draw, len(value), {0xDC: 2, 0xDD: 4}, fix=0x90) + body
    raise TypeError(type(value))


def _integers(value: int) -> list[bytes]:
    found = []
    if -32 <= value < 128:
        found.append(struct.pack(">b", value))
    for head, code in zip(range(0xCC, 0xD4), "BHIQbhiq", strict=True):
        try:
            found.append(bytes([head]) + struct.pack(f">{code}", value))
        except struct.error:
            continue
    return found


def _headed(draw: st.DrawFn, body: bytes, heads: dict[int, int], fix: tuple[int, int] | None = None) -> bytes:
    found = [
        bytes([head]) + len(body).to_bytes(width, "big") for head, width in heads.items() if len(body) < 256**width
    ]
    if fix is not None and len(body) < fix[1]:
        found.append(bytes([fix[0] + len(body)]))
    return draw(st.sampled_from(found)) + body


def _counted(draw: st.DrawFn, count: int, heads: dict[int, int], fix: int) -> bytes:
    found = [bytes([head]) + count.to_bytes(width, "big") for head, width in heads.items()]
    if count < 16:
        found.append(bytes([fix + count]))
    return draw(st.sampled_from(found))


def _ext(draw: st.DrawFn, value: ExtType) -> bytes:
    code = struct.pack(">b", value.code)
    size = len(value.data)
    found = [bytes([head]) + size.to_bytes(width, "big") + code for head, width in {0xC7: 1, 0xC8: 2, 0xC9: 4}.items()]
    if size in (1, 2, 4, 8, 16):
        found.append(bytes([0xD4 + size.bit_length() - 1]) + code)
    return draw(st.sampled_from(found)) + value.data


def _tuples(element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(element, max_size=4).map(tuple)


_maybe_uint: Final = st.none() | uints
_maybe_text: Final = st.none() | texts
_images: Final = _tuples(st.binary(max_size=40))

FRAMES: Final[dict[type[Frame], st.SearchStrategy[Frame]]] = {
    frames.Hello: st.builds(
        frames.Hello, _tuples(u32s), texts, _maybe_text, st.none() | st.builds(Resume, texts, uints, uints)
    ),
    frames.Open: st.builds(
        frames.Open,
        u32s,
        texts,
        st.builds(Options, player=_maybe_text, player_name=_maybe_text, locale=_maybe_text, max_tokens=_maybe_uint),
    ),
    frames.Say: st.builds(frames.Say, u32s, u32s, texts, _images),
    frames.Decide: st.builds(frames.Decide, u32s, u32s, texts, _tuples(texts), _images),
    frames.Cancel: st.builds(frames.Cancel, u32s, uints),
    frames.Ack: st.builds(frames.Ack, uints),
    frames.Close: st.builds(frames.Close, u32s),
    frames.Welcome: st.builds(
        frames.Welcome,
        u32s,
        texts,
        uints,
        st.booleans(),
        st.builds(
            Limits,
            message_bytes=_maybe_uint,
            turns=_maybe_uint,
            images=_maybe_uint,
            beat_ms=_maybe_uint,
            grace_ms=_maybe_uint,
        ),
    ),
    frames.Opened: st.builds(
        frames.Opened, uints, u32s, texts, _tuples(texts), _tuples(st.builds(Exchange, texts, texts))
    ),
    frames.Begin: st.builds(frames.Begin, uints, u32s, u32s),
    frames.Text: st.builds(frames.Text, uints, u32s, texts, u32s),
    frames.Cue: st.builds(frames.Cue, uints, u32s, texts, _maybe_text),
    frames.Decision: st.builds(frames.Decision, uints, u32s, u32s, _tuples(numbers)),
    frames.End: st.builds(
        frames.End,
        uints,
        u32s,
        texts,
        st.builds(Usage, prompt_tokens=_maybe_uint, reply_tokens=_maybe_uint, total_ms=_maybe_uint),
    ),
    frames.Fault: st.builds(frames.Fault, uints, st.none() | st.builds(Refers, u32s, u32s), texts, texts, _maybe_uint),
    frames.Goaway: st.builds(frames.Goaway, uints),
    frames.Beat: st.builds(frames.Beat),
}
"""For each class of frame, frames whose fields hold anything that the grammar allows."""

client_frames: Final = st.one_of([FRAMES[cls] for cls in frames.CLIENT_FRAMES.values()])
server_frames: Final = st.one_of([FRAMES[cls] for cls in frames.SERVER_FRAMES.values()])
