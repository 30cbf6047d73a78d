"""The file of a server's memory: SQLite, its schema and how older ones become it, and the lock that keeps a second server out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

APPLICATION: Final = 0x4C71_6E74
"""Marks a SQLite file as a memory of ours (``PRAGMA application_id``): "Lqnt"."""

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        f"PRAGMA application_id = {APPLICATION}",
        """CREATE TABLE pairs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, player TEXT NOT NULL, character TEXT NOT NULL, UNIQUE (player, character)
        )""",
        # said_at: milliseconds since 1970, in UTC. No id is given twice, so a late amendment finds its exchange or none.
        """CREATE TABLE exchanges (
            id INTEGER PRIMARY KEY AUTOINCREMENT, pair INTEGER NOT NULL REFERENCES pairs ON DELETE CASCADE,
            said_at INTEGER NOT NULL, said TEXT NOT NULL, reply TEXT NOT NULL, marked TEXT
        )""",
        "CREATE INDEX exchanges_of_pair ON exchanges (pair, said_at)",
        "CREATE INDEX exchanges_by_age ON exchanges (said_at)",
        # Whom a command erases while a server runs, for the server to forget: a hash, which it takes out when it has.
        "CREATE TABLE erasures (id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL)",
    ),
    (
        # What exchanges are about, as a model has it: 16-bit floats, little-endian. It goes when its exchange goes or changes.
        "CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """CREATE TABLE vectors (
            exchange INTEGER PRIMARY KEY REFERENCES exchanges ON DELETE CASCADE, model INTEGER NOT NULL REFERENCES models,
            vector BLOB NOT NULL
        )""",
        """CREATE TRIGGER exchange_changed AFTER UPDATE ON exchanges BEGIN
            DELETE FROM vectors WHERE exchange = NEW.id;
        END""",
    ),
)
"""What makes each version of the file of the one before it, the first of an empty file. A step that was ever released isn't changed."""

VERSION: Final = len(STEPS)
"""The version of the file that this program reads and writes (``PRAGMA user_version``)."""

_CHECKED_BYTES: Final = 1 << 30
"""Largest file that is read through when a server starts: some seconds."""

_LOCK_SECONDS: Final = 1.0
"""How long a server waits for the lock: a command holds it for the moment in which it erases."""


class StoreError(Exception):
    """The memory can't be used. The text is a sentence or two that name the file and say what to do."""


def usual_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where a memory is unless told: in the user's folder for programs' data.

    Raises:
        StoreError: this user has no folder.
    """
    data = Path(environ.get("XDG_DATA_HOME", ""))
    try:
        folder = data if data.is_absolute() else Path.home() / ".local" / "share"  # as that specification has it
    except RuntimeError:
        raise StoreError(
            "This user has no home folder, so say where the memory is to be: --memory and a path, or --memory none to keep it "
            "only while the server runs."
        ) from None
    return folder / "loquent" / "memory.sqlite3"


def connect(file: Path, *, wait_seconds: float) -> sqlite3.Connection:
    """Open a memory's file that is there, as everybody who uses it does. Transactions are begun and ended by hand.

    Args:
        file: the file.
        wait_seconds: how long a statement waits for another program that writes.

    Raises:
        sqlite3.Error: it can't.
    """
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        set_wait(connection, wait_seconds)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        # Of what a process has written nothing is lost when it's killed. When the power fails, what was written since the last
        # checkpoint may be: that's where files are synced, and nobody who writes waits for a disk.
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def set_wait(connection: sqlite3.Connection, seconds: float) -> None:
    """Say how long a statement waits for another program that writes."""
    connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of something in a file or nothing, with nobody else writing meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # some errors end the transaction themselves
            connection.execute("ROLLBACK")
        raise
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def pair_row(connection: sqlite3.Connection, player: str, character: str) -> int:
    """Return the row of a player and a character, within a transaction; it's made if there is none."""
    pair = (player, character)
    found = connection.execute("SELECT id FROM pairs WHERE player = ? AND character = ?", pair).fetchone()
    if found is not None:
        return int(found[0])
    return connection.execute("INSERT INTO pairs (player, character) VALUES (?, ?)", pair).lastrowid or 0


def add_exchange(
    connection: sqlite3.Connection, pair: int, said_at: int, said: str, reply: str, marked: str | None
) -> int:
    """Add an exchange, within a transaction; returns its row.

    Args:
        connection: of the file.
        pair: the row of player and character, see `pair_row`.
        said_at: milliseconds since 1970.
        said: what the player said.
        reply: what the player saw of the reply.
        marked: the same with marks, if it has any.
    """
    return (
        connection.execute(
            "INSERT INTO exchanges (pair, said_at, said, reply, marked) VALUES (?, ?, ?, ?, ?)",
            (pair, said_at, said, reply, marked),
        ).lastrowid
        or 0
    )


# --- the lock ------------------------------------------------------------------------------------------------


class Lock:
    """Keeps a second server from a memory. The system lets go of it when the process ends, however it ends.

    It's on a file beside, which stays there: on the memory itself SQLite has locks of its own.

    Args:
        file: the memory's file.
    """

    def __init__(self, file: Path) -> None:
        self._file = Path(os.path.realpath(file))
        self._beside = self._file.with_name(f"{self._file.name}.lock")
        self._opened: int | None = None

    def take(self) -> None:
        """Take it for a server, for as long as that runs.

        Raises:
            StoreError: another server has it, or the folder can't be written to.
        """
        deadline = time.monotonic() + _LOCK_SECONDS
        while not self._try(fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"Another Loquent server{self._owner()} has its memory in {self._file}, and two would overlook what the other "
                    "remembers. Stop it, or give this server a file of its own with --memory."
                )
            time.sleep(0.02)
        assert self._opened is not None  # noqa: S101 - it has been taken
        os.truncate(self._opened, 0)
        os.write(self._opened, f"{os.getpid()}\n".encode())

    def share(self) -> None:
        """Take it for a command, which keeps servers from starting for a moment, and other commands not; it's had if no server runs."""
        self._try(fcntl.LOCK_SH)

    @property
    def taken(self) -> bool:
        """Whether it's had."""
        return self._opened is not None

    def release(self) -> None:
        """Let go of it. Idempotent."""
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None

    def _try(self, how: int) -> bool:
        try:
            opened = os.open(self._beside, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(_unusable(self._file, f"{self._beside.name} can't be made ({error.strerror})")) from None
        try:
            fcntl.flock(opened, how | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return False
        except OSError as error:
            os.close(opened)
            raise StoreError(_unusable(self._file, f"the folder takes no locks ({error.strerror})")) from None
        self._opened = opened
        return True

    def _owner(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            process = int(self._beside.read_text())
            os.kill(process, 0)  # only looks whether it's there: one that was killed has left its number
            return f" (process {process})"
        return ""


# --- opening -------------------------------------------------------------------------------------------------


def prepare(file: Path, *, make: bool, migrate: bool = True, check: bool = False, wait_seconds: float = 5.0) -> None:
    """See to it that a memory's file is there and of our version.

    Args:
        file: the file.
        make: whether to make it, and its folder, if it isn't there; only its owner may read it then.
        migrate: whether a file of an older version may be made one of ours: not while a server of that version uses it.
        check: whether to read it through, to find damage before it's met.
        wait_seconds: how long to wait for another program that writes.

    Raises:
        StoreError: it can't be used.
    """
    if make:
        try:
            _make(file)
        except OSError as error:
            raise StoreError(_unusable(file, error.strerror or str(error))) from None
    _check_rights(file)
    try:
        with contextlib.closing(connect(file, wait_seconds=wait_seconds)) as connection:
            _identify(connection, file)
            mode_now = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode_now != "wal":
                raise StoreError(_unusable(file, "its file system can't share memory between processes"))
            _migrate(connection, file, allowed=migrate)
            if check and file.stat().st_size <= _CHECKED_BYTES:
                (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if found != "ok":
                    raise StoreError(_damaged(file, str(found).replace("\n", " ")))
    except sqlite3.Error as error:
        raise StoreError(why_not(file, error)) from None


def inspect(file: Path) -> int:
    """Look whether a memory's file can be used, and change nothing.

    Returns:
        how many exchanges are in it.

    Raises:
        StoreError: it can't be used.
    """
    _check_rights(file)
    try:
        with contextlib.closing(connect(file, wait_seconds=1.0)) as connection:
            _identify(connection, file)
            version = _version(connection)
            _check_version(version, file)
            return int(connection.execute("SELECT count(*) FROM exchanges").fetchone()[0]) if version else 0
    except sqlite3.Error as error:
        raise StoreError(why_not(file, error)) from None


def _check_rights(file: Path) -> None:
    """Refuse what isn't there, is no file, or may not be written."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise StoreError(f"There is no memory in {file}; --memory names another, as for the server.") from None
    except OSError as error:
        raise StoreError(_unusable(file, error.strerror or str(error))) from None
    if not stat.S_ISREG(mode):  # opening a pipe would wait for ever
        raise StoreError(f"{file} is no file; give --memory the path of a file, which is made if there is none.")
    if not os.access(file, os.R_OK | os.W_OK):
        raise StoreError(_unusable(file, "this user may not read and write it"))
    if not os.access(file.parent, os.W_OK):
        raise StoreError(_unusable(file, "this user may not write to its folder, where SQLite needs files beside it"))


def make_folder(file: Path) -> None:
    """Make the folder in which a memory's file is to stand, if there is none; only its owner may look into it then.

    Raises:
        StoreError: it can't be made.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(_unusable(file, f"its folder can't be made ({error.strerror})")) from None


def _make(file: Path) -> None:
    make_folder(file)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite's files beside it get its mode


def _identify(connection: sqlite3.Connection, file: Path) -> None:
    """Refuse what isn't ours."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (application or tables):
        raise StoreError(
            f"{file} is a database of another program; give --memory a path of its own, where the file is made."
        )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _check_version(version: int, file: Path) -> None:
    if version > VERSION:
        raise StoreError(
            f"{file} was written by a newer Loquent (version {version} of the file; this one knows up to {VERSION}). "
            "Start that one, or give this server another file with --memory."
        )


def _migrate(connection: sqlite3.Connection, file: Path, *, allowed: bool) -> None:
    """Take a file to our version, step by step, each of which is done wholly or not at all."""
    version = _version(connection)
    _check_version(version, file)
    if version < VERSION and not allowed:
        raise StoreError(
            f"{file} is of an older version, and a server uses it; start the server of this Loquent first, which brings it up to date."
        )
    while version < VERSION:
        with transaction(connection):
            version = _version(connection)  # somebody else may have been here
            if version < VERSION:
                for statement in STEPS[version]:
                    connection.execute(statement)
                version += 1
                connection.execute(f"PRAGMA user_version = {version}")


# --- what may go wrong ---------------------------------------------------------------------------------------


def why_not(file: Path, error: sqlite3.Error) -> str:
    """Return a sentence or two about an error of SQLite's: what it means, and what to do."""
    match _primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"Another program holds the memory in {file} and doesn't let go of it; end that program."
        case sqlite3.SQLITE_FULL:
            return f"The disk is full on which the memory is ({file}); make room there."
        case sqlite3.SQLITE_NOTADB:
            return (
                f"{file} isn't a memory of Loquent's, nor any SQLite database; give --memory another path, or move that file "
                "away if it was one: then a new one is made."
            )
        case sqlite3.SQLITE_CORRUPT:
            return _damaged(file, str(error))
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return _unusable(file, "it can only be read")
        case sqlite3.SQLITE_CANTOPEN:
            return _unusable(file, "it can't be opened")
        case sqlite3.SQLITE_IOERR:
            return f"The disk fails on which the memory is ({file}: {error}); see to that disk, and what else is on it."
    return _unusable(file, str(error))


def passes(error: sqlite3.Error) -> bool:
    """Tell whether an error may pass by itself, with the file as it's opened: another program writes, or the disk is full."""
    return _primary(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)


def _primary(error: sqlite3.Error) -> int:
    code: int | None = getattr(error, "sqlite_errorcode", None)  # mistakes in calls have none
    return sqlite3.SQLITE_ERROR if code is None else code & 0xFF


def _unusable(file: Path, why: str) -> str:
    return (
        f"The memory can't be kept in {file}: {why}. See to that, give another path with --memory, or --memory none to keep "
        "it only while the server runs."
    )


def _damaged(file: Path, why: str) -> str:
    return (
        f"The memory in {file} is damaged ({why}). Put a backup in its place, or move it away, and a new one is made; "
        f"`sqlite3 {file} .recover` may save what is in it."
    )
