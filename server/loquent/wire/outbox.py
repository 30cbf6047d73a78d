"""What a session still has to send, and what it has sent but nobody has acknowledged.

A frame gets its seq when it leaves, not when it's made. So text of a turn that hasn't left yet can grow by what comes behind it, and
while nobody reads (a slow client, or none), a session costs the text of its turns and not a frame per token.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Final

from .codec import pack
from .frames import Begin, Cue, Decision, End, Fault, Frame, Opened, Text

_SEQUENCED: Final = (Opened, Begin, Cue, Decision, End, Fault)
MESSAGE_BYTES: Final = 1 << 16
"""A message ends behind the frame with which it reaches this size."""
TEXT_BYTES: Final = 1 << 16
"""Most text in a frame, in bytes of UTF-8: what waits is merged up to here, and what comes longer is cut."""
_FRAME_BYTES: Final = 48
"""What a pending frame costs beside its bytes, roughly."""


class _Text:
    """Text of a turn that hasn't left. As UTF-8: a list of its pieces would cost some 60 bytes for each."""

    __slots__ = ("tokens", "turn", "utf8")

    def __init__(self, turn: int) -> None:
        self.turn = turn
        self.utf8 = bytearray()
        self.tokens = 0


class Outbox:
    """The frames of one session on their way out.

    Args:
        window_bytes: how much of what was sent is kept until it's acknowledged. Beyond that the oldest goes, and a resume that
            would need it is refused.
        wake: called whenever something has become pending; the connection's writer listens here.
    """

    def __init__(self, window_bytes: int = 1 << 20, wake: Callable[[], None] | None = None) -> None:
        self.wake = wake
        self._pending: deque[_Text | bytes] = deque()  # bytes are a whole frame, with seq 0
        self._open_text: dict[int, _Text] = {}  # by turn: what may still grow
        self._pending_bytes = 0
        self._next_seq = 1
        # The frames from _window_start to _next_seq - 1, end to end: as objects of their own, small ones would cost four times as much.
        self._window = bytearray()
        self._window_lengths: deque[int] = deque()
        self._window_start = 1
        self._window_limit = window_bytes

    @property
    def pending_bytes(self) -> int:
        """About how many bytes wait to be sent."""
        return self._pending_bytes

    @property
    def window_bytes(self) -> int:
        """How many bytes were sent and are kept until they are acknowledged."""
        return len(self._window)

    @property
    def last_seq(self) -> int:
        """The seq of the last frame that left; 0 before the first."""
        return self._next_seq - 1

    def put(self, frame: Frame) -> None:
        """Append a frame that carries seq; the seq it was made with is overwritten when it leaves.

        Raises:
            TypeError: it's not a frame of the sequence, or text, which has a method of its own.
            ValueError, OverflowError: it can't be encoded. Better here, where it's made, than in the writer, which serves all.
        """
        if not isinstance(frame, _SEQUENCED):
            raise TypeError(f"{frame.NAME} isn't put into the outbox as a frame")
        values = frame.to_wire()
        values[1] = 0
        packed = pack(values)
        turn = getattr(frame, "turn", None)
        if turn is not None:
            self._open_text.pop(turn, None)
        self._pending.append(packed)
        self._grown(_FRAME_BYTES + len(packed))

    def text(self, turn: int, text: str, tokens: int) -> None:
        """Append a piece of a turn's reply, to text of that turn that hasn't left yet where there is some.

        Raises:
            ValueError: the text is empty, or holds half a surrogate pair.
        """
        utf8 = text.encode()
        if not utf8:
            raise ValueError("a piece of text is never empty")
        if len(utf8) > TEXT_BYTES:
            most = TEXT_BYTES // 4  # code points that fit, whatever they are
            for start in range(0, len(text), most):
                self.text(turn, text[start : start + most], 0 if start else tokens)
            return
        cost = len(utf8)
        pending = self._open_text.get(turn)
        if pending is None or len(pending.utf8) + len(utf8) > TEXT_BYTES:
            pending = self._open_text[turn] = _Text(turn)
            self._pending.append(pending)
            cost += _FRAME_BYTES
        pending.utf8 += utf8
        pending.tokens += tokens
        self._grown(cost)

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
            packed = self._leave(pending) if isinstance(pending, _Text) else self._number(pending)
            self._next_seq += 1
            size += len(packed)
            out.append(packed)
        message = b"".join(out)
        self._keep(message, out)
        return message

    def _leave(self, pending: _Text) -> bytes:
        self._pending_bytes -= _FRAME_BYTES + len(pending.utf8)
        if self._open_text.get(pending.turn) is pending:
            del self._open_text[pending.turn]
        return pack([Text.KIND, self._next_seq, pending.turn, pending.utf8.decode(), pending.tokens])

    def _number(self, packed: bytes) -> bytes:
        """Give a packed frame its seq, which stands behind the array's head and the kind, one byte each."""
        self._pending_bytes -= _FRAME_BYTES + len(packed)
        return packed[:2] + pack(self._next_seq) + packed[3:]

    def _keep(self, message: bytes, frames: list[bytes]) -> None:
        self._window += message
        self._window_lengths.extend(map(len, frames))
        over = len(self._window) - self._window_limit
        gone = dropped = 0
        while gone < over:
            gone += self._window_lengths.popleft()
            dropped += 1
        if dropped:
            self._let_go(dropped, gone)

    def _let_go(self, frames: int, size: int) -> None:
        """Let go of the bytes of the oldest frames, whose lengths are gone already."""
        del self._window[:size]
        self._window_start += frames

    def acknowledge(self, seq: int) -> None:
        """Free all frames up to ``seq``. A seq already acknowledged, or never sent, changes nothing."""
        if self._window_start <= seq < self._next_seq:
            frames = seq - self._window_start + 1
            self._let_go(frames, sum(self._window_lengths.popleft() for _ in range(frames)))

    def can_resume(self, seq: int) -> bool:
        """Whether every frame behind ``seq`` is still there."""
        return self._window_start - 1 <= seq < self._next_seq

    def replay(self, seq: int) -> list[bytes]:
        """Return every frame behind ``seq`` that has left before, in order, as messages no larger than those of `flush`.

        Raises:
            LookupError: the window doesn't reach back to there.
        """
        if not self.can_resume(seq):
            raise LookupError(f"frames behind seq {seq} are no longer there, or never were")
        seen = seq - self._window_start + 1
        start = end = sum(islice(self._window_lengths, seen))
        messages: list[bytes] = []
        for length in islice(self._window_lengths, seen, None):
            end += length
            if end - start >= MESSAGE_BYTES:
                messages.append(bytes(self._window[start:end]))
                start = end
        if end > start:
            messages.append(bytes(self._window[start:end]))
        return messages
