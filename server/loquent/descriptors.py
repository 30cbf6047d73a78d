"""How many files a server may have open: each connection is one, and many systems give a program 1,024 unless it asks."""

from __future__ import annotations

from typing import Final

from .settings import Settings

_BESIDES: Final = 256
"""Open besides connections: the log, the engine's pipes and sockets, files that are read for a moment."""


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
