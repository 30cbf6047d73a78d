"""The library's WebSocket, with the bounds that it lacks against a client that doesn't read.

The library answers pings by itself and waits for nobody to read the answers, so that they could pile up without end. And its own pings wait
behind what isn't read, so that they never find out that a client reads nothing.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

UNREAD_BYTES: Final = 1 << 19
"""Most that may wait in the socket. A message of ours is at most half as large, and the next one waits until it has almost left: what goes
beyond is answers to pings."""
_UNSENT_BYTES: Final = 1 << 14
"""So much may wait in the system's own buffer for the network to take it, beyond what is on its way. Unless told, Linux lets it grow to
4 MiB for each client that reads nothing, which nobody counts; and what waits there can't be merged or taken back any more."""


class Socket(ServerConnection):
    """A WebSocket whose client reads, or is cut off.

    With ``ping_timeout``, a client that has taken nothing of what waits for so long is gone, as is one that leaves a ping unanswered.

    Args:
        among: all that are open, in the order in which they came; it's one of them as long as it is.
        most: so many may be open; with one more, the one that has been longest in its handshake is cut off.
        how, more: as the library says.
    """

    def __init__(self, among: dict[Socket, None], most: int, *how: Any, **more: Any) -> None:
        super().__init__(*how, **more)
        self._among = among
        self._most = most
        self.overflowed = False
        """Whether it was cut off because it left more than `UNREAD_BYTES` unread."""
        self._look_again: asyncio.TimerHandle | None = None
        self._waited = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note that it's open (called by the transport), before the handshake; who doesn't end that keeps nobody out."""
        self._among[self] = None
        sock = transport.get_extra_info("socket")
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
        super().connection_made(transport)
        if len(self._among) > self._most:
            slowest = next((each for each in self._among if each.state is State.CONNECTING), self)
            del self._among[slowest]
            slowest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what has come (called by the transport); pings are answered here."""
        super().data_received(data)
        if not self.overflowed and self.transport.get_write_buffer_size() > UNREAD_BYTES:
            self.overflowed = True
            self.transport.abort()

    def pause_writing(self) -> None:
        """Note that what is sent isn't taken any more, or not as fast (called by the transport)."""
        super().pause_writing()
        if self.ping_timeout is not None:
            self._look_later(self.ping_timeout)

    def resume_writing(self) -> None:
        """Note that almost all has been taken (called by the transport)."""
        super().resume_writing()
        self._stop_looking()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it's over (called by the transport)."""
        self._among.pop(self, None)
        self._stop_looking()
        # asyncio's transport fails when it's aborted after it has closed behind what was still to be sent, and both the library and we
        # abort connections that may have closed meanwhile.
        self.transport.abort = _over  # type: ignore[method-assign]
        super().connection_lost(exc)

    def _look_later(self, seconds: float) -> None:
        self._waited = self.transport.get_write_buffer_size()
        self._look_again = self.loop.call_later(seconds, self._look, seconds)

    def _look(self, seconds: float) -> None:
        if self.transport.get_write_buffer_size() >= self._waited:
            self.transport.abort()
        else:
            self._look_later(seconds)

    def _stop_looking(self) -> None:
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None


def _over() -> None:
    """Abort what has ended: there's nothing to do."""
