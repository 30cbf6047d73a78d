"""The frames, one class each, with the grammar of their fields.

A frame on the wire is ``[kind, field, …]``; the classes hold the fields in that order. What a field may be is said once, by the
checks given to `frame`, which turn what msgpack read into the field's value. See protocol/SPEC.md, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, NamedTuple, Self, TypeVar, dataclass_transform

UINT_MAX: Final = 2**53 - 1
U32_MAX: Final = 2**32 - 1


class Malformed(Exception):
    """A frame breaks its own grammar. The text is a sentence that names the field."""

    def __init__(self, message: str, kind: int | None = None, number: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.number = number

    @property
    def refers(self) -> Refers | None:
        """The broken frame, as a fault refers to it, where so much of it could be read."""
        return None if self.kind is None or self.number is None else Refers(self.kind, self.number)


class NotThat(Exception):
    """A value isn't of the type that a check wants; the text names the type."""


class Map(list[tuple[Any, Any]]):
    """A msgpack map as its pairs: no key is hashed before it has been checked."""

    __slots__ = ()


Check = Callable[[Any], Any]
F = TypeVar("F", bound="Frame")


# --- checks: what msgpack read → a field's value ------------------------------------------------


def uint(value: Any) -> int:
    """Check for an integer from 0 to 2^53 − 1."""
    if type(value) is int and 0 <= value <= UINT_MAX:
        return value
    raise NotThat("an integer from 0 to 2^53 - 1")


def u32(value: Any) -> int:
    """Check for an integer from 0 to 2^32 − 1."""
    if type(value) is int and 0 <= value <= U32_MAX:
        return value
    raise NotThat("an integer from 0 to 2^32 - 1")


def number(value: Any) -> float:
    """Check for a float or an integer; gives a float."""
    if type(value) is float or type(value) is int:
        return float(value)
    raise NotThat("a number")


def text(value: Any) -> str:
    """Check for a str of valid UTF-8. Invalid bytes come here as lone surrogates, which no valid UTF-8 gives."""
    if type(value) is str:
        if value.isascii():
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotThat("text in valid UTF-8") from None
        return value
    raise NotThat("text")


def data(value: Any) -> bytes:
    """Check for a bin."""
    if type(value) is bytes:
        return value
    raise NotThat("bytes")


def boolean(value: Any) -> bool:
    """Check for true or false."""
    if type(value) is bool:
        return value
    raise NotThat("true or false")


def optional(check: Check) -> Check:
    """Nil, or what ``check`` takes."""

    def checked(value: Any) -> Any:
        if value is None:
            return None
        try:
            return check(value)
        except NotThat as wanted:
            raise NotThat(f"{wanted}, or nil") from None

    return checked


def array(check: Check) -> Check:
    """Array of what ``check`` takes; gives a tuple."""

    def checked(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise NotThat("an array")
        try:
            return tuple([check(element) for element in value])
        except NotThat as wanted:
            raise NotThat(f"an array of which each element is {wanted}") from None

    return checked


def fixed(make: Callable[..., Any], *checks: Check) -> Check:
    """Array of exactly these, elements too many being skipped; gives ``make(*elements)``."""

    def checked(value: Any) -> Any:
        if type(value) is not list or len(value) < len(checks):
            raise NotThat(f"an array of {len(checks)} elements")
        elements: list[Any] = []
        for check, element in zip(checks, value, strict=False):
            try:
                elements.append(check(element))
            except NotThat as wanted:
                place = len(elements) + 1
                raise NotThat(f"an array of {len(checks)} elements of which number {place} is {wanted}") from None
        return make(*elements)

    return checked


# --- maps with known keys -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMap:
    """A map with text keys of which these are known; ``None`` is a key that's missing."""

    CHECKS: ClassVar[Mapping[str, Check]]

    @classmethod
    def read(cls, value: Any) -> Self:
        """Check for a map with text keys; unknown keys are skipped."""
        if type(value) is not Map:
            raise NotThat("a map")
        known: dict[str, Any] = {}
        for key, item in value:
            try:
                text(key)
            except NotThat as wanted:
                raise NotThat(f"a map of which each key is {wanted}") from None
            check = cls.CHECKS.get(key)
            if check is not None and item is not None:
                try:
                    known[key] = check(item)
                except NotThat as wanted:
                    raise NotThat(f"a map in which {key} is {wanted}") from None
        return cls(**known)

    def to_wire(self) -> dict[str, Any]:
        """Return the map without the keys that are missing, in the order of the specification."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(TextMap):
    """The options of open."""

    CHECKS: ClassVar = {"player": text, "player_name": text, "locale": text, "max_tokens": uint}

    player: str | None = None
    """Who plays: history is stored by player and character. At most 128 bytes."""
    player_name: str | None = None
    """How the character may call the player. At most 128 bytes."""
    locale: str | None = None
    """Language of the player, BCP 47."""
    max_tokens: int | None = None
    """Longest reply, in tokens, at least 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(TextMap):
    """What the server takes; ``None`` is no limit that was told."""

    CHECKS: ClassVar = dict.fromkeys(
        ("message_bytes", "text_bytes", "conversations", "turns", "images", "image_bytes", "beat_ms", "grace_ms"), uint
    )

    message_bytes: int | None = None
    text_bytes: int | None = None
    conversations: int | None = None
    turns: int | None = None
    images: int | None = None
    image_bytes: int | None = None
    beat_ms: int | None = None
    grace_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(TextMap):
    """What a turn took: tokens, and milliseconds since say."""

    CHECKS: ClassVar = dict.fromkeys(("prompt_tokens", "cached_tokens", "reply_tokens", "first_ms", "total_ms"), uint)

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    reply_tokens: int | None = None
    first_ms: int | None = None
    total_ms: int | None = None


class Resume(NamedTuple):
    """Which session goes on, and the last seq that the client has processed."""

    session: str
    epoch: int
    seq: int


class Exchange(NamedTuple):
    """What the player said, and what the player saw of the reply."""

    said: str
    reply: str


class Refers(NamedTuple):
    """The client's frame that a fault is about: its kind, and its turn or conversation."""

    kind: int
    number: int


# --- frames -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame; its fields stand in the order of the wire."""

    KIND: ClassVar[int]
    NAME: ClassVar[str]
    CHECKS: ClassVar[tuple[Check, ...]]
    FIELDS: ClassVar[tuple[str, ...]]
    NUMBER: ClassVar[int | None] = None
    """Index of the field that a fault refers to (turn or conversation), if there is one."""

    def to_wire(self) -> list[Any]:
        """Return ``[kind, field, …]``, ready for msgpack. A server's frame that belongs to the sequence has seq at index 1."""
        values = [getattr(self, name) for name in self.FIELDS]
        return [self.KIND, *(value.to_wire() if isinstance(value, TextMap) else value for value in values)]


CLIENT_FRAMES: Final[dict[int, type[Frame]]] = {}
"""What a client sends, by kind."""
SERVER_FRAMES: Final[dict[int, type[Frame]]] = {}
"""What a server sends, by kind."""


@dataclass_transform(frozen_default=True)
def frame(kind: int, *checks: Check, refers_by: str | None = None) -> Callable[[type[F]], type[F]]:
    """Declare a frame's kind and its fields' checks; kinds up to 32 are the client's."""

    def declare(cls: type[F]) -> type[F]:
        made = dataclass(frozen=True, slots=True)(cls)
        made.KIND, made.NAME, made.CHECKS = kind, cls.__name__.lower(), checks
        made.FIELDS = tuple(f.name for f in fields(made))
        if len(made.FIELDS) != len(checks):
            raise TypeError(f"{cls.__name__} has {len(made.FIELDS)} fields and {len(checks)} checks")
        made.NUMBER = made.FIELDS.index(refers_by) if refers_by else None
        (CLIENT_FRAMES if kind <= 32 else SERVER_FRAMES)[kind] = made
        return made

    return declare


@frame(1, array(u32), text, optional(text), optional(fixed(Resume, text, uint, uint)))
class Hello(Frame):
    """The first frame of a connection."""

    versions: tuple[int, ...]
    client: str
    token: str | None
    resume: Resume | None


@frame(2, u32, text, Options.read, refers_by="conversation")
class Open(Frame):
    """Start a conversation with a character."""

    conversation: int
    character: str
    options: Options


@frame(3, u32, u32, text, array(data), refers_by="turn")
class Say(Frame):
    """The player says something; a reply is wanted."""

    conversation: int
    turn: int
    text: str
    images: tuple[bytes, ...]


@frame(4, u32, u32, text, array(text), array(data), refers_by="turn")
class Decide(Frame):
    """The game asks the model to choose."""

    conversation: int
    turn: int
    question: str
    options: tuple[str, ...]
    images: tuple[bytes, ...]


@frame(5, u32, uint, refers_by="turn")
class Cancel(Frame):
    """End a turn; the player has seen ``shown`` Unicode scalar values of the reply."""

    turn: int
    shown: int


@frame(6, uint)
class Ack(Frame):
    """All frames up to ``seq`` have been received."""

    seq: int


@frame(7, u32, refers_by="conversation")
class Close(Frame):
    """End a conversation."""

    conversation: int


@frame(33, u32, text, uint, boolean, Limits.read)
class Welcome(Frame):
    """Answer to hello."""

    version: int
    session: str
    epoch: int
    resumed: bool
    limits: Limits


@frame(34, uint, u32, text, array(text), array(fixed(Exchange, text, text)))
class Opened(Frame):
    """Answer to open."""

    seq: int
    conversation: int
    name: str
    cues: tuple[str, ...]
    history: tuple[Exchange, ...]


@frame(35, uint, u32, u32)
class Begin(Frame):
    """A turn has been taken on."""

    seq: int
    conversation: int
    turn: int


@frame(36, uint, u32, text, u32)
class Text(Frame):
    """The next piece of a reply."""

    seq: int
    turn: int
    text: str
    tokens: int


@frame(37, uint, u32, text, optional(text))
class Cue(Frame):
    """Something to do at this point of the reply."""

    seq: int
    turn: int
    name: str
    argument: str | None


@frame(38, uint, u32, u32, array(number))
class Decision(Frame):
    """The option chosen, and the probabilities of all."""

    seq: int
    turn: int
    index: int
    probabilities: tuple[float, ...]


@frame(39, uint, u32, text, Usage.read)
class End(Frame):
    """A turn is over: stop, length, cancelled or fault."""

    seq: int
    turn: int
    reason: str
    usage: Usage


@frame(40, uint, optional(fixed(Refers, u32, u32)), text, text, optional(uint))
class Fault(Frame):
    """Something went wrong; the message says what to do."""

    seq: int
    refers: Refers | None
    code: str
    message: str
    retry_after_ms: int | None


@frame(41, uint)
class Goaway(Frame):
    """The server closes the connection in so many milliseconds."""

    closes_in_ms: int


@frame(42)
class Beat(Frame):
    """Nothing to say, but the server is there."""
