"""Keeps the engine: starts it, watches it, and tells whoever asks what state it's in."""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum

from .base import Engine

log = logging.getLogger("loquent.engine")


class State(StrEnum):
    """What can be expected of the engine."""

    STARTING = "starting"
    """The model is loading; requests would fail now and succeed later."""
    READY = "ready"
    """Requests succeed."""
    DOWN = "down"
    """The engine has died; requests fail."""


class Keeper:
    """Looks after one engine.

    Args:
        engine: the engine, not started yet.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._started = False
        self._cause: str | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """The engine's state, as of now."""
        if not self._started:
            return State.STARTING
        return State.READY if self.engine.alive else State.DOWN

    @property
    def cause(self) -> str | None:
        """What is known of why the engine died; None while it lives."""
        return self._cause

    async def start(self) -> None:
        """Start the engine, and watch it from then on.

        Raises:
            EngineStartError: it can't start.
        """
        await self.engine.start()
        self._started = True
        self._watch = asyncio.create_task(self._wait_dead(), name="engine watch")

    async def _wait_dead(self) -> None:
        self._cause = await self.engine.wait_dead()
        log.error("The engine has died: %s", self._cause)

    async def close(self) -> None:
        """Stop watching, and stop the engine."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.engine.close()
