"""The engine's process is killed under a real server with clients that talk: what they notice, and how the server goes on or ends."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from loquent.client import Client, FaultError, Reply
from loquent.wire.frames import Exchange, Options
from support.running import Bare, bare
from support.server_process import ServerProcess, gone

pytestmark = pytest.mark.model


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    """A server of the test's own, which it may break; none of its processes is left afterwards."""
    server = ServerProcess()
    below = server.processes()
    yield server
    server.kill()
    assert gone(below)


async def healthy(server: ServerProcess) -> None:
    """Wait until the server says that it's well."""
    async with asyncio.timeout(120):
        while (await asyncio.to_thread(server.health))[0] != 200:
            await asyncio.sleep(0.1)


async def rest_of(stream: AsyncIterator[str]) -> None:
    """Take what else comes."""
    async for _ in stream:
        pass


async def whole(reply: Reply) -> str:
    """Take a reply to its end; returns its text."""
    await rest_of(aiter(reply))
    return reply.text


async def ends_of(client: Bare, turn: int, seconds: float) -> list[str]:
    """Read for so long; returns the reasons of the end frames of a turn."""
    reasons = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                frame = await client.frame()
                if frame[0] == 39 and frame[2] == turn:
                    reasons.append(frame[3])
    except TimeoutError:
        return reasons


async def test_killed_in_mid_reply_it_comes_back_and_everybody_talks_on(server: ServerProcess) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(await Client.connect(server.url)) for _ in range(3)]
        raw = await stack.enter_async_context(bare(server.url))
        talks: list[tuple[Client, int]] = []
        for number, client in enumerate(clients):
            for character in ("innkeeper", "guard"):
                options = Options(player=f"player {number}", max_tokens=400)
                talks.append((client, (await client.open(character, options))[0]))
        before = [await whole(await client.say(talk, "Good evening!")) for client, talk in talks[:2]]
        assert all(before)
        replies = [
            await client.say(talk, "Tell me a very long story about a dragon, with many words.")
            for client, talk in talks
        ]
        streams = [aiter(reply) for reply in replies]
        for stream in streams:
            await anext(stream)
        await raw.send([2, 1, "guard", {"max_tokens": 400}], [3, 1, 1, "Tell me a very long story.", []])
        await raw.until(lambda f: f[0] == 36)

        died = time.monotonic()
        os.kill(server.engine_core(), signal.SIGKILL)

        # Every turn ends with a fault, and once.
        for stream, reply in zip(streams, replies, strict=True):
            with pytest.raises(FaultError) as fault:
                await asyncio.wait_for(rest_of(stream), 30)
            assert fault.value.fault.code == "engine_down"
            assert reply.end is not None
            assert reply.end.reason == "fault"
        # Whoever watches the server is told, and whoever talks, when to come back.
        status, body = await asyncio.to_thread(server.health)
        assert (status, body["status"]) == (503, "restarting")
        while "cause" not in body:
            status, body = await asyncio.to_thread(server.health)
        assert (status, "was killed (signal 9)" in body["cause"]) == (503, True)
        with pytest.raises(FaultError) as refused:
            await whole(await talks[0][0].say(talks[0][1], "Are you there?"))
        assert refused.value.fault.code == "engine_starting"
        assert refused.value.fault.retry_after_ms
        # It becomes well by itself, and the same connections talk on, in the same conversations.
        await healthy(server)
        print(f"well again after {time.monotonic() - died:.1f} s")
        assert await ends_of(raw, 1, 1) == ["fault"]
        await raw.send([3, 1, 2, "Hello again!", []])
        assert (await raw.until(lambda f: f[0] == 39))[-1][2] == 2
        for (client, talk), reply in zip(talks, replies, strict=True):
            first_prompt = 0 if reply.end is None else reply.end.usage.prompt_tokens or 0
            again = await client.say(talk, "Never mind. What did you say?")
            assert await whole(again)
            assert again.end is not None
            assert (again.end.usage.prompt_tokens or 0) > first_prompt + 10
        client, talk = talks[0]
        await client.close_conversation(talk)
        _, opened = await client.open("innkeeper", Options(player="player 0"))
        assert opened.history[:2] == (
            Exchange("Good evening!", before[0]),
            Exchange("Tell me a very long story about a dragon, with many words.", replies[0].text),
        )
        assert len(opened.history) == 3
    status = await asyncio.to_thread(server.stop)
    said = "".join(server.lines)
    assert status == 0, said
    assert "Traceback" not in said
    assert said.count("was killed") == 1, said
    assert said.count("ready again") == 1, said


async def test_killed_again_and_again_it_gives_up_with_a_sentence_and_status_1() -> None:
    server = await asyncio.to_thread(ServerProcess, "--engine-restarts", "1")
    try:
        below = server.processes()
        async with await Client.connect(server.url) as client:
            os.kill(server.engine_core(), signal.SIGKILL)
            await asyncio.to_thread(server.wait_for, "ready again")
            below |= server.processes()
            talk, _ = await client.open("guard", Options(max_tokens=400))
            stream = aiter(await client.say(talk, "Tell me a very long story."))
            await anext(stream)
            os.kill(server.engine_core(), signal.SIGKILL)
            with pytest.raises(FaultError) as fault:
                await asyncio.wait_for(rest_of(stream), 30)
            assert fault.value.fault.code == "engine_down"
            assert await asyncio.to_thread(server.process.wait, 30) == 1
    finally:
        await asyncio.to_thread(server.kill)
    assert gone(below)
    assert server.lines[-1] == (
        "loquent: The engine has died 2 times within 600 s, so the server gives up on it and stops: vLLM's engine was killed "
        "(signal 9); if nobody did that on purpose, the machine ran out of memory: choose a smaller model or "
        "--kv-cache-memory-bytes.\n"
    )
    said = "".join(server.lines)
    assert "Traceback" not in said
    assert said.count("loquent: ") == 1, said


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.5])
def test_told_to_stop_while_it_starts_again_it_does_so_at_once(server: ServerProcess, seconds: float) -> None:
    os.kill(server.engine_core(), signal.SIGKILL)
    server.wait_for("is started again")
    time.sleep(seconds)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    print(f"stopped after {time.monotonic() - began:.1f} s")
    said = "".join(server.lines)
    assert "Traceback" not in said
    assert said.count("Stopping.") == 1
