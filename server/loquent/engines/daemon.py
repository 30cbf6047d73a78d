"""Runs what blocks for long in a thread that the end of the program doesn't wait for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable


def in_daemon(work: Callable[[], None], name: str) -> asyncio.Future[None]:
    """Run ``work`` in a daemon thread: whoever interrupts it doesn't want to wait for an import, say, to end.

    Args:
        work: what to do; it can't be stopped from outside.
        name: the thread's.

    Returns:
        a future that is done when the work is, with its exception if it raised one; a `SystemExit` comes as a `RuntimeError`.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    def run() -> None:
        error: Exception | None = None
        try:
            work()
        except Exception as caught:  # noqa: BLE001 - whatever it is, the future's owner shall have it
            error = caught
        except SystemExit as caught:  # a library that takes itself for the program
            error = RuntimeError(f"it ended with status {caught.code}")
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
