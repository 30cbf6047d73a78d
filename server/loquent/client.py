"""A client of the wire in Python, for the terminal chat, tests and measurements. Games use the Unity package.

A connection that is lost is made again, and its session resumed: whoever iterates over a reply notices nothing but a pause. It's whole or
not at all: where the server doesn't have the session any more, everyone who waits is told so.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

from . import __version__
from .dialing import Address, ClientError, FaultError, Item, UnreachableError, cut, lost, trust, unreadable
from .wire.codec import decode, encode
from .wire.faults import Code
from .wire.frames import (
    SERVER_FRAMES,
    Ack,
    Begin,
    Cancel,
    Close,
    Cue,
    Decide,
    Decision,
    End,
    Fault,
    Frame,
    Malformed,
    Open,
    Opened,
    Options,
    Resume,
    Say,
    Text,
    Welcome,
)
from .wire.framing import FramingLost

__all__ = ["Client", "ClientError", "FaultError", "Reconnect", "Reply"]

_ACK_EVERY: Final = 64
"""Frames after which an ack is due at the latest (SPEC section 4)."""
_TURNS: Final = (Say.KIND, Decide.KIND)
"""The frames that begin turns."""
_ARRIVED: Final = (Code.CONVERSATION_OPEN, Code.TURN_ORDER, Code.CONVERSATION_UNKNOWN)
"""What a server says of a frame that came again: that the first one had arrived."""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """How a client connects again: before each attempt it waits for a time by chance, up to a bound that doubles from the first.

    So a network that comes back is used soon, and a server that comes back isn't met by all its clients at once.
    """

    first_seconds: float = 0.25
    """The bound before the first attempt."""
    most_seconds: float = 10.0
    """The bound doesn't grow beyond this. A connection that lasted as long lets it begin anew."""
    give_up_seconds: float = 60.0
    """How long it's tried, from the loss on; never longer than the server keeps the session."""
    chance: Callable[[], float] = random.random
    """Gives numbers from 0 to 1, by chance."""
    told: Callable[[float], None] | None = None
    """Called when a connection is lost, with the seconds for which it's tried to make it again."""

    def waits(self) -> Iterator[float]:
        """Yield how many seconds to wait before each attempt, without end."""
        bound = self.first_seconds
        while True:
            yield self.chance() * bound
            bound = min(self.most_seconds, 2 * bound)


class Reply:
    """A turn as it comes in: iterate over it for the pieces of text; afterwards `end` says how it ended."""

    def __init__(self, client: Client, turn: int) -> None:
        self._client = client
        self.turn = turn
        self.text = ""
        """What has been taken from the iterator so far."""
        self.began = False
        """Whether the server has taken the turn on."""
        self.decision: Decision | None = None
        """What was chosen, in a turn of `Client.decide`."""
        self.end: End | None = None
        """The frame that ended the turn."""
        self._inbox: asyncio.Queue[Frame | ClientError] = asyncio.Queue()
        self._cancelled = False

    async def cancel(self, shown: int | None = None) -> None:
        """End the turn; of the reply, ``shown`` Unicode scalar values have been seen (None: what the iterator has given)."""
        self._cancelled = True
        await self._client.send(Cancel(self.turn, len(self.text) if shown is None else shown))

    def __aiter__(self) -> AsyncIterator[str]:
        """Iterate over the pieces of text.

        Raises:
            FaultError: the server refused the turn, or broke it off.
            ClientError: the session is lost.
        """
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[str]:
        async for frame in self.frames():
            if isinstance(frame, Text):
                yield frame.text

    async def frames(self) -> AsyncIterator[Frame]:
        """Iterate over the turn's frames instead, for who wants more than the text: `Text`, `Cue`, `Decision`, in their order.

        Raises:
            FaultError, ClientError: as with the text.
        """
        fault: Fault | None = None
        while self.end is None:
            item = await self._inbox.get()
            match item:
                case ClientError():
                    raise item
                case Text() | Cue() | Decision() if not self._cancelled:
                    if isinstance(item, Text):
                        self.text += item.text
                    elif isinstance(item, Decision):
                        self.decision = item
                    yield item
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
    """A session with a server. Use `Client.connect`, then ``async with``.

    Args:
        address: where the server is.
        reconnect: how to connect again; None for not at all.
        socket: its first connection,
        welcome: what it was welcomed with,
        behind: and what came behind that.
    """

    def __init__(
        self,
        address: Address,
        reconnect: Reconnect | None,
        socket: ClientConnection,
        welcome: Welcome,
        behind: Sequence[Item],
    ) -> None:
        self._address = address
        self._reconnect = reconnect
        self._socket = socket
        self.welcome = welcome
        """The server's answer to the last hello."""
        self.resumes = 0
        """How often the session was resumed."""
        self._opening: dict[int, asyncio.Future[Opened]] = {}
        self._replies: dict[int, Reply] = {}
        self._last_turn = 0
        self._last_conversation = 0
        self._seq = 0
        self._acked = 0
        self._unconfirmed: list[Frame] = []  # what was asked and may not have arrived, in order
        self._again: set[tuple[int, int]] = set()  # what was sent more than once, as faults refer to it
        self._away = False
        self._lost: ClientError | None = None
        self._loop = asyncio.get_running_loop()
        self._runner = asyncio.create_task(self._run(behind), name="client reader")
        self._acks = asyncio.create_task(self._ack_every_second(), name="client acks")

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        client: str = f"loquent-python/{__version__}",
        token: str | None = None,
        authorities: Path | None = None,
        reconnect: Reconnect | None = Reconnect(),
    ) -> Client:
        """Connect and say hello.

        Args:
            url: where the server is, such as ``ws://127.0.0.1:8765``.
            client: what the server's log should call this client.
            token: who this client is, where the server asks for it.
            authorities: PEM file with the certificates that are trusted for ``wss://``: the server's own, or its authority's;
                without it, those that this machine trusts.
            reconnect: how to connect again when the connection is lost; None for not at all. The first attempt is made once.

        Raises:
            ClientError: no server there, or one that refuses.
        """
        address = Address(url, client, token, trust(authorities) if url.startswith("wss:") else None)
        return cls(address, reconnect, *await address.dial())

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
            ClientError: the session is lost.
        """
        self._last_conversation += 1
        number = self._last_conversation
        answer = self._opening[number] = self._loop.create_future()
        try:
            await self.send(Open(number, character, options or Options()))
            return number, await answer
        finally:
            del self._opening[number]

    async def say(self, conversation: int, text: str, images: Sequence[bytes] = ()) -> Reply:
        """Say something; iterate over what is returned for the reply."""
        self._last_turn += 1
        reply = self._replies[self._last_turn] = Reply(self, self._last_turn)
        await self.send(Say(conversation, reply.turn, text, tuple(images)))
        return reply

    async def decide(
        self, conversation: int, question: str, options: Sequence[str], images: Sequence[bytes] = ()
    ) -> Reply:
        """Ask for a choice among options; the `Reply.decision` of what is returned is there when its frames have been read."""
        self._last_turn += 1
        reply = self._replies[self._last_turn] = Reply(self, self._last_turn)
        await self.send(Decide(conversation, reply.turn, question, tuple(options), tuple(images)))
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
            raise lost(closed) from None

    async def send(self, frame: Frame) -> None:
        """Send one frame; while the connection is lost, as soon as there is one again.

        Raises:
            ClientError: the session is lost.
        """
        if self._lost is not None:
            raise self._lost
        if isinstance(frame, Open | Say | Decide | Cancel | Close):
            self._unconfirmed.append(frame)
        if self._away:
            return
        try:
            await self._socket.send(encode(frame))
        except ConnectionClosed as closed:
            if self._reconnect is None:
                raise lost(closed) from None

    async def close(self) -> None:
        """Close the connection, which ends the session. Idempotent."""
        self._acks.cancel()
        await self._socket.close()
        self._runner.cancel()
        await asyncio.gather(self._runner, self._acks, return_exceptions=True)
        self._fail(ClientError("The client is closed."))

    # --- in ---------------------------------------------------------------------------------------------------------------

    async def _run(self, behind: Iterable[Item]) -> None:
        """Read from one connection after the other, until the session is over."""
        waits: Iterator[float] | None = None
        try:
            while True:
                since = self._loop.time()
                why = await self._read(behind)
                if self._reconnect is None or self.welcome.limits.grace_ms == 0:
                    raise why
                if waits is None or self._loop.time() - since >= self._reconnect.most_seconds:
                    waits = self._reconnect.waits()
                behind = await self._resume(why, self._reconnect, waits)
        except ClientError as error:
            self._fail(error)
            await self._socket.close(1002, str(error)[:120])
        except Exception as error:  # whoever waits must not wait for ever
            self._fail(ClientError(f"The client made a mistake: {error!r}."))
            raise

    async def _read(self, behind: Iterable[Item]) -> ClientError:
        """Read until the connection is lost; returns how.

        Raises:
            ClientError: the server has closed it, or breaks the protocol.
        """
        beat_ms = self.welcome.limits.beat_ms
        try:
            for item in behind:
                self._take(item)
            while True:
                async with asyncio.timeout(3 * beat_ms / 1000 if beat_ms else None):
                    message = await self._socket.recv()
                if isinstance(message, bytes):
                    for item in decode(message, SERVER_FRAMES):
                        self._take(item)
                    if self._seq - self._acked >= _ACK_EVERY:
                        await self._ack()
        except TimeoutError:
            cut(self._socket)
            return ClientError("The connection to the server is lost: nothing is heard of it any more.")
        except ConnectionClosedOK:
            raise ClientError("The server closed the connection.") from None
        except ConnectionClosed as closed:
            if closed.rcvd is not None:
                raise lost(closed) from None
            return lost(closed)

    async def _resume(self, why: ClientError, how: Reconnect, waits: Iterator[float]) -> list[Item]:
        """Connect again, and go on with the session; returns what came behind the welcome.

        Raises:
            ClientError: it can't be done, or not in time.
        """
        self._away = True
        grace_ms = self.welcome.limits.grace_ms
        seconds = how.give_up_seconds if grace_ms is None else min(how.give_up_seconds, grace_ms / 1000)
        deadline = self._loop.time() + seconds
        if how.told is not None:
            how.told(seconds)
        lost, told = str(why).rstrip("."), 0.0
        for wait in waits:
            if self._loop.time() + max(wait, told) > deadline:
                latest = "" if lost in str(why) else f" {why}"
                raise ClientError(f"{lost}, and couldn't be made again within {seconds:g} s.{latest}")
            await asyncio.sleep(max(wait, told))
            asked = Resume(self.welcome.session, self.welcome.epoch, self._seq)
            try:
                socket, welcome, behind = await self._address.dial(asked)
            except UnreachableError as error:
                why, told = error, error.retry_after
            except FaultError as error:
                if error.fault.retry_after_ms is None:
                    raise
                why, told = error, error.fault.retry_after_ms / 1000
            else:
                self._socket, before, self.welcome = socket, self.welcome, welcome
                break
        if not self.welcome.resumed:
            await self._socket.close()
            raise ClientError(
                "The connection was lost, and the server doesn't have its session any more: its conversations are closed. Connect again."
            )
        if (self.welcome.session, self.welcome.epoch) != (before.session, before.epoch + 1):
            raise ClientError("The server went on with another session than the one that was lost.")
        self.resumes += 1
        self._acked = self._seq
        await self._send_again()
        return behind

    async def _send_again(self) -> None:
        """Send what may not have arrived, in the order in which it was sent at first."""
        for frame in self._unconfirmed:  # what is said meanwhile is appended
            self._again.add(_key(frame))
            try:
                await self._socket.send(encode(frame))
            except ConnectionClosed:
                break  # the reader sees it too
        self._away = False

    def _take(self, item: Item) -> None:
        if isinstance(item, Malformed | FramingLost):
            raise unreadable(item)
        seq = getattr(item, "seq", 0)
        if seq:
            if seq != self._seq + 1:
                raise ClientError(
                    f"The server sent frame {seq} after frame {self._seq}; frames are missing or repeated."
                )
            self._seq = seq
        match item:
            case Opened():
                self._confirm((Open.KIND, item.conversation))
                opening = self._opening.get(item.conversation)  # None: nobody waits for it any more
                if opening is not None and not opening.done():
                    opening.set_result(item)
            case Begin() | Text() | Cue() | Decision() | End():
                self._take_turn(item)
            case Fault():
                self._take_fault(item)

    def _take_turn(self, item: Begin | Text | Cue | Decision | End) -> None:
        reply = self._replies.get(item.turn)
        if isinstance(item, Begin):
            for kind in _TURNS:
                self._confirm((kind, item.turn))
        if (
            isinstance(item, End) and item.reason == "cancelled"
        ):  # otherwise its cancel may still have to cut what is remembered
            self._unconfirmed = [frame for frame in self._unconfirmed if _key(frame) != (Cancel.KIND, item.turn)]
        if reply is not None:
            reply.began = True
            reply.put(item)
            if isinstance(item, End):
                del self._replies[item.turn]
                self._again -= {(kind, item.turn) for kind in _TURNS}

    def _take_fault(self, fault: Fault) -> None:
        if fault.refers is None:
            return
        kind, number = key = fault.refers
        self._confirm(key)
        if key in self._again and fault.code in _ARRIVED:  # once for each time that it was sent again
            return
        opening = self._opening.get(number) if kind == Open.KIND else None
        if opening is not None and not opening.done():
            opening.set_exception(FaultError(fault))
        reply = self._replies.get(number) if kind in _TURNS else None
        if reply is not None:
            reply.put(fault)
            if not reply.began:
                del self._replies[number]  # refused: nothing more will come

    def _confirm(self, key: tuple[int, int]) -> None:
        """Let go of what the server has answered, and of all that was sent before it: it has arrived as well."""
        for index, frame in enumerate(self._unconfirmed):
            if _key(frame) == key:
                del self._unconfirmed[: index + 1]
                return

    # --- acks and ends ------------------------------------------------------------------------------------------------------

    async def _ack_every_second(self) -> None:
        while self._lost is None:
            await asyncio.sleep(1)
            if self._seq > self._acked and not self._away:
                await self._ack()

    async def _ack(self) -> None:
        self._acked = self._seq
        await self.send(Ack(self._seq))

    def _fail(self, error: ClientError) -> None:
        """Tell everyone who waits that nothing more will come."""
        self._lost = self._lost or error
        for opening in self._opening.values():
            if not opening.done():
                opening.set_exception(error)
                opening.exception()  # whoever waits gets it; nobody may be waiting
        for reply in self._replies.values():
            reply.put(error)
        self._replies.clear()


def _key(frame: Frame) -> tuple[int, int]:
    """Return how a fault refers to a client's frame."""
    number: int = frame.conversation if isinstance(frame, Open | Close) else getattr(frame, "turn", 0)
    return frame.KIND, number
