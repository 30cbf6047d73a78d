"""The whole server with real vLLM and a real model, through the wire: what only the real thing can show."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from loquent.client import Client, FaultError
from loquent.wire.frames import Exchange, Options
from support.server_process import ServerProcess, gone, processes_below

pytestmark = pytest.mark.model


async def rest_of(stream: AsyncIterator[str]) -> str:
    """Return what else comes."""
    return "".join([piece async for piece in stream])


def test_it_says_little_while_it_starts_and_one_line_when_it_is_ready(model_server: ServerProcess) -> None:
    ready = [line for line in model_server.lines if line.startswith("Ready at ")]
    assert len(ready) == 1
    assert "SmolLM2-135M-Instruct (vllm)" in ready[0]
    start = model_server.lines[: model_server.lines.index(ready[0])]
    assert 1 <= len(start) <= 5, "".join(start)
    assert all(len(line) < 100 for line in start), "".join(start)


def test_healthz_tells_the_model(model_server: ServerProcess) -> None:
    status, body = model_server.health()
    assert status == 200
    assert body["status"] == "ok"
    assert (body["engine"], body["model"]) == ("vllm", "SmolLM2-135M-Instruct")


async def test_a_reply_is_streamed_and_what_was_received_is_what_was_stored(model_server: ServerProcess) -> None:
    async with await Client.connect(model_server.url) as client:
        conversation, _ = await client.open("innkeeper", Options(player="streamed", max_tokens=40))
        reply = await client.say(conversation, "Good evening! What is this place?")
        pieces = [piece async for piece in reply]
        assert len(pieces) > 5
        assert reply.end is not None
        usage = reply.end.usage
        assert usage.reply_tokens is not None
        assert 5 < usage.reply_tokens <= 40
        assert usage.prompt_tokens is not None
        assert usage.prompt_tokens > 50
        await client.close_conversation(conversation)
        _, opened = await client.open("innkeeper", Options(player="streamed"))
        assert opened.history == (Exchange("Good evening! What is this place?", "".join(pieces)),)


async def test_the_second_turn_finds_its_prompt_in_the_prefix_cache(model_server: ServerProcess) -> None:
    async with await Client.connect(model_server.url) as client:
        conversation, _ = await client.open("innkeeper", Options(max_tokens=100))
        for said in ("Tell me about the old mine road.", "And what became of it?"):
            reply = await client.say(conversation, said)
            assert [piece async for piece in reply]
        assert reply.end is not None
        assert reply.end.usage.cached_tokens


async def test_from_the_second_turn_on_most_of_the_prompt_is_in_the_cache(model_server: ServerProcess) -> None:
    async with await Client.connect(model_server.url) as client:
        conversation, _ = await client.open("innkeeper", Options(max_tokens=40))
        shares = []
        for said in (
            "",
            "Have you a bed?",
            "How much is it?",
            "And supper?",
            "Who else is here tonight?",
            "Good night!",
        ):
            reply = await client.say(conversation, said)
            await rest_of(aiter(reply))
            assert reply.end is not None
            usage = reply.end.usage
            if said:
                assert usage.prompt_tokens
                shares.append((usage.cached_tokens or 0) / usage.prompt_tokens)
        assert min(shares[1:]) >= 0.8, shares


async def test_what_the_player_said_moves_a_decision(model_server: ServerProcess) -> None:
    """By how much is a matter of the model, and the smallest there is sees few differences: so it's a plain one, put in several ways."""

    async def wants_the_bed(client: Client, said: str) -> float:
        """Return how likely a yes is once that was said, and nothing replied."""
        conversation, _ = await client.open("innkeeper", Options(max_tokens=24))
        reply = await client.say(conversation, said)
        await reply.cancel(0)
        await rest_of(aiter(reply))
        decision = await client.decide(conversation, "Does the traveller want the bed?", ("yes", "no"))
        assert [frame async for frame in decision.frames()] == [decision.decision]
        assert decision.decision is not None
        yes, no = decision.decision.probabilities
        assert yes + no == pytest.approx(1, abs=1e-15)
        assert decision.decision.index == (yes < no)
        assert decision.end is not None
        usage = decision.end.usage
        assert usage.cached_tokens is not None
        assert usage.prompt_tokens is not None
        # The question itself is new, and perhaps what was said, whose reply was cancelled before it began.
        assert usage.cached_tokens >= 0.5 * usage.prompt_tokens, "it's asked behind the conversation"
        await client.close_conversation(conversation)
        return yes

    async with await Client.connect(model_server.url) as client:
        await rest_of(aiter(await client.say((await client.open("innkeeper"))[0], "Hello!")))  # fills the cache
        agreed, declined = [
            [await wants_the_bed(client, said) for said in texts]
            for texts in (
                ("Yes, I take the bed. Here are two silver.", "Yes, please!", "Yes, I want to sleep here."),
                ("No, I don't want the bed. I leave.", "No, thanks!", "No, I don't want to sleep here."),
            )
        ]
        assert sum(agreed) > sum(declined)
        again = await wants_the_bed(client, "Yes, please!")
        assert again == pytest.approx(agreed[1], abs=0.02)


async def test_many_conversations_at_once(model_server: ServerProcess) -> None:
    async with await Client.connect(model_server.url) as client:
        numbers = [(await client.open("guard", Options(max_tokens=20)))[0] for _ in range(8)]

        async def talk(number: int) -> str:
            reply = await client.say(number, f"I am traveller number {number}.")
            return "".join([piece async for piece in reply])

        replies = await asyncio.gather(*map(talk, numbers))
        assert all(replies)


async def test_a_text_longer_than_the_context_is_a_fault_and_the_next_turn_works(model_server: ServerProcess) -> None:
    async with await Client.connect(model_server.url) as client:
        conversation, _ = await client.open("guard", Options(max_tokens=10))
        reply = await client.say(conversation, "7 " * 4000)
        with pytest.raises(FaultError) as refused:
            await rest_of(aiter(reply))
        assert refused.value.fault.code == "text_too_long"
        reply = await client.say(conversation, "Never mind.")
        assert [piece async for piece in reply]


async def embeddings_are(server: ServerProcess, state: str) -> None:
    """Wait for a state of the embedder."""
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(server.health))[1]["embeddings"] != state:
            await asyncio.sleep(0.02)


def embedder_core(server: ServerProcess) -> int:
    """Return the process of the embedding model: the one that steps back for others."""
    (pid,) = [pid for pid in server.processes() if os.getpriority(os.PRIO_PROCESS, pid) > 0]
    return pid


async def test_what_embeds_dies_and_comes_back_and_who_talks_notices_nothing(tmp_path: Path) -> None:
    """And even a SIGKILL of the server takes the processes of all of them along."""
    server = await asyncio.to_thread(ServerProcess, "--memory", str(tmp_path / "memory.sqlite3"))
    try:
        assert "; embeddings: sentence-transformers/all-MiniLM-L6-v2; characters: " in server.lines[-1]
        await embeddings_are(server, "ready")
        first = embedder_core(server)
        async with await Client.connect(server.url) as client:
            conversation, _ = await client.open("innkeeper", Options(max_tokens=200))
            reply = await client.say(conversation, "Tell me a long story about this inn.")
            stream = aiter(reply)
            await anext(stream)
            os.kill(first, signal.SIGKILL)
            await embeddings_are(server, "restarting")
            assert (await asyncio.to_thread(server.health))[0] == 200
            await rest_of(stream)
            assert reply.end is not None
            assert reply.end.reason in ("stop", "length")
        await embeddings_are(server, "ready")
        assert embedder_core(server) != first
        below = server.processes()
        assert {server.engine_core(), embedder_core(server)} <= set(below)
    finally:
        await asyncio.to_thread(server.kill)
    assert gone(below)


@pytest.mark.parametrize("seconds", [0.5, 4])
def test_ctrl_c_while_the_model_loads_stops_all_of_it_quietly(seconds: float) -> None:
    """A Ctrl-C in a terminal goes to every process of the server, those that import vLLM included."""
    process = subprocess.Popen(
        [sys.executable, "-m", "loquent", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "Importing vLLM\n"
    time.sleep(seconds)
    below = processes_below(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert output.replace("Loading SmolLM2-135M-Instruct\n", "") == "Stopping.\n"
    assert process.returncode == 0
    assert gone(below)
