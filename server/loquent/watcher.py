"""Notices when files change, so that tokens and certificates are read again while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from .logs import Log

log = Log.named("loquent.watcher")

LOOK_SECONDS: Final = 1.0
"""How often files are looked at. A change is acted on when the next look still finds the same: within two seconds."""


FileState = tuple[int, ...] | None
"""What differs when a file has changed; None if there is none."""


class Watch:
    """Some files that belong together, and what reads them again.

    Args:
        files: the files. Links are followed, so that a link that is turned to another file counts as a change.
        reload: reads the files; tells whether it could use them. If not, it's called again at every look until it can:
            of two files that belong together, one may be new and the other not yet.
    """

    def __init__(self, files: Sequence[Path], reload: Callable[[], bool]) -> None:
        self._files = tuple(files)
        self._reload = reload
        self._seen: tuple[object, ...] | None = None
        self._read: tuple[object, ...] | None = None  # whatever was read before this watch may be old already

    def look(self) -> None:
        """Read the files again if they differ from what was read last, and rest: what is being written is left alone."""
        now = tuple(map(file_state, self._files))
        if now != self._read and now == self._seen:
            self._read_as(now)
        self._seen = now

    def read(self) -> None:
        """Read the files again, changed or not."""
        self._seen = tuple(map(file_state, self._files))
        self._read_as(self._seen)

    def _read_as(self, state: tuple[object, ...]) -> None:
        self._read = state  # also if a mistake ends the reading: it would be made again at every look
        if not self._reload():
            self._read = None


async def look_often(looks: Sequence[Callable[[], None]], seconds: float = LOOK_SECONDS) -> None:
    """Call functions again and again until cancelled, such as `Watch.look`. What one of them raises is logged, and goes no further."""
    while True:
        await asyncio.sleep(seconds)
        for look in looks:
            try:
                look()
            except Exception:
                log.exception("a mistake in the server")


def file_state(file: Path) -> FileState:
    """Return what differs when a file has changed; None if there is none, as for a moment while some programs replace it."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
