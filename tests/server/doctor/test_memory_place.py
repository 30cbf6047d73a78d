"""What the doctor says of the memory, without touching it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import Spoken
from loquent.doctor.finding import Mark
from loquent.doctor.memory import examine_memory
from loquent.settings import NO_MEMORY, Settings


def test_a_memory_that_can_be_used_is_well_before_it_is_there_and_while_a_server_uses_it(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "memory.sqlite3"
    assert examine_memory(Settings(memory=file))[::2] == (Mark.OK, f"{file}, which will be made.")
    assert list(tmp_path.iterdir()) == []
    store = SqliteStore(file)
    store.append("p", "guard", Spoken("Hello", "Halt!"))
    assert examine_memory(Settings(memory=file))[::2] == (Mark.OK, f"{file}, 1 exchange.")
    store.close()
    before = {path: path.read_bytes() for path in file.parent.iterdir()}
    assert examine_memory(Settings(memory=file)).mark is Mark.OK
    assert {path: path.read_bytes() for path in file.parent.iterdir()} == before
    assert examine_memory(Settings(memory=NO_MEMORY)).mark is Mark.OK


def test_without_a_word_about_it_the_usual_file_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert examine_memory(Settings()).text == f"{tmp_path}/loquent/memory.sqlite3, which will be made."


def test_one_that_can_not_be_used_is_a_problem_in_the_servers_own_words(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite3"
    file.write_bytes(b"[tokens]" * 1000)
    found = examine_memory(Settings(memory=file))
    assert found.mark is Mark.PROBLEM
    assert "isn't a memory of Loquent's" in found.text
    assert examine_memory(Settings(memory=tmp_path)).mark is Mark.PROBLEM
    beneath = examine_memory(Settings(memory=file / "memory.sqlite3"))
    assert beneath.mark is Mark.PROBLEM
    assert "--memory" in beneath.text


def test_a_disk_with_little_room_is_worth_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5 << 20))
    found = examine_memory(Settings(memory=tmp_path / "memory.sqlite3"))
    assert found.mark is Mark.WARNING
    assert "only 5 MiB left" in found.text
