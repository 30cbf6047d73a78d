"""Runs a server: gateway, engine and all, until a signal stops it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping

from .dialogue.character import Character
from .dialogue.store import MemoryStore
from .engines.base import Engine
from .engines.keeper import Keeper
from .gateway import Gateway
from .settings import Settings

log = logging.getLogger("loquent.serve")


async def serve(
    engine: Engine,
    characters: Mapping[str, Character],
    settings: Settings,
    host: str,
    port: int,
    report: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        engine: who replies; started here.
        characters: who can be talked with.
        settings: the limits and times.
        host: address to listen on.
        port: TCP port; 0 for any that is free.
        report: told in one line each what the user should know.

    Raises:
        EngineStartError: the engine can't start.
        GatewayError: the port can't be had. Found out before the engine is loaded.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    keeper = Keeper(engine)
    gateway = Gateway(keeper, characters, MemoryStore(), settings)
    bound = await gateway.listen(host, port)
    stopping = asyncio.create_task(stop.wait(), name="stop")
    starting = asyncio.create_task(keeper.start(), name="engine start")
    try:
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            report(_ready_line(engine, characters, host, bound))
            await stopping
        report("Stopping.")
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await gateway.close()
        await keeper.close()


def _ready_line(engine: Engine, characters: Mapping[str, Character], host: str, port: int) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - somebody asked for it
        where = f"ws://localhost:{port}, and at all this machine's addresses,"
    else:
        where = f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
    return f"Ready at {where} with {engine.model} ({engine.name}); characters: {', '.join(characters)}."
