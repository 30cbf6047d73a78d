"""The client's end of a recorded trace: a model of what a client that keeps to the specification has to make of what it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from loquent.wire.frames import (
    Begin,
    Cancel,
    Close,
    Cue,
    End,
    Fault,
    Frame,
    Goaway,
    Hello,
    Open,
    Opened,
    Options,
    Resume,
    Say,
    Text,
    Welcome,
)

F = TypeVar("F", bound=Frame)

SILENT_ABOUT: Final = {"conversation_open", "turn_order", "conversation_unknown"}
"""The faults that a repetition gets, and that are no news then."""


@dataclass
class Played:
    """A turn as its player sees it."""

    conversation: int
    reply: str
    shown: str = ""
    begun: bool = False
    muted: bool = False
    """Cancelled, or its conversation closed: what still comes isn't shown."""
    end: str | None = None


class Player:
    """A client's session."""

    def __init__(self) -> None:
        self.processed = 0
        self.turns: dict[int, Played] = {}
        self.open: list[int] = []
        self.goaway_ms = 0
        """What the server last said of its going away; the caller resets it."""
        self._session: str | None = None
        self._epoch = 0
        self._opening: set[int] = set()
        self._unconfirmed: list[tuple[tuple[int, int], Frame]] = []
        self._last_conversation = 0

    @property
    def chars(self) -> int:
        """How many Unicode scalar values are shown, of all turns."""
        return sum(len(turn.shown) for turn in self.turns.values())

    @property
    def resume(self) -> Resume | None:
        """What hello says of the session to go on with."""
        return None if self._session is None else Resume(self._session, self._epoch, self.processed)

    def hello(self) -> Hello:
        """Return the first frame of a connection."""
        return Hello((1,), "trace/1", None, self.resume)

    def adopt(self, welcome: Welcome) -> list[Frame]:
        """Go on over a connection; returns what is to be sent again."""
        if welcome.resumed:
            assert (welcome.session, welcome.epoch) == (self._session, self._epoch + 1)
        else:
            for turn in self.turns.values():
                turn.end = turn.end or "fault"
            self.open.clear()
            self._opening.clear()
            self._unconfirmed.clear()
            self.processed = 0
        self._session, self._epoch = welcome.session, welcome.epoch
        return [frame for _, frame in self._unconfirmed]

    # --- what the player does -------------------------------------------------------------------------------------------

    def ask_to_open(self, character: str) -> Open:
        """Open a conversation."""
        self._last_conversation += 1
        self._opening.add(self._last_conversation)
        return self._keep(Open(self._last_conversation, character, Options()), self._last_conversation)

    def say(self, conversation: int, said: str, reply: str) -> Say:
        """Say something, to which the model will reply."""
        number = len(self.turns) + 1
        self.turns[number] = Played(conversation, reply)
        return self._keep(Say(conversation, number, said, ()), number)

    def cancel(self, turn: int) -> Cancel:
        """Cancel a turn, having seen all that is shown."""
        self.turns[turn].muted = True
        return self._keep(Cancel(turn, len(self.turns[turn].shown)), turn)

    def close(self, conversation: int) -> Close:
        """Close a conversation."""
        self.open.remove(conversation)
        for turn in self.turns.values():
            turn.muted |= turn.conversation == conversation
        return self._keep(Close(conversation), conversation)

    def running(self, conversation: int | None = None) -> list[int]:
        """Return the turns without an end that aren't cancelled, of one conversation or of all."""
        return [
            number
            for number, turn in self.turns.items()
            if turn.end is None and not turn.muted and conversation in (None, turn.conversation)
        ]

    def _keep(self, frame: F, number: int) -> F:
        self._unconfirmed.append(((frame.KIND, number), frame))
        return frame

    def _confirm(self, kind: int, number: int) -> None:
        """What is answered has arrived, and so has everything in front of it."""
        keys = [key for key, _ in self._unconfirmed]
        if (kind, number) in keys:
            del self._unconfirmed[: keys.index((kind, number)) + 1]

    # --- what the server says -------------------------------------------------------------------------------------------

    def apply(self, frame: Frame) -> None:
        """Take a frame; fails if the server broke a law."""
        if isinstance(frame, Goaway):
            self.goaway_ms = frame.closes_in_ms
            return
        seq = getattr(frame, "seq", None)
        assert seq == self.processed + 1, f"{frame} came behind frame {self.processed}"
        self.processed += 1
        match frame:
            case Opened():
                self._confirm(Open.KIND, frame.conversation)
                if frame.conversation in self._opening:
                    self._opening.remove(frame.conversation)
                    self.open.append(frame.conversation)
            case Begin():
                self._confirm(Say.KIND, frame.turn)
                assert not self.turns[frame.turn].begun
                self.turns[frame.turn].begun = True
            case Text():
                self._show(self._running(frame.turn), frame.text)
            case Cue():
                self._running(frame.turn)
            case End():
                self._end(frame)
            case Fault():
                self._refused(frame)
            case _:
                raise AssertionError(f"the server of a trace sends no {frame.NAME}")

    def _running(self, number: int) -> Played:
        turn = self.turns[number]
        assert turn.begun
        assert turn.end is None
        return turn

    def _show(self, turn: Played, text: str) -> None:
        if not turn.muted:
            turn.shown += text
            assert turn.reply.startswith(turn.shown), f"{turn.shown!r} isn't how {turn.reply!r} begins"

    def _end(self, end: End) -> None:
        turn = self._running(end.turn)
        turn.end = end.reason
        assert end.reason != "stop" or turn.muted or turn.shown == turn.reply
        if end.reason == "cancelled":
            self._unconfirmed = [kept for kept in self._unconfirmed if kept[0] != (Cancel.KIND, end.turn)]

    def _refused(self, fault: Fault) -> None:
        assert fault.refers is not None
        assert fault.code in SILENT_ABOUT, f"{fault} is news"
        self._confirm(fault.refers.kind, fault.refers.number)
