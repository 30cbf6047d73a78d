"""One socket: one reader that hands frames on, one writer that sends whatever is pending as one message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from .dialogue.conversations import Conversations
from .settings import Settings
from .wire.codec import encode
from .wire.faults import CLOSES, Code
from .wire.frames import Ack, Beat, Cancel, Close, Decide, Fault, Frame, Hello, Limits, Open, Say, Welcome
from .wire.outbox import Outbox
from .wire.reception import Reception, fault
from .wire.session import Session

log = logging.getLogger("loquent.connection")

_BEAT: Final = encode(Beat())
_REASON_BYTES: Final = 123
"""Longest reason of a WebSocket close, RFC 6455 section 5.5."""
_FRAMES_IN_A_ROW: Final = 128
"""So many frames of one message are acted on before others get their turn."""
_MOST_BEFORE_HELLO: Final = 256
"""So many faults may wait for a client that hasn't said hello."""


class Connection:
    """A client's connection, from the end of the WebSocket handshake to its close.

    Args:
        socket: the WebSocket.
        settings: the limits and times.
        converse: makes the conversations of a new session.
    """

    def __init__(
        self, socket: ServerConnection, settings: Settings, converse: Callable[[Session], Conversations]
    ) -> None:
        self._socket = socket
        self._settings = settings
        self._converse = converse
        self._reception = Reception(settings.message_bytes)
        self._session: Session | None = None
        self._conversations: Conversations | None = None
        self._unsequenced: list[bytes] = []  # welcome, beats, and faults before welcome: they leave first
        self._ready = asyncio.Event()
        self._sent_anything = False
        self._closing: tuple[int, str] | None = None
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Serve the client until the connection is closed; then end what it had running."""
        writer = self._loop.create_task(self._write(), name="connection writer")
        writer.add_done_callback(self._writer_done)
        beats = self._loop.create_task(self._beat(), name="connection beats")
        hello_late = self._loop.call_later(self._settings.hello_seconds, self._hello_late)
        try:
            async for message in self._socket:
                if self._closing is None:
                    await self._receive(message)
        except ConnectionClosed as closed:
            log.info("connection lost: %s", closed)
        finally:
            hello_late.cancel()
            beats.cancel()
            writer.cancel()
            await asyncio.gather(writer, beats, return_exceptions=True)
            if self._conversations is not None:
                await self._conversations.close()

    async def leave(self) -> None:
        """End the turns, and close the connection behind their ends (1001); return when it's closed."""
        if self._conversations is not None:
            await self._conversations.close()
        if self._closing is None:
            self._closing = 1001, "The server is stopping."
        self._ready.set()
        await self._socket.wait_closed()

    # --- in ---------------------------------------------------------------------------------------------------------------

    async def _receive(self, message: bytes | str) -> None:
        for count, frame in enumerate(self._reception.receive(message), 1):
            self._act(frame)
            if self._closing is not None:
                return
            if count % _FRAMES_IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _act(self, frame: Frame) -> None:
        match frame:
            case Fault():
                self.refuse(frame)
            case Hello():
                self._welcome(frame)
            case Ack() if self._session is not None:
                self._session.outbox.acknowledge(frame.seq)
            case Open() | Say() | Decide() | Cancel() | Close() if self._conversations is not None:
                self._conversations.act(frame)

    def _welcome(self, hello: Hello) -> None:
        settings = self._settings
        outbox = Outbox(settings.window_bytes, self._wake)
        session = self._session = Session(outbox)
        self._conversations = self._converse(session)
        limits = Limits(
            message_bytes=settings.message_bytes,
            text_bytes=settings.text_bytes,
            conversations=settings.conversations,
            turns=settings.turns,
            images=0,
            image_bytes=0,
            beat_ms=round(settings.beat_seconds * 1000),
        )
        version = self._reception.version
        assert version is not None  # noqa: S101 - a hello gets through only with a version agreed on
        log.info("session %s: hello from %r", session.id[:8], hello.client[:128])
        self._unsequenced.append(encode(Welcome(version, session.id, session.epoch, False, limits)))
        self._ready.set()

    # --- out -------------------------------------------------------------------------------------

    def refuse(self, fault: Fault) -> None:
        """Send a fault; close the connection behind it if its code says so."""
        if self._session is not None:
            self._session.outbox.put(fault)
        else:
            self._unsequenced.append(encode(fault))
            if len(self._unsequenced) > _MOST_BEFORE_HELLO:
                self._drop("a client sent nonsense before hello and read no answer")
        log.info("fault %s: %s", fault.code, fault.message)
        close_code = CLOSES.get(Code(fault.code))
        if close_code is not None:
            self._closing = close_code, _reason(fault.message)
        self._ready.set()

    def _wake(self) -> None:
        self._ready.set()
        outbox = self._session.outbox if self._session else None
        if outbox is not None and outbox.pending_bytes > self._settings.pending_bytes and self._closing is None:
            self._drop(f"a client left more than {self._settings.pending_bytes} bytes unread")

    def _drop(self, why: str) -> None:
        """Abort the connection of a client that doesn't read: nothing that is said to it would arrive."""
        log.warning("connection dropped: %s", why)
        self._closing = 1008, _reason(why)  # for a writer that isn't stuck: 1006 may not be sent
        self._socket.transport.abort()

    def _hello_late(self) -> None:
        if self._session is None:
            seconds = self._settings.hello_seconds
            self.refuse(
                fault(Code.HELLO_LATE, f"No hello came within {seconds:g} s; send hello right after connecting.")
            )

    async def _beat(self) -> None:
        """Put in a beat wherever nothing was sent for half of the time promised."""
        period = self._settings.beat_seconds / 2
        while period:
            await asyncio.sleep(period)
            if not self._sent_anything and self._session is not None:
                self._unsequenced.append(_BEAT)
                self._ready.set()
            self._sent_anything = False

    async def _write(self) -> None:
        """Send what is pending, all of it as one message, whenever the socket takes it: the only place that sends."""
        try:
            while True:
                await self._ready.wait()
                self._ready.clear()
                while message := self._take():
                    self._sent_anything = True
                    await self._socket.send(message)
                if self._closing is not None:
                    await self._socket.close(*self._closing)
                    return
        except ConnectionClosed:
            pass  # the reader sees it too, and ends the connection

    def _take(self) -> bytes:
        message = b"".join(self._unsequenced)
        self._unsequenced.clear()
        return message + self._session.outbox.flush() if self._session is not None else message

    def _writer_done(self, writer: asyncio.Task[None]) -> None:
        """Abort the connection of a writer that failed: it would look open and say nothing."""
        if not writer.cancelled() and writer.exception() is not None:
            log.error("the writer failed", exc_info=writer.exception())
            self._socket.transport.abort()


def _reason(message: str) -> str:
    """Cut a sentence to what fits into a close frame."""
    return message.encode()[:_REASON_BYTES].decode(errors="ignore")
