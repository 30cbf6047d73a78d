"""What a session still has to send, and what it has sent but nobody has acknowledged.

A frame gets its seq when it leaves, not when it's made. So text of a turn that hasn't left yet can grow by what comes behind it, and
while nobody reads (a slow client, or none), a session costs the text of its turns and not a frame per token.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from .codec import pack
from .frames import Begin, Cue, Decision, End, Fault, Frame, Opened, Text

_SEQUENCED: Final = (Opened, Begin, Cue, Decision, End, Fault)
MESSAGE_BYTES: Final = 1 << 16
"""`Outbox.flush` ends a message behind the frame with which it reaches this size."""
TEXT_LENGTH: Final = 1 << 14
"""Text of a turn that waits is no longer merged beyond this length, in code points: it takes at most four times as many bytes."""
_FRAME_BYTES: Final = 48
"""What a pending frame costs beside its text, roughly, in bytes."""


class _Pending:
    """A frame that hasn't left: its values, seq still open; for text, the pieces of it."""

    __slots__ = ("cost", "pieces", "values")

    def __init__(self, values: list[Any], cost: int) -> None:
        self.values = values
        self.cost = cost
        self.pieces: list[str] | None = None


class Outbox:
    """The frames of one session on their way out.

    Args:
        window_bytes: how much of what was sent is kept until it's acknowledged. Beyond that the oldest goes, and a resume that
            would need it is refused.
        wake: called whenever something has become pending; the connection's writer listens here.
    """

    def __init__(self, window_bytes: int = 1 << 20, wake: Callable[[], None] | None = None) -> None:
        self.wake = wake
        self._pending: deque[_Pending] = deque()
        self._open_text: dict[int, _Pending] = {}
        self._pending_bytes = 0
        self._next_seq = 1
        self._window: deque[bytes] = deque()  # the frames from _window_start to _next_seq - 1
        self._window_start = 1
        self._window_bytes = 0
        self._window_limit = window_bytes

    @property
    def pending_bytes(self) -> int:
        """About how many bytes wait to be sent (text is counted in code points)."""
        return self._pending_bytes

    @property
    def window_bytes(self) -> int:
        """How many bytes were sent and are kept until they are acknowledged."""
        return self._window_bytes

    @property
    def last_seq(self) -> int:
        """The seq of the last frame that left; 0 before the first."""
        return self._next_seq - 1

    def put(self, frame: Frame) -> None:
        """Append a frame that carries seq; the seq it was made with is overwritten when it leaves."""
        if not isinstance(frame, _SEQUENCED):
            raise TypeError(f"{frame.NAME} doesn't go through the outbox")
        values = frame.to_wire()
        turn = getattr(frame, "turn", None)
        if turn is not None:
            self._open_text.pop(turn, None)
        cost = _FRAME_BYTES + sum(len(value) for value in values if isinstance(value, str))
        self._pending.append(_Pending(values, cost))
        self._grown(cost)

    def text(self, turn: int, text: str, tokens: int) -> None:
        """Append a piece of a turn's reply, to text of that turn that hasn't left yet where there is some."""
        pending = self._open_text.get(turn)
        if pending is None or pending.cost + len(text) > TEXT_LENGTH:
            pending = self._open_text[turn] = _Pending([Text.KIND, 0, turn, "", tokens], _FRAME_BYTES + len(text))
            pending.pieces = [text]
            self._pending.append(pending)
            self._grown(pending.cost)
        else:
            assert pending.pieces is not None  # noqa: S101 - what's in _open_text is text
            pending.pieces.append(text)
            pending.values[4] += tokens
            pending.cost += len(text)
            self._grown(len(text))

    def _grown(self, cost: int) -> None:
        self._pending_bytes += cost
        if self.wake is not None:
            self.wake()

    def flush(self) -> bytes:
        """Take what is pending, as one message; empty if there is nothing.

        A message ends when it has reached `MESSAGE_BYTES`; what then still waits comes with the next flush.
        """
        out: list[bytes] = []
        size = 0
        while self._pending and size < MESSAGE_BYTES:
            pending = self._pending.popleft()
            self._pending_bytes -= pending.cost
            values = pending.values
            if pending.pieces is not None:
                values[3] = "".join(pending.pieces)
                if self._open_text.get(values[2]) is pending:
                    del self._open_text[values[2]]
            values[1] = self._next_seq
            self._next_seq += 1
            packed = pack(values)
            size += len(packed)
            out.append(packed)
        self._keep(out)
        return b"".join(out)

    def _keep(self, frames: list[bytes]) -> None:
        window = self._window
        window.extend(frames)
        self._window_bytes += sum(map(len, frames))
        while self._window_bytes > self._window_limit:
            self._window_bytes -= len(window.popleft())
            self._window_start += 1

    def acknowledge(self, seq: int) -> None:
        """Free all frames up to ``seq``. A seq already acknowledged, or never sent, changes nothing."""
        if seq >= self._next_seq:
            return
        while self._window_start <= seq:
            self._window_bytes -= len(self._window.popleft())
            self._window_start += 1

    def can_resume(self, seq: int) -> bool:
        """Whether every frame behind ``seq`` is still there."""
        return self._window_start - 1 <= seq < self._next_seq

    def replay(self, seq: int) -> bytes:
        """Return every frame behind ``seq`` that has left before, in order, as one message.

        Raises:
            LookupError: the window doesn't reach back to there.
        """
        if not self.can_resume(seq):
            raise LookupError(f"frames behind seq {seq} are no longer there, or never were")
        skip = seq - self._window_start + 1
        return b"".join(list(self._window)[skip:])
