"""A memory that lasts: exchanges in a SQLite file, written when a turn ends, before its player is told so."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar
from weakref import WeakSet

from ..logs import Log
from .memory_file import (
    Lock,
    StoreError,
    add_exchange,
    connect,
    make_folder,
    pair_row,
    passes,
    prepare,
    set_wait,
    transaction,
    why_not,
)
from .store import REMEMBERED_BYTES, Follower, Spoken, Store, latest

log = Log.named("loquent.memory")

_WAIT_SECONDS: Final = 0.05
"""How long everybody waits for another program that writes; what can't be written then waits by itself, until `SqliteStore.look`."""

_BACKLOG_BYTES: Final = 1 << 26
"""How much may wait to be written while the file can't be: some 100,000 exchanges. Beyond it the oldest are lost."""

_AT_A_TIME: Final = 200
"""So many exchanges are written in one transaction, and forgotten by age at one look: some milliseconds' work."""

_LOG_BYTES: Final = 1 << 24
"""How large SQLite's log stays, once it has been larger."""

_CHECKPOINT_SECONDS: Final = 2.0
"""How often the file is synced if something was written: so much may be lost when the power fails."""

_AGAIN_SECONDS: Final = 0.02
"""How long writing what has waited may take at one look, while everybody waits."""

_CLOSE_SECONDS: Final = 5.0
"""How long another program is waited for when the server starts, and when it stops with something to be written."""

_REMEMBERED_ROWS: Final = 10_000
"""Of so many exchanges that had to wait it's known where they stand, should their players have interrupted them; and of so many what was
written, for who embeds it."""

_AGE_SECONDS: Final = 600.0
"""How often it's looked whether there is something too old to be kept."""

_DAY: Final = 86_400_000
"""Milliseconds."""


_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Something to be written."""

    player: str
    character: str
    spoken: Spoken
    said_at: int
    row: int | None = None
    """Of the exchange that it takes the place of; None for one that is new."""


def _cost(spoken: Spoken) -> int:
    """Return how much memory it takes to have something wait, in bytes."""
    return 512 + spoken.size


def digest(player: str) -> bytes:
    """Return what stands for a player in the list of those who are to be forgotten."""
    return hashlib.sha256(player.encode()).digest()


class SqliteStore(Store):
    """Keeps exchanges in a file. Made before a server's event loop runs, and used from it; nothing in it waits for a disk.

    While the file can't be written, what's to be written waits in memory, and conversations go on.

    Args:
        file: the file; made, with its folder, if there is none.
        days: how long exchanges are kept; 0 for ever.
        clock: the time, in seconds since 1970.

    Raises:
        StoreError: the file can't be used, or another server uses it.
    """

    def __init__(self, file: Path, *, days: float = 0, clock: Callable[[], float] = time.time) -> None:
        self.file = file
        self._days = days
        self._clock = clock
        self._lock = Lock(file)
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._waiting_bytes = 0
        self._keys = 0
        self._rows: dict[int, int] = {}  # of what had to wait, by the key that was given for it
        self._trouble: str | None = None
        self._lost = 0
        self._reopens = False
        self._written: set[int] | None = None
        self._changed = asyncio.Event()
        self._identity: tuple[int, int] | None = None
        self._version = 0
        self._followers: dict[str, WeakSet[Follower]] = {}
        self._most_followed = 0
        self._look_for_old_at = 0.0
        make_folder(file)
        self._lock.take()
        try:
            prepare(file, make=True, check=True, wait_seconds=_CLOSE_SECONDS)
            self._open()
        except sqlite3.Error as error:
            self._lock.release()
            raise StoreError(why_not(file, error)) from None
        except BaseException:
            self._lock.release()
            raise
        self._checkpoints = _Checkpoints(file)

    # --- what a store does ------------------------------------------------------------------------

    def last(self, player: str, character: str, most: int) -> tuple[Spoken, ...]:
        """See `Store`: within `REMEMBERED_BYTES`, and the last one in any case."""
        waiting = {w.row: w for w in self._waiting.values() if (w.player, w.character) == (player, character)}
        found: list[Spoken] = []  # the latest first
        left = REMEMBERED_BYTES
        try:
            rows = self._connection.execute(
                "SELECT e.id, said, reply, marked FROM exchanges e JOIN pairs p ON p.id = e.pair "
                "WHERE player = ? AND character = ? ORDER BY said_at DESC, e.id DESC LIMIT ?",
                (player, character, most),
            )
            for row, *texts in rows:
                spoken = waiting[row].spoken if row in waiting else Spoken(*texts)
                left -= spoken.size
                if found and left < 0:
                    break
                found.append(spoken)
            rows.close()
        except sqlite3.Error as error:
            self._failed(error)
        new = [
            w.spoken for w in self._waiting.values() if w.row is None and (w.player, w.character) == (player, character)
        ]
        kept = [*reversed(found), *new][-most:] if most else []
        return latest(kept, REMEMBERED_BYTES) or tuple(kept[-1:])

    def append(self, player: str, character: str, spoken: Spoken) -> int:
        """See `Store`."""
        key = self._wait(_Waiting(player, character, spoken, self._now()))
        self._write_soon()
        return self._rows.pop(key, key)

    def amend(self, player: str, character: str, key: int, spoken: Spoken) -> None:
        """See `Store`."""
        waiting = self._waiting.get(key)
        if waiting is not None:
            self._waiting[key] = replace(waiting, spoken=spoken)
            self._waiting_bytes += _cost(spoken) - _cost(waiting.spoken)
            return
        row = self._rows.get(key, key)
        if row > 0:
            self._wait(_Waiting(player, character, spoken, 0, row))
            self._write_soon()

    def follow(self, player: str, follower: Follower) -> None:
        """See `Store`."""
        if len(self._followers) > self._most_followed:
            self._followers = {name: followers for name, followers in self._followers.items() if followers}
            self._most_followed = 2 * len(self._followers) + 64
        self._followers.setdefault(player, WeakSet()).add(follower)

    @property
    def waiting(self) -> int:
        """See `Store`."""
        return len(self._waiting)

    @property
    def trouble(self) -> str | None:
        """A sentence on why the file can't be used at the moment; None while all is well."""
        return self._trouble

    def look(self) -> None:
        """See `Store`: write what waits, hear of who has been erased, and forget what is too old."""
        if self._trouble is None and _identity(self.file) != self._identity:
            self._failed_for(f"{self.file} was taken away or replaced while the server runs.", reopen=True)
        if self._trouble is not None:
            self._try_again()
        if self._trouble is not None:
            return
        try:
            version = self._data_version()
            if version != self._version:  # some other program has written
                with transaction(self._connection):
                    self._forget_erased()
                self._version = version
                self._tell_changed(None)
            self._forget_old()
        except sqlite3.Error as error:
            self._failed(error)

    def close(self) -> None:
        """See `Store`."""
        if self._waiting:
            self._try_again(wait_seconds=_CLOSE_SECONDS)
            if self._waiting:
                log.error("%d exchanges couldn't be stored, and are lost: %s", len(self._waiting), self._trouble)
                self._waiting.clear()
        self._checkpoints.close()
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        self._lock.release()

    # --- for what is beside exchanges -------------------------------------------------------------

    async def wait_changed(self) -> None:
        """Return when exchanges were written since `changed` was called."""
        await self._changed.wait()

    def changed(self) -> set[int] | None:
        """Return the rows of exchanges that were written since the last time; None if it may be any: some other program has written."""
        self._changed.clear()
        rows, self._written = self._written, set()
        return rows

    def _tell_changed(self, rows: Iterable[int] | None) -> None:
        """Note that exchanges were written.

        Args:
            rows: which; None if it may be any.
        """
        if rows is None:
            self._written = None
        elif self._written is not None:
            self._written.update(rows)
            if len(self._written) > _REMEMBERED_ROWS:
                self._written = None
        self._changed.set()

    def read(self, work: Callable[[sqlite3.Connection], _Found]) -> _Found | None:
        """Read something from the file; None if it can't be read at the moment."""
        if self._trouble is None:
            try:
                return work(self._connection)
            except sqlite3.Error as error:
                self._failed(error)
        return None

    def write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Write something that may as well be lost, in a transaction; nothing happens if the file can't be written at the moment."""
        if self._trouble is None:
            try:
                with transaction(self._connection):
                    work(self._connection)
            except sqlite3.Error as error:
                self._failed(error)
            else:
                self._checkpoints.wanted.set()

    # --- writing ---------------------------------------------------------------------------------

    def _now(self) -> int:
        return round(self._clock() * 1000)

    def _wait(self, waiting: _Waiting) -> int:
        """Have something written at the next opportunity; returns its key, a negative one."""
        self._keys -= 1
        self._waiting[self._keys] = waiting
        self._waiting_bytes += _cost(waiting.spoken)
        while self._waiting_bytes > _BACKLOG_BYTES and len(self._waiting) > 1:
            _, oldest = self._waiting.popitem(last=False)
            self._waiting_bytes -= _cost(oldest.spoken)
            self._lost += 1
            if self._lost == 1:
                log.error("More waits to be stored than can be kept in memory; from now on the oldest of it is lost.")
        return self._keys

    def _write_soon(self) -> None:
        """Write now what waits, unless that is known to be in vain."""
        if self._trouble is None:
            try:
                while self._waiting:
                    self._write_some()
            except sqlite3.Error as error:
                self._failed(error)
            else:
                self._checkpoints.wanted.set()

    def _try_again(self, wait_seconds: float = 0.0) -> None:
        """Write what has had to wait, if that works now.

        Args:
            wait_seconds: how long to wait for another program, and how long all of it may take. At least some is written.
        """
        until = time.monotonic() + max(wait_seconds, _AGAIN_SECONDS)
        try:
            if self._reopens:
                self._reopen()
            set_wait(self._connection, wait_seconds)
            self._write_some()
            while self._waiting and time.monotonic() < until:
                self._write_some()
            set_wait(self._connection, _WAIT_SECONDS)
        except sqlite3.Error as error:
            self._failed(error)
        except StoreError as error:
            self._failed_for(str(error), reopen=True)
        else:
            self._checkpoints.wanted.set()
            if not self._waiting:
                self._recovered()

    def _recovered(self) -> None:
        lost = f" {self._lost} exchanges before it are lost: more waited than fits into memory." if self._lost else ""
        log.warning("The memory in %s works again, and what waited is stored.%s", self.file, lost)
        self._trouble = None
        self._lost = 0

    def _write_some(self) -> None:
        """Write the oldest of what waits, all in one transaction."""
        rows: dict[int, int] = {}
        with transaction(self._connection):
            self._forget_erased()
            keys = [key for _, key in zip(range(_AT_A_TIME), self._waiting, strict=False)]
            for key in keys:
                row = self._write_one(self._waiting[key])
                if row is not None:
                    rows[key] = row
        written = [self._waiting.pop(key) for key in keys]
        self._waiting_bytes -= sum(_cost(each.spoken) for each in written)
        self._tell_changed([*rows.values(), *(each.row for each in written if each.row is not None)])
        self._rows.update(rows)
        while len(self._rows) > _REMEMBERED_ROWS:
            del self._rows[next(iter(self._rows))]

    def _write_one(self, waiting: _Waiting) -> int | None:
        """Write something, within a transaction; returns the row of an exchange that is new."""
        spoken = waiting.spoken
        texts = (spoken.said, spoken.reply, spoken.marked)
        if waiting.row is not None:
            update = "UPDATE exchanges SET said = ?, reply = ?, marked = ? WHERE id = ?"
            self._connection.execute(update, (*texts, waiting.row))
            return None
        pair = pair_row(self._connection, waiting.player, waiting.character)
        return add_exchange(self._connection, pair, waiting.said_at, *texts)

    def _failed(self, error: sqlite3.Error) -> None:
        self._failed_for(why_not(self.file, error), reopen=not passes(error))

    def _failed_for(self, why: str, *, reopen: bool) -> None:
        """Let what is to be written wait from now on; logged once.

        Args:
            why: a sentence.
            reopen: whether the file must be opened anew before it can work again.
        """
        if self._trouble is None:
            what = "What is said meanwhile is kept in this process, and stored as soon as it works again."
            log.error("%s %s", why, what)
        self._trouble = why
        self._reopens = self._reopens or reopen

    def _reopen(self) -> None:
        """Open the file anew; if it's gone, a new one is made.

        Raises:
            StoreError, sqlite3.Error: it can't be used.
        """
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        prepare(self.file, make=True, wait_seconds=0)
        self._open()
        self._reopens = False

    def _open(self) -> None:
        self._identity = _identity(self.file)
        self._connection = connect(self.file, wait_seconds=_WAIT_SECONDS)
        self._connection.execute("PRAGMA wal_autocheckpoint = 0")  # there's a thread for that
        self._connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        self._version = self._data_version()
        with transaction(self._connection):
            self._forget_erased()

    # --- forgetting ------------------------------------------------------------------------------

    def _data_version(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def _forget_erased(self) -> None:
        """Forget those whom a command has erased, within a transaction: what is to be written of them, and what is open with them."""
        digests = {row[0] for row in self._connection.execute("SELECT digest FROM erasures")}
        if not digests:
            return
        self._connection.execute("DELETE FROM erasures")
        for key in [key for key, waiting in self._waiting.items() if digest(waiting.player) in digests]:
            self._waiting_bytes -= _cost(self._waiting.pop(key).spoken)
        for player, followers in self._followers.items():
            if digest(player) in digests:
                for follower in list(followers):
                    follower.forget()

    def _forget_old(self) -> None:
        """Take out some of what is too old to be kept, if there is any."""
        if not self._days or time.monotonic() < self._look_for_old_at:
            return
        before = self._now() - round(self._days * _DAY)
        execute = self._connection.execute
        with transaction(self._connection):
            old = execute("SELECT id, pair FROM exchanges WHERE said_at < ? LIMIT ?", (before, _AT_A_TIME)).fetchall()
            for row, _ in old:
                execute("DELETE FROM exchanges WHERE id = ?", (row,))
            for pair in {pair for _, pair in old}:
                execute(
                    "DELETE FROM pairs WHERE id = ? AND NOT EXISTS (SELECT 1 FROM exchanges WHERE pair = ?)",
                    (pair, pair),
                )
        if old:
            self._checkpoints.wanted.set()
        if len(old) < _AT_A_TIME:  # that was all of it
            self._look_for_old_at = time.monotonic() + _AGE_SECONDS


class _Checkpoints:
    """Takes what was written from SQLite's log into the file, in a thread: it's where the disk is waited for.

    Args:
        file: the file.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.wanted = threading.Event()
        """Something was written."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop. Idempotent."""
        self._closing.set()
        self.wanted.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self.wanted.wait()
            self.wanted.clear()
            if self._closing.is_set():
                return
            try:
                with contextlib.closing(connect(self._file, wait_seconds=0)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # holds up nobody who writes
            except sqlite3.Error as error:  # what is written stays in the log, and who writes finds out what is wrong
                log.debug("no checkpoint: %s", error)
            self._closing.wait(_CHECKPOINT_SECONDS)


def _identity(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another that takes its place."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
