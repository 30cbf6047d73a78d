"""One socket: one reader that hands frames on, one writer that sends whatever is pending as one message."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.protocol import State

from .access import Access, Share, Visitor
from .logs import Log
from .metrics import Metrics
from .sessions import LiveSession, Sessions
from .settings import Settings
from .sockets import Socket
from .wire.codec import encode
from .wire.faults import CLOSES, Code
from .wire.frames import Ack, Beat, Cancel, Close, Decide, Fault, Frame, Goaway, Hello, Limits, Open, Say, Welcome
from .wire.rate import Rate
from .wire.reception import Reception, fault

_LOG: Final = Log.named("loquent.connection")
_BEAT: Final = encode(Beat())
_REASON_BYTES: Final = 123
"""Longest reason of a WebSocket close, RFC 6455 section 5.5."""
_SLICE_SECONDS: Final = 0.005
"""How long what comes is acted on before others get their turn."""
_MOST_BEFORE_HELLO: Final = 256
"""So many faults may wait for a client that hasn't said hello."""
_GOODBYE_SECONDS: Final = 5.0
"""How long a client may take to read why its connection closes, and to close it on its side."""
_MISSING: Final = (
    "This server lets nobody in without a token; give the client the one that `loquent token` showed when it was made."
)
_UNKNOWN: Final = (
    "This server doesn't know the client's token; it must be the one that `loquent token` showed when it was made."
)


class Connection:
    """A client's connection, from the end of the WebSocket handshake to its close.

    Args:
        socket: the WebSocket.
        settings: the limits and times.
        sessions: where its session comes from, and where it's left when the connection is lost.
        metrics: where what it does is counted.
        access: tells whose the token in hello is.
        visitor: whose token came with the handshake; None if none did, so that the one in hello counts.
        full: what it's told instead of a welcome, since there is no place for it, unless it takes over from one that has a place.
    """

    def __init__(
        self,
        socket: Socket,
        settings: Settings,
        sessions: Sessions,
        metrics: Metrics,
        access: Access,
        visitor: Visitor | None = None,
        full: Fault | None = None,
    ) -> None:
        self._socket = socket
        self._settings = settings
        self._sessions = sessions
        self._metrics = metrics
        self._access = access
        self._visitor = visitor
        self._share: Share | None = None  # of the connections that the visitor may have
        self._full = full
        self.log = _LOG.about(address=address(socket))
        """Its lines are about the connection, and its session once there is one."""
        self._reception = Reception(settings.message_bytes)
        self._live: LiveSession | None = None
        self._unsequenced: list[bytes] = []  # welcome, beats, goaway, and faults before welcome: they leave first
        self._replay: deque[bytes] = deque()  # messages for a client that has resumed: they leave next
        self._ready = asyncio.Event()
        self._sent_anything = False
        self._closes_at: float | None = None  # as the client was told, or will be
        self._closing: tuple[int, str] | None = None
        self._abort: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        rate = settings.frames_per_second
        self._rate = Rate(rate, 2 * rate, self._loop.time())
        self._slice_began = self._loop.time()

    async def run(self) -> None:
        """Serve the client until the connection is closed; then leave its session to wait for it, or end it."""
        writer = self._loop.create_task(self._write(), name="connection writer")
        writer.add_done_callback(self._writer_done)
        beats = self._loop.create_task(self._beat(), name="connection beats")
        hello_late = self._loop.call_later(self._settings.hello_seconds, self._hello_late)
        self.log.info("connection opened")
        failed = True
        try:
            async for message in self._socket:
                if self._closing is None:
                    await self._receive(message)
                await self._breathe()  # there may be more messages, which the library then gives without waiting
            failed = False
        except ConnectionClosed:
            failed = False
        finally:
            hello_late.cancel()
            beats.cancel()
            writer.cancel()
            if self._abort is not None:
                self._abort.cancel()
            await asyncio.gather(writer, beats, return_exceptions=True)
            self._part(failed=failed)

    def _part(self, *, failed: bool) -> None:
        """Leave the session to wait for its client; or end it, if client or server wanted the end of the connection."""
        self._give_back()
        said = self._socket.protocol.close_rcvd
        wanted = True
        if failed:
            why = "closed by a mistake in the server"
        elif self._closing is not None:
            why = f"closed by the server: {self._closing[1]}"
        elif self._socket.overflowed:
            why = "cut by the server: the answers to its pings were left unread"
        elif said is not None:
            why = "closed by its client"
            wanted = said.code == CloseCode.NORMAL_CLOSURE
        else:
            why = "lost"
            wanted = False
        self.log.about(reason=why, close_code=self._socket.close_code).info("connection ended")
        live, self._live = self._live, None
        if live is None:
            return
        if wanted:
            self._sessions.end(live, f"its connection was {why}")
        else:
            self._sessions.lose(live, self)

    @property
    def has_place(self) -> bool:
        """Whether it's one of the connections that the server takes: not one that waits at the door, or closes."""
        return self._full is None and self._closing is None

    @property
    def is_stranger(self) -> bool:
        """Whether nobody has said hello on it yet."""
        return self._live is None and self._closing is None

    def evict(self) -> None:
        """Cut the connection of a stranger, who takes the place of others."""
        self._drop("it said no hello, and others need the place")

    def go_away(self, seconds: float) -> None:
        """Tell the client that the connection closes in so many seconds; behind its welcome if it hasn't come so far."""
        self._closes_at = self._loop.time() + seconds
        if self._live is not None:
            self._say_goaway(self._closes_at)

    def _say_goaway(self, at: float) -> None:
        self._unsequenced.append(encode(Goaway(max(0, round((at - self._loop.time()) * 1000)))))
        self._ready.set()

    async def leave(self, why: Fault | None = None) -> None:
        """End the turns, and close the connection behind their ends (1001); return when it's closed.

        Args:
            why: what the turns that still run are told; without it they end as cancelled.
        """
        if self._live is not None:
            self._live.conversations.end(why)
        self._close_behind(1001, "The server is stopping.")
        await self._socket.wait_closed()

    def dismiss_unwelcome(self) -> None:
        """If the visitor may stay no longer: tell the client so, end its turns, and close the connection (1008)."""
        if self._visitor is None or self._visitor.may_stay() or self._closing is not None:
            return
        why = fault(Code.UNAUTHORIZED, "The token that this connection came in with isn't valid any more.")
        if self._live is not None:
            self._live.conversations.end(why)
        self.refuse(why)

    # --- what a session knows of its connection ----------------------------------------------------------------------------

    @property
    def closes(self) -> bool:
        """See `Link`."""
        return self._closing is not None

    def wake(self) -> None:
        """See `Link`."""
        self._ready.set()
        live, limit = self._live, self._settings.pending_bytes
        if live is not None and self._closing is None and live.wire.outbox.pending_bytes > limit:
            self.log.warning("connection cut: its client left more than %d bytes unread", limit)
            self._drop(f"more than {limit} bytes were left unread")

    def cut(self, why: str) -> None:
        """See `Link`."""
        if self._live is not None:
            self._live = None
            self._give_back()
            self._drop(why)

    # --- in ---------------------------------------------------------------------------------------------------------------

    async def _receive(self, message: bytes | str) -> None:
        for frame in self._reception.receive_each(message):
            early = 0.0 if isinstance(frame, Hello) else self._rate.take(self._loop.time())
            if frame is not None:
                self._act(frame, early)
            if early:  # a flood slows its own connection, and no other
                await asyncio.sleep(1 / self._settings.frames_per_second)
            else:
                await self._breathe()
            if self._closing is not None or self._socket.state is not State.OPEN:
                return

    async def _breathe(self) -> None:
        """Let others have their turn, if they have waited for it."""
        if self._loop.time() - self._slice_began > _SLICE_SECONDS:
            await asyncio.sleep(0)
            self._slice_began = self._loop.time()

    def _act(self, frame: Frame, early: float) -> None:
        """Act on a frame; ``early``, if not 0.0, is after how many seconds the connection may send one again."""
        live = self._live
        if live is not None:
            live.wire.heard()
        match frame:
            case Fault():
                self.refuse(frame)
            case Hello():
                self._welcome(frame)
            case Ack() if live is not None:
                live.wire.outbox.acknowledge(frame.seq)
            case Open() | Say() | Decide() if live is not None and early:
                live.conversations.refuse_early(frame, early)
            case Open() | Say() | Decide() | Cancel() | Close() if live is not None:
                live.conversations.act(frame)

    def _welcome(self, hello: Hello) -> None:
        version = self._reception.version
        assert version is not None  # noqa: S101 - a hello gets through only with a version agreed on
        visitor = self._let_in(hello)
        if visitor is None:
            return
        owner = self._owner(visitor)
        resumed = self._sessions.resume(hello.resume, self, owner) if hello.resume is not None else None
        if self._share is None:
            self._share = visitor.connections.take()
        if hello.resume is not None:
            self._metrics.resumes.add("refused" if resumed is None else "resumed")
        if resumed is not None:
            self._live, replay = resumed
            self._replay.extend(replay)
        else:
            self._live = self._sessions.begin(self, owner)
        wire = self._live.wire
        self.log = self.log.about(session=wire.name, token=owner.name if owner is not None else None)
        self.log.about(client=hello.client[:128]).info("hello")
        limits = self._limits(self._live)
        self._unsequenced.append(encode(Welcome(version, wire.id, wire.epoch, resumed is not None, limits)))
        self._ready.set()
        if self._closes_at is not None:
            self._say_goaway(self._closes_at)

    def _let_in(self, hello: Hello) -> Visitor | None:
        """Return who says hello; None if nobody who may come in, or not once more, which the client is told."""
        visitor = self._visitor if self._visitor is not None else self._access.check(hello.token)
        if visitor is None or not visitor.may_stay():
            unknown = self._visitor is not None or hello.token is not None
            self.refuse(fault(Code.UNAUTHORIZED, _UNKNOWN if unknown else _MISSING))
            return None
        self._visitor = visitor
        # A session that is taken over leaves the place of its connection to the new one, and its share.
        takes_over = hello.resume is not None and self._sessions.would_take_over(hello.resume, self._owner(visitor))
        if self._full is not None and not takes_over:
            self._metrics.handshakes_refused.add("full")
            self.refuse(self._full, CloseCode.TRY_AGAIN_LATER)
            return None
        self._full = None
        self._share = visitor.connections.take()
        if self._share is None and not takes_over:
            message = (
                f"All the connections are open that the token of {visitor.name} may have ({visitor.connections.taken}); close one, or "
                "try again in a moment."
            )
            retry_ms = round(self._settings.retry_seconds * 1000)
            self.refuse(fault(Code.BUSY, message, retry_after_ms=retry_ms), CloseCode.TRY_AGAIN_LATER)
            return None
        return visitor

    def _owner(self, visitor: Visitor) -> Visitor | None:
        """Return whose a session of this visitor is; nobody's where nobody is told from another."""
        return None if self._access.is_open else visitor

    def _give_back(self) -> None:
        if self._share is not None:
            self._share.give_back()

    def _limits(self, live: LiveSession) -> Limits:
        settings = self._settings
        images = live.conversations.images
        return Limits(
            message_bytes=settings.message_bytes,
            text_bytes=settings.text_bytes,
            conversations=settings.conversations,
            turns=settings.turns,
            images=images,
            image_bytes=settings.image_bytes if images else 0,
            beat_ms=round(settings.beat_seconds * 1000),
            grace_ms=round(settings.grace_seconds * 1000),
        )

    # --- out -------------------------------------------------------------------------------------

    def refuse(self, fault: Fault, close: int | None = None) -> None:
        """Send a fault; close the connection behind it if its code says so, or with ``close``."""
        if self._live is not None:
            self._live.wire.outbox.put(fault)
        else:
            self._unsequenced.append(encode(fault))
            if len(self._unsequenced) > _MOST_BEFORE_HELLO:
                self.log.warning("connection cut: its client sent nonsense before hello, and read no answer")
                self._drop("nothing but nonsense came")
        self._metrics.faults.add(fault.code)
        self.log.about(code=fault.code).info("fault: %s", fault.message)
        close_code = CLOSES.get(Code(fault.code), close)
        if close_code is not None:
            self._close_behind(close_code, fault.message)
        self._ready.set()

    def _close_behind(self, code: int, why: str) -> None:
        """Close the connection behind what is still to be said; a client that doesn't read that is left to itself after a while."""
        if self._closing is None:
            self._closing = code, _reason(why)
            self._abort = self._loop.call_later(_GOODBYE_SECONDS, self._socket.transport.abort)
        self._ready.set()

    def _drop(self, why: str) -> None:
        """Abort the connection: what is said to this client wouldn't arrive, or isn't meant for it any more."""
        self._closing = 1008, _reason(why)  # for a writer that isn't stuck: 1006 may not be sent
        self._socket.transport.abort()

    def _hello_late(self) -> None:
        if self._live is None:
            seconds = self._settings.hello_seconds
            self.refuse(
                fault(Code.HELLO_LATE, f"No hello came within {seconds:g} s; send hello right after connecting.")
            )

    async def _beat(self) -> None:
        """Put in a beat wherever nothing was sent for half of the time promised."""
        period = self._settings.beat_seconds / 2
        while period:
            await asyncio.sleep(period)
            # Not while a beat waits already, because the client reads nothing.
            if not self._sent_anything and self._live is not None and not self._unsequenced:
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
                    self._metrics.sent_bytes.add(len(message))
                    self._metrics.sent_messages.add()
                if self._closing is not None:
                    await self._socket.close(*self._closing)
                    return
        except ConnectionClosed:
            pass  # the reader sees it too, and ends the connection

    def _take(self) -> bytes:
        """Return the next message: what has no place in the sequence, then what is replayed, then what is new."""
        message = b"".join(self._unsequenced)
        self._unsequenced.clear()
        if self._replay:
            return message + self._replay.popleft()
        return message + self._live.wire.outbox.flush() if self._live is not None else message

    def _writer_done(self, writer: asyncio.Task[None]) -> None:
        """Abort the connection of a writer that failed: it would look open and say nothing."""
        if not writer.cancelled() and writer.exception() is not None:
            self.log.error("a mistake in the server: the writer failed", exc_info=writer.exception())
            self._socket.transport.abort()


def address(socket: ServerConnection) -> str:
    """Return where a client connects from, for the log."""
    peer = socket.remote_address
    if not isinstance(peer, tuple):  # it was gone before we could ask
        return "unknown"
    return f"[{peer[0]}]:{peer[1]}" if ":" in peer[0] else f"{peer[0]}:{peer[1]}"


def _reason(message: str) -> str:
    """Cut a sentence to what fits into a close frame."""
    return message.encode()[:_REASON_BYTES].decode(errors="ignore")
