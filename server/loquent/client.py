"""A client of the wire in Python, for the terminal chat, tests and measurements. Games use the Unity package."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from . import __version__
from .wire.codec import decode, encode
from .wire.frames import (
    SERVER_FRAMES,
    Ack,
    Begin,
    Cancel,
    Close,
    Cue,
    Decision,
    End,
    Fault,
    Frame,
    Hello,
    Malformed,
    Open,
    Opened,
    Options,
    Say,
    Text,
    Welcome,
)
from .wire.framing import FramingLost

_ACK_EVERY: Final = 64
"""Frames after which an ack is due at the latest (SPEC section 4)."""


class ClientError(Exception):
    """The server can't be talked with. The text is a sentence that says what to do."""


class FaultError(ClientError):
    """The server answered with a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Reply:
    """A turn as it comes in: iterate over it for the pieces of text; afterwards `end` says how it ended."""

    def __init__(self, client: Client, turn: int) -> None:
        self._client = client
        self.turn = turn
        self.text = ""
        """What has been taken from the iterator so far."""
        self.began = False
        """Whether the server has taken the turn on."""
        self.end: End | None = None
        """The frame that ended the turn."""
        self._inbox: asyncio.Queue[Frame | ClientError] = asyncio.Queue()
        self._cancelled = False

    async def cancel(self, shown: int | None = None) -> None:
        """End the turn; of the reply, ``shown`` Unicode scalar values have been seen (None: what the iterator has given)."""
        self._cancelled = True
        await self._client.send(Cancel(self.turn, len(self.text) if shown is None else shown))

    def __aiter__(self) -> AsyncIterator[str]:
        """Iterate over the pieces of text."""
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[str]:
        fault: Fault | None = None
        while self.end is None:
            item = await self._inbox.get()
            match item:
                case ClientError():
                    raise item
                case Text() if not self._cancelled:
                    self.text += item.text
                    yield item.text
                case Fault():
                    fault = item
                    if not self.began:  # refused: no end will follow
                        raise FaultError(item)
                case End():
                    self.end = item
        if fault is not None:
            raise FaultError(fault)

    def put(self, item: Frame | ClientError) -> None:
        """Take in a frame of this turn (called by the client's reader)."""
        self._inbox.put_nowait(item)


class Client:
    """One connection to a server. Use `Client.connect`, then ``async with``."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.welcome: Welcome | None = None
        self._opening: dict[int, asyncio.Future[Opened]] = {}
        self._replies: dict[int, Reply] = {}
        self._welcomed: asyncio.Future[Welcome] = asyncio.get_running_loop().create_future()
        self._last_turn = 0
        self._last_conversation = 0
        self._seq = 0
        self._acked = 0
        self._lost: ClientError | None = None
        self._reader = asyncio.create_task(self._read(), name="client reader")
        self._acks = asyncio.create_task(self._ack_every_second(), name="client acks")

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        client: str = f"loquent-python/{__version__}",
        token: str | None = None,
        authorities: Path | None = None,
    ) -> Client:
        """Connect and say hello.

        Args:
            url: where the server is, such as ``ws://127.0.0.1:8765``.
            client: what the server's log should call this client.
            token: who this client is, where the server asks for it.
            authorities: PEM file with the certificates that are trusted for ``wss://``: the server's own, or its authority's;
                without it, those that this machine trusts.

        Raises:
            ClientError: no server there, or one that refuses.
        """
        tls = _trust(authorities) if url.startswith("wss:") else None
        try:
            socket = await connect(
                url,
                ssl=tls,
                subprotocols=[Subprotocol("loquent.v1")],
                compression=None,
                proxy=None,
                max_size=1 << 24,
                open_timeout=10,
            )
        except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
            raise ClientError(_no_connection(url, error)) from None
        except (InvalidURI, ValueError):  # ValueError: a port out of range
            raise ClientError(f"{url} isn't a WebSocket address; it looks like ws://127.0.0.1:8765.") from None
        made = cls(socket)
        await made.send(Hello((1,), client, token, None))
        try:
            async with asyncio.timeout(10):
                made.welcome = await made._welcomed
        except TimeoutError:
            await made.close()
            raise ClientError(f"The server at {url} doesn't answer; is it a Loquent server?") from None
        except ClientError:
            await made.close()
            raise
        return made

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        await self.close()

    async def open(self, character: str, options: Options | None = None) -> tuple[int, Opened]:
        """Open a conversation; returns its number and the server's answer.

        Raises:
            FaultError: the server refuses, for example because it has no such character.
            ClientError: the connection is lost.
        """
        self._last_conversation += 1
        number = self._last_conversation
        answer = self._opening[number] = asyncio.get_running_loop().create_future()
        await self.send(Open(number, character, options or Options()))
        try:
            return number, await answer
        finally:
            del self._opening[number]

    async def say(self, conversation: int, text: str, images: Sequence[bytes] = ()) -> Reply:
        """Say something; iterate over what is returned for the reply."""
        self._last_turn += 1
        reply = self._replies[self._last_turn] = Reply(self, self._last_turn)
        await self.send(Say(conversation, reply.turn, text, tuple(images)))
        return reply

    async def close_conversation(self, conversation: int) -> None:
        """Close a conversation."""
        await self.send(Close(conversation))

    async def round_trip(self) -> float:
        """Measure how long the server takes to answer a WebSocket ping, in seconds.

        Raises:
            ClientError: the connection is lost.
        """
        try:
            return await (await self._socket.ping())
        except ConnectionClosed as closed:
            raise _lost(closed) from None

    async def send(self, frame: Frame) -> None:
        """Send one frame.

        Raises:
            ClientError: the connection is lost.
        """
        if self._lost is not None:
            raise self._lost
        try:
            await self._socket.send(encode(frame))
        except ConnectionClosed as closed:
            raise _lost(closed) from None

    async def close(self) -> None:
        """Close the connection. Idempotent."""
        self._acks.cancel()
        await self._socket.close()
        await asyncio.gather(self._reader, self._acks, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if isinstance(message, bytes):
                    for item in decode(message, SERVER_FRAMES):
                        self._take(item)
                    if self._seq - self._acked >= _ACK_EVERY:
                        await self._ack()
            self._fail(ClientError("The server closed the connection."))
        except ConnectionClosed as closed:
            self._fail(_lost(closed))
        except ClientError as error:
            self._fail(error)
            await self._socket.close(1002, str(error)[:120])
        except Exception as error:  # whoever waits must not wait for ever
            self._fail(ClientError(f"The client made a mistake: {error!r}."))
            raise

    async def _ack_every_second(self) -> None:
        while self._lost is None:
            await asyncio.sleep(1)
            if self._seq > self._acked:
                await self._ack()

    async def _ack(self) -> None:
        self._acked = self._seq
        await self.send(Ack(self._seq))

    def _take(self, item: Frame | Malformed | FramingLost) -> None:
        if isinstance(item, Malformed | FramingLost):
            raise ClientError(f"The server sent what can't be read: {item}")
        seq = getattr(item, "seq", 0)
        if seq:
            if seq != self._seq + 1:
                raise ClientError(
                    f"The server sent frame {seq} after frame {self._seq}; frames are missing or repeated."
                )
            self._seq = seq
        match item:
            case Welcome() if not self._welcomed.done():
                self._welcomed.set_result(item)
            case Opened():
                opening = self._opening.get(item.conversation)  # None: nobody waits for it any more
                if opening is not None and not opening.done():
                    opening.set_result(item)
            case Begin() | Text() | Cue() | Decision() | End():
                reply = self._replies.get(item.turn)
                if reply is not None:
                    reply.began = True
                    reply.put(item)
                    if isinstance(item, End):
                        del self._replies[item.turn]
            case Fault():
                self._take_fault(item)

    def _take_fault(self, fault: Fault) -> None:
        if fault.refers is not None:
            kind, number = fault.refers
            opening = self._opening.get(number) if kind == Open.KIND else None
            if opening is not None and not opening.done():
                opening.set_exception(FaultError(fault))
            reply = self._replies.get(number) if kind == Say.KIND else None
            if reply is not None:
                reply.put(fault)
                if not reply.began:
                    del self._replies[number]  # refused: nothing more will come
            return
        if not self._welcomed.done():
            self._welcomed.set_exception(FaultError(fault))

    def _fail(self, error: ClientError) -> None:
        """Tell everyone who waits that nothing more will come."""
        self._lost = self._lost or error
        waiting: list[asyncio.Future[Opened] | asyncio.Future[Welcome]] = [*self._opening.values(), self._welcomed]
        for future in waiting:
            if not future.done():
                future.set_exception(error)
                future.exception()  # whoever waits gets it; nobody may be waiting
        for reply in self._replies.values():
            reply.put(error)


def _lost(closed: ConnectionClosed) -> ClientError:
    reason = closed.rcvd.reason if closed.rcvd is not None else ""
    return ClientError(f"The connection to the server is lost{': ' + reason.rstrip('.') if reason else ''}.")


def _trust(authorities: Path | None) -> ssl.SSLContext:
    """Return a context that trusts these certificates, or those that this machine trusts."""
    try:
        context = ssl.create_default_context(cafile=authorities)
    except FileNotFoundError:
        raise ClientError(f"There is no file {authorities}; name the PEM file with the server's certificate.") from None
    except ssl.SSLError:
        raise ClientError(f"{authorities} holds no certificate in PEM form; copy the server's here.") from None
    except OSError as error:
        raise ClientError(f"{authorities} can't be read: {error.strerror}.") from None
    if authorities is not None:  # the server's own certificate may stand there, whoever has signed it
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


_EXPIRED: Final = 10
_OTHER_NAME: Final = (62, 64)
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, and _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""


def _no_connection(url: str, error: Exception) -> str:
    """Say why there's no connection."""
    match error:
        case ssl.SSLCertVerificationError() if error.verify_code == _EXPIRED:
            return f"The certificate of {url} has expired; whoever runs the server must renew it."
        case ssl.SSLCertVerificationError() if error.verify_code in _OTHER_NAME:
            return f"The certificate of {url} is for another address; connect to the one that it's for, or make one for this."
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of {url} isn't trusted here ({error.verify_message}); if it's your own, copy it here and name it "
                "with --ca."
            )
        case ssl.SSLError() | ConnectionResetError() if url.startswith("wss:"):
            return (
                f"What is at {url} doesn't seem to speak TLS; a server without a certificate has an address with ws://."
            )
        case InvalidMessage() if url.startswith("ws:"):
            return f"What is at {url} doesn't speak WebSocket; a Loquent server with a certificate has an address with wss://."
        case InvalidStatus() if error.response.body:
            said = bytes(error.response.body).decode(errors="replace").strip()
            return f"The server at {url} refuses the connection (HTTP {error.response.status_code}): {said[:500]}"
        case _:
            return (
                f"There is no Loquent server at {url} ({error or type(error).__name__}); start one with `make serve`."
            )
