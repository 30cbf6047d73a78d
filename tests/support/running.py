"""A real gateway on a loopback port, and a bare client that sends and reads frames."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from loquent.access import Access
from loquent.dialogue.character_file import SHIPPED, load_characters
from loquent.dialogue.store import MemoryStore
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.gateway import Gateway
from loquent.settings import Settings
from loquent.tracing.tracer import Tracer

HELLO = [1, [1], "test/1", None, None]


class Running:
    """A gateway that listens."""

    def __init__(
        self, gateway: Gateway, keeper: Keeper[ScriptedEngine], store: MemoryStore, port: int, scheme: str = "ws"
    ) -> None:
        self.gateway = gateway
        self.keeper = keeper
        self.store = store
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}"


@asynccontextmanager
async def running(
    engine: ScriptedEngine | Callable[[], ScriptedEngine] | None = None,
    settings: Settings | None = None,
    *,
    started: bool = True,
    access: Access | None = None,
    tls: ssl.SSLContext | None = None,
    tracer: Tracer | None = None,
) -> AsyncIterator[Running]:
    """Run a gateway with a scripted engine on a free port of the loopback; one that dies is replaced only if others can be made."""
    made = ScriptedEngine(tokens_per_second=0) if engine is None else engine
    if isinstance(made, ScriptedEngine):
        keeper = Keeper(lambda: made, restarts=0, within_seconds=600)
    else:
        keeper = Keeper(made, restarts=5, within_seconds=600)
    store = MemoryStore()
    gateway = Gateway(keeper, load_characters(SHIPPED), store, settings, access=access, tls=tls, tracer=tracer)
    port = await gateway.listen("127.0.0.1", 0)
    if started:
        await keeper.start()
    try:
        yield Running(gateway, keeper, store, port, "ws" if tls is None else "wss")
    finally:
        await gateway.close()
        await keeper.close()


class Bare:
    """A client that knows msgpack and nothing else: what it reads are lists, what it sends may be wrong."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.messages = 0
        self.largest = 0
        self._frames: list[list[Any]] = []

    async def send(self, *frames: list[Any]) -> None:
        """Send frames, all in one message."""
        await self.socket.send(b"".join(msgpack.packb(frame) for frame in frames))

    async def frame(self) -> list[Any]:
        """Return the next frame."""
        while not self._frames:
            async with asyncio.timeout(10):
                message = await self.socket.recv()
            assert isinstance(message, bytes)
            self.messages += 1
            self.largest = max(self.largest, len(message))
            unpacker = msgpack.Unpacker(None, raw=False)
            unpacker.feed(message)
            self._frames = list(unpacker)
        return self._frames.pop(0)

    async def until(self, wanted: Callable[[list[Any]], bool]) -> list[list[Any]]:
        """Return the frames up to the first that is wanted."""
        got = [await self.frame()]
        while not wanted(got[-1]):
            got.append(await self.frame())
        return got

    async def fault(self) -> str:
        """Return the code of the next frame, which must be a fault."""
        frame = await self.frame()
        assert frame[0] == 40, frame
        code: str = frame[3]
        return code

    async def still_works(self, conversation: int = 900) -> None:
        """Open a conversation, to see that the connection is usable."""
        await self.send([2, conversation, "guard", {}])
        frames = await self.until(lambda f: f[0] == 34)
        assert frames[-1][2:4] == [conversation, "Tomas"]

    async def closed(self) -> int | None:
        """Wait until the server has closed the connection; returns the close code."""
        async with asyncio.timeout(10):
            await self.socket.wait_closed()
        return self.socket.close_code


@asynccontextmanager
async def bare(url: str, *, hello: bool = True, **how: Any) -> AsyncIterator[Bare]:
    """Connect a bare client; with ``hello``, said and answered."""
    how = {"subprotocols": [Subprotocol("loquent.v1")], "compression": None, "proxy": None} | how
    async with connect(url, **how) as socket:
        client = Bare(socket)
        if hello:
            await client.send(HELLO)
            assert (await client.frame())[0] == 33
        yield client
