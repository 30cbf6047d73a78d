"""How many files a server may have open: each connection is one, and many systems give a program 1,024 unless it asks."""

from __future__ import annotations

import asyncio
import math
from typing import Any, Final

from .logs import Log
from .settings import Settings

log = Log.named("loquent.descriptors")

_BESIDES: Final = 512
"""Open besides connections: those at the door and in their handshake (some 130, and 200 more while a crowd comes at once), the log, the
engine's pipes and sockets, files that are read for a moment."""
_NONE_LEFT: Final = "socket.accept() out of system resource"
"""What asyncio calls it. It leaves the connection in the system's queue, and tries again a second later."""
_AGAIN_SECONDS: Final = 60.0
"""How often that's said, as long as it goes on."""


def wanted_descriptors(settings: Settings) -> int:
    """Return how many files may be open at once when all connections are."""
    return settings.connections + _BESIDES


def most_descriptors() -> int | None:
    """Return how many the system lets this process have if it asks; None for no limit, or where there is nothing to ask."""
    limits = _limits()
    return limits[1] if limits is not None else None


def raise_descriptors(wanted: int) -> int | None:
    """Ask for so many, if this process, and those it starts, can't have them yet; returns how many they can. None: no limit."""
    limits = _limits()
    if limits is None:
        return None
    import resource

    soft, hard = limits
    if soft < wanted:
        asked = wanted if hard is None else min(wanted, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (asked, resource.RLIM_INFINITY if hard is None else hard))
        except (OSError, ValueError):  # macOS has a lower limit of its own, which it doesn't tell
            return soft
        soft = asked
    return soft


def _limits() -> tuple[int, int | None] | None:
    """Return what this process has, and what it can ask for, None being no limit; or None altogether if there is none."""
    try:
        import resource
    except ImportError:  # Windows, which has none
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return None
    return soft, None if hard == resource.RLIM_INFINITY else hard


def tell_of_shortage(loop: asyncio.AbstractEventLoop) -> None:
    """Have it said once a minute, in our words, that no connection can be accepted: asyncio says it up to a hundred times a second."""
    told = -math.inf

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        if context.get("message") != _NONE_LEFT:
            loop.default_exception_handler(context)
        elif loop.time() - told >= _AGAIN_SECONDS:
            told = loop.time()
            log.error(
                "no further connection can be accepted until one closes: %s. Allow this server more open files (ulimit -n; "
                "LimitNOFILE in a systemd unit), or fewer `connections`.",
                context["exception"].strerror,
            )

    loop.set_exception_handler(handle)
