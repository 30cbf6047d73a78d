"""What an engine's errors are on the wire."""

from __future__ import annotations

from ..engines.base import EngineBusy, EngineDead, EngineError, RequestRefused
from ..wire.faults import Code
from ..wire.frames import Fault, Refers
from ..wire.reception import fault


def engine_fault(error: EngineError, refers: Refers) -> Fault:
    """Return the fault that tells a client of an engine's error; the error's text is for people already."""
    match error:
        case RequestRefused():
            code = Code.TEXT_TOO_LONG
        case EngineBusy():
            code = Code.BUSY
        case EngineDead():
            code = Code.ENGINE_DOWN
        case _:
            code = Code.ENGINE_FAILED
    retry_ms = round(error.retry_after * 1000) if isinstance(error, EngineBusy) else None
    return fault(code, str(error), refers, retry_ms)
