"""A server in a process of its own that is told to stop while its characters speak: what its clients get, and its exit status."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from support.running import bare
from support.server_process import ServerProcess


@contextmanager
def server(*arguments: str) -> Iterator[ServerProcess]:
    """Start a server with a script instead of a model."""
    started = ServerProcess("--engine", "scripted", *arguments)
    try:
        yield started
    finally:
        started.kill()


LONG = "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 4
"""The script says it back, 20 words a second: 104 words take five seconds."""


async def speak(started: ServerProcess, words: str, *signals: float) -> tuple[list[list[Any]], int | None]:
    """Have a character speak, and send SIGTERM after its first words and then after so many seconds each.

    Returns:
        the frames from the first signal on, and the code that the connection was closed with.
    """
    async with bare(started.url) as client:
        await client.send([2, 1, "guard", {}], [3, 1, 1, words, []])
        await client.until(lambda frame: frame[0] == 36)
        for pause in signals:
            await asyncio.sleep(pause)
            started.process.send_signal(signal.SIGTERM)
        frames = await client.until(lambda frame: frame[0] == 39)
        return frames, await client.closed()


async def test_a_reply_finishes_and_the_server_exits_with_status_0() -> None:
    with server() as started:
        frames, code = await speak(started, "a b c d e f", 0)
        assert started.process.wait(timeout=20) == 0
    assert [frame[1] for frame in frames if frame[0] == 41] == [20_000]
    assert (frames[-1][3], code) == ("stop", 1001)
    assert started.lines[1:] == ["Stopping: 1 reply may take 20 s to finish; Ctrl-C again stops at once.\n"]


@pytest.mark.parametrize(("arguments", "signals"), [(["--drain-seconds", "0.3"], (0,)), ([], (0, 0.3))])
async def test_what_does_not_finish_ends_with_a_reason(arguments: list[str], signals: tuple[float, ...]) -> None:
    """Behind the deadline, or at once when somebody asks twice."""
    with server(*arguments) as started:
        frames, code = await speak(started, LONG, *signals)
        assert started.process.wait(timeout=20) == 0
    fault, end = frames[-2:]
    assert (fault[0], fault[2:4]) == (40, [[3, 1], "draining"])
    assert (end[3], code) == ("fault", 1001)
