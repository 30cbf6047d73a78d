"""Memory for real: servers in processes of their own are killed, refused, or run while a command erases; and what is there after it."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from loquent.client import Client, ClientError, Reply
from loquent.dialogue.memory_file import VERSION
from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import Spoken
from loquent.wire.frames import Exchange, Options
from support.memory_files import holding
from support.scripted_server import ScriptedServer
from support.server_process import ServerProcess


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite3"


def served(file: Path, **how: Any) -> ScriptedServer:
    """Run a server with a memory."""
    return ScriptedServer(memory=str(file), **how)


@contextmanager
def ready(*arguments: str, **environ: str) -> Iterator[None]:
    """Run `loquent serve` with a script instead of a model."""
    server = ServerProcess("--engine", "scripted", *arguments, env={**os.environ, **environ})
    try:
        yield
        assert server.stop() == 0
    finally:
        server.kill()


async def whole(reply: Reply) -> str:
    """Read a reply to its end."""
    async with asyncio.timeout(30):
        return "".join([piece async for piece in reply])


def loquent(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environ}
    command = [sys.executable, "-m", "loquent", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


async def test_a_killed_server_forgets_nothing_that_a_player_saw_as_ended(file: Path) -> None:
    """Thirty players talk at once, without a pause; the server is killed at times by chance, and started again."""
    chance = random.Random(4)
    ended: defaultdict[str, list[str]] = defaultdict(list)

    async def talk(url: str, player: str) -> None:
        with_number = 0
        try:
            async with await Client.connect(url, reconnect=None) as client:
                conversation, _ = await client.open("guard", Options(player=player))
                while True:
                    said = f"{player} {len(ended[player])} {with_number}"
                    with_number += 1
                    reply = await client.say(conversation, said)
                    assert await whole(reply) == "w0xxxx w1xxxx w2xxxx"
                    ended[player].append(said)
        except (ClientError, OSError):
            return

    for _ in range(4):
        server = served(file, words=3, pace=0)
        players = [asyncio.create_task(talk(server.url, f"p{number}")) for number in range(30)]
        await asyncio.sleep(0.3 + 0.5 * chance.random())
        server.kill()
        async with asyncio.timeout(30):
            await asyncio.gather(*players)
    store = SqliteStore(file)
    for player, said in ended.items():
        there = [spoken.said for spoken in store.last(player, "guard", 100_000)]
        assert set(said[-500:]) <= set(there)
        assert len(there) == len(set(there))
        assert all(spoken.reply == "w0xxxx w1xxxx w2xxxx" for spoken in store.last(player, "guard", 100_000))
    store.close()
    assert sum(map(len, ended.values())) > 100
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_a_player_comes_back_to_another_server_and_is_known(file: Path) -> None:
    options = Options(player="../../zoë")
    for number in range(3):
        server = served(file, words=3, pace=0)
        async with await Client.connect(server.url) as client:
            conversation, opened = await client.open("guard", options)
            assert opened.history == tuple(Exchange(f"said {n}", server.reply) for n in range(number))
            await whole(await client.say(conversation, f"said {number}"))
            _, other = await client.open("innkeeper", options)
            _, nobody = await client.open("guard", Options(player="zoë"))
            assert other.history == nobody.history == ()
        assert server.stop() == 0
    assert {path.name for path in file.parent.rglob("*")} == {"memory.sqlite3", "memory.sqlite3.lock"}


async def test_who_is_erased_by_command_while_speaking_is_forgotten_by_the_server_too(file: Path) -> None:
    server = served(file, words=20, pace=20)
    async with await Client.connect(server.url) as client:
        conversation, _ = await client.open("guard", Options(player="secret-zoë"))
        other, _ = await client.open("guard", Options(player="ben"))
        first = await client.say(conversation, "secret-words of before")
        await first.cancel(3)
        await whole(first)
        running = await client.say(conversation, "secret-words of now")
        beside = await client.say(other, "I stay")
        erased = await asyncio.to_thread(loquent, "players", "erase", "secret-zoë", "--yes", "--memory", file)
        assert (erased.returncode, erased.stderr) == (0, "")
        await whole(running)
        await whole(beside)
        assert running.text == server.reply
        _, opened = await client.open("guard", Options(player="secret-zoë"))
        assert opened.history == ()
        for path in file.parent.iterdir():
            assert b"secret" not in path.read_bytes()
        again = await client.say(conversation, "new words")
        await whole(again)
        _, opened = await client.open("guard", Options(player="secret-zoë"))
        assert opened.history == (Exchange("new words", server.reply),)
        _, opened = await client.open("guard", Options(player="ben"))
        assert opened.history == (Exchange("I stay", server.reply),)
    assert server.stop() == 0


async def test_a_file_that_another_program_holds_holds_up_no_reply(file: Path) -> None:
    server = served(file, words=3, pace=0)
    async with await Client.connect(server.url) as client:
        conversation, _ = await client.open("guard", Options(player="p"))
        with holding(file):
            began = time.monotonic()
            for number in range(10):
                await whole(await client.say(conversation, f"said {number}"))
            assert time.monotonic() - began < 5
            await asyncio.to_thread(server.wait_for, "Another program holds the memory")
        await asyncio.to_thread(server.wait_for, "what waited is stored")
    server.kill()
    store = SqliteStore(file)
    assert store.last("p", "guard", 99) == tuple(Spoken(f"said {number}", server.reply) for number in range(10))
    store.close()


async def test_a_disk_that_takes_no_more_holds_up_no_reply_and_costs_no_word(file: Path) -> None:
    """By a limit on the size of its files, which the system sets while the server runs, and lifts."""
    server = served(file, words=3, pace=0)
    pid, said = server.process.pid, [f"said {number} " + "x" * 3000 for number in range(30)]
    async with await Client.connect(server.url) as client:
        conversation, _ = await client.open("guard", Options(player="p"))
        await whole(await client.say(conversation, said[0]))
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (32_768, most))
        for words in said[1:]:
            await whole(await client.say(conversation, words))
        await asyncio.to_thread(server.wait_for, "ERROR   loquent.memory: ")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        await asyncio.to_thread(server.wait_for, "what waited is stored")
    server.kill()
    assert sum("loquent.memory" in line for line in server.lines) == 2, server.lines
    assert "Traceback" not in "".join(server.lines)
    store = SqliteStore(file)
    assert [spoken.said for spoken in store.last("p", "guard", 99)] == said[-len(store.last("p", "guard", 99)) :]
    assert len(store.last("p", "guard", 99)) == 21  # as much as is told
    assert store.read(lambda kept: kept.execute("SELECT count(*) FROM exchanges").fetchone()) == (30,)
    store.close()


def test_a_second_server_on_the_file_is_refused_in_words(file: Path) -> None:
    server = served(file)
    second = loquent("serve", "--engine", "scripted", "--port", "0", "--memory", file)
    assert second.returncode == 1
    assert second.stderr.startswith(
        f"loquent: Another Loquent server (process {server.process.pid}) has its memory in {file}"
    )
    assert len(second.stderr.splitlines()) == 1
    server.kill()
    with ready("--memory", str(file)):
        pass


def newer(file: Path) -> None:
    SqliteStore(file).close()
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()


def rubbish(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(20_000))


@pytest.mark.parametrize(
    ("made", "words"),
    [(newer, "was written by a newer Loquent"), (rubbish, "isn't a memory of Loquent's"), (Path.mkdir, "is no file")],
)
def test_a_memory_that_can_not_be_used_keeps_a_server_from_starting_with_a_sentence(
    file: Path, made: Any, words: str
) -> None:
    made(file)
    for command in (("serve", "--engine", "scripted", "--port", "0"), ("players", "list")):
        done = loquent(*command, "--memory", file)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
        assert done.stderr.startswith("loquent: ")
        assert words in done.stderr


def test_without_a_word_about_it_the_memory_is_in_the_users_folder_for_data(tmp_path: Path) -> None:
    environ = {"XDG_DATA_HOME": str(tmp_path / "data"), "LOQUENT_MEMORY": ""}
    with ready(**environ):
        assert (tmp_path / "data" / "loquent" / "memory.sqlite3").exists()
        assert loquent("players", "list", **environ).stdout == "Nobody is remembered.\n"
