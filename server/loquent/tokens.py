"""The tokens file: who may connect, a table each, and the hash of the token that they show.

::

    [quest-build]
    sha256 = "…"          # of the token, in hexadecimal; or: token = "…", in a file that only its owner and group may read
    connections = 4       # open at once, optional
    turns = 8             # running at once, optional
    expires = 2027-01-01  # the first day on which it isn't taken any more, in UTC, optional; a time with an offset may follow it
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a token may be called: what TOML takes without quotes, and a log line without ambiguity."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
"""What a token may look like, so that it can stand in a header: RFC 6750, section 2.1."""

_LEAST: Final = 16
"""Fewest characters of a token: fewer can be guessed."""

_MOST: Final = 512
"""Most characters of a token."""

_SHA256: Final = re.compile(r"[0-9A-Fa-f]{64}")

_KEYS: Final = ("sha256", "token", "connections", "turns", "expires")

_MOST_BYTES: Final = 1 << 20
"""Largest tokens file: some 8,000 tokens. All of them are compared at each connection."""


class TokensError(Exception):
    """A tokens file can't be used or changed. The text names it and says what to do; it never holds a token."""


@dataclass(frozen=True, slots=True)
class Token:
    """An entry of a tokens file."""

    name: str
    """Who shows it, for the log."""
    digest: bytes = field(repr=False)
    """SHA-256 of the token, 32 bytes."""
    connections: int | None = None
    """Most connections open at once with it; None: as many as the server takes."""
    turns: int | None = None
    """Most turns running at once of all its connections; None: as many as the server takes."""
    expires: datetime | None = None
    """When it stops being taken, with a time zone; None: never."""


def digest(token: str) -> bytes | None:
    """Return the SHA-256 of a token, 32 bytes; None for a text that can't be one: too short, too long, or not for a header."""
    if not _LEAST <= len(token) <= _MOST or not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode()).digest()


# --- reading -------------------------------------------------------------------------------------------------


def read_tokens(file: Path) -> tuple[Token, ...]:
    """Read a tokens file.

    Returns:
        its entries, at least one.

    Raises:
        TokensError: it can't be read or used, or people may read or write it who shouldn't.
    """
    text, mode = _read(file)
    _check_writers(file, mode)
    found: dict[bytes, Token] = {}
    for name, entry in _parse(file, text).items():
        if not isinstance(entry, Mapping):
            raise TokensError(
                f"{file}: {name} stands in no table; put a line with a name in brackets above it, such as [quest-build]."
            )
        token = _Entry(file, text, name, entry).token(private=_is_private(mode))
        if token.digest in found:
            where = _where(file, text, name)
            raise TokensError(
                f"{where}: [{name}] has the same token as [{found[token.digest].name}]; make another with `loquent token`."
            )
        found[token.digest] = token
    if not found:
        raise TokensError(f"{file} holds no token; make one with `loquent token NAME`.")
    return tuple(found.values())


class _Entry:
    """A table of a tokens file, while it's being read."""

    def __init__(self, file: Path, text: str, name: str, entry: Mapping[str, object]) -> None:
        self._file = file
        self._text = text
        self._name = name
        self._entry = entry

    def token(self, *, private: bool) -> Token:
        """Return what it says.

        Args:
            private: whether the file may hold a token in plain text.
        """
        if not _NAME.fullmatch(self._name):
            raise self._error(None, "a name has 1 to 64 letters, digits, - and _, and nothing else.")
        for key in self._entry:
            if key not in _KEYS:
                near = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]}?" if near else f"it may have {', '.join(_KEYS)}."
                raise self._error(key, f"a token has no key {key}; {hint}")
        return Token(
            self._name, self._digest(private), self._count("connections"), self._count("turns"), self._expires()
        )

    def _digest(self, private: bool) -> bytes:
        hashed, plain = self._entry.get("sha256"), self._entry.get("token")
        if (hashed is None) == (plain is None):
            raise self._error(
                None if hashed is None else "token",
                "a token needs either sha256 or token; `loquent token NAME` makes an entry.",
            )
        if hashed is not None:
            if not isinstance(hashed, str) or not _SHA256.fullmatch(hashed):
                raise self._error(
                    "sha256",
                    "sha256 is the hash of a token, 64 hexadecimal digits; `loquent token NAME` makes a token and its hash.",
                )
            return bytes.fromhex(hashed)
        if not isinstance(plain, str):
            raise self._error("token", 'token is a text, such as token = "…".')
        if len(plain) < _LEAST:
            raise self._error(
                "token",
                f"the token has {len(plain)} characters, and fewer than {_LEAST} can be guessed; "
                "make one with `loquent token NAME`.",
            )
        made = digest(plain)
        if made is None:
            raise self._error(
                "token",
                f"a token has at most {_MOST} letters, digits and -._~+/ and no others, so that it can stand in a header; "
                "make one with `loquent token NAME`.",
            )
        if not private:
            raise self._error(
                "token",
                "here is a token in plain text, and everybody on this machine may read it; take that right away "
                f"(chmod o-r {self._file}), or give sha256, its hash, instead.",
            )
        return made

    def _count(self, key: str) -> int | None:
        value = self._entry.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        raise self._error(key, f"{key} is a number, at least 1; without it there's no limit of the token's own.")

    def _expires(self) -> datetime | None:
        value = self._entry.get("expires")
        if value is None:
            return None
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise self._error("expires", "the time says no offset; put Z behind it for UTC.")
            return value
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        raise self._error("expires", "expires is a date without quotes, such as expires = 2027-01-01.")

    def _error(self, key: str | None, what: str) -> TokensError:
        return TokensError(f"{_where(self._file, self._text, self._name, key)}: [{self._name}]: {what}")


def _read(file: Path) -> tuple[str, int]:
    """Return the text of a tokens file, and its mode."""
    try:
        if file.exists() and not file.is_file():  # opening a pipe would wait for ever
            raise TokensError(f"{file} isn't a file; give --tokens a file, which `loquent token NAME` makes.")
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            data = opened.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise TokensError(f"There is no file {file}; make it with `loquent token NAME --tokens {file}`.") from None
    except OSError as error:
        raise TokensError(f"{file} can't be read: {error.strerror}.") from None
    if len(data) > _MOST_BYTES:
        raise TokensError(f"{file} has more than {_MOST_BYTES} bytes; is it a tokens file?")
    try:
        return data.decode("utf-8-sig"), mode
    except UnicodeDecodeError:
        raise TokensError(f"{file} isn't UTF-8 text; save it as UTF-8.") from None


def _parse(file: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets within brackets
        raise TokensError(f"{file} isn't valid TOML: {error}.") from None


def _check_writers(file: Path, mode: int) -> None:
    if os.name == "posix" and mode & stat.S_IWOTH:
        raise TokensError(
            f"Everybody on this machine may write to {file}, and so let anybody in; take that right away (chmod o-w {file})."
        )


def _is_private(mode: int) -> bool:
    """Tell whether others than the owner and the group are kept from reading: the group may be how a service gets its secrets."""
    return os.name != "posix" or not mode & stat.S_IROTH


def _where(file: Path, text: str, name: str, key: str | None = None) -> str:
    """Say where an entry stands, or one of its keys: the file, and the line if it can be found."""
    found = None
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            inside = _table(line) == name
            if inside:
                found = found or number
        elif inside and key is not None and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
            return f"{file}, line {number}"
    return f"{file}, line {found}" if found else str(file)


def _table(line: str) -> str | None:
    """Return the name of the table that a line begins."""
    try:
        return next(iter(tomllib.loads(line)), None)
    except ValueError:
        return None


# --- making --------------------------------------------------------------------------------------------------


def new_token(
    name: str, *, connections: int | None = None, turns: int | None = None, expires: date | None = None
) -> tuple[str, str]:
    """Make a token of 256 random bits.

    Args:
        name: who will show it.
        connections: most connections open at once with it.
        turns: most turns running at once of all its connections.
        expires: the first day on which it isn't taken any more, in UTC.

    Returns:
        the token, and its entry for a tokens file, which doesn't hold it.
    """
    token = f"lq_{secrets.token_urlsafe(32)}"  # the beginning says what it is, and isn't a dash, which starts an option
    limits = {"connections": connections, "turns": turns, "expires": expires}
    lines = [f"[{name}]", f'sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"']
    lines += [f"{key} = {value}" for key, value in limits.items() if value is not None]
    return token, "".join(f"{line}\n" for line in lines)


def make_token(
    file: Path,
    name: str,
    *,
    connections: int | None = None,
    turns: int | None = None,
    expires: date | None = None,
    report: Callable[[str], None],
) -> None:
    """Make a token, put its hash into a tokens file, and show it, this once.

    Args:
        file: the tokens file; made if there is none, so that only its owner may read it.
        name: see `new_token`; 1 to 64 letters, digits, - and _, and not in the file yet.
        connections: see `new_token`; at least 1.
        turns: see `new_token`; at least 1.
        expires: see `new_token`.
        report: told in one line each what the user should know.

    Raises:
        TokensError: the file can't be used or written, or has such a name already. It's then as it was.
    """
    if not _NAME.fullmatch(name):
        raise TokensError(f"A token can't be called {name!r}; a name has 1 to 64 letters, digits, - and _.")
    for key, value in (("connections", connections), ("turns", turns)):
        if value is not None and value < 1:
            raise TokensError(f"A token with {value} {key} lets nobody in; give --{key} a number of at least 1.")
    if expires is not None and expires <= datetime.now(UTC).date():
        raise TokensError(
            f"A token that expires on {expires} lets nobody in any more; give --expires a day that comes."
        )
    token, entry = new_token(name, connections=connections, turns=turns, expires=expires)
    _append(Path(os.path.realpath(file)), name, entry)
    for line in (
        f"The token of {name}, shown this once:",
        "",
        f"    {token}",
        "",
        f"Its hash is in {file}; a server that runs with --tokens {file} takes it within seconds.",
        "In Unity it's the client's Token (SessionOptions.Token).",
        "In a terminal: `loquent chat` takes it from the environment variable LOQUENT_TOKEN, or from a file: --token-file.",
    ):
        report(line)


def _append(file: Path, name: str, entry: str) -> None:
    """Add an entry to a tokens file: whoever reads it sees all of it or nothing."""
    beside = file.with_name(f"{file.name}.new")
    try:
        # Whoever gets to make this file may write, and others wait until it's gone.
        opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise TokensError(
            f"{beside} is there: another `loquent token` is at work. If none is, delete that file and try again."
        ) from None
    except FileNotFoundError:
        raise TokensError(f"There is no folder {file.parent}; make it, or give --tokens a file in another.") from None
    except OSError as error:
        raise TokensError(f"{beside} can't be written: {error.strerror}.") from None
    try:
        with open(opened, "w", encoding="utf-8", newline="") as new:  # noqa: PTH123 - Path can't take a descriptor
            new.write(_text_with(file, name, entry))
            new.flush()
            if file.exists():
                _keep_rights(file, beside)
            os.fsync(new.fileno())
        beside.replace(file)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise TokensError(f"{file} can't be written: {error.strerror}.") from None
        raise


def _text_with(file: Path, name: str, entry: str) -> str:
    """Return the text of a tokens file with one entry more."""
    if not file.exists():
        return entry
    text, mode = _read(file)
    _check_writers(file, mode)
    if name in _parse(file, text):
        raise TokensError(
            f"{_where(file, text, name)}: there is a token {name} already; choose another name, or take that entry out."
        )
    if not text.strip():
        return entry
    return f"{text.rstrip()}\n\n{entry}"


def _keep_rights(old: Path, new: Path) -> None:
    """Give a file the mode of the one whose place it takes, and its owner if that's allowed."""
    found = old.stat()
    with contextlib.suppress(OSError, AttributeError):  # only root may give files away; Windows has no chown
        os.chown(new, found.st_uid, found.st_gid)
    new.chmod(stat.S_IMODE(found.st_mode))
