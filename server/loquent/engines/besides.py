"""What runs beside the engine: an embedder, a recogniser. The server is ready before they are, and goes on without them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final, NamedTuple

from ..settings import Settings
from .base import Embedder, EngineStartError, Recogniser, Runs
from .keeper import K_co, Keeper

log = logging.getLogger("loquent.engine")

_WITHOUT: Final = "goes on without it"
"""What the server does when one of them can't be had."""


class Besides(NamedTuple):
    """The keepers of what runs beside the engine."""

    embedder: Keeper[Embedder] | None
    recogniser: Keeper[Recogniser] | None

    @classmethod
    def made(
        cls,
        settings: Settings,
        embedder: Callable[[], Embedder] | None = None,
        recogniser: Callable[[], Recogniser] | None = None,
    ) -> Besides:
        """Make those that are wanted, not started.

        Args:
            settings: how often they are started again.
            embedder: makes what embeds; called again for each that takes the place of a dead one.
            recogniser: makes what recognises, in the same way.

        Raises:
            EngineStartError: there is no model where one of them was told to look for it.
        """
        return cls(
            None if embedder is None else _kept(embedder, settings, "embedder"),
            None if recogniser is None else _kept(recogniser, settings, "recogniser"),
        )

    @property
    def models(self) -> str:
        """What they are, for the line that says that the server is ready."""
        named = [("embeddings", self.embedder), ("recognition", self.recogniser)]
        return "".join(f"; {name}: {keeper.engine.model}" for name, keeper in named if keeper is not None)

    async def keep(self) -> None:
        """Load one after the other, and keep them as long as that's possible; what can't be had is logged."""
        async with asyncio.TaskGroup() as keeping:
            for keeper in self._there:
                try:
                    await keeper.start()
                except EngineStartError as error:
                    log.error("The %s can't start, so the server %s: %s", keeper.what, _WITHOUT, error)
                except Exception:
                    log.exception("a mistake in the server kept the %s from starting; it %s", keeper.what, _WITHOUT)
                else:
                    keeping.create_task(_watch(keeper), name=f"{keeper.what} keeping")

    async def close(self) -> None:
        """End them, whether they run, start or wait to be started."""
        await asyncio.gather(*(keeper.close() for keeper in self._there))

    @property
    def _there(self) -> list[Keeper[Embedder] | Keeper[Recogniser]]:
        return [keeper for keeper in self if keeper is not None]


def _kept(make: Callable[[], K_co], settings: Settings, what: str) -> Keeper[K_co]:
    restarts, within = settings.engine_restarts, settings.engine_restart_seconds
    return Keeper(make, restarts=restarts, within_seconds=within, what=what, without=_WITHOUT)


async def _watch(keeper: Keeper[Runs]) -> None:
    log.error("%s", await keeper.gave_up())
    await keeper.engine.close()
