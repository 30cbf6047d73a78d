"""Do readers that stop reading slow the others, and what do they cost?

100 healthy clients have replies streamed to them, at a set pace; beside them are none, 100, none and 100 clients that have asked for eight
long replies each and read nothing of them. What the system's own buffers don't hold waits in the server, until that's more than may wait;
then their connections are cut off.

Measured at the healthy ones: the gaps from one text frame of a turn to the next. Measured at the server, twice a second: its memory, and
what waits in it. Server and clients are processes of their own on the same machine, so only the comparison means something.

    PYTHONPATH=tests python -m benchmarks.stalled_readers --seconds 20
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import Any

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from support.scripted_server import LONG, ScriptedServer
from support.server_process import resident_bytes

_LEAST = 1 << 12
"""Bytes that the system may hold for a client that stalls: as few as it allows."""
_REPLIES = 8
"""How many replies at once a stalled reader has asked for."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What was measured beside so many stalled readers."""

    stalled: int
    healthy: int
    replies: int
    gaps: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    rss_mib: float
    """The server's memory, at most."""
    pending_mib: float
    """What waited for clients to read it, at most."""
    cut: int
    """Stalled readers that were cut off."""


@asynccontextmanager
async def greeted(server: ScriptedServer, *, stalls: bool = False) -> AsyncIterator[ClientConnection]:
    """Connect a client with a conversation open."""
    sock = socket.socket()
    if stalls:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LEAST)
    sock.setblocking(False)
    port = int(server.url.rpartition(":")[2])
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    how: dict[str, Any] = {"subprotocols": [Subprotocol("loquent.v1")], "compression": None, "ping_interval": None}
    async with connect(server.url, sock=sock, **how) as client:
        await client.send(msgpack.packb([1, [1], "benchmark/1", None, None]) + msgpack.packb([2, 1, "guard", {}]))
        opened = False
        while not opened:
            opened = any(frame[0] == 34 for frame in frames(await client.recv()))
        try:
            yield client
        finally:
            client.transport.abort()


def frames(message: str | bytes) -> list[list[Any]]:
    """Return the frames of a message."""
    assert isinstance(message, bytes)
    unpacker = msgpack.Unpacker(None, raw=False)
    unpacker.feed(message)
    return list(unpacker)


class Healthy:
    """A client that reads, acknowledges, and says something again when a reply has ended."""

    def __init__(self, client: ClientConnection) -> None:
        self._client = client
        self._turn = 0
        self.gaps: list[float] = []
        self.replies = 0

    async def talk(self, until: float) -> None:
        """Have one reply after the other, until that time."""
        last: float | None = None
        await self._say()
        while True:
            message = await self._client.recv()
            now = time.monotonic()
            for frame in frames(message):
                if frame[0] == 36:
                    if last is not None:
                        self.gaps.append(now - last)
                    last = now
                elif frame[0] == 39:
                    assert frame[3] in ("stop", "length"), frame
                    self.replies += 1
                    last = None
                    await self._client.send(msgpack.packb([6, frame[1]]))
                    if now >= until:
                        return
                    await self._say()
                elif frame[0] == 40:
                    raise AssertionError(frame)

    async def _say(self) -> None:
        self._turn += 1
        await self._client.send(msgpack.packb([3, 1, self._turn, "Go on", []]))


async def phase(server: ScriptedServer, healthy: int, stalled: int, seconds: float) -> Phase:
    """Measure for a while, and until all that stall are cut off."""
    rss: list[int] = []
    pending: list[float] = []

    async def look() -> None:
        while True:
            rss.append(resident_bytes(server.process.pid))
            pending.append((await server.metrics())["loquent_pending_bytes"])
            await asyncio.sleep(0.5)

    before = (await server.metrics())[_CANCELLED]
    async with AsyncExitStack() as stack:
        talking = [Healthy(await stack.enter_async_context(greeted(server))) for _ in range(healthy)]
        for _ in range(stalled):
            await stall(await stack.enter_async_context(greeted(server, stalls=True)))
        looking = asyncio.create_task(look())
        until = time.monotonic() + seconds
        await asyncio.gather(*[each.talk(until) for each in talking])
        with suppress(TimeoutError):
            async with asyncio.timeout(120):
                while (await server.metrics())["loquent_connections"] > healthy:  # noqa: ASYNC110 - it's another process
                    await asyncio.sleep(0.2)
        looking.cancel()
        left = (await server.metrics())["loquent_connections"] - healthy
    await server.idle()
    assert (await server.metrics())[_CANCELLED] - before == _REPLIES * stalled, (
        "a turn was cancelled that shouldn't have been"
    )
    gaps = [gap for each in talking for gap in each.gaps]
    percentiles = quantiles(gaps, n=100)
    return Phase(
        stalled=stalled,
        healthy=healthy,
        replies=sum(each.replies for each in talking),
        gaps=len(gaps),
        p50_ms=round(percentiles[49] * 1000, 2),
        p99_ms=round(percentiles[98] * 1000, 2),
        worst_ms=round(max(gaps) * 1000, 2),
        rss_mib=round(max(rss) / 2**20, 1),
        pending_mib=round(max(pending) / 2**20, 2),
        cut=stalled - round(left),
    )


async def stall(client: ClientConnection) -> None:
    """Ask for much, and stop reading."""
    client.transport.pause_reading()
    numbers = range(2, _REPLIES + 2)
    asked = [frame for number in numbers for frame in ([2, number, "guard", {}], [3, number, number, LONG, []])]
    await client.send(b"".join(map(msgpack.packb, asked)))


_CANCELLED = 'loquent_turns_total{kind="say",outcome="cancelled"}'


async def measure(
    healthy: int = 100, stalled: int = 100, seconds: float = 20, pace: float = 10, rounds: int = 2
) -> list[Phase]:
    """Measure without stalled readers and with them, in turns.

    Args:
        healthy: how many clients read.
        stalled: how many don't.
        seconds: how long each phase takes, at least.
        pace: words a second, per reply.
        rounds: how often both are measured.
    """
    server = ScriptedServer(
        pace=pace,
        words=max(4, round(pace)),
        running_turns=healthy + _REPLIES * stalled,
        connections=healthy + stalled + 8,
        ping_seconds=0,
        grace_seconds=0,
    )
    try:
        await phase(server, healthy, 0, 1)  # what a first time takes isn't what's compared
        return [await phase(server, healthy, many, seconds) for _ in range(rounds) for many in (0, stalled)]
    finally:
        assert server.stop() == 0, "".join(server.lines)


def main() -> int:
    """Measure and print JSON lines; returns 1 if a stalled reader wasn't cut off, or one of the others was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--healthy", type=int, default=100)
    parser.add_argument("--stalled", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--pace", type=float, default=10, help="words a second, per reply")
    options = parser.parse_args()
    phases = asyncio.run(measure(**vars(options)))
    for each in phases:
        print(json.dumps(asdict(each)))
    quiet, beside = ([each for each in phases if bool(each.stalled) == wanted] for wanted in (False, True))
    growth = min(each.rss_mib for each in beside) - max(each.rss_mib for each in quiet[:1])
    print(json.dumps({"rss_kib_per_stalled_reader": round(growth * 1024 / options.stalled, 1)}))
    return 0 if all(each.cut == each.stalled for each in phases) else 1


if __name__ == "__main__":
    sys.exit(main())
