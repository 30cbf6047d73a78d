"""Runs a server: gateway, engine and all, until a signal stops it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping

from .dialogue.character import Character
from .dialogue.store import MemoryStore
from .engines.base import Engine, EngineDead
from .engines.keeper import Keeper, State
from .gateway import Gateway
from .settings import Settings

log = logging.getLogger("loquent.serve")


async def serve(
    make_engine: Callable[[], Engine],
    characters: Mapping[str, Character],
    settings: Settings,
    host: str,
    port: int,
    report: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        make_engine: makes who replies, not started; called again for each engine that takes the place of a dead one.
        characters: who can be talked with.
        settings: the limits and times.
        host: address to listen on.
        port: TCP port; 0 for any that is free.
        report: told in one line each what the user should know.

    Raises:
        EngineStartError: the engine can't start.
        EngineDead: the engine has died too often.
        GatewayError: the port can't be had. Found out before the engine is loaded.
    """
    stop, stop_now = _signals()
    keeper = Keeper(make_engine, restarts=settings.engine_restarts, within_seconds=settings.engine_restart_seconds)
    gateway = Gateway(keeper, characters, MemoryStore(), settings)
    bound = await gateway.listen(host, port)

    def ready() -> None:
        report(_ready_line(keeper.engine, characters, host, bound))

    keeping = asyncio.create_task(_keep(keeper, ready), name="engine keeping")
    try:
        if await _done_before(keeping, stop):
            await keeping
        report(_stopping_line(gateway.turns, settings.drain_seconds))
        if keeper.state is not State.STARTING:
            await _done_before(asyncio.create_task(gateway.drain(), name="drain"), stop_now)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await gateway.close()
        await keeper.close()


async def _keep(keeper: Keeper, ready: Callable[[], None]) -> None:
    """Have an engine as long as that's possible, and then say why it isn't; never return otherwise."""
    await keeper.start()
    ready()
    raise EngineDead(await keeper.gave_up())


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
