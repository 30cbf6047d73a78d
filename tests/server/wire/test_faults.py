"""The codes of faults; that they are those of frames.toml is tested in tests/protocol."""

from __future__ import annotations

import msgpack

from loquent.wire.faults import CLOSES, Code


def test_close_codes_may_be_sent() -> None:
    """RFC 6455, 7.4: 1004 to 1006 and 1015 never stand in a close frame, and a library refuses to send them."""
    assert set(CLOSES.values()) <= {1000, 1001, 1002, 1003, *range(1007, 1012), *range(3000, 5000)}


def test_codes_are_packed_as_text() -> None:
    for code in Code:
        assert msgpack.unpackb(msgpack.packb(code.value)) == str(code)
