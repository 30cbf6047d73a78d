"""A network for tests that fails as networks do: a TCP proxy on the loopback that cuts, stalls, slows and swallows.

    async with Proxy(server.port) as proxy:
        client = await Client.connect(proxy.url)
        proxy.link.down.cut_after(100)  # 100 more bytes reach the client, then the connection is gone

A link is one client's connection and the proxy's own to the server; each has two ways, `up` to the server and `down` to the client.
Faults are set on a way or a link, or by `Proxy.on_link` for those to come. Nothing waits that isn't told to, and no byte is lost, changed
or reordered but by a cut or a way that swallows.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

_CHUNK: Final = 1 << 12
"""Bytes read at a time, at most."""
_QUEUE: Final = 16
"""Chunks on their way at once: with those, a way that stands still holds at most 64 KiB, and the rest waits at the sender."""
_BUFFER: Final = 1 << 14
"""Bytes that the kernel may hold for each socket and direction (it doubles them), so that a stall reaches the sender soon."""
_RESET: Final = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing sends RST instead of FIN."""


class Way:
    """One direction of a link."""

    def __init__(self, link: Link, source: socket.socket, target: socket.socket) -> None:
        self._link = link
        self._source = source
        self._target = target
        self._queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_QUEUE)
        self._flows = asyncio.Event()
        self._flows.set()
        self.passed = 0
        """Bytes that have been handed on."""
        self.swallowed = 0
        """Bytes that were read and not handed on."""
        self.bytes_per_second: float | None = None
        """How fast it hands on; None for as fast as it can."""
        self.delay = 0.0
        """How many seconds later a byte that comes from now on is handed on."""
        self.swallows = False
        """Whether it reads and hands on nothing, not even the end."""
        self._left: int | None = None  # bytes until the cut
        self._reset = False

    def stall(self) -> None:
        """Stop reading and handing on, until `flow`: the sender's buffers fill up."""
        self._flows.clear()

    def flow(self) -> None:
        """Go on after a `stall`."""
        self._flows.set()

    def cut_after(self, count: int, *, reset: bool = False) -> None:
        """Hand on ``count`` more bytes, then cut the link; with 0, as soon as a byte comes."""
        self._left, self._reset = count, reset

    async def read(self) -> None:
        """Take in what the source sends, until its end."""
        loop = asyncio.get_running_loop()
        while True:
            await self._flows.wait()
            chunk = await loop.sock_recv(self._source, _CHUNK)
            await self._queue.put((loop.time() + self.delay, chunk))
            if not chunk:
                return

    async def write(self) -> None:
        """Hand on what was taken in, until the end, or until there is none."""
        loop = asyncio.get_running_loop()
        while True:
            due, chunk = await self._queue.get()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            await self._flows.wait()
            if self.swallows:
                self.swallowed += len(chunk)
                if not chunk:
                    await loop.create_future()  # the other side never hears of the end
                continue
            if not chunk:
                self._target.shutdown(socket.SHUT_WR)
                return
            await self._hand_on(chunk if self._left is None else chunk[: self._left])
            if self._left is not None:
                self._left -= len(chunk)
                if self._left <= 0:
                    self._link.cut(reset=self._reset)
                    return

    async def _hand_on(self, chunk: bytes) -> None:
        loop = asyncio.get_running_loop()
        while chunk:
            speed = self.bytes_per_second
            piece = chunk if speed is None else chunk[: max(1, int(speed / 20))]
            await loop.sock_sendall(self._target, piece)
            self.passed += len(piece)
            chunk = chunk[len(piece) :]
            if speed is not None:
                await asyncio.sleep(len(piece) / speed)


class Link:
    """One client's connection through the proxy."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self._client = client
        self._server = server
        self.up = Way(self, client, server)
        """From the client to the server."""
        self.down = Way(self, server, client)
        """From the server to the client."""
        self.ended = asyncio.Event()
        """Set when the link is cut, or both sides have closed."""
        self._tasks = [
            asyncio.create_task(work(), name=f"proxy {name}")
            for name, work in (
                ("up, in", self.up.read),
                ("up, out", self.up.write),
                ("down, in", self.down.read),
                ("down, out", self.down.write),
            )
        ]
        self._whole = asyncio.create_task(self._run(), name="proxy link")

    @property
    def ways(self) -> tuple[Way, Way]:
        """Up and down."""
        return self.up, self.down

    def cut(self, *, reset: bool = False) -> None:
        """Close both sides now, with FIN or with RST. What is on its way is lost. Idempotent."""
        self._end(self._client, reset)
        self._end(self._server, reset)

    def abandon(self, *, reset: bool = False) -> None:
        """Cut the client's side only: to the server the connection still looks open, and nothing ever comes from it."""
        self.half_open()
        self._end(self._client, reset)

    def half_open(self) -> None:
        """Swallow everything both ways from now on, with both sockets open: neither side can tell it from silence."""
        for way in self.ways:
            way.swallows = True

    async def close(self) -> None:
        """Cut what isn't cut, and wait for the end of it."""
        self.cut()
        for task in (self._whole, *self._tasks):  # all: one that is cancelled before it ran cancels no other
            task.cancel()
        await asyncio.gather(self._whole, *self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await asyncio.gather(*self._tasks)
            self.cut()
        except OSError:  # one side has reset its connection, or is gone: so it goes to the other
            if not any(way.swallows for way in self.ways):
                self.cut(reset=True)
            else:
                await self.ended.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.cut()

    def _end(self, side: socket.socket, reset: bool) -> None:
        loop = asyncio.get_running_loop()
        if side.fileno() >= 0:
            loop.remove_reader(side)
            loop.remove_writer(side)
            if reset:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_WR)
            side.close()
        if self._client.fileno() < 0 and self._server.fileno() < 0:
            self.ended.set()
            self._whole.cancel()


class Proxy:
    """Passes connections of the loopback on to a server of the loopback. An async context manager.

    Args:
        port: the server's; may be changed while the proxy runs, for a server that was started anew.
    """

    def __init__(self, port: int) -> None:
        self.server_port = port
        self.links: list[Link] = []
        """All that were ever made, oldest first."""
        self.on_link: Callable[[Link], None] = lambda link: None
        """Called with each new link before a byte has passed."""
        self.refused = 0
        """How many connections couldn't be passed on because the server took none."""
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def link(self) -> Link:
        """The newest link."""
        return self.links[-1]

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self.accept()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cut all links and stop listening."""
        await self.refuse()
        for link in self.links:
            await link.close()

    def accept(self) -> None:
        """Take connections, again after `refuse`."""
        if self._listener is not None:
            return
        listener = self._listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(256)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._accepting = asyncio.create_task(self._accept(listener), name="proxy accepts")

    async def refuse(self) -> None:
        """Refuse new connections, until `accept`; those that are open stay."""
        if self._listener is None or self._accepting is None:
            return
        self._accepting.cancel()
        await asyncio.gather(self._accepting, return_exceptions=True)
        self._listener.close()
        self._listener = self._accepting = None

    def cut(self, *, reset: bool = False) -> None:
        """Cut all links now."""
        for link in self.links:
            link.cut(reset=reset)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(listener)
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            for side in (client, server):
                side.setblocking(False)
                side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await loop.sock_connect(server, ("127.0.0.1", self.server_port))
            except BaseException as error:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                client.close()
                server.close()
                if not isinstance(error, OSError):
                    raise
                self.refused += 1
                continue
            self.links.append(Link(client, server))
            self.on_link(self.link)
