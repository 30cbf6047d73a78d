"""The server's end of a recorded trace: the real session, outbox and reception, and behind them characters who say what they are given.

What a server adds to its wire code (whose session is asked for, which connection it has) is done as `loquent.sessions` and
`loquent.connection` do it, with neither clock nor sockets.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from loquent.wire.codec import encode
from loquent.wire.faults import Code
from loquent.wire.frames import (
    Ack,
    Beat,
    Begin,
    Cancel,
    Close,
    Cue,
    End,
    Fault,
    Frame,
    Goaway,
    Hello,
    Limits,
    Open,
    Opened,
    Refers,
    Resume,
    Say,
    Usage,
    Welcome,
)
from loquent.wire.outbox import Outbox
from loquent.wire.reception import Reception, fault
from loquent.wire.session import Session

BEAT_MS: Final = 1000
RETRY_MS: Final = 2000


class Link:
    """One connection, as the server has it.

    Args:
        number: which connection of the trace it is.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.reception = Reception(1 << 20)
        self.unsequenced: list[bytes] = []
        self.replay: deque[bytes] = deque()
        self.in_flight: deque[bytes] = deque()
        """What has been sent and hasn't arrived."""
        self.up = True
        """Whether what the client sends arrives."""


class Speech:
    """A reply on its way out of the model.

    Args:
        conversation: whose.
        pieces: what is still to be said; a piece in brackets is a cue.
    """

    def __init__(self, conversation: int, pieces: list[str]) -> None:
        self.conversation = conversation
        self.pieces = deque(pieces)
        self.tokens = 0


class Server:
    """A server with one client.

    Args:
        window_bytes: how much is kept of what was sent and not acknowledged.
    """

    def __init__(self, window_bytes: int) -> None:
        self._window_bytes = window_bytes
        self._sessions = 0
        self._open: set[int] = set()
        self._running: dict[int, Speech] = {}
        self.replies: dict[int, list[str]] = {}
        """What the model will say to each turn, by number, in the pieces in which it does."""
        self.session: Session | None = None
        self.link: Link | None = None
        """The connection of the session, as far as the server knows."""
        self.refuses = False
        """Whether a hello is answered by `busy`."""
        self.welcomes_repeated = 0
        """How often a client was welcomed with an epoch for the second time."""

    def receive(self, link: Link, message: bytes) -> None:
        """Take a message that has arrived over a connection."""
        for frame in link.reception.receive(message):
            if isinstance(frame, Hello):
                self._welcome(link, frame)
            elif link is self.link and self.session is not None:
                self.session.heard()
                self._act(self.session, frame)

    def speak(self, turn: int) -> None:
        """Let the model say the next piece of a reply, or end it."""
        session, speech = self._talking(), self._running[turn]
        if not speech.pieces:
            self._end(session, turn, "stop")
            return
        piece = speech.pieces.popleft()
        if piece.startswith("["):
            session.outbox.put(Cue(0, turn, piece[1:-1], None))
        else:
            speech.tokens += 1
            session.outbox.text(turn, piece, 1)

    def send(self) -> bool:
        """Send what is pending over the session's connection, as one message; false if there is nothing, or no connection."""
        link = self.link
        if link is None or self.session is None:
            return False
        message = b"".join(link.unsequenced)
        link.unsequenced.clear()
        message += link.replay.popleft() if link.replay else self.session.outbox.flush()
        if message:
            link.in_flight.append(message)
        return bool(message)

    def mention(self, frame: Beat | Goaway) -> None:
        """Say something outside of the sequence."""
        if self.link is not None:
            self.link.unsequenced.append(encode(frame))

    def forget(self) -> None:
        """End the session: its client was away for too long."""
        self.session = self.link = None
        self._open.clear()
        self._running.clear()

    @property
    def speaking(self) -> list[int]:
        """The turns that run."""
        return list(self._running)

    def _talking(self) -> Session:
        assert self.session is not None
        return self.session

    def _welcome(self, link: Link, hello: Hello) -> None:
        if self.refuses:
            busy = fault(Code.BUSY, "The server is full; try again in 2 s.", None, RETRY_MS)
            link.in_flight.append(encode(busy))
            return
        replay = self._resume(hello.resume) if hello.resume is not None else None
        if replay is None:
            self.forget()
            self._sessions += 1
            self.session = Session(Outbox(self._window_bytes))
            self.session.id = f"session-{self._sessions}"  # by chance otherwise; a trace is the same each time
        else:
            link.replay.extend(replay)
        session = self._talking()
        self.link = link
        limits = Limits(message_bytes=1 << 20, beat_ms=BEAT_MS, grace_ms=60_000)
        link.unsequenced.append(encode(Welcome(1, session.id, session.epoch, replay is not None, limits)))

    def _resume(self, asked: Resume) -> list[bytes] | None:
        if self.session is None or not self.session.is_meant(asked):
            return None
        before = self.session.epoch
        replay = self.session.resume(asked)
        self.welcomes_repeated += replay is not None and self.session.epoch == before
        return replay

    def _act(self, session: Session, frame: Frame) -> None:
        match frame:
            case Fault():
                session.outbox.put(frame)
            case Ack():
                session.outbox.acknowledge(frame.seq)
            case Open():
                self._open_conversation(session, frame)
            case Say():
                self._say(session, frame)
            case Cancel():
                if frame.turn in self._running:
                    self._end(session, frame.turn, "cancelled")
            case Close():
                self._close(session, frame)
            case _:
                raise AssertionError(f"the client of a trace sends no {frame.NAME}")

    def _open_conversation(self, session: Session, asked: Open) -> None:
        if asked.conversation in self._open:
            self._refuse(session, asked, asked.conversation, Code.CONVERSATION_OPEN)
            return
        self._open.add(asked.conversation)
        session.outbox.put(Opened(0, asked.conversation, asked.character.title(), ("nod",), ()))

    def _say(self, session: Session, said: Say) -> None:
        if not session.take_turn(said.turn):
            self._refuse(session, said, said.turn, Code.TURN_ORDER)
        elif said.conversation not in self._open:
            self._refuse(session, said, said.turn, Code.CONVERSATION_UNKNOWN)
        elif any(speech.conversation == said.conversation for speech in self._running.values()):
            self._refuse(session, said, said.turn, Code.TURN_RUNNING)
        else:
            self._running[said.turn] = Speech(said.conversation, self.replies[said.turn])
            session.outbox.put(Begin(0, said.conversation, said.turn))

    def _close(self, session: Session, asked: Close) -> None:
        if asked.conversation not in self._open:
            self._refuse(session, asked, asked.conversation, Code.CONVERSATION_UNKNOWN)
            return
        self._open.remove(asked.conversation)
        for turn, speech in list(self._running.items()):
            if speech.conversation == asked.conversation:
                self._end(session, turn, "cancelled")

    def _end(self, session: Session, turn: int, reason: str) -> None:
        speech = self._running.pop(turn)
        session.outbox.put(End(0, turn, reason, Usage(reply_tokens=speech.tokens)))

    def _refuse(self, session: Session, frame: Frame, number: int, code: Code) -> None:
        session.outbox.put(Fault(0, Refers(frame.KIND, number), code.value, "No.", None))
