"""Accepts sockets: the WebSocket handshake, and plain HTTP on the same port."""

from __future__ import annotations

import asyncio
import errno
import http
import json
import logging
import math
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final
from weakref import WeakKeyDictionary

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from . import __version__
from .access import Access, Visitor, authorization
from .connection import Connection, address
from .dialogue.admission import Admission
from .dialogue.character import Character
from .dialogue.conversations import Conversations
from .dialogue.recall import Recall
from .dialogue.store import Store
from .dialogue.watch import Watch
from .engines.base import Embedder, Engine, Recogniser
from .engines.keeper import Keeper, State
from .logs import Log
from .metrics import Metrics
from .sessions import Sessions
from .settings import Settings
from .sockets import Socket
from .tracing.tracer import NoTracer, Tracer
from .wire.faults import Code
from .wire.frames import Fault
from .wire.reception import fault
from .wire.session import Session

log = Log.named("loquent.gateway")

SUBPROTOCOL: Final = Subprotocol("loquent.v1")

_HARD_LIMIT_FACTOR: Final = 2
"""A message larger than this many times `Settings.message_bytes` closes the connection instead of being skipped."""

_AT_THE_DOOR: Final = 64
"""So many connections beyond the limit are accepted at a time: to take over from one that is lost for its client, or else to be told by a
fault that there is no place, which clients can read. Many see nothing of a refused handshake but that it was refused."""

_IN_HANDSHAKE: Final = 64
"""So many more may be in their handshake, at least; all of these have their place among the files that may be open (see `descriptors`)."""

_TLS_SECONDS: Final = 10.0
"""How long the handshake of TLS may take, as long as that of WebSocket behind it."""

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
        access: who may come in; everybody, unless told.
        tls: the context to listen with; without it connections aren't encrypted.
        tracer: makes the spans of turns; without it there are none.
        embedder: has what embeds what is said, if anything does.
        recogniser: has what recognises pictures, if anything does.
        recall: recalls what was said long ago, if anything does.
    """

    def __init__(
        self,
        keeper: Keeper[Engine],
        characters: Mapping[str, Character],
        store: Store,
        settings: Settings | None = None,
        *,
        access: Access | None = None,
        tls: ssl.SSLContext | None = None,
        tracer: Tracer | None = None,
        embedder: Keeper[Embedder] | None = None,
        recogniser: Keeper[Recogniser] | None = None,
        recall: Recall | None = None,
    ) -> None:
        self._keeper = keeper
        self._recall = recall
        self._embedder = embedder
        self._recogniser = recogniser
        self._characters = characters
        self._store = store
        self._settings = settings or Settings()
        self._admission = Admission(self._settings)
        self.sessions = Sessions(self._settings, self._converse)
        """All sessions, those that wait for their client included."""
        self._access = access or Access.none()
        self._tls = tls
        self._known: WeakKeyDictionary[ServerConnection, Visitor] = WeakKeyDictionary()  # by the handshake's token
        self._server: Server | None = None
        self._sockets: dict[Socket, None] = {}  # those that are still in the handshake, or plain HTTP, included
        self._connections: dict[Connection, None] = {}  # in the order in which they came
        self._tracer = tracer or NoTracer()
        self.metrics = self._measured()
        """All that is counted of this server."""

    def _measured(self) -> Metrics:
        """Make the metrics, and say where what is known elsewhere is read."""
        keeper, admission, sessions = self._keeper, self._admission, self.sessions
        metrics = Metrics(keeper.engine.name, keeper.engine.model)
        metrics.running.read = lambda: admission.running
        metrics.queued.read = lambda: admission.queued
        metrics.connections.read = lambda: len(self._connections)
        metrics.sessions.read = lambda: {"connected": sessions.connected, "waiting": sessions.waiting}
        metrics.pending_bytes.read = lambda: sessions.pending_bytes
        metrics.window_bytes.read = lambda: sessions.window_bytes
        metrics.memory_waiting.read = lambda: self._store.waiting
        metrics.engine_up.read = lambda: keeper.state is State.READY
        metrics.engine_restarts.read = lambda: keeper.restarts
        if (embedder := self._embedder) is not None:
            metrics.embeddings_up.read = lambda: embedder.state is State.READY
            metrics.embeddings_restarts.read = lambda: embedder.restarts
        if (recogniser := self._recogniser) is not None:
            metrics.recognition_up.read = lambda: recogniser.state is State.READY
            metrics.recognition_restarts.read = lambda: recogniser.restarts
        return metrics

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
        most = settings.connections + _AT_THE_DOOR + _IN_HANDSHAKE
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
                create_connection=partial(Socket, self._sockets, most),  # type: ignore[arg-type]  # it makes one
                max_queue=1,
                write_limit=1 << 14,
                close_timeout=_LEAVE_SECONDS,
                logger=_library_log(),
                ssl=self._tls,
                ssl_handshake_timeout=_TLS_SECONDS if self._tls is not None else None,
            )
        except UnicodeError:  # of a name that no host can have
            raise GatewayError(_no_such_address(host)) from None
        except OSError as error:
            raise GatewayError(_why_not(error, host, port)) from error
        except OverflowError:
            raise GatewayError(f"There is no port {port}; choose one from 1024 to 65535 with --port.") from None
        bound: int = self._server.sockets[0].getsockname()[1]
        self._tracer.listens(host, bound)
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
        log.info("draining: %d turns run on", self.turns)
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
        for left in self._sockets:  # who hasn't come in yet, or didn't read the goodbye
            left.transport.abort()
        await self._server.wait_closed()
        await self.sessions.close()

    def dismiss_unwelcome(self) -> None:
        """Close the connections, and end the sessions, of visitors who may stay no longer: by a reload, or by the time."""
        for connection in list(self._connections):
            connection.dismiss_unwelcome()
        self.sessions.end_unwelcome("its token isn't valid any more")

    @property
    def turns(self) -> int:
        """How many turns run or wait for their place."""
        return self._admission.running + self._admission.queued

    async def _handle(self, socket: ServerConnection) -> None:
        assert isinstance(socket, Socket)  # noqa: S101 - see create_connection
        visitor = self._known.pop(socket, None)
        full = None if self._has_place() else self._full()
        connection = Connection(socket, self._settings, self.sessions, self.metrics, self._access, visitor, full)
        if socket.subprotocol != SUBPROTOCOL:
            self.metrics.handshakes_refused.add("subprotocol")
            message = f"Ask for the WebSocket subprotocol {SUBPROTOCOL}; this server speaks no other."
            connection.refuse(fault(Code.SUBPROTOCOL, message))
        self._connections[connection] = None
        try:
            await connection.run()
        except Exception:
            connection.log.exception("a mistake in the server ended a connection")
            await socket.close(1011, "The server made a mistake; its log has the details.")
        finally:
            self._connections.pop(connection, None)

    def _has_place(self) -> bool:
        """Tell whether there is a place for one more; room is made by those who have said no hello, who so keep nobody out."""
        taken = sum(connection.has_place for connection in self._connections)
        return taken < self._settings.connections or self._evict_stranger(at_the_door=False)

    def _full(self) -> Fault:
        retry_ms = round(self._settings.retry_seconds * 1000)
        message = f"All the connections are open that this server takes ({self._settings.connections}); try again in a moment."
        return fault(Code.BUSY, message, retry_after_ms=retry_ms)

    def _evict_stranger(self, *, at_the_door: bool) -> bool:
        """Cut the connection that has waited longest for its hello.

        Args:
            at_the_door: of those that have no place, or else of those that have one.

        Returns:
            whether there was one.
        """
        for connection in self._connections:
            if connection.is_stranger and connection.has_place is not at_the_door:
                del self._connections[connection]
                connection.evict()
                return True
        return False

    def _converse(self, session: Session, owner: Visitor | None) -> Conversations:
        watch = Watch(self.metrics, self._tracer)
        allowance = owner.turns if owner is not None else None
        return Conversations(
            session,
            self._keeper,
            self._characters,
            self._store,
            self._settings,
            self._admission,
            watch,
            allowance,
            self._recogniser,
            self._recall,
        )

    # --- HTTP ------------------------------------------------------------------------------------

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        try:
            return self._answer_to(connection, request)
        except Exception:  # the library would answer 500 as well, and point to a log in which nothing stands
            log.exception("a mistake in the server ended a handshake")
            message = "The server made a mistake; its log has the details.\n"
            return connection.respond(http.HTTPStatus.INTERNAL_SERVER_ERROR, message)

    def _answer_to(self, connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        match path:
            case "/healthz":
                return self._health(request)
            case "/readyz":
                return self._readiness(request)
            case "/metrics":
                return self._stop_stranger(connection, request, here=True) or self._measurements(request)
            case "/characters":
                return self._stop_stranger(connection, request, here=True) or self._cast()
            case "/":
                return self._handshake(connection, request)
            case _:
                return connection.respond(http.HTTPStatus.NOT_FOUND, f"There is nothing at {path}; connect to /.\n")

    def _handshake(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse a handshake that mustn't succeed."""
        origins = request.headers.get_all("Origin")
        if origins and (len(origins) > 1 or origins[0] not in self._settings.origins):
            return self._refuse(
                connection,
                "origin",
                http.HTTPStatus.FORBIDDEN,
                f"This server takes no connections from web pages of {', '.join(origins)}; "
                "start it with --allow-origin and that address if it should.\n",
            )
        if "websocket" not in ", ".join(request.headers.get_all("Upgrade")).lower():
            response = self._refuse(
                connection,
                "not_websocket",
                http.HTTPStatus.UPGRADE_REQUIRED,
                f"This is a Loquent server. It speaks WebSocket: type its address, with {'ws' if self._tls is None else 'wss'}:// in "
                "front, into Unity's Loquent client. Its health is at /healthz.\n",
            )
            response.headers["Upgrade"] = "websocket"
            return response
        return self._stop_stranger(connection, request, here=False) or self._no_room(connection)

    def _stop_stranger(self, connection: ServerConnection, request: Request, *, here: bool) -> Response | None:
        """Refuse a request whose header has a token that isn't known.

        Args:
            connection: where it came in.
            request: the request.
            here: whether one without any is refused too; a handshake may still have it in hello.
        """
        shown = request.headers.get_all("Authorization")
        if self._access.is_open or not (shown or here):
            return None
        visitor = self._visitor(request)
        if visitor is not None:
            self._known[connection] = visitor
            return None
        lacks = (
            "doesn't know the token in the header Authorization" if shown else "tells this only to who shows a token"
        )
        message = (
            f"This server {lacks}; the header is Authorization: Bearer, a blank, and the token that `loquent token` showed when it was "
            "made.\n"
        )
        response = self._refuse(connection, "unauthorized", http.HTTPStatus.UNAUTHORIZED, message)
        response.headers["WWW-Authenticate"] = 'Bearer realm="loquent"' + (', error="invalid_token"' if shown else "")
        return response

    def _visitor(self, request: Request) -> Visitor | None:
        """Return whose token is in a request's header; None if none is that is known. With open access, everybody is somebody."""
        shown = request.headers.get_all("Authorization")
        return self._access.check(authorization(shown[0]) if len(shown) == 1 else None)

    def _no_room(self, connection: ServerConnection) -> Response | None:
        """Refuse a handshake when the server stops, or when there is no room even at the door."""
        if self._admission.draining:
            reason, message = "draining", "This server is stopping; connect again in a moment.\n"
        elif len(self._connections) >= self._settings.connections + _AT_THE_DOOR and not self._evict_stranger(
            at_the_door=True
        ):
            reason = "full"
            message = f"This server is full ({self._settings.connections} connections); connect again in a moment.\n"
        else:
            return None
        response = self._refuse(connection, reason, http.HTTPStatus.SERVICE_UNAVAILABLE, message)
        response.headers["Retry-After"] = str(math.ceil(self._settings.retry_seconds))
        return response

    def _refuse(self, connection: ServerConnection, reason: str, status: http.HTTPStatus, message: str) -> Response:
        self.metrics.handshakes_refused.add(reason)
        log.about(address=address(connection), reason=reason).info("handshake refused: %s", message.rstrip())
        return connection.respond(status, message)

    def _measurements(self, request: Request) -> Response:
        body, content_type = self.metrics.render(", ".join(request.headers.get_all("Accept")))
        return _answer(http.HTTPStatus.OK, content_type, body)

    def _cast(self) -> Response:
        """Answer who can be talked with, as opening a conversation would tell: no persona, which is between server and model."""
        cast = [{"character": key, "name": character.name} for key, character in self._characters.items()]
        return _json(http.HTTPStatus.OK, {"characters": cast})

    def _health(self, request: Request) -> Response:
        """Answer whether this process is well: one that isn't must be started again by whoever watches it.

        What the engine died of is nobody's business who couldn't talk with it; whoever runs the server finds it in the log, too.
        """
        state = self._keeper.state
        body = {
            "status": "ok" if state is State.READY else state.value,
            "engine": self._keeper.engine.name,
            "model": self._keeper.engine.model,
            "version": __version__,
            **self._states(),
        }
        if self._keeper.cause is not None and self._visitor(request) is not None:
            body["cause"] = self._keeper.cause
        return _json(
            http.HTTPStatus.SERVICE_UNAVAILABLE if state in (State.RESTARTING, State.DOWN) else http.HTTPStatus.OK, body
        )

    def _states(self) -> dict[str, str]:
        """Return how those are that run beside the engine; one that there isn't is off."""
        besides = {"embeddings": self._embedder, "recognition": self._recogniser}
        return {name: "off" if beside is None else beside.state.value for name, beside in besides.items()}

    def _readiness(self, request: Request) -> Response:
        """Answer whether a turn that is said now would be replied to: whoever spreads connections sends some here only then."""
        state = self._keeper.state
        if self._admission.draining:
            body = {"status": "draining", "why": "The server is stopping."}
        elif state is State.READY:
            return _json(http.HTTPStatus.OK, {"status": "ready", **self._states()})
        elif state is State.STARTING:
            body = {"status": state.value, "why": "The model is still loading."}
        else:
            cause = self._keeper.cause if self._visitor(request) is not None else None
            body = {"status": state.value, "why": cause or "The engine has died."}
        return _json(http.HTTPStatus.SERVICE_UNAVAILABLE, body)


def _json(status: http.HTTPStatus, body: Mapping[str, object]) -> Response:
    return _answer(status, "application/json", json.dumps(body).encode() + b"\n")


def _answer(status: http.HTTPStatus, content_type: str, body: bytes) -> Response:
    headers = Headers({"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status.value, status.phrase, headers, body)


def _select_subprotocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Take ours where it's offered; otherwise go on without one, so that the client can be told in a frame."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


def _library_log() -> logging.Logger:
    """Return the log for what the WebSocket library has to say: handshakes that fail are the client's business, not news."""
    library = logging.getLogger("loquent.websocket")
    library.setLevel(logging.CRITICAL)
    return library


def _no_such_address(host: str) -> str:
    return f"This machine has no address {host}; use --host 127.0.0.1, or 0.0.0.0 for all its addresses."


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; stop what uses it (another Loquent server?), or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs administrator's rights; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL or error.errno is None or error.errno < 0:
        return _no_such_address(host)
    return f"The server can't listen on {host} port {port}: {error.strerror or error}."
