"""Accepts sockets: the WebSocket handshake, and plain HTTP on the same port."""

from __future__ import annotations

import asyncio
import errno
import http
import json
import logging
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from . import __version__
from .connection import Connection
from .dialogue.admission import Admission
from .dialogue.character import Character
from .dialogue.conversations import Conversations
from .dialogue.store import Store
from .engines.keeper import Keeper, State
from .sessions import Sessions
from .settings import Settings
from .wire.faults import Code
from .wire.reception import fault
from .wire.session import Session

log = logging.getLogger("loquent.gateway")

SUBPROTOCOL: Final = Subprotocol("loquent.v1")

_HARD_LIMIT_FACTOR: Final = 2
"""A message larger than this many times `Settings.message_bytes` closes the connection instead of being skipped."""

_TOLD_IN_A_FRAME: Final = 64
"""So many connections beyond the limit are accepted at a time, to be told so by a fault, which clients can read: many see nothing of a
refused handshake but that it was refused."""

_LEAVE_SECONDS: Final = 5.0
"""How long clients may take to read the ends of their turns when the server stops."""


class GatewayError(Exception):
    """The gateway can't listen. The text is one sentence that says what to do."""


class Gateway:
    """The server's front door.

    Args:
        keeper: has the engine.
        characters: who can be talked with, by name.
        store: where exchanges are kept.
        settings: the limits and times.
    """

    def __init__(
        self, keeper: Keeper, characters: Mapping[str, Character], store: Store, settings: Settings | None = None
    ) -> None:
        self._keeper = keeper
        self._characters = characters
        self._store = store
        self._settings = settings or Settings()
        self._admission = Admission(self._settings)
        self.sessions = Sessions(self._settings, self._converse)
        """All sessions, those that wait for their client included."""
        self._server: Server | None = None
        self._connections: set[Connection] = set()

    async def listen(self, host: str, port: int) -> int:
        """Accept connections from now on, whether or not the engine has started.

        Args:
            host: address to listen on.
            port: TCP port; 0 for any that is free.

        Returns:
            the port.

        Raises:
            GatewayError: it can't.
        """
        if not host:
            raise GatewayError("The host is empty; use --host 127.0.0.1, or 0.0.0.0 for all this machine's addresses.")
        settings = self._settings
        ping = settings.ping_seconds or None
        try:
            self._server = await serve(
                self._handle,
                host,
                port,
                select_subprotocol=_select_subprotocol,
                compression=None,
                process_request=self._process_request,
                server_header=f"loquent/{__version__}",
                ping_interval=ping,
                ping_timeout=ping,
                max_size=settings.message_bytes * _HARD_LIMIT_FACTOR,
                max_queue=4,
                write_limit=1 << 14,
                logger=_library_log(),
            )
        except OSError as error:
            raise GatewayError(_why_not(error, host, port)) from error
        except OverflowError:
            raise GatewayError(f"There is no port {port}; choose one from 1024 to 65535 with --port.") from None
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def drain(self) -> None:
        """Take no new connections and turns, tell the clients, and let the turns that run finish, up to ``drain_seconds``.

        Those that are left are told by `close`. Plain HTTP is answered on, so that whoever watches the server sees what it does.
        """
        seconds = self._settings.drain_seconds
        self._admission.draining = True
        self.sessions.end_waiting("the server stops")
        for connection in self._connections:
            connection.go_away(seconds)
        log.info("draining: %d turns run on", self._admission.running + self._admission.queued)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._admission.empty()

    async def close(self) -> None:
        """Stop listening, end all turns, tell the clients so, and close their connections (1001)."""
        if self._server is None:
            return
        self._admission.draining = True
        self._server.close(close_connections=False)
        why = fault(Code.DRAINING, "The server stopped before the reply was complete; say it again in a moment.")
        leaving = [asyncio.create_task(connection.leave(why)) for connection in self._connections]
        if leaving:
            await asyncio.wait(leaving, timeout=_LEAVE_SECONDS)
        self._server.close()  # whoever didn't read the goodbye
        await self._server.wait_closed()
        await self.sessions.close()

    @property
    def turns(self) -> int:
        """How many turns run or wait for their place."""
        return self._admission.running + self._admission.queued

    async def _handle(self, socket: ServerConnection) -> None:
        connection = Connection(socket, self._settings, self.sessions)
        if socket.subprotocol != SUBPROTOCOL:
            message = f"Ask for the WebSocket subprotocol {SUBPROTOCOL}; this server speaks no other."
            connection.refuse(fault(Code.SUBPROTOCOL, message))
        elif len(self._connections) >= self._settings.connections:
            message = (
                f"{len(self._connections)} connections are open, as many as this server takes; try again in a moment."
            )
            retry_ms = round(self._settings.retry_seconds * 1000)
            connection.refuse(fault(Code.BUSY, message, retry_after_ms=retry_ms), CloseCode.TRY_AGAIN_LATER)
        self._connections.add(connection)
        try:
            await connection.run()
        except Exception:
            log.exception("a mistake in the server ended a connection")
            await socket.close(1011, "The server made a mistake; its log has the details.")
        finally:
            self._connections.discard(connection)

    def _converse(self, session: Session) -> Conversations:
        return Conversations(session, self._keeper, self._characters, self._store, self._settings, self._admission)

    # --- HTTP ------------------------------------------------------------------------------------

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if path == "/healthz":
            return self._health()
        if path != "/":
            return connection.respond(http.HTTPStatus.NOT_FOUND, f"There is nothing at {path}; connect to /.\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._settings.origins:
            return connection.respond(
                http.HTTPStatus.FORBIDDEN,
                f"This server takes no connections from web pages of {origin}; "
                "start it with --allow-origin and that address if it should.\n",
            )
        if "websocket" not in request.headers.get("Upgrade", "").lower():
            response = connection.respond(
                http.HTTPStatus.UPGRADE_REQUIRED,
                "This is a Loquent server. It speaks WebSocket: type its address, with ws:// in front, into Unity's "
                "Loquent client. Its health is at /healthz.\n",
            )
            response.headers["Upgrade"] = "websocket"
            return response
        return self._no_room(connection)

    def _no_room(self, connection: ServerConnection) -> Response | None:
        """Refuse a handshake when the server stops, or when even those who are told in a frame that it's full are too many."""
        if self._admission.draining:
            message = "This server is stopping; connect again in a moment.\n"
        elif len(self._connections) >= self._settings.connections + _TOLD_IN_A_FRAME:
            message = f"This server is full ({self._settings.connections} connections); connect again in a moment.\n"
        else:
            return None
        response = connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, message)
        response.headers["Retry-After"] = str(math.ceil(self._settings.retry_seconds))
        return response

    def _health(self) -> Response:
        state = self._keeper.state
        body = {
            "status": "ok" if state is State.READY else state.value,
            "engine": self._keeper.engine.name,
            "model": self._keeper.engine.model,
            "version": __version__,
        }
        if self._keeper.cause is not None:
            body["cause"] = self._keeper.cause
        status = http.HTTPStatus.SERVICE_UNAVAILABLE if state is State.DOWN else http.HTTPStatus.OK
        data = json.dumps(body).encode() + b"\n"
        headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"})
        return Response(status.value, status.phrase, headers, data)


def _select_subprotocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Take ours where it's offered; otherwise go on without one, so that the client can be told in a frame."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


def _library_log() -> logging.Logger:
    """Return the log for what the WebSocket library has to say: handshakes that fail are the client's business, not news."""
    library = logging.getLogger("loquent.websocket")
    library.setLevel(logging.CRITICAL)
    return library


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; stop what uses it (another Loquent server?), or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs administrator's rights; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL or error.errno is None or error.errno < 0:
        return f"This machine has no address {host}; use --host 127.0.0.1, or 0.0.0.0 for all its addresses."
    return f"The server can't listen on {host} port {port}: {error.strerror or error}."
