"""Changes messages as msgpack, where libFuzzer changes bytes: of those that it makes of a frame, most are no frame any more."""

from __future__ import annotations

import contextlib
import copy
import itertools
import random
import struct
from collections.abc import Callable
from typing import Any, Final

import msgpack

from fuzz.model import TABLE, Ext, Pairs

Bytes = Callable[[bytes, int], bytes]
"""Changes bytes, to so many at most."""

_VALUES: Final[list[Any]] = [
    *(0, 1, 15, 16, 31, 32, 127, 128, 255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**64 - 1),
    *(-1, -33, -(2**63), 0.0, float("nan"), None, True, False, "", "a", "\udcff", "你好", b"", b"\0", [], [[]]),
    *(Pairs(), Pairs([("max_tokens", 1)]), Ext(0, b""), Ext(-1, b"x")),
]
_FILLED: Final[dict[str, Any]] = {
    "u32": 1,
    "uint": 1,
    "number": 0.5,
    "bool": True,
    "text": "a",
    "bytes": b"a",
    "map": Pairs(),
}

_KINDS: Final = [frame["kind"] for frame in TABLE["frame"]]


def mutate(message: bytes, longest: int, seed: int, change: Bytes) -> bytes:
    """Return a message like this one, of at most ``longest`` bytes.

    Args:
        message: a message, well-formed or not.
        longest: how many bytes the new one may have.
        seed: the same one does the same.
        change: what changes bytes; half of the time it changes the whole message.
    """
    chance = random.Random(seed)
    unpacker = msgpack.Unpacker(
        None, raw=False, unicode_errors="surrogateescape", strict_map_key=False, object_pairs_hook=Pairs, ext_hook=Ext,
        max_buffer_size=max(1, len(message)), timestamp=0,
    )  # fmt: skip
    unpacker.feed(message)
    made = b""
    if chance.random() < 0.7:
        with contextlib.suppress(ValueError, msgpack.UnpackException, RecursionError):  # no msgpack, or nested too deep
            frames = list(unpacker)
            if chance.random() < 0.5:
                frames = _frames_of(frames, chance)
            for _ in range(chance.choice((1, 1, 2, 4))):
                _change_one(frames, chance, change)
            made = b"".join(pack(frame, chance) for frame in frames)
    return made if 0 < len(made) <= longest else change(message, longest)


def _frames_of(values: list[Any], chance: random.Random) -> list[Any]:
    """Return some of those values that look like frames, and a new one if there is none: most of what survives fuzzing is no frame."""
    frames = [value for value in values if isinstance(value, list) and value and value[0] in _KINDS]
    return chance.sample(frames, min(len(frames), chance.randrange(1, 4))) or [_new_frame(chance)]


def _change_one(frames: list[Any], chance: random.Random, change: Bytes) -> None:
    """Change one value somewhere in the frames, or how many there are."""
    container, at = chance.choice(_places(frames))
    value: Any = (
        chance.getrandbits(chance.randrange(1, 64)) if chance.random() < 0.4 else copy.deepcopy(chance.choice(_VALUES))
    )
    if type(container) is Pairs:
        value = (chance.choice(_VALUES), value)
    old = container[at] if at < len(container) else None
    match chance.randrange(6):
        case 0:
            container.insert(at, _new_frame(chance) if container is frames else value)
        case 1 if container:
            del container[at % len(container)]
        case 2 if container:
            container.insert(at, copy.deepcopy(container[at % len(container)]))
        case 3 if isinstance(old, str):
            text = old.encode(errors="surrogateescape")
            container[at] = change(text, len(text) + 8).decode(errors="surrogateescape")
        case 4 if isinstance(old, list):
            container[at] = [old]
        case _ if at < len(container):
            container[at] = value


def _places(frames: list[Any]) -> list[tuple[list[Any], int]]:
    """Return every place in every array and map: where a value stands, or one more could."""
    found: list[tuple[list[Any], int]] = []
    waiting = [frames]
    while waiting:
        container = waiting.pop()
        found += [(container, at) for at in range(len(container) + 1)]
        values = [value for _, value in container] if type(container) is Pairs else container
        waiting += [value for value in values if isinstance(value, list)]
    return found


def _new_frame(chance: random.Random) -> list[Any]:
    frame = chance.choice(TABLE["frame"])
    return [frame["kind"], *(_FILLED.get(kind.rstrip("?"), []) for _, kind in frame["fields"])]


def pack(value: Any, chance: random.Random) -> bytes:
    """Encode a value, each part of it in the shortest format or, seldom, in another."""
    if chance.random() < 0.1 and type(value) is int and 0 <= value < 2**32:
        return b"\xcf" + struct.pack(">Q", value)
    if type(value) is Pairs:
        parts = itertools.chain(*value)
        head = b"\xdf" + struct.pack(">I", len(value)) if chance.random() < 0.1 else _head(0x80, 0xDE, len(value))
        return head + b"".join(pack(part, chance) for part in parts)
    if type(value) is list:
        head = b"\xdd" + struct.pack(">I", len(value)) if chance.random() < 0.1 else _head(0x90, 0xDC, len(value))
        return head + b"".join(pack(part, chance) for part in value)
    if type(value) is Ext:
        return b"\xc8" + struct.pack(">Hb", len(value.data), value.code) + value.data
    packed: bytes = msgpack.packb(value, unicode_errors="surrogateescape")
    return packed


def _head(fixed: int, wide: int, count: int) -> bytes:
    return bytes([fixed | count]) if count < 16 else bytes([wide]) + struct.pack(">H", min(count, 65535))
