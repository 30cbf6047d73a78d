"""What the log looks like, what its lines are about, and what never gets into it unasked: the words of people.

Nobody but `set_up` touches handlers, formats or levels, and nobody but `spoken` logs what was said.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, TextIO, TypedDict, Unpack

FORMATS: Final = ("text", "json")
LEVELS: Final = ("debug", "info", "warning", "error")


class Fields(TypedDict, total=False):
    """What a line can be about, besides its message. There are no others; docs/observability.md explains them."""

    session: str
    conversation: int
    turn: int
    kind: str
    character: str
    client: str
    address: str
    token: str | None
    code: str | None
    outcome: str
    reason: str
    close_code: int | None
    prompt_tokens: int | None
    cached_tokens: int | None
    reply_tokens: int | None
    queue_ms: int
    first_ms: int | None
    total_ms: int
    who: str
    text: str


FIELDS: Final = tuple(Fields.__annotations__)


class Log(logging.LoggerAdapter[logging.Logger]):
    """A logger whose lines are about something: a session, a turn.

    An object that lives as long as what it's about, and not a context variable: a cancel ends its turn from the reader's context, and
    a resumed session's turns run on in that of a connection which is gone.
    """

    extra: Mapping[str, object]

    @classmethod
    def named(cls, name: str) -> Log:
        """Return the log of a module; its lines are about nothing in particular."""
        return cls(logging.getLogger(name), {})

    def about(self, **fields: Unpack[Fields]) -> Log:
        """Return a log whose lines are about this as well. A field that is None isn't shown."""
        return Log(self.logger, {**self.extra, **fields})

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Put the fields where the formats find them."""
        kwargs["extra"] = self.extra
        return msg, kwargs


_SPOKEN: Final = logging.getLogger("loquent.spoken")
_SPOKEN.disabled = True


def spoken(log: Log, who: Literal["player", "character", "game"], text: str) -> None:
    """Log what somebody said, at level info, if the settings ask for that; whatever level the rest of the log has.

    Args:
        log: says where it was said.
        who: whose words they are.
        text: the words.
    """
    if not _SPOKEN.disabled:
        Log(_SPOKEN, log.extra).about(who=who, text=text).info("said")


def set_up(level: str, format_: str, *, texts: bool = False, stream: TextIO | None = None) -> None:
    """Say what is logged, and how. The last call counts.

    Other libraries are heard from warnings on, whatever the level: what they tell of their work can hold what people say.

    Args:
        level: one of `LEVELS`: from which level on our own lines are written.
        format_: one of `FORMATS`.
        texts: whether `spoken` logs.
        stream: where to; standard error, if there is one, unless told.

    Raises:
        ValueError: there is no such level or format.
    """
    if level not in LEVELS:
        raise ValueError(f"There is no log level {level!r}; use one of {', '.join(LEVELS)}.")
    if format_ not in FORMATS:
        raise ValueError(f"There is no log format {format_!r}; use one of {', '.join(FORMATS)}.")
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, _Lines):
            root.removeHandler(handler)
    stream = stream or sys.stderr
    if stream is not None:
        lines = _Lines(stream)
        lines.setFormatter(_Json() if format_ == "json" else _Text())
        root.addHandler(lines)
    least = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(least, logging.WARNING))
    logging.getLogger("loquent").setLevel(least)
    _SPOKEN.setLevel(logging.INFO)
    _SPOKEN.disabled = not texts


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines; one that can't be written is lost, and nothing else happens."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Do nothing: nobody reads any more, or the disk is full, and there is no other place to say so."""


_UNSEEN: Final = {
    code: chr(code).encode("unicode_escape").decode()
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""What could end a line, move a terminal's cursor or turn the direction of writing, as it's written instead."""

_PLAIN: Final = re.compile(r"[\w.:@/+-]+")
"""A value that needs no quotation marks."""


class _Text(logging.Formatter):
    """For people: ``2026-08-01 20:15:00,123 INFO    loquent.turn: turn ended [session 1a2b3c4d turn 7 outcome stop]``.

    Only the lines of an exception follow the first, and they are indented: what begins a line is ours.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Make the line."""
        line = f"{self.formatTime(record)} {record.levelname:<7} {record.name}: {_message(record).translate(_UNSEEN)}"
        fields = " ".join(f"{name} {_quoted(value)}" for name, value in _fields(record).items())
        if fields:
            line += f" [{fields}]"
        for behind in _exception(self, record).splitlines():
            line += "\n    " + behind.translate(_UNSEEN)
        return line


class _Json(logging.Formatter):
    """For machines: one object a line. In ASCII, so that no reader takes a character for the end of a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Make the line."""
        entry: dict[str, object] = {
            "time": f"{datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        entry |= _fields(record)
        exception = _exception(self, record)
        if exception:
            entry["exception"] = exception
        return json.dumps(entry)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever is wrong with a line is no reason to stop what it tells of
        return f"{record.msg} (what belongs into this line can't be shown)"


def _fields(record: logging.LogRecord) -> dict[str, object]:
    given = record.__dict__
    return {name: _value(given[name]) for name in FIELDS if given.get(name) is not None}


def _value(value: object) -> object:
    """Return what JSON has a word for; everything else as a string."""
    if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - as above
        return f"a {type(value).__name__} that can't be shown"


def _quoted(value: object) -> str:
    shown = str(value)
    return shown if _PLAIN.fullmatch(shown) else json.dumps(shown, ensure_ascii=False).translate(_UNSEEN)


def _exception(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    if record.stack_info:
        parts.append(record.stack_info)
    return "\n".join(parts)
