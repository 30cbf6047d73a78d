"""A memory in a file: what it keeps, for whom, and what becomes of it when the file can't be written."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loquent.dialogue.conversation import Conversation
from loquent.dialogue.memory_file import StoreError
from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import REMEMBERED, REMEMBERED_BYTES, MemoryStore, Spoken, Store
from loquent.wire.frames import Options
from support.memory_files import erase, holding, small_disk
from support.table import CHARACTERS

PLAYERS = ["p", "../../x", "a\0b", "a", "👩‍👩‍👧", "é" * 64, "' OR 1=1 --", " p", "P"]


def said(number: int) -> Spoken:
    """Return an exchange to tell by its number."""
    return Spoken(f"said {number}", f"reply {number}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "er" / "memory.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(file)
    yield made
    made.close()


def again(store: SqliteStore, days: float = 0) -> SqliteStore:
    """Close a store and open its file anew, as a server that's started again does."""
    store.close()
    return SqliteStore(store.file, days=days)


# --- what is kept ---------------------------------------------------------------------------------------------


def test_what_was_said_is_there_after_a_restart_oldest_first_and_each_players_own(store: SqliteStore) -> None:
    for number, player in enumerate(PLAYERS):
        store.append(player, "guard", said(number))
        store.append(player, "guard", Spoken("", "nod [nod] \0 👋🏽", "nod [nod] \0 👋🏽 [wave]"))
        store.append(player, "innkeeper", said(-number))
    store = again(store)
    for number, player in enumerate(PLAYERS):
        assert store.last(player, "guard", 9) == (
            said(number),
            Spoken("", "nod [nod] \0 👋🏽", "nod [nod] \0 👋🏽 [wave]"),
        )
        assert store.last(player, "innkeeper", 9) == (said(-number),)
        assert store.last(player, "guard", 1)[0].said == ""
        assert store.last(player, "guard", 0) == store.last(player, "nobody", 9) == ()
    store.close()
    assert {path.name for path in store.file.parents[2].rglob("*")} == {
        "deep",
        "er",
        "memory.sqlite3",
        "memory.sqlite3.lock",
    }


def test_more_is_kept_than_is_told_and_what_is_told_is_bounded(store: SqliteStore) -> None:
    for number in range(REMEMBERED * 2):
        store.append("p", "guard", said(number))
    assert len(store.last("p", "guard", REMEMBERED)) == REMEMBERED
    assert len(store.last("p", "guard", 1000)) == 2 * REMEMBERED
    store.append("p", "guard", Spoken("long", "é" * (REMEMBERED_BYTES // 4)))
    store.append("p", "guard", Spoken("longer", "x" * (REMEMBERED_BYTES // 2 - 20)))
    assert [spoken.said for spoken in store.last("p", "guard", 1000)] == ["long", "longer"]
    store.append("p", "guard", Spoken("longest", "x" * 2 * REMEMBERED_BYTES))
    assert [spoken.said for spoken in store.last("p", "guard", 1000)] == ["longest"]


def test_an_amendment_takes_the_place_of_its_exchange_and_of_no_other(store: SqliteStore) -> None:
    first, second = store.append("p", "guard", said(1)), store.append("p", "guard", said(2))
    store.amend("p", "guard", second, Spoken("said 2", "re", "[nod] re"))
    store.amend("p", "guard", 999, said(0))
    store.amend("p", "guard", -999, said(0))
    store = again(store)
    assert store.last("p", "guard", 9) == (said(1), Spoken("said 2", "re", "[nod] re"))
    store.amend("p", "guard", first, said(11))
    assert store.last("p", "guard", 9)[0] == said(11)
    store.close()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["p", "q", "p\0"]),
            st.sampled_from(["guard", "innkeeper"]),
            st.text(max_size=5).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_it_remembers_as_one_in_memory_does(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str, str, bool]]
) -> None:
    """However turns end and are cut: the store that the rest of the tests use is the measure."""
    stores: list[Store] = [SqliteStore(tmp_path_factory.mktemp("m") / "m.sqlite3"), MemoryStore()]
    for player, character, text, amended in acts:
        for each in stores:
            key = each.append(player, character, Spoken(text, text * 2))
            if amended:
                each.amend(player, character, key, Spoken(text, text, None))
    for player in ("p", "q", "p\0"):
        for character in ("guard", "innkeeper"):
            assert stores[0].last(player, character, 50) == stores[1].last(player, character, 50)
    stores[0].close()


def test_only_the_owner_may_read_it_whatever_others_may(store: SqliteStore) -> None:
    store.append("p", "guard", said(1))
    for path in store.file.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(store.file.parent.stat().st_mode) == 0o700


def test_what_is_too_old_is_forgotten_and_its_bytes_are_gone(file: Path) -> None:
    now = 1_800_000_000.0
    old = SqliteStore(file, clock=lambda: now - 8 * 86_400)
    for number in range(450):
        old.append("gone-player", "guard", Spoken(f"old-secret {number}", ""))
    old.append("p", "guard", Spoken("old-secret", ""))
    old.close()
    store = SqliteStore(file, days=7, clock=lambda: now)
    store.append("p", "guard", said(1))
    for _ in range(3):
        store.look()
    assert store.last("p", "guard", 9) == (said(1),)
    assert store.last("gone-player", "guard", 9) == ()
    store.close()
    assert b"old-secret" not in file.read_bytes()
    assert b"gone-player" not in file.read_bytes()


def test_its_log_does_not_grow_with_what_is_written(store: SqliteStore) -> None:
    log = store.file.with_name("memory.sqlite3-wal")
    deadline = time.monotonic() + 30
    for number in range(2):
        store.append("p", "guard", said(number))
        written = store.file.stat().st_mtime_ns
        while store.file.stat().st_mtime_ns == written:  # it reaches the file itself within seconds, with nobody's help
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert log.stat().st_size < 200_000


# --- erased --------------------------------------------------------------------------------------------------


def test_who_is_erased_while_conversations_are_open_is_forgotten_in_them_and_may_begin_anew(store: SqliteStore) -> None:
    conversation = Conversation(1, "guard", CHARACTERS["guard"], Options(player="p"), store)
    other = Conversation(2, "guard", CHARACTERS["guard"], Options(player="q"), store)
    conversation.remember(1, said(1))
    other.remember(2, said(2))
    erase(store.file, "p")
    store.look()
    assert not conversation.history
    assert other.history == (said(2),)
    conversation.cut(1, 3)
    conversation.remember(3, said(3))
    assert store.last("p", "guard", 9) == conversation.history == (said(3),)


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_a_turn_that_runs_when_its_player_is_erased_is_not_stored(
    store: SqliteStore, looked: bool, first: bool
) -> None:
    """Whether the server hears of it before the turn ends or only then; also if it's the first that the player says."""
    conversation = Conversation(1, "guard", CHARACTERS["guard"], Options(player="p"), store)
    if not first:
        conversation.remember(1, said(1))
    conversation.running = 2
    erase(store.file, "p")
    if looked:
        store.look()
    conversation.running = None
    conversation.remember(2, said(2))
    assert not store.last("p", "guard", 9)
    assert not conversation.history
    conversation.cut(2, 1)
    assert store.last("p", "guard", 9) == ()
    conversation.remember(3, said(3))
    assert store.last("p", "guard", 9) == conversation.history == (said(3),)


def test_what_waits_of_somebody_erased_is_never_written(store: SqliteStore) -> None:
    store.append("p", "guard", said(1))
    with holding(store.file):
        key = store.append("p", "guard", said(2))
        store.append("q", "guard", said(3))
        assert store.waiting == 2
    erase(store.file, "p")
    store.look()
    assert store.waiting == 0
    store.amend("p", "guard", key, said(4))
    assert store.last("p", "guard", 9) == ()
    assert store.last("q", "guard", 9) == (said(3),)


# --- when it can't be written -------------------------------------------------------------------------------


def test_while_another_program_holds_the_file_everything_waits_and_nothing_is_lost(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.append("p", "guard", said(1))
    kept = store.append("p", "guard", said(2))
    with holding(store.file):
        began = time.monotonic()
        cut = store.append("p", "guard", said(3))
        store.append("p", "guard", said(4))
        store.amend("p", "guard", kept, said(22))
        store.amend("p", "guard", cut, said(33))
        for _ in range(5):
            store.look()
        assert time.monotonic() - began < 5  # SQLite's own patience is 5 s for each of them
        assert store.last("p", "guard", 9) == (said(1), said(22), said(33), said(4))  # also for who opens now
        assert store.last("p", "guard", 2) == (said(33), said(4))
        assert store.waiting == 3
    [record] = caplog.records
    assert "Another program holds the memory" in record.message
    assert "stored as soon as it works again" in record.message
    store.look()
    assert store.waiting == 0
    assert "works again" in caplog.records[-1].message
    store.amend("p", "guard", cut, said(333))
    assert store.last("p", "guard", 9) == (said(1), said(22), said(333), said(4))
    store = again(store)
    assert store.last("p", "guard", 9) == (said(1), said(22), said(333), said(4))
    store.close()
    assert len(caplog.records) == 2


def test_when_the_disk_is_full_everything_waits_until_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path) as disk:
        store = SqliteStore(disk / "memory.sqlite3")
        filling = disk / "other"
        with filling.open("wb") as other:
            while os.statvfs(disk).f_bavail:
                other.write(bytes(4096))
                other.flush()
        for number in range(40):
            store.append("p", "guard", Spoken(f"said {number}", "x" * 2000))
        assert store.waiting
        assert "The disk is full" in caplog.records[0].message
        store.look()
        assert len(caplog.records) == 1
        filling.unlink()
        store.look()
        assert store.waiting == 0
        store = again(store)
        assert store.read(lambda kept: kept.execute("SELECT count(*) FROM exchanges").fetchone()) == (40,)
        assert len(store.last("p", "guard", 99)) == REMEMBERED_BYTES // 2007
        store.close()


def test_what_waits_when_the_server_stops_is_written_then(store: SqliteStore) -> None:
    with holding(store.file):
        store.append("p", "guard", said(1))
    store = again(store)
    assert store.last("p", "guard", 9) == (said(1),)
    store.close()


def test_a_file_that_is_taken_away_is_made_anew_and_said(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    store.append("p", "guard", said(1))
    for path in store.file.parent.glob("memory.sqlite3*"):
        path.unlink()
    store.look()
    assert "was taken away" in caplog.records[0].message
    store.append("p", "guard", said(2))
    store = again(store)
    assert store.last("p", "guard", 9) == (said(2),)
    store.close()


def test_a_file_that_is_damaged_while_it_is_used_is_said_and_nothing_is_lost(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(200):
        store.append("p", "guard", said(number))
    whole = again(store)
    whole.close()
    pages = whole.file.read_bytes()
    damaged = SqliteStore(whole.file)
    whole.file.write_bytes(pages[:4096] + b"\xaa" * (len(pages) - 4096))
    damaged.append("p", "guard", said(1))
    assert damaged.waiting == 1
    assert "is damaged" in caplog.records[0].message
    assert "Put a backup in its place" in caplog.records[0].message
    whole.file.write_bytes(pages)
    damaged.look()
    assert damaged.waiting == 0
    assert len(damaged.last("p", "guard", 1000)) == 201
    damaged.close()


def test_more_than_fits_into_memory_loses_the_oldest_and_says_so(
    store: SqliteStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loquent.dialogue.sqlite_store._BACKLOG_BYTES", 6 * (512 + 13))
    with holding(store.file):
        for number in range(10):
            store.append("p", "guard", said(number))
    store.look()
    assert store.last("p", "guard", 99) == tuple(said(number) for number in range(4, 10))
    assert sum("oldest of it is lost" in record.message for record in caplog.records) == 1
    assert "4 exchanges before it are lost" in caplog.records[-1].message


def test_none_of_it_is_in_the_log(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with holding(store.file):
        store.append("player-name", "guard", Spoken("what was said", "what was replied"))
    store.look()
    assert caplog.records
    assert not any(word in caplog.text for word in ("player-name", "what was"))


# --- two servers ---------------------------------------------------------------------------------------------


def test_a_second_server_is_refused_by_any_path_until_the_first_has_gone(store: SqliteStore, tmp_path: Path) -> None:
    link = tmp_path / "link.sqlite3"
    link.symlink_to(store.file)
    for path in (store.file, link):
        with pytest.raises(StoreError, match=rf"Another Loquent server \(process {os.getpid()}\).*--memory"):
            SqliteStore(path)
    store.append("p", "guard", said(1))
    store = again(store)
    assert store.last("p", "guard", 9) == (said(1),)
    store.close()


def test_a_server_that_was_killed_keeps_nobody_out(file: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path; from loquent.dialogue.sqlite_store import SqliteStore; "
        "from loquent.dialogue.store import Spoken; store = SqliteStore(Path(sys.argv[1])); "
        "store.append('p', 'guard', Spoken('said 1', 'reply 1')); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", code, str(file)], env=environment, timeout=60, check=False)
    assert killed.returncode == -9
    store = SqliteStore(file)
    assert store.last("p", "guard", 9) == (said(1),)
    store.close()


def test_sqlite_agrees_that_what_was_written_is_whole(store: SqliteStore) -> None:
    for number in range(100):
        store.append(f"p{number % 7}", "guard", said(number))
    store.close()
    connection = sqlite3.connect(store.file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
