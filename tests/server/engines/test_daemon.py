"""Work in a daemon thread: whoever waits for it gets what comes of it, and nobody has to wait."""

from __future__ import annotations

import asyncio
import sys
import threading

import pytest

from loquent.engines.daemon import in_daemon


async def test_it_runs_in_a_daemon_thread_of_that_name_and_the_future_is_done_when_it_is() -> None:
    ran: list[threading.Thread] = []
    await in_daemon(lambda: ran.append(threading.current_thread()), "worker")
    assert [(thread.name, thread.daemon) for thread in ran] == [("worker", True)]


async def test_an_exception_is_the_futures() -> None:
    def fail() -> None:
        raise ValueError("no such model")

    with pytest.raises(ValueError, match="no such model"):
        await in_daemon(fail, "worker")


async def test_a_library_that_takes_itself_for_the_program_ends_its_work_and_no_more() -> None:
    with pytest.raises(RuntimeError, match="ended with status 3"):
        await in_daemon(lambda: sys.exit(3), "worker")


async def test_whoever_gives_up_waiting_disturbs_nothing() -> None:
    goes_on, done = threading.Event(), threading.Event()

    def work() -> None:
        goes_on.wait(10)
        done.set()

    future = in_daemon(work, "worker")
    future.cancel()
    goes_on.set()
    await asyncio.to_thread(done.wait, 10)
    await asyncio.sleep(0)  # what the thread says to the loop now
    assert future.cancelled()


def test_work_that_outlives_its_loop_ends_quietly() -> None:
    goes_on = threading.Event()
    threads: list[threading.Thread] = []

    def work() -> None:
        threads.append(threading.current_thread())
        goes_on.wait(10)

    async def leave() -> None:
        in_daemon(work, "worker")
        while not threads:
            await asyncio.sleep(0.001)

    asyncio.run(leave())
    goes_on.set()
    threads[0].join(10)
    assert not threads[0].is_alive()
