"""What an engine's errors are on the wire."""

from __future__ import annotations

from typing import Final

from ..engines.base import EngineBusy, EngineDead, EngineError, EngineLacks, RequestRefused
from ..wire.faults import Code
from ..wire.frames import Fault, Refers
from ..wire.reception import fault

_DEAD: Final = "The model stopped working before the reply was complete; say it again in a moment."
_LACKS: Final = "The server can't do what this asks for; whoever runs it finds the reason in its log."
_FAILED: Final = "The model failed in this reply; say it again."


def engine_fault(error: EngineError, refers: Refers) -> Fault:
    """Return the fault that tells a client of an engine's error.

    Where the request is at fault or the engine is full, the error's text is for whoever asked. Anything else is the server's own matter:
    its log has the text, which may tell of the machine.
    """
    message = str(error)
    match error:
        case RequestRefused():
            code = Code.TEXT_TOO_LONG
        case EngineLacks():
            code, message = Code.UNSUPPORTED, _LACKS
        case EngineBusy():
            code = Code.BUSY
        case EngineDead():
            code, message = Code.ENGINE_DOWN, _DEAD
        case _:
            code, message = Code.ENGINE_FAILED, _FAILED
    retry_ms = round(error.retry_after * 1000) if isinstance(error, EngineBusy) else None
    return fault(code, message, refers, retry_ms)
