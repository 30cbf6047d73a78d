"""What is remembered of players, for those who run a server: listed, exported, imported, and erased. While a server runs, too.

An export is a file of JSON Lines: one that says what it is, then one for each exchange::

    {"loquent": "memory", "version": 1}
    {"player": "p7", "character": "guard", "at": "2026-11-25T18:30:00.125Z", "said": "Hello!", "reply": "Halt!"}

``marked`` is there too where a reply had marks of cues.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from .dialogue.memory_file import (
    Lock,
    StoreError,
    add_exchange,
    connect,
    make_folder,
    pair_row,
    prepare,
    transaction,
    why_not,
)
from .dialogue.sqlite_store import digest

FORMAT: Final = {"loquent": "memory", "version": 1}
"""The first line of an export."""

_KEYS: Final = ("player", "character", "at", "said", "reply", "marked")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WAIT_SECONDS: Final = 10.0
"""How long a running server, or anybody else, is waited for."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody of whom something is remembered."""

    name: str
    characters: tuple[str, ...]
    exchanges: int
    first: datetime
    last: datetime


def list_players(file: Path) -> list[Player]:
    """Return who is remembered, who spoke last first.

    Raises:
        StoreError: the file can't be used.
    """
    with _opened(file) as (connection, _):
        rows = connection.execute(
            "SELECT player, character, count(*), min(said_at), max(said_at) FROM pairs p JOIN exchanges e ON e.pair = p.id "
            "GROUP BY p.id ORDER BY player, character"
        ).fetchall()
    found: dict[str, Player] = {}
    for name, character, exchanges, first, last in rows:
        this = Player(name, (character,), exchanges, _time(first), _time(last))
        other = found.get(name)
        if other is not None:
            characters, exchanges = (*other.characters, character), other.exchanges + exchanges
            this = Player(name, characters, exchanges, min(this.first, other.first), max(this.last, other.last))
        found[name] = this
    return sorted(found.values(), key=lambda player: player.last, reverse=True)


def export_players(file: Path, player: str | None, out: TextIO) -> int:
    """Write what is remembered, oldest first.

    Args:
        file: the memory's file.
        player: of whom; None for everybody.
        out: where to.

    Returns:
        how many exchanges these are.

    Raises:
        StoreError: the file can't be used.
    """
    count = 0
    with _opened(file) as (connection, _):
        out.write(f"{json.dumps(FORMAT)}\n")
        rows = connection.execute(
            "SELECT player, character, said_at, said, reply, marked FROM exchanges e JOIN pairs p ON p.id = e.pair "
            "WHERE ? IS NULL OR player = ? ORDER BY said_at, e.id",
            (player, player),
        )
        for name, character, said_at, *texts in rows:
            at = _time(said_at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            said = {"player": name, "character": character, "at": at}
            said |= {key: text for key, text in zip(_KEYS[3:], texts, strict=True) if text is not None}
            out.write(f"{json.dumps(said, ensure_ascii=False)}\n")
            count += 1
    return count


def export_to(file: Path, player: str | None, exported: Path) -> int:
    """Write what is remembered into a file that isn't there yet, which only its owner may read; see `export_players`.

    Raises:
        StoreError: one of the files can't be used.
    """
    try:
        opened = os.open(exported, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise StoreError(f"{exported} is there already; give another name, or move it away.") from None
    except OSError as error:
        raise StoreError(f"{exported} can't be written: {error.strerror}.") from None
    try:
        with open(opened, "w", encoding="utf-8", newline="\n") as out:  # noqa: PTH123 - Path can't take a descriptor
            return export_players(file, player, out)
    except BaseException as error:
        exported.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreError(f"{exported} can't be written: {error.strerror}.") from None
        raise


def import_players(file: Path, exported: Path) -> int:
    """Take all of an export into a memory, or nothing; the memory is made if there is none.

    Returns:
        how many exchanges these are.

    Raises:
        StoreError: the memory or the export can't be used, or some of it is there already.
    """
    for _ in _read(exported):  # all of it, before anybody has to wait for us
        pass
    count = 0
    with _opened(file, make=True) as (connection, _), transaction(connection):
        for where, pair, said_at, texts in _read(exported):
            row = pair_row(connection, *pair)
            there = connection.execute(
                "SELECT 1 FROM exchanges WHERE pair = ? AND said_at = ? AND said = ? AND reply = ? AND marked IS ?",
                (row, said_at, *texts),
            ).fetchone()
            if there is not None:
                raise StoreError(f"{where}: this is remembered already, so nothing was imported; take that line out.")
            add_exchange(connection, row, said_at, *texts)
            count += 1
    return count


def erase_player(file: Path, player: str) -> int:
    """Erase all that is remembered of a player, for ever; a server that runs forgets it too.

    Returns:
        how many exchanges these were.

    Raises:
        StoreError: the file can't be used.
    """
    with _opened(file, hold=True) as (connection, lock):
        with transaction(connection):
            pairs = [row[0] for row in connection.execute("SELECT id FROM pairs WHERE player = ?", (player,))]
            count = 0
            for pair in pairs:
                count += connection.execute("DELETE FROM exchanges WHERE pair = ?", (pair,)).rowcount
                connection.execute("DELETE FROM pairs WHERE id = ?", (pair,))
            if not lock.taken:  # by us, so a server runs
                connection.execute("INSERT INTO erasures (digest) VALUES (?)", (digest(player),))
        lock.release()
        _overwrite(file, connection)
    return count


def _overwrite(file: Path, connection: sqlite3.Connection) -> None:
    """See to it that what has been erased is in none of the files any more.

    SQLite overwrites what is deleted, but pages that were split may have kept a copy of a few rows where it never looks again. So
    the whole file is written anew; what a server wants to write meanwhile waits there.
    """
    try:
        connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise StoreError(
            f"It's erased, but traces may be left on the disk; erase again when this is mended: {why_not(file, error)}"
        ) from None
    until = time.monotonic() + _WAIT_SECONDS
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            raise StoreError(
                f"It's erased, but another program that reads {file} keeps its bytes on the disk; end that program, and erase again."
            )
        time.sleep(0.02)


# --- on a command line ---------------------------------------------------------------------------------------


def counted(exchanges: int) -> str:
    """Return how many exchanges there are, in words."""
    return f"{exchanges} exchange{'' if exchanges == 1 else 's'}"


def shown(player: str) -> str:
    """Return a player's name as it can stand in a line; what can't is written as JSON writes it."""
    return (
        player
        if player.isprintable() and player == player.strip() and not player.startswith('"')
        else json.dumps(player)
    )


def named(text: str) -> str:
    """Return the name that `shown` has written.

    Raises:
        ValueError: it's none.
    """
    if not text.startswith('"'):
        return text
    name = json.loads(text)
    if not isinstance(name, str):
        raise ValueError(text)
    return name


# --- the memory's file ---------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Path, *, make: bool = False, hold: bool = False) -> Iterator[tuple[sqlite3.Connection, Lock]]:
    """Open a memory.

    Args:
        file: the file.
        make: whether to make it if it isn't there.
        hold: whether to keep servers from starting until the lock is released, if none runs.

    Raises:
        StoreError: it can't be used.
    """
    if make:
        make_folder(file)
    elif not file.exists():
        raise StoreError(f"There is no memory in {file}; --memory names another, as for the server.")
    lock = Lock(file)
    lock.share()
    try:
        prepare(file, make=make, migrate=lock.taken, wait_seconds=_WAIT_SECONDS)
        if not hold:
            lock.release()
        with closing(connect(file, wait_seconds=_WAIT_SECONDS)) as connection:
            yield connection, lock
    except sqlite3.Error as error:
        raise StoreError(why_not(file, error)) from None
    finally:
        lock.release()


def _time(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


# --- reading an export ---------------------------------------------------------------------------------------

_Line = tuple[str, tuple[str, str], int, tuple[str, str, str | None]]
"""Where it stands, player and character, when it was said, and what."""


def _read(file: Path) -> Iterator[_Line]:
    """Yield the exchanges of an export.

    Raises:
        StoreError: it isn't one.
    """
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            yield from _lines(file, lines)
    except OSError as error:
        raise StoreError(f"{file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise StoreError(f"{file} isn't UTF-8 text, as `loquent players export` writes it.") from None


def _lines(file: Path, lines: Iterable[str]) -> Iterator[_Line]:
    seen: set[int] = set()
    number = 0
    for number, line in enumerate(lines, 1):
        where = f"{file}, line {number}"
        if number == 1:
            _check_first(where, line)
        elif line.strip():
            read = _exchange(where, _object(where, line))
            known = hash(read[1:])
            if known in seen:
                raise StoreError(f"{where}: this stands in an earlier line too; take one of them out.")
            seen.add(known)
            yield read
    if not number:
        raise StoreError(f"{file} is empty; `loquent players export` writes a file that can be imported.")


def _check_first(where: str, line: str) -> None:
    first = _object(where, line)
    if first.get("loquent") != FORMAT["loquent"]:
        raise StoreError(f"{where}: this is no export of a memory; the first line of one is {json.dumps(FORMAT)}.")
    if first.get("version") != FORMAT["version"]:
        raise StoreError(
            f"{where}: this export is of version {first.get('version')!r}, and this Loquent reads version 1."
        )


def _object(where: str, line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{where}: this isn't JSON ({error}); each line is an object of its own.") from None
    if not isinstance(read, dict):
        raise StoreError(f"{where}: this is no JSON object, such as {json.dumps(FORMAT)}.")
    return read


def _exchange(where: str, read: dict[str, Any]) -> _Line:
    for key in read:
        if key not in _KEYS:
            raise StoreError(f"{where}: there is no key {key[:64]!r}; an exchange has {', '.join(_KEYS)}.")
    for key in _KEYS:
        value = read.get(key)
        if value is None and key == "marked":
            continue
        if not isinstance(value, str):
            raise StoreError(f"{where}: {key} is missing, or no text.")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise StoreError(f"{where}: {key} holds half a character (\\ud800 to \\udfff alone), which is no text.")
        if not value and key in ("player", "character"):
            raise StoreError(f"{where}: {key} is empty, and says who that is.")
    pair = (read["player"], read["character"])
    return where, pair, _milliseconds(where, read["at"]), (read["said"], read["reply"], read.get("marked"))


def _milliseconds(where: str, at: str) -> int:
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None or when < _EPOCH:
        raise StoreError(
            f"{where}: at is {at[:40]!r}, and must be a time with its offset, such as 2026-11-25T18:30:00.125Z."
        )
    return (when - _EPOCH) // timedelta(milliseconds=1)
