"""The stable codes of faults, as in protocol/frames.toml."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """What went wrong, for programs. People read the message beside it."""

    SUBPROTOCOL = "subprotocol"
    FRAMING = "framing"
    NOT_BINARY = "not_binary"
    MESSAGE_TOO_LARGE = "message_too_large"
    MALFORMED = "malformed"
    HELLO_FIRST = "hello_first"
    HELLO_TWICE = "hello_twice"
    HELLO_LATE = "hello_late"
    VERSION = "version"
    UNAUTHORIZED = "unauthorized"
    CHARACTER_UNKNOWN = "character_unknown"
    CONVERSATION_OPEN = "conversation_open"
    CONVERSATION_UNKNOWN = "conversation_unknown"
    CONVERSATION_LIMIT = "conversation_limit"
    OPTION_INVALID = "option_invalid"
    TURN_ORDER = "turn_order"
    TURN_RUNNING = "turn_running"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    CHOICES_INVALID = "choices_invalid"
    IMAGES_REFUSED = "images_refused"
    UNSUPPORTED = "unsupported"
    BUSY = "busy"
    ENGINE_STARTING = "engine_starting"
    ENGINE_DOWN = "engine_down"
    ENGINE_FAILED = "engine_failed"
    DRAINING = "draining"
    INTERNAL = "internal"


CLOSES: Final[dict[Code, int]] = {
    Code.SUBPROTOCOL: 1002,
    Code.FRAMING: 1007,
    Code.HELLO_LATE: 1008,
    Code.UNAUTHORIZED: 1008,
}
"""The faults after which the server closes the connection, and the WebSocket close code it does it with."""
