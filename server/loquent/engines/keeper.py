"""Keeps an engine running: starts it, watches it, starts another when it dies, and gives up on what dies too often.

What is kept is called an engine here, whatever it does: one that replies, an embedder, a recogniser. The server lives and dies with
the first of these alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Generic, TypeVar

from .base import EngineStartError, Runs

log = logging.getLogger("loquent.engine")

_LONGEST_DELAY: Final = 30.0
"""Seconds between two attempts to start an engine, at most: a cause that lasts (no memory, say) may end at any time."""

_SOONEST_RETRY: Final = 1.0
"""Seconds after which a request may come again, at least, however near the engine's return seems."""


K_co = TypeVar("K_co", bound=Runs, covariant=True)


class State(StrEnum):
    """What can be expected of the engine."""

    STARTING = "starting"
    """The model is loading for the first time; requests would fail now and succeed later."""
    READY = "ready"
    """Requests succeed."""
    RESTARTING = "restarting"
    """The engine has died and another takes its place; requests would fail now and succeed later."""
    DOWN = "down"
    """The engine has died too often, couldn't start at all, or the keeper is closed: requests will never succeed again."""


class Keeper(Generic[K_co]):
    """Looks after an engine, and after those that take its place.

    Args:
        make: makes an engine, not started; called once now, and once for each restart.
        restarts: so many deaths within ``within_seconds`` are followed by a restart; with one more, the keeper gives up. At least 0.
        within_seconds: the time in which deaths count; those before it are forgotten.
        what: what it's called in the log.
        without: what the server does when the keeper has given up, for the sentence about that.
    """

    def __init__(
        self,
        make: Callable[[], K_co],
        *,
        restarts: int,
        within_seconds: float,
        what: str = "engine",
        without: str = "stops",
    ) -> None:
        self.engine: K_co = make()
        """The engine of now. Another takes its place when it dies: ask anew for every request."""
        self.restarts = 0
        """How many times an engine has been started again, attempts that failed included."""
        self._make = make
        self._most_restarts = restarts
        self._within = within_seconds
        self.what = what
        """What it's called in the log."""
        self._without = without
        self._deaths: deque[float] = deque(maxlen=restarts + 1)
        """When engines died, by the loop's clock; the last ones, as many as decide whether to give up."""
        self._started = False
        self._failed = False
        self._closed = False
        self._cause: str | None = None
        self._load_seconds = 0.0
        self._ready_at: float | None = None
        """When the next engine is expected to be ready."""
        self._outcome: asyncio.Future[str] | None = None
        """Gets the sentence with which the keeper gives up."""
        self._watch: asyncio.Task[None] | None = None

    @property
    def ready(self) -> K_co | None:
        """The engine of now, if requests can succeed; else None."""
        return self.engine if self.state is State.READY else None

    @property
    def state(self) -> State:
        """The engine's state, as of now: a death counts from the moment it happens, not from when the watch hears of it."""
        if self._closed or self._failed:
            return State.DOWN
        if not self._started:
            return State.STARTING
        if self.engine.alive:
            return State.READY
        gave_up = self._outcome is not None and self._outcome.done()
        return State.DOWN if gave_up or (self._cause is None and self._is_last()) else State.RESTARTING

    @property
    def cause(self) -> str | None:
        """A sentence on why the last engine died or couldn't start; None while all is well, or nothing is known yet."""
        return self._cause

    @property
    def retry_seconds(self) -> float | None:
        """In how many seconds requests may succeed again, at a guess: as long as loading took last time. None where nothing can be said."""
        if self.state is not State.RESTARTING:
            return None
        if self._ready_at is None:  # it has died this moment
            return max(_SOONEST_RETRY, self._delay(len(self._deaths) + 1) + self._load_seconds)
        return max(_SOONEST_RETRY, self._ready_at - asyncio.get_running_loop().time())

    async def start(self) -> None:
        """Start the first engine, and watch it from then on.

        Raises:
            EngineStartError: it can't start. That's for who runs the server to mend, so it isn't tried again.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await self.engine.start()
        except EngineStartError as error:
            self._failed, self._cause = True, str(error)
            raise
        self._load_seconds = loop.time() - began
        self._outcome = loop.create_future()
        self._started = True
        self._watch = loop.create_task(self._look_after(self._outcome), name=f"{self.what} watch")

    async def gave_up(self) -> str:
        """Return when the keeper has given up on the engine, with a sentence for people. Only of use once it has started."""
        if self._outcome is None:
            raise RuntimeError(f"the {self.what} hasn't been started")
        return await asyncio.shield(self._outcome)

    async def close(self) -> None:
        """Stop watching, and stop the engine, whether it runs, starts or waits to be started. Idempotent."""
        self._closed = True
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.engine.close()

    # --- deaths and restarts ---------------------------------------------------------------------

    async def _look_after(self, outcome: asyncio.Future[str]) -> None:
        """Wait for the engine's death and replace it, again and again, until it has died too often."""
        loop = asyncio.get_running_loop()
        while True:
            cause = await self.engine.wait_dead()
            died = loop.time()
            log.error("The %s has died: %s", self.what, cause)
            while True:
                attempt = self._count(cause)
                if attempt > self._most_restarts:
                    outcome.set_result(self._why_it_gave_up(attempt, cause))
                    return
                failure = await self._restart(attempt)
                if failure is None:
                    break
                cause = failure
                log.error("The %s can't start: %s", self.what, cause)
            log.warning("The %s is ready again, %.1f s after it died.", self.what, loop.time() - died)

    def _count(self, cause: str) -> int:
        """Count a death; returns how many there have been within the time in which they count, this one included."""
        now = asyncio.get_running_loop().time()
        self._cause = cause
        self._deaths.append(now)
        while self._deaths[0] <= now - self._within:
            self._deaths.popleft()
        return len(self._deaths)

    def _is_last(self) -> bool:
        """Tell whether one more death would be one too many."""
        since = asyncio.get_running_loop().time() - self._within
        return sum(death > since for death in self._deaths) >= self._most_restarts

    async def _restart(self, attempt: int) -> str | None:
        """Put another engine in the place of the dead one, after a while; returns why it can't start, or None when it's ready."""
        loop = asyncio.get_running_loop()
        delay = self._delay(attempt)
        self._ready_at = loop.time() + delay + self._load_seconds
        log.warning(
            "The %s is started again%s: attempt %d of at most %d within %.0f s.",
            self.what,
            f" in {delay:.0f} s" if delay else "",
            attempt,
            self._most_restarts,
            self._within,
        )
        try:
            await self.engine.make_way()
            await asyncio.sleep(delay)
            self.restarts += 1
            self.engine = self._make()
            began = loop.time()
            self._ready_at = began + self._load_seconds
            await self.engine.start()
        except EngineStartError as error:
            return str(error)
        except Exception as error:
            log.exception("a mistake in the server kept the %s from starting", self.what)
            return f"The server made a mistake while it started the {self.what} ({type(error).__name__}); its log has the details."
        self._load_seconds = loop.time() - began
        self._ready_at = None
        self._cause = None
        return None

    @staticmethod
    def _delay(attempt: int) -> float:
        """How many seconds to wait before an attempt: none before the first, then 1, 2, 4, and so on to `_LONGEST_DELAY`."""
        return 0.0 if attempt <= 1 else min(_LONGEST_DELAY, 2.0 ** min(attempt - 2, 16))

    def _why_it_gave_up(self, deaths: int, cause: str) -> str:
        if deaths == 1:
            return f"The {self.what} has died and isn't to be started again, so the server {self._without}: {cause}"
        return (
            f"The {self.what} has died {deaths} times within {self._within:.0f} s, so the server gives up on it and {self._without}: "
            f"{cause}"
        )
