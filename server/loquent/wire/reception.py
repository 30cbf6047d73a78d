"""What a server makes of the messages that come in on one connection: frames to act on, or faults to answer with.

The rules of a connection's beginning (hello first, once, in a version both speak) and of broken input are kept here, so that what
leaves is either a `Hello` that opens the connection or a frame of an open one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from .codec import decode_each
from .faults import Code
from .frames import CLIENT_FRAMES, Fault, Frame, Hello, Malformed, Refers
from .framing import FramingLost

VERSIONS: Final = (1,)
"""The versions of the protocol that this implementation speaks."""

FAULTS_PER_MESSAGE: Final = 16
"""Behind so many faults in one message the rest of it is skipped: 1 MiB of bytes that aren't frames would be a million faults."""


def fault(code: Code, message: str, refers: Sequence[int] | None = None, retry_after_ms: int | None = None) -> Fault:
    """Make a fault; its seq is set when it leaves, and stays 0 for one that precedes welcome."""
    return Fault(0, None if refers is None else Refers(*refers), code.value, message, retry_after_ms)


class Reception:
    """The receiving side of one connection at the server.

    Args:
        message_bytes: a message larger than this is skipped whole.
    """

    def __init__(self, message_bytes: int) -> None:
        self._message_bytes = message_bytes
        self.version: int | None = None
        """The version agreed on; None until a good hello has come."""

    def receive(self, message: bytes | str) -> Iterator[Frame]:
        """Yield, in order, what a message asks for: client frames to act on, and faults to answer with."""
        for frame in self.receive_each(message):
            if frame is not None:
                yield frame

    def receive_each(self, message: bytes | str) -> Iterator[Frame | None]:
        """Yield the same as `receive`, and None for each frame that is skipped silently: it has taken its time, too."""
        if isinstance(message, str):
            yield fault(Code.NOT_BINARY, "A text message came; send frames in binary messages.")
            return
        if len(message) > self._message_bytes:
            yield fault(
                Code.MESSAGE_TOO_LARGE,
                f"A message of {len(message)} bytes came; the largest this server takes has {self._message_bytes}.",
            )
            return
        faults = 0
        for item in decode_each(message, CLIENT_FRAMES):
            if item is None:
                yield None
                continue
            if faults == FAULTS_PER_MESSAGE:
                yield fault(Code.MALFORMED, f"{faults} frames of one message were refused; the rest of it was skipped.")
                return
            frame = self._judge(item)
            faults += isinstance(frame, Fault)
            yield frame

    def _judge(self, item: Frame | Malformed | FramingLost) -> Frame:
        """Return the frame to act on, or the fault to answer with."""
        if isinstance(item, FramingLost):
            return fault(Code.FRAMING, f"A message can't be read: {item}. Send whole msgpack frames, end to end.")
        if isinstance(item, Malformed):
            return fault(Code.MALFORMED, str(item), item.refers)
        if isinstance(item, Hello):
            return self._hello(item)
        if self.version is None:
            number = None if item.NUMBER is None else getattr(item, item.FIELDS[item.NUMBER])
            refers = None if number is None else (item.KIND, number)
            return fault(Code.HELLO_FIRST, f"{item.NAME} came before hello; send hello first.", refers)
        return item

    def _hello(self, hello: Hello) -> Frame:
        if self.version is not None:
            return fault(Code.HELLO_TWICE, "A second hello came; one opens a connection.")
        common = set(hello.versions) & set(VERSIONS)
        if not common:
            spoken = ", ".join(map(str, VERSIONS))
            theirs = ", ".join(map(str, hello.versions[:8])) or "none"
            return fault(
                Code.VERSION,
                f"This server speaks version {spoken} of loquent, the client {theirs}; "
                "use a client and a server of the same release.",
            )
        self.version = max(common)
        return hello
