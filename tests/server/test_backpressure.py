"""A hundred readers that have stopped reading, beside a hundred that haven't: what they cost, and whom they slow."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

from loquent.engines.base import Delta, Finish, Request
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from support.running import Bare, Running, bare, running

MANY = 100
WORDS = " ".join(["word"] * 60)
PACE = 20.0
LONG = 64 << 10
"""Bytes of a long reply: more than the socket takes, but no more than may wait besides. Two of them are."""
SETTINGS = Settings(pending_bytes=1 << 16, running_turns=2 * MANY, ping_seconds=0)
"""Nothing but the bound of what is unread cuts anybody off."""


class TwoPaces(ScriptedEngine):
    """Talks as people read; or long and as fast as it can, where it's asked to."""

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """See `Engine`."""
        if request.messages[-1].content == "At length!":
            for _ in range(LONG >> 10):
                await asyncio.sleep(0)
                yield Delta("x" * 1024, 1)
            yield Delta("", 0, Finish("stop"))
            return
        async with aclosing(super().generate(request)) as deltas:
            async for delta in deltas:
                yield delta


def resident_mib() -> float:
    """Return how much memory this process has."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / (1 << 20)


async def gaps(client: Bare) -> list[float]:
    """Let the character talk; return how long after the one before each piece came, in seconds."""
    clock = asyncio.get_running_loop().time
    await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
    text, at = "", 0.0
    found: list[float] = []
    while (frame := await client.frame())[0] != 39:
        if frame[0] == 36:
            text += frame[3]
            if at:
                found.append(clock() - at)
            at = clock()
    assert text == WORDS
    return found


async def talk(server: Running) -> list[float]:
    """Let `MANY` characters talk at once; return all gaps, the shortest first."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(bare(server.url)) for _ in range(MANY)]
        return sorted(gap for found in await asyncio.gather(*map(gaps, clients)) for gap in found)


@asynccontextmanager
async def stalled(server: Running) -> AsyncIterator[Bare]:
    """Connect a client that asks for a long reply, and reads none of it."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect(("127.0.0.1", server.port))
    async with bare(server.url, sock=small, ping_interval=None) as client:
        client.socket.transport.pause_reading()
        await client.send([2, 1, "guard", {}], [3, 1, 1, "At length!", []])
        try:
            yield client
        finally:
            client.socket.transport.abort()


async def test_a_hundred_who_do_not_read_cost_bounded_memory_and_slow_nobody() -> None:
    engine = TwoPaces(lambda _: WORDS, tokens_per_second=PACE)
    async with running(engine, SETTINGS) as server, AsyncExitStack() as stack:
        sessions = server.gateway.sessions
        assert server.gateway._server is not None
        for listening in server.gateway._server.sockets:  # so that the server holds what isn't read, and not the system
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        alone = await talk(server)
        before = resident_mib()
        talking = asyncio.create_task(talk(server))
        deaf = [await stack.enter_async_context(stalled(server)) for _ in range(MANY)]
        async with asyncio.timeout(10):  # until all talk, and the long replies have been made
            while sessions.connected < 2 * MANY or server.gateway.turns != MANY:
                await asyncio.sleep(0.01)
        assert MANY * SETTINGS.pending_bytes // 10 < sessions.pending_bytes < MANY * SETTINGS.pending_bytes
        cost = resident_mib() - before
        await asyncio.sleep(0.5)
        for client in deaf:  # once more: that is more than may wait
            await client.send([3, 1, 2, "At length!", []])
        beside = await talking
        async with asyncio.timeout(5):
            while sessions.connected + sessions.waiting:
                await asyncio.sleep(0.01)
        print(
            f"\nalone  p50 {alone[len(alone) // 2]:.3f} p99 {alone[len(alone) * 99 // 100]:.3f} most {alone[-1]:.3f} s"
            f"\nbeside p50 {beside[len(beside) // 2]:.3f} p99 {beside[len(beside) * 99 // 100]:.3f} most {beside[-1]:.3f} s"
            f"\n{cost:.0f} MiB for {MANY} who don't read"
        )
        assert cost < MANY * 1.0, "each costs what may wait, what its window holds, and a message in its socket"
        assert beside[len(beside) // 2] < 1.5 / PACE
        assert beside[len(beside) * 99 // 100] < 0.5, "a stall is no reason for another's to pause"
