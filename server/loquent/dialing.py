"""How a client gets a connection: address, TLS, WebSocket, hello and welcome; and, when it isn't to be had, why."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from .wire.codec import decode, encode
from .wire.frames import SERVER_FRAMES, Fault, Frame, Hello, Malformed, Resume, Welcome
from .wire.framing import FramingLost

Item = Frame | Malformed | FramingLost
"""What decoding a message gives."""

_WELCOME_SECONDS: Final = 10.0
"""How long a server may take to answer hello."""
_MESSAGE_BYTES: Final = 1 << 24
"""Largest message taken; a server's have 256 KiB at most (SPEC section 2)."""


class ClientError(Exception):
    """The server can't be talked with. The text is a sentence that says what to do."""


class FaultError(ClientError):
    """The server answered with a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class UnreachableError(ClientError):
    """There is no connection now; there may be one later.

    ``retry_after`` says in seconds when, as far as the server has.
    """

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and what it's told first."""

    url: str
    """Such as ``ws://127.0.0.1:8765``."""
    client: str
    """What the server's log should call this client."""
    token: str | None
    """Who this client is, where the server asks for it."""
    tls: ssl.SSLContext | None
    """See `trust`; for ``wss://`` only."""

    async def dial(self, resume: Resume | None = None) -> tuple[ClientConnection, Welcome, list[Item]]:
        """Connect and say hello.

        Returns:
            the WebSocket, the server's welcome, and what came behind it in the same message.

        Raises:
            UnreachableError: no server there, or one that can't take anybody now.
            FaultError: the server refuses.
            ClientError: nothing that trying again would change.
        """
        try:
            socket = await connect(
                self.url,
                ssl=self.tls,
                subprotocols=[Subprotocol("loquent.v1")],
                compression=None,
                proxy=None,
                max_size=_MESSAGE_BYTES,
                open_timeout=10,
            )
        except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
            raise _no_connection(self.url, error) from None
        except (InvalidURI, ValueError):  # ValueError: a port out of range
            raise ClientError(f"{self.url} isn't a WebSocket address; it looks like ws://127.0.0.1:8765.") from None
        return socket, *await greet(socket, Hello((1,), self.client, self.token, resume), self.url)


async def greet(socket: ClientConnection, hello: Hello, url: str) -> tuple[Welcome, list[Item]]:
    """Say hello on a new connection, and cut it unless it's welcomed: it isn't closed with 1000, which would end a session.

    Returns:
        the server's welcome, and what came behind it in the same message.

    Raises:
        UnreachableError, FaultError, ClientError: see `Address.dial`.
    """
    try:
        async with asyncio.timeout(_WELCOME_SECONDS):
            with suppress(
                ConnectionClosed
            ):  # a server that is full has said so already, and what it said is still there
                await socket.send(encode(hello))
            return await _welcome(socket)
    except TimeoutError:
        cut(socket)
        raise UnreachableError(f"The server at {url} doesn't answer; is it a Loquent server?") from None
    except ConnectionClosed as closed:
        raise UnreachableError(str(lost(closed))) from None
    except BaseException:
        cut(socket)
        raise


async def _welcome(socket: ClientConnection) -> tuple[Welcome, list[Item]]:
    """Wait for the server's answer to hello."""
    while True:
        message = await socket.recv()
        items = list(decode(message, SERVER_FRAMES)) if isinstance(message, bytes) else []
        match items:
            case [Welcome() as welcome, *behind]:
                return welcome, behind
            case [Fault() as fault, *_]:
                raise FaultError(fault)
            case [Malformed() | FramingLost() as broken, *_]:
                raise unreadable(broken)


def cut(socket: ClientConnection) -> None:
    """Give a connection up without a word, which ends no session; also one that has closed, at which asyncio's transport fails."""
    with suppress(AttributeError):
        socket.transport.abort()


def lost(closed: ConnectionClosed) -> ClientError:
    """Return what a connection's end is to those who wait."""
    reason = closed.rcvd.reason if closed.rcvd is not None else ""
    return ClientError(f"The connection to the server is lost{': ' + reason.rstrip('.') if reason else ''}.")


def unreadable(broken: Malformed | FramingLost) -> ClientError:
    """Return what a broken frame is to those who wait."""
    return ClientError(f"The server sent what can't be read: {broken}")


def trust(authorities: Path | None) -> ssl.SSLContext:
    """Return a context that trusts these certificates, or those that this machine trusts.

    Raises:
        ClientError: there are none, or they can't be read.
    """
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


_NOT_YET: Final = 9
_EXPIRED: Final = 10
_OTHER_NAME: Final = (62, 64)
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and _CERT_HAS_EXPIRED, and _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""


def _no_connection(url: str, error: Exception) -> ClientError:
    """Return why there's no connection: a plain `ClientError` where trying again won't help."""
    match error:
        case ssl.SSLCertVerificationError():
            return ClientError(_not_trusted(url, error))
        case ssl.SSLError() | ConnectionResetError() if url.startswith("wss:"):
            return UnreachableError(
                f"What is at {url} doesn't seem to speak TLS; a server without a certificate has an address with ws://."
            )
        case InvalidMessage() if url.startswith("ws:"):
            return UnreachableError(
                f"What is at {url} doesn't speak WebSocket; a Loquent server with a certificate has an address with wss://."
            )
        case InvalidStatus() if error.response.body:
            said = bytes(error.response.body).decode(errors="replace").strip()
            status = error.response.status_code
            message = f"The server at {url} refuses the connection (HTTP {status}): {said[:500]}"
            if status != HTTPStatus.SERVICE_UNAVAILABLE:
                return ClientError(message)
            seconds = error.response.headers.get("Retry-After", "0")
            return UnreachableError(message, float(seconds) if seconds.isdecimal() else 0.0)
        case _:
            return UnreachableError(
                f"There is no Loquent server at {url} ({_in_words(error)}); start one with `make serve`."
            )


def _in_words(error: Exception) -> str:
    """Say why nothing could be reached."""
    if isinstance(error, TimeoutError):
        return "nothing answers there"
    if isinstance(error, socket.gaierror):
        return "there is no host of that name"
    # asyncio puts what came of a name's several addresses into one error's text.
    if isinstance(error, ConnectionRefusedError) or f"[Errno {errno.ECONNREFUSED}]" in str(error):
        return "nothing listens there"
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__


def _not_trusted(url: str, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return f"The certificate of {url} has expired; whoever runs the server must renew it."
    if error.verify_code == _NOT_YET:
        return f"The certificate of {url} isn't valid yet; see whether this machine's clock is right, and the server's."
    if error.verify_code in _OTHER_NAME:
        return (
            f"The certificate of {url} is for another address; connect to the one that it's for, or make one for this."
        )
    return f"The certificate of {url} isn't trusted here ({error.verify_message}); if it's your own, copy it here and name it with --ca."
