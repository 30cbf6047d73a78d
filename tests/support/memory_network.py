"""WebSockets without a network: tests carry each message themselves, or lose it, and time may be virtual.

A `Line` is one connection with an `End` at either side, which has that part of `websockets`' connections that client and server use.
What an end sends is on its way until the test delivers it; so is the news that an end was closed. A cut is news for whom the test says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close, CloseCode
from websockets.protocol import State

_CAPACITY: Final = 1 << 12
"""Bytes on their way beyond which sending waits."""

Item = bytes | Close | None
"""A message; a close frame; or the end of the connection without one."""


class End:
    """One end of a connection."""

    def __init__(self) -> None:
        self.sent: deque[Item] = deque()
        """What is on its way to the other end."""
        self.overflowed = False
        self.state = State.OPEN
        self.close_rcvd: Close | None = None
        self.close_sent: Close | None = None
        self.overflowed = False
        """Whether it was cut off for pings whose answers it left unread: it gets none."""
        self._arrived: deque[bytes] = deque()
        self._changed = asyncio.Event()

    @property
    def transport(self) -> End:
        """Has `abort`."""
        return self

    @property
    def protocol(self) -> End:
        """Has `close_rcvd`."""
        return self

    @property
    def remote_address(self) -> tuple[str, int]:
        """Where the other end is."""
        return "127.0.0.1", 1

    @property
    def close_code(self) -> int | None:
        """The code it was closed with; None while it's open."""
        if self.state is State.OPEN:
            return None
        heard = self.close_rcvd or self.close_sent
        return heard.code if heard is not None else CloseCode.ABNORMAL_CLOSURE

    @property
    def on_its_way(self) -> int:
        """Bytes sent and not delivered."""
        return sum(len(item) for item in self.sent if isinstance(item, bytes))

    async def send(self, message: bytes) -> None:
        """Send a message; return when no more is on its way than may be."""
        self._check_open()
        self.sent.append(message)
        while self.on_its_way > _CAPACITY:
            await self._change()
            self._check_open()

    async def recv(self) -> bytes:
        """Wait for the next message."""
        while not self._arrived:
            self._check_open()
            await self._change()
        return self._arrived.popleft()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over messages until the connection is closed."""
        try:
            while True:
                yield await self.recv()
        except ConnectionClosedOK:
            return

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Send a close frame. Idempotent."""
        if self.state is State.OPEN:
            self.close_sent = Close(code, reason)
            self.sent.append(self.close_sent)
            self._end()

    def abort(self) -> None:
        """End the connection without a word. Idempotent."""
        if self.state is State.OPEN:
            self.sent.append(None)
            self._end()

    async def wait_closed(self) -> None:
        """Return when the connection has ended here."""
        while self.state is State.OPEN:
            await self._change()

    # --- the network's side ------------------------------------------------------------------------

    def take(self, item: Item) -> None:
        """Let something arrive."""
        if self.state is not State.OPEN:
            return
        if isinstance(item, bytes):
            self._arrived.append(item)
        else:
            self.close_rcvd = item
            self._end()
        self._changed.set()

    def moved(self) -> None:
        """Something that was on its way isn't any more."""
        self._changed.set()

    def _end(self) -> None:
        self.state = State.CLOSED
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _check_open(self) -> None:
        if self.state is State.OPEN:
            return
        heard = self.close_rcvd or self.close_sent
        closed: type[ConnectionClosed] = (
            ConnectionClosedOK if heard and heard.code in (1000, 1001) else ConnectionClosedError
        )
        raise closed(self.close_rcvd, self.close_sent)


class Line:
    """A connection between a client and a server."""

    def __init__(self) -> None:
        self.client = End()
        self.server = End()
        self.is_cut = False

    @property
    def busy(self) -> bool:
        """Whether anything is on its way that may arrive."""
        return not self.is_cut and bool(self.client.sent or self.server.sent)

    def deliver_up(self) -> None:
        """Deliver to the server what was sent first."""
        self.server.take(self.client.sent.popleft())
        self.client.moved()

    def deliver_down(self) -> None:
        """Deliver to the client what was sent first."""
        self.client.take(self.server.sent.popleft())
        self.server.moved()

    def cut(self, up: int, down: int, *, client_knows: bool, server_knows: bool) -> None:
        """Cut the connection: of what is on its way so many bytes get through, and whatever comes later is lost.

        May be said again of a connection that is cut, for those who didn't know.
        """
        if not self.is_cut:
            self._let_through(up, down)
        self.is_cut = True
        if client_knows:
            self.client.take(None)
        if server_knows:
            self.server.take(None)

    def _let_through(self, up: int, down: int) -> None:
        for end, other, left in ((self.client, self.server, up), (self.server, self.client, down)):
            while end.sent and isinstance(item := end.sent[0], bytes) and len(item) <= left:
                left -= len(item)
                other.take(end.sent.popleft())
            end.sent.clear()
            end.moved()
