"""When files are read again: once for each change, whole, however they are replaced, and again until they could be used."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest

from loquent.watcher import Watch, look_often
from support.virtual_time import virtual_time


class Reader:
    """Reads a file, and keeps what it found each time."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found: list[str] = []
        self.usable = True

    def read(self) -> bool:
        self.found.append(self.file.read_text() if self.file.exists() else "nothing")
        return self.usable


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    file = tmp_path / "file"
    file.write_text("one")
    return Reader(file)


def settled(reader: Reader, *others: Path) -> Watch:
    """Return a watch that has read the file."""
    made = Watch([reader.file, *others], reader.read)
    made.look()
    made.look()
    reader.found.clear()
    return made


def test_what_was_read_before_the_watch_is_read_once_more(reader: Reader) -> None:
    """It may have changed between its reading and the watch's beginning."""
    made = Watch([reader.file], reader.read)
    for _ in range(5):
        made.look()
    assert reader.found == ["one"]


def test_a_change_is_read_once_and_only_when_it_rests(reader: Reader) -> None:
    made = settled(reader)
    made.look()
    assert reader.found == []
    reader.file.write_text("tw")
    made.look()
    reader.file.write_text("two")
    made.look()
    assert reader.found == []
    for _ in range(3):
        made.look()
    assert reader.found == ["two"]


def test_a_file_of_the_same_size_and_time_in_its_place_is_a_change(reader: Reader, tmp_path: Path) -> None:
    made = settled(reader)
    times = reader.file.stat()
    other = tmp_path / "other"
    other.write_text("six")
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(reader.file)
    made.look()
    made.look()
    assert reader.found == ["six"]


def test_a_link_that_is_turned_to_another_file_is_a_change(tmp_path: Path) -> None:
    """As Kubernetes replaces secrets."""
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    link = tmp_path / "link"
    link.symlink_to("one")
    reader = Reader(link)
    made = settled(reader)
    (tmp_path / "new").symlink_to("two")
    (tmp_path / "new").replace(link)
    made.look()
    made.look()
    assert reader.found == ["two"]


def test_a_file_that_vanishes_for_a_moment_is_not_missed(reader: Reader) -> None:
    made = settled(reader)
    aside = reader.file.rename(reader.file.with_name("aside"))
    made.look()
    aside.rename(reader.file)
    for _ in range(3):
        made.look()
    assert "nothing" not in reader.found


def test_a_file_that_stays_away_is_asked_for_until_it_is_back(reader: Reader) -> None:
    made = settled(reader)
    reader.usable = False
    reader.file.unlink()
    for _ in range(3):
        made.look()
    assert reader.found == ["nothing", "nothing"]
    reader.file.write_text("back")
    reader.usable = True
    for _ in range(4):
        made.look()
    assert reader.found == ["nothing", "nothing", "back"]


def test_what_could_not_be_used_is_read_again_although_it_did_not_change(reader: Reader) -> None:
    """Its fault may lie in another file."""
    made = settled(reader)
    reader.usable = False
    reader.file.write_text("two")
    for _ in range(3):
        made.look()
    reader.usable = True
    for _ in range(3):
        made.look()
    assert reader.found == ["two", "two", "two"]


def test_either_of_two_files_is_a_change(reader: Reader, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.write_text("a")
    made = settled(reader, second)
    second.write_text("bc")
    made.look()
    made.look()
    assert reader.found == ["one"]


def test_reading_at_once_does_not_wait_for_a_change_or_a_rest(reader: Reader) -> None:
    made = settled(reader)
    made.read()
    reader.file.write_text("two")
    made.read()
    for _ in range(3):
        made.look()
    assert reader.found == ["one", "two"]


def test_a_mistake_while_reading_is_logged_and_the_others_are_still_looked_at(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> bool:
        raise ZeroDivisionError

    @virtual_time
    async def run() -> None:
        watching = asyncio.create_task(
            look_often([Watch([reader.file], fails).look, Watch([reader.file], reader.read).look])
        )
        await asyncio.sleep(10.5)
        assert not watching.done()
        watching.cancel()

    run()
    assert reader.found == ["one"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "ZeroDivisionError" in caplog.text


@virtual_time
async def test_a_change_is_read_within_two_seconds(reader: Reader) -> None:
    clock = asyncio.get_running_loop().time
    times: list[float] = []

    def read() -> bool:
        times.append(clock())
        return reader.read()

    watching = asyncio.create_task(look_often([Watch([reader.file], read).look]))
    await asyncio.sleep(4.5)
    times.clear()
    reader.file.write_text("two")
    await asyncio.sleep(20)
    assert times == [6.0]
    watching.cancel()
