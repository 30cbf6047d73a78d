"""Faults for real: a server in a process of its own that is killed, runs out of open files, or has a clock that jumps, and networks that
stall, swallow and cut between it and its clients."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from loquent.client import Client, ClientError, Reconnect, Reply
from loquent.wire.frames import Options
from support.proxy import Link, Proxy
from support.running import bare
from support.scripted_server import LONG, LONG_SIZE, LONG_WORDS, ScriptedServer
from support.server_process import resident_bytes

SOON = Reconnect(first_seconds=0.01, most_seconds=0.1, give_up_seconds=20)


@contextmanager
def served(**how: Any) -> Iterator[ScriptedServer]:
    """Run a server that must not have fallen over at the end."""
    server = ScriptedServer(**how)
    try:
        yield server
        assert server.stop() == 0, "".join(server.lines)
        assert "Traceback" not in "".join(server.lines), "".join(server.lines)
    finally:
        server.kill()


def port_of(server: ScriptedServer) -> int:
    """Return where a server listens."""
    return int(server.url.rpartition(":")[2])


async def whole(reply: Reply) -> str:
    """Read a reply to its end."""
    async with asyncio.timeout(60):
        return "".join([piece async for piece in reply])


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


# --- the network -------------------------------------------------------------------------------------------------


async def test_replies_cut_at_every_byte_offset_arrive_whole_and_once() -> None:
    """One client for each offset at which its connection is cut in mid-reply, as bytes come to it; and again at its next connection."""
    chance = random.Random(20)
    with served(pace=150, words=50) as server:

        async def talk(offset: int) -> int:
            async with Proxy(port_of(server)) as proxy, await Client.connect(proxy.url, reconnect=SOON) as client:
                conversation, _ = await client.open("guard")
                reply = await client.say(conversation, "Hello")
                await until(lambda: reply.began)
                proxy.on_link = cut_once(chance.randrange(900))
                proxy.link.down.cut_after(offset, reset=chance.random() < 0.5)
                assert await whole(reply) == server.reply
                assert client.resumes >= 1
                return client.resumes

        for start in range(0, 400, 40):
            assert sum(await asyncio.gather(*[talk(offset) for offset in range(start, start + 40, 4)])) >= 10
        metrics = await server.idle()
        assert metrics['loquent_resumes_total{result="refused"}'] == 0
        assert metrics['loquent_turns_total{kind="say",outcome="stop"}'] == 100


def cut_once(offset: int) -> Callable[[Link], None]:
    """Cut the next link after so many bytes to the client, and no other."""
    left = [offset]

    def cut(link: Link) -> None:
        if left:
            link.down.cut_after(left.pop())

    return cut


async def test_a_connection_that_is_only_half_there_is_found_and_its_turn_aborted() -> None:
    """Nothing comes from the client, and its side says nothing of its end: pings find it, and then nobody comes back."""
    with served(pace=5, words=1000, ping_seconds=0.3, grace_seconds=0.3) as server:
        async with Proxy(port_of(server)) as proxy, bare(proxy.url, ping_interval=None) as client:
            await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
            await client.until(lambda frame: frame[0] == 36)
            assert (await server.metrics())["loquent_turns_running"] == 1
            proxy.link.half_open()
            metrics = await server.idle()
            assert metrics['loquent_turns_total{kind="say",outcome="cancelled"}'] == 1


@asynccontextmanager
async def stalled(server: ScriptedServer) -> AsyncIterator[Proxy]:
    """A client that says much is to be told, and reads none of it."""
    async with Proxy(port_of(server)) as proxy, bare(proxy.url, ping_interval=None) as client:
        await client.send([2, 1, "guard", {}])
        await client.until(lambda frame: frame[0] == 34)
        proxy.link.down.stall()
        await client.send([3, 1, 1, LONG, []])
        try:
            yield proxy
        finally:
            client.socket.transport.abort()  # there's nobody to say goodbye to


async def test_who_stops_reading_costs_bounded_memory_is_cut_off_and_slows_nobody() -> None:
    """6 MB are said to each of ten who read nothing, while ten others have their replies."""
    limit = 500_000
    with served(pace=0, words=100, pending_bytes=limit, window_bytes=limit, ping_seconds=0) as server:

        async def healthy() -> None:
            async with await Client.connect(server.url) as client:
                conversation, _ = await client.open("guard")
                for _ in range(10):
                    assert await whole(await client.say(conversation, "Hello")) == server.reply

        await asyncio.gather(*[healthy() for _ in range(10)])
        before = resident_bytes(server.process.pid)

        async with AsyncExitStack() as stack:
            await asyncio.gather(*[stack.enter_async_context(stalled(server)) for _ in range(10)])
            await asyncio.gather(*[healthy() for _ in range(10)])
            said = (await server.metrics())["loquent_sent_bytes_total"]
            await asyncio.gather(*[stack.enter_async_context(stalled(server)) for _ in range(10)])
            metrics = await server.idle()  # although twenty hold on
            given = metrics["loquent_sent_bytes_total"] - said
            assert given < 10 * 500_000, f"{given} bytes wait in the system's buffers, where nobody counts them"
            grown = resident_bytes(server.process.pid) - before
        assert metrics['loquent_turns_total{kind="say",outcome="stop"}'] == 200
        assert metrics['loquent_turns_total{kind="say",outcome="cancelled"}'] == 20
        most = 10 * (
            LONG_WORDS * LONG_SIZE + 3 * limit
        )  # the script that each engine's reply is read from, pending, window
        assert grown < most, f"{grown} bytes"


async def test_a_short_stall_loses_nothing() -> None:
    with served(pace=300, words=200) as server:
        async with Proxy(port_of(server)) as proxy, await Client.connect(proxy.url, reconnect=None) as client:
            conversation, _ = await client.open("guard", Options())
            reply = await client.say(conversation, "Hello")
            await until(lambda: reply.began)
            proxy.link.down.stall()
            async with await Client.connect(server.url) as other:
                there, _ = await other.open("guard")
                assert await whole(await other.say(there, "Hello")) == server.reply
            proxy.link.down.flow()
            assert await whole(reply) == server.reply


async def test_a_slow_network_gets_few_large_frames_and_everything() -> None:
    with served(pace=2000, words=1000) as server:
        async with Proxy(port_of(server)) as proxy, await Client.connect(proxy.url, reconnect=None) as client:
            conversation, _ = await client.open("guard")
            proxy.link.down.bytes_per_second = 20_000
            reply = await client.say(conversation, "Hello")
            assert await whole(reply) == server.reply


# --- the server's process -------------------------------------------------------------------------------------------


async def test_a_server_killed_in_mid_reply_and_started_anew_lets_its_clients_know_cleanly() -> None:
    first = ScriptedServer(pace=20, words=1000)
    try:
        async with await Client.connect(first.url, reconnect=SOON) as client, bare(first.url) as other:
            conversation, _ = await client.open("guard")
            reply = await client.say(conversation, "Hello")
            await until(lambda: reply.began)
            [welcome] = [client.welcome]
            first.kill()
            assert await other.closed() == 1006
            with served(pace=0, port=port_of(first)) as second:
                assert second.url == first.url
                with pytest.raises(ClientError, match="doesn't have its session any more"):
                    await whole(reply)
                async with bare(second.url, hello=False) as raw:
                    await raw.send([1, [1], "test/1", None, [welcome.session, welcome.epoch, 3]])
                    answer = await raw.frame()
                    assert answer[0] == 33
                    assert answer[3:5] == [1, False]
                    await raw.still_works()
                async with await Client.connect(second.url) as again:
                    there, _ = await again.open("guard")
                    assert await whole(await again.say(there, "Hello")) == second.reply
    finally:
        first.kill()


async def test_without_open_files_left_it_says_so_once_serves_who_is_there_and_recovers() -> None:
    with served(pace=100, hello_seconds=60) as server:
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (64, 64))
        async with await Client.connect(server.url) as client:
            conversation, _ = await client.open("guard")
            crowd = [socket.create_connection(("127.0.0.1", port_of(server))) for _ in range(100)]
            try:
                await until(lambda: len(list(Path(f"/proc/{server.process.pid}/fd").iterdir())) == 64)
                await until(lambda: any("no further connection" in line for line in server.lines))
                used = cpu_seconds(server.process.pid)
                for _ in range(4):  # some 3 s, in which it tries to accept several times
                    assert await whole(await client.say(conversation, "Hello")) == server.reply
                assert cpu_seconds(server.process.pid) - used < 1.5, "it's busy with what can't be had"
            finally:
                for one in crowd:
                    one.close()
            async with asyncio.timeout(20), await Client.connect(server.url) as late:
                there, _ = await late.open("guard")
                assert await whole(await late.say(there, "Hello")) == server.reply
        assert sum("no further connection" in line for line in server.lines) == 1
        assert len(server.lines) < 10, "".join(server.lines)


def cpu_seconds(pid: int) -> float:
    """Return how much a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def clock_jumps(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile what makes the wall clock of a program jump."""
    compiler = shutil.which("cc")
    if compiler is None and os.environ.get("CI") != "true":
        pytest.skip("there is no C compiler: install gcc")
    library = tmp_path_factory.mktemp("clock") / "clock_jumps.so"
    source = Path(__file__).with_name("clock_jumps.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return str(library)


async def test_a_wall_clock_that_jumps_by_days_disturbs_nothing(clock_jumps: str) -> None:
    """Every second it jumps by a day, back or forth; replies, beats, pings, resume and the grace period go by another clock."""
    how = {"env": os.environ | {"LD_PRELOAD": clock_jumps}}
    with served(
        pace=20, words=80, beat_seconds=0.5, ping_seconds=1, grace_seconds=2, log_level="info", how=how
    ) as server:
        async with (
            Proxy(port_of(server)) as proxy,
            await Client.connect(proxy.url, reconnect=SOON) as client,
            bare(server.url) as silent,
        ):
            conversation, _ = await client.open("guard")
            reply = await client.say(conversation, "Hello")
            await until(lambda: reply.began)
            await asyncio.sleep(1.2)
            proxy.cut()
            assert await whole(reply) == server.reply
            assert client.resumes == 1
            assert reply.end is not None
            assert reply.end.usage.total_ms is not None
            assert 3000 < reply.end.usage.total_ms < 60_000
            beats = len(await silent.until(lambda frame: frame[0] != 42 or silent.messages >= 12))
            assert beats >= 8
        async with Proxy(port_of(server)) as proxy, bare(proxy.url, ping_interval=None):
            proxy.cut()
            await until(lambda: any("waits for its client" in line for line in server.lines))
        await server.idle()
        days = {line[:10] for line in server.lines if line[:2] == "20"}
        assert len(days) >= 2, "the clock didn't jump"
