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
    stop, stop_now = _signals()
    keeper = Keeper(engine)
    gateway = Gateway(keeper, characters, MemoryStore(), settings)
    bound = await gateway.listen(host, port)
    starting = asyncio.create_task(keeper.start(), name="engine start")
    try:
        if await _done_before(starting, stop):
            await starting
            report(_ready_line(engine, characters, host, bound))
            await stop.wait()
            report(_stopping_line(gateway.turns, settings.drain_seconds))
            await _done_before(asyncio.create_task(gateway.drain(), name="drain"), stop_now)
        else:
            report("Stopping.")
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await gateway.close()
        await keeper.close()


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what is set by the first signal to stop, and what by the second: who asks twice wants no politeness."""
    stop, stop_now = asyncio.Event(), asyncio.Event()

    def asked() -> None:
        (stop_now if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    return stop, stop_now


async def _done_before(task: asyncio.Task[None], event: asyncio.Event) -> bool:
    """Wait for a task or an event; a task that the event overtakes is cancelled. Returns whether the task is done."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    done = task.done()
    if not done:
        task.cancel()
    await asyncio.gather(waiting, task, return_exceptions=True)
    return done


def _stopping_line(turns: int, seconds: float) -> str:
    if not turns:
        return "Stopping."
    replies = "reply" if turns == 1 else "replies"
    return f"Stopping: {turns} {replies} may take {seconds:g} s to finish; Ctrl-C again stops at once."


def _ready_line(engine: Engine, characters: Mapping[str, Character], host: str, port: int) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - somebody asked for it
        where = f"ws://localhost:{port}, and at all this machine's addresses,"
    else:
        where = f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
    return f"Ready at {where} with {engine.model} ({engine.name}); characters: {', '.join(characters)}."
