"""What a session held is free as soon as it has ended: nothing of it waits for the garbage collector, which comes seldom."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.outbox import Outbox
from support.running import bare, running


@pytest.fixture
def outboxes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[weakref.ref[Outbox]]]:
    """Note each outbox that's made, with the garbage collector off."""
    made: list[weakref.ref[Outbox]] = []
    make = Outbox.__init__

    def note(self: Outbox, *args: Any) -> None:
        made.append(weakref.ref(self))
        make(self, *args)

    monkeypatch.setattr(Outbox, "__init__", note)
    gc.collect()
    gc.disable()
    try:
        yield made
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "how", ["closed", "closed in mid-reply", "lost in mid-reply", "cancelled and lost", "left unread"]
)
async def test_an_ended_session_is_freed_at_once(how: str, outboxes: list[weakref.ref[Outbox]]) -> None:
    unread = how == "left unread"
    engine = ScriptedEngine(
        lambda _: " ".join(["x" * 4000] * 2000), tokens_per_second=0 if unread else 100, context_tokens=1 << 20
    )
    settings = Settings(grace_seconds=0.05, pending_bytes=100_000, reply_tokens=2000)
    async with running(engine, settings) as server, bare(server.url, ping_interval=None) as other:
        async with bare(server.url, ping_interval=None) as client:
            await client.send([2, 1, "guard", {}])
            await client.until(lambda frame: frame[0] == 34)
            if how != "closed":
                if unread:
                    client.socket.transport.pause_reading()
                await client.send([3, 1, 1, "Hello", []])
            if "reply" in how or "cancelled" in how:
                await client.until(lambda frame: frame[0] == 36)
            if "cancelled" in how:
                await client.send([5, 1, 0])
                await client.until(lambda frame: frame[0] == 39)
            if "closed" not in how and not unread:
                client.socket.transport.abort()
            while unread and server.gateway.sessions.connected == 2:
                await asyncio.sleep(0.01)
            if unread:
                client.socket.transport.abort()
        async with asyncio.timeout(10):
            while outboxes[1]() is not None:
                await asyncio.sleep(0.01)
        await other.still_works()
    assert len(outboxes) == 2
