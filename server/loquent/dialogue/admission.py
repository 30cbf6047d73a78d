"""How many turns run at once in the engine, and who waits for a place: in order, not too many, and not for long.

This comes before any work: a turn that is refused here has cost a comparison.
"""

from __future__ import annotations

import asyncio
from collections import deque

from ..settings import Settings

_LEARNING: float = 0.1
"""How much the latest turn counts in the estimate of how long one takes."""
_LONGEST_RETRY: float = 60.0
"""Nobody is told to come back later than after so many seconds: an estimate is no promise."""


class Full(Exception):
    """There is no place, or none became free in time. ``retry_after`` says in seconds when to come back."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Place:
    """A turn's place: in the engine, or in the queue for it. Whoever has it must `leave`, whatever happens."""

    def __init__(self, admission: Admission, free: asyncio.Future[None] | None, *, aside: bool = False) -> None:
        self._admission = admission
        self._free = free
        self._since = 0.0
        self._leaving = False
        self._left = aside  # there is nothing to give back

    @property
    def queued(self) -> bool:
        """Whether it's still in the queue."""
        return self._free is not None

    async def reached(self) -> None:
        """Return when the turn may run.

        Raises:
            Full: that took too long.
        """
        if self._free is not None:
            await self._admission.wait(self._free)
            self._free = None
        self._since = asyncio.get_running_loop().time()

    def will_leave(self) -> None:
        """Tell that the place will be left in a moment, so that somebody may queue for it already. Idempotent."""
        if not self._leaving and not self._left:
            self._leaving = True
            self._admission.leaving += 1

    def leave(self) -> None:
        """Give the place to the next. Idempotent."""
        if not self._left:
            self._left = True
            self._admission.leaving -= self._leaving
            self._admission.left(self._free, self._since)


class Admission:
    """The turns of a server: those that run, and the queue.

    Args:
        settings: running_turns, queued_turns, queue_seconds and retry_seconds count here.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._queue: deque[asyncio.Future[None]] = deque()
        self._empty = asyncio.Event()
        self._empty.set()
        self._takes: float | None = None  # seconds that a turn keeps its place, lately
        self.running = 0
        """Turns that have a place in the engine."""
        self.leaving = 0
        """How many of those, and of the queued ones, are about to leave: so many more may queue."""
        self.draining = False
        """Whether the server stops: no turn shall begin any more; those that are here, queued ones included, go on."""

    @property
    def queued(self) -> int:
        """Turns that wait for a place."""
        return len(self._queue)

    def enter(self) -> Place:
        """Take a place, or one in the queue.

        Raises:
            Full: there is none.
        """
        if self.running < self._settings.running_turns:
            self.running += 1
            self._empty.clear()
            return Place(self, None)
        if len(self._queue) >= self._settings.queued_turns + self.leaving:
            raise Full(
                f"{self.running} replies are being made and {len(self._queue)} more wait, as many as this server takes; "
                "try again in a moment.",
                self.retry_after,
            )
        free: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(free)
        return Place(self, free)

    def aside(self) -> Place:
        """Return a place beside the engine, for what needs none: there is always one."""
        return Place(self, None, aside=True)

    @property
    def retry_after(self) -> float:
        """When a place is likely to be had by one more, in seconds."""
        if self._takes is None:
            return self._settings.retry_seconds
        rounds = (len(self._queue) + 1) / self._settings.running_turns
        return min(max(rounds * self._takes, self._settings.retry_seconds), _LONGEST_RETRY)

    async def wait(self, free: asyncio.Future[None]) -> None:
        """Wait in the queue (called by the place)."""
        try:
            async with asyncio.timeout(self._settings.queue_seconds):
                await asyncio.shield(free)
        except TimeoutError:
            if free.done():
                return  # it became free in the same moment
            seconds = self._settings.queue_seconds
            raise Full(
                f"The server is full: no place became free within {seconds:g} s; try again in a moment.",
                self.retry_after,
            ) from None

    def left(self, free: asyncio.Future[None] | None, since: float) -> None:
        """Take a place back (called by the place)."""
        if free is not None and not free.done():
            free.cancel()
            self._queue.remove(free)
            return
        if since:
            took = asyncio.get_running_loop().time() - since
            self._takes = took if self._takes is None else self._takes + _LEARNING * (took - self._takes)
        if self._queue:
            self._queue.popleft().set_result(None)
            return
        self.running -= 1
        if not self.running:
            self._empty.set()

    async def empty(self) -> None:
        """Return when no turn runs or waits."""
        await self._empty.wait()
