"""One setting as its sources see it: what it's called there, what it can be, and how its value is read and written."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shlex
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from ..settings import LARGEST, Settings
from ..wording import shortened

Value = str | int | float | bool | Path | tuple[str, ...] | None
"""What a setting can be."""


class ValueRefused(Exception):
    """A value that the setting can't have. The text says which and what is allowed, to go behind the name of its source."""


class Kind(Enum):
    """What kind of value a setting has, in words."""

    TEXT = "a text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    SWITCH = "true or false"
    PATH = "a path"
    TEXTS = "a list of texts"


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of `Settings`, with all that was declared about it."""

    name: str
    """Its key in the file."""
    kind: Kind
    optional: bool
    """Whether it can be None; as a text that is the empty one."""
    default: Value
    why: str
    group: str
    unit: str
    least: float | None
    most: float
    choices: tuple[str, ...]
    form: tuple[str, str] | None
    or_path: bool
    flags: tuple[str, ...]

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"LOQUENT_{self.name.upper()}"

    @property
    def allowed(self) -> str:
        """What it can be, to go behind "must be"."""
        if self.kind is Kind.PATH:
            return " or ".join((self.kind.value, *self.choices))
        if self.choices:
            return " or ".join((", ".join(self.choices[:-1]), self.choices[-1]))
        if self.kind in (Kind.WHOLE, Kind.NUMBER):
            counted = f" of {self.unit}" if self.unit not in ("", "count") else ""
            least = 0 if self.least is None else self.least
            most = f" to {self.most:.0f}" if self.most < LARGEST else " up"
            return f"{self.kind.value}{counted} from {least:g}{most}"
        if self.form is not None:
            return self.form[1] if self.kind is Kind.TEXT else f"a list, each of it {self.form[1]}"
        words: str = self.kind.value
        return words

    def read(self, text: str) -> Value:
        """Make its value of what stands in an environment variable or behind a flag.

        Raises:
            ValueRefused: it can't have that.
        """
        made: object = text
        try:
            if self.optional and not text.strip():
                made = None
            elif self.kind is Kind.WHOLE:
                made = int(text)
            elif self.kind is Kind.NUMBER:
                made = float(text)
            elif self.kind is Kind.SWITCH:
                made = _SWITCHES[text.strip().lower()]
            elif self.kind is Kind.TEXTS:
                made = shlex.split(text)
        except (ValueError, KeyError):
            raise self._refused(text) from None
        return self.check(made, shown=text)

    def check(self, value: object, *, base: Path | None = None, shown: str | None = None) -> Value:
        """Make its value of what a file or a program gives.

        Args:
            value: of the types that TOML has.
            base: the folder from which relative paths count; the current one unless told.
            shown: how the value was written.

        Raises:
            ValueRefused: it can't have that.
        """
        shown = _written(value) if shown is None else shown
        base = base or Path.cwd()
        match self.kind, value:
            case (_, None | "") if self.optional:
                return None
            case (Kind.SWITCH, bool()):
                return value
            case (Kind.WHOLE, int() as number) | (Kind.NUMBER, int() | float() as number) if not isinstance(
                value, bool
            ):
                return self._number(number, shown)
            case (Kind.TEXT, str()):
                return self._text(value, base, shown)
            case (Kind.PATH, str() | Path()) if str(value) in self.choices:
                return Path(value)
            case (Kind.PATH, str() | Path()):
                return _path(self._text(str(value), base, shown), base)
            case (Kind.TEXTS, list() | tuple()) if all(isinstance(item, str) for item in value):
                return tuple(self._text(item, base, shown) for item in value)
        raise self._refused(shown)

    def _number(self, value: float, shown: str) -> int | float:
        if value > self.most == LARGEST:
            raise ValueRefused(f"is {shortened(shown)}, and must be at most {LARGEST}")
        if (self.least is not None and value < self.least) or value > self.most or math.isnan(value):
            raise self._refused(shown)
        return float(value) if self.kind is Kind.NUMBER else int(value)

    def _text(self, value: str, base: Path, shown: str) -> str:
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueRefused("isn't valid UTF-8, and must be")
        if "\0" in value:
            raise ValueRefused("holds a character of value 0, which nothing can have")
        if not value and self.kind is Kind.TEXT:
            raise self._refused(shown)
        if self.choices and self.kind is not Kind.PATH:
            value = value.strip().lower()
            if value not in self.choices:
                raise self._refused(shown)
        if self.form is not None and not re.fullmatch(self.form[0], value):
            raise self._refused(shown)
        if self.or_path and value.startswith(("./", "../", "~")):
            return str(_path(value, base))
        return value

    def _refused(self, shown: str) -> ValueRefused:
        return ValueRefused(f"is {shortened(shown) or 'empty'}, and must be {self.allowed}")


_SWITCHES: Final = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


def _path(text: str, base: Path) -> Path:
    try:
        return base / Path(text).expanduser()
    except RuntimeError:
        raise ValueRefused(f"is {text}, and there is no such home folder: write the path out") from None


def _written(value: object) -> str:
    try:
        return toml(value)
    except TypeError:
        return "a table" if isinstance(value, Mapping) else str(value)


def toml(value: object) -> str:
    """Write a value as TOML; None, which TOML lacks, as the empty text.

    Raises:
        TypeError: no setting has values of that type.
    """
    match value:
        case None:
            return '""'
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str() | Path():
            # JSON's strings are TOML's, but for DEL, which TOML wants escaped.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(toml(item) for item in value)}]"
    raise TypeError(type(value))


def _declared() -> dict[str, Setting]:
    hints = typing.get_type_hints(Settings)
    found: dict[str, Setting] = {}
    defaults = Settings()
    for field in dataclasses.fields(Settings):
        hint, optional = _without_none(hints[field.name])
        metadata: dict[str, Any] = dict(field.metadata)
        flags: Sequence[str] = metadata.pop("flags") or (f"--{field.name.replace('_', '-')}",)
        found[field.name] = Setting(
            name=field.name,
            kind=_KINDS[hint],
            optional=optional,
            default=getattr(defaults, field.name),
            flags=tuple(flags),
            **metadata,
        )
    return found


_KINDS: Final[dict[Any, Kind]] = {
    str: Kind.TEXT,
    int: Kind.WHOLE,
    float: Kind.NUMBER,
    bool: Kind.SWITCH,
    Path: Kind.PATH,
    tuple[str, ...]: Kind.TEXTS,
}


def _without_none(hint: Any) -> tuple[Any, bool]:
    if isinstance(hint, types.UnionType):
        (kind,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        return kind, True
    return hint, False


SETTINGS: Final[Mapping[str, Setting]] = _declared()
"""All settings by name, in the order of their declaration."""
