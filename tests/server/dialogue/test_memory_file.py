"""Opening a memory's file: made for its owner alone, brought up to date, and refused in words where it can't be used."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loquent.dialogue import memory_file
from loquent.dialogue.memory_file import VERSION, Lock, StoreError, connect, usual_file
from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import Spoken
from support.memory_files import holding

DATA = Path(__file__).parent / "data"


def use(file: Path) -> None:
    """Open a memory and close it again, as a server does that finds nothing to do."""
    SqliteStore(file).close()


def test_it_is_made_where_programs_keep_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert usual_file({}) == Path("/home/me/.local/share/loquent/memory.sqlite3")
    assert usual_file({"XDG_DATA_HOME": "relative"}) == usual_file({})  # as the specification has it
    assert usual_file({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "loquent" / "memory.sqlite3"


def test_a_user_without_a_folder_is_asked_to_say_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")  # as that of a user whom the system doesn't know

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(StoreError, match="--memory and a path"):
        usual_file({})


def of_another_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")


def marked_as_anothers(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA application_id = 7")


def newer(file: Path) -> None:
    use(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")


def full_of(data: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(data)


def damaged(file: Path) -> None:
    store = SqliteStore(file)
    for number in range(300):
        store.append(f"p{number}", "guard", Spoken("Hello", "x" * 100))
    store.close()
    data = bytearray(file.read_bytes())
    data[8192:20000] = b"\x55" * (20000 - 8192)
    file.write_bytes(data)


def cut_short(file: Path) -> None:
    damaged(file)
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (of_another_program, "is a database of another program; give --memory a path of its own"),
        (marked_as_anothers, "is a database of another program"),
        (newer, rf"written by a newer Loquent \(version {VERSION + 1} .*knows up to {VERSION}\).*Start that one"),
        (full_of(b"[quest-build]\nsha256 = ..." * 100), "isn't a memory of Loquent's, nor any SQLite database"),
        (full_of(b"SQLite format 3\0" + b"\1" * 5000), "isn't a memory|is damaged"),
        (damaged, "is damaged.*Put a backup in its place.*recover"),
        (cut_short, "is damaged.*Put a backup in its place"),
        (Path.mkdir, "is no file; give --memory the path of a file"),
        (os.mkfifo, "is no file"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_can_not_be_used_is_refused_in_words_and_left_as_it_is(
    tmp_path: Path, made: Callable[[Path], object], sentence: str
) -> None:
    file = tmp_path / "memory.sqlite3"
    made(file)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(StoreError, match=sentence) as refused:
        use(file)
    assert str(file) in str(refused.value)
    assert not file.is_file() or file.read_bytes() == before
    lock = Lock(file)
    lock.take()  # which nobody has kept
    lock.release()


def test_who_may_not_write_is_told_so(open_to_all: Path) -> None:
    """As another user: root may write anything."""
    file = open_to_all / "memory.sqlite3"
    use(file)
    for path in open_to_all.iterdir():
        path.chmod(0o666)
    assert as_nobody(file) == ""
    file.chmod(0o444)
    assert re.search(
        r"this user may not read and write it\. See to that, give another path with --memory", as_nobody(file)
    )
    file.chmod(0o666)
    open_to_all.chmod(0o755)
    assert "may not write to its folder" in as_nobody(file)
    for path in open_to_all.iterdir():
        path.unlink()
    assert ".lock can't be made (Permission denied)" in as_nobody(file)
    assert "its folder can't be made (Permission denied)" in as_nobody(open_to_all / "deeper" / "memory.sqlite3")


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """Make a folder that everybody may write to, on the way to which nothing is closed."""
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def as_nobody(file: Path) -> str:
    """Use a memory as a user without rights; returns why that can't be, or nothing."""
    script = (
        "import os, sys; from pathlib import Path; from loquent.dialogue.sqlite_store import SqliteStore as S, StoreError\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: S(Path(sys.argv[1])).close()\nexcept StoreError as error: print(error)"
    )
    return child(script, file)


def child(script: str, *arguments: object) -> str:
    """Run a script in a process of its own; returns what it has printed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_file_that_another_program_holds_is_waited_for_and_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loquent.dialogue.sqlite_store._CLOSE_SECONDS", 0.2)
    file = tmp_path / "memory.sqlite3"
    use(file)
    with holding(file), pytest.raises(StoreError, match="Another program holds the memory in "):
        SqliteStore(file)
    use(file)


# --- versions ------------------------------------------------------------------------------------------------

FIRST = (
    Spoken(
        "Have you seen my brother?",
        'He went north, \0 through the "gate".',
        'He went north, \0 [point:north] through the "gate".',
    ),
    Spoken("", "You again! 👋🏽"),
)
"""What is in the file of version 1 that is kept beside these tests, said by "zoë" to the guard."""


def first_version(file: Path) -> None:
    """Make a file as the first version of it was."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((DATA / "memory-1.sql").read_text(encoding="utf-8"))


def test_a_file_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite3"
    first_version(file)
    store = SqliteStore(file)
    assert store.last("zoë", "guard", 9) == FIRST
    assert store.last("../../x", "innkeeper", 9) == (Spoken("Hello", "Welcome!"),)
    store.append("zoë", "guard", Spoken("a", "b"))
    store.close()
    with closing(connect(file, wait_seconds=0)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        updated = sorted(connection.execute("SELECT name, sql FROM sqlite_master").fetchall())
    use(tmp_path / "new.sqlite3")
    with closing(connect(tmp_path / "new.sqlite3", wait_seconds=0)) as connection:
        assert updated == sorted(connection.execute("SELECT name, sql FROM sqlite_master").fetchall())


def test_a_server_that_is_killed_while_it_brings_a_file_up_to_date_leaves_it_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite3"
    first_version(file)
    endless = "INSERT INTO more WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c"
    script = (
        "import sys; from pathlib import Path; from loquent.dialogue import memory_file; "
        "memory_file.STEPS = memory_file.STEPS[:1] + (('CREATE TABLE more (n)', 'DROP TABLE exchanges', sys.argv[2]),); "
        "memory_file.VERSION = 2; memory_file.prepare(Path(sys.argv[1]), make=False)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", script, file, endless], env=environment)
    log = file.with_name("memory.sqlite3-wal")
    deadline = time.monotonic() + 30
    while not log.exists() or log.stat().st_size < 1 << 20:  # what it has done so far doesn't fit into its memory
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    store = SqliteStore(file)
    assert store.last("zoë", "guard", 9) == FIRST
    store.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "memory.sqlite3"
    first_version(file)
    with monkeypatch.context() as patched:
        steps = (*memory_file.STEPS[:1], ("DROP TABLE exchanges", "DROP TABLE no_such_table"))
        patched.setattr(memory_file, "STEPS", steps)
        patched.setattr(memory_file, "VERSION", 2)
        with pytest.raises(StoreError, match="no such table"):
            SqliteStore(file)
    store = SqliteStore(file)
    assert store.last("zoë", "guard", 9) == FIRST
    store.close()
