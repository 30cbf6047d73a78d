"""The Python client: replies as they come, cancel, faults as exceptions, a lost server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgpack
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from loquent.client import Client, ClientError, FaultError
from loquent.engines.scripted import ScriptedEngine
from loquent.wire.frames import Decision, Exchange, Options
from support.pictures import encoded, quarters
from support.running import running

WORDS = "one two three four five six seven eight nine ten"


async def test_a_reply_comes_in_pieces_and_is_whole() -> None:
    async with running() as server, await Client.connect(server.url) as client:
        assert client.welcome is not None
        conversation, opened = await client.open("innkeeper")
        assert opened.name == "Marta"
        reply = await client.say(conversation, "Good evening!")
        pieces = [piece async for piece in reply]
        assert len(pieces) > 1
        assert "".join(pieces) == reply.text == "You said: Good evening! That makes 2 messages between us."
        assert reply.end is not None
        assert reply.end.reason == "stop"


async def test_what_is_shown_is_seen_and_what_cannot_be_is_told() -> None:
    async with running() as server, await Client.connect(server.url) as client:
        conversation, _ = await client.open("innkeeper")
        shown = [encoded(quarters(1600, 1200), "JPEG"), encoded(quarters(64, 48), "PNG")]
        reply = await client.say(conversation, "Look!", shown)
        assert "".join([piece async for piece in reply]) == (
            "You said: Look! You showed me a picture of 1024 x 768 pixels and a picture of 64 x 48 pixels. "
            "That makes 2 messages between us."
        )
        broken = await client.say(conversation, "And this?", [shown[0][:1000]])
        with pytest.raises(FaultError, match=r"The JPEG can't be decoded, it's damaged or incomplete") as refused:
            _ = [piece async for piece in broken]
        assert refused.value.fault.code == "images_refused"
        again = await client.say(conversation, "Well?")
        assert "".join([piece async for piece in again]) == "You said: Well? That makes 4 messages between us."


async def test_cancel_drops_what_was_on_its_way_and_the_server_remembers_what_was_taken() -> None:
    engine = ScriptedEngine(lambda _: WORDS, tokens_per_second=200)
    async with running(engine) as server, await Client.connect(server.url) as client:
        conversation, _ = await client.open("guard", Options(player="p"))
        reply = await client.say(conversation, "Hello")
        async for _piece in reply:
            if not reply.text.startswith("one two"):
                continue
            await reply.cancel()
        assert reply.end is not None
        assert reply.end.reason == "cancelled"
        await client.close_conversation(conversation)
        _, opened = await client.open("guard", Options(player="p"))
        assert opened.history == (Exchange("Hello", reply.text),)


async def test_a_round_trip_is_measured_and_a_lost_connection_is_said() -> None:
    async with running() as server:
        async with await Client.connect(server.url) as client:
            assert 0 < await client.round_trip() < 10
        with pytest.raises(ClientError, match="connection to the server is lost"):
            await client.round_trip()


async def test_two_replies_at_once_dont_mix() -> None:
    engine = ScriptedEngine(tokens_per_second=500)
    async with running(engine) as server, await Client.connect(server.url) as client:
        first, _ = await client.open("guard")
        second, _ = await client.open("innkeeper")
        replies = await client.say(first, "One"), await client.say(second, "Two")

        async def whole(index: int) -> str:
            return "".join([piece async for piece in replies[index]])

        texts = await asyncio.gather(whole(0), whole(1))
        assert [text.split(" That")[0] for text in texts] == ["You said: One", "You said: Two"]


async def test_more_frames_than_a_window_of_acks() -> None:
    engine = ScriptedEngine(lambda _: "word " * 300, tokens_per_second=5000)
    async with running(engine) as server, await Client.connect(server.url) as client:
        conversation, _ = await client.open("guard", Options(max_tokens=300))
        reply = await client.say(conversation, "Go")
        assert len("".join([piece async for piece in reply]).split()) == 300


async def test_faults_are_exceptions_with_the_servers_words() -> None:
    async with running() as server, await Client.connect(server.url) as client:
        with pytest.raises(FaultError, match="bard, guard, innkeeper") as unknown:
            await client.open("nobody")
        assert unknown.value.fault.code == "character_unknown"
        conversation, _ = await client.open("guard")
        reply = await client.say(conversation, "   ")
        with pytest.raises(FaultError, match="visible"):
            await anext(aiter(reply))
        reply = await client.say(conversation, "Still here?")
        assert [piece async for piece in reply]


async def test_an_engine_that_dies_in_mid_reply_is_a_fault_behind_the_text() -> None:
    engine = ScriptedEngine(lambda _: WORDS, tokens_per_second=100)
    async with running(engine) as server, await Client.connect(server.url) as client:
        conversation, _ = await client.open("guard")
        reply = await client.say(conversation, "Hello")
        pieces = aiter(reply)
        assert await anext(pieces) == "one"
        engine.die("killed")
        with pytest.raises(FaultError) as died:
            async for _ in pieces:
                pass
        assert died.value.fault.code == "engine_down"
        assert reply.end is not None
        assert reply.end.reason == "fault"


async def test_a_lost_server_is_told_to_everyone_who_waits() -> None:
    engine = ScriptedEngine(lambda _: WORDS, tokens_per_second=1)
    async with running(engine) as server:
        client = await Client.connect(server.url)
        conversation, _ = await client.open("guard")
        reply = await client.say(conversation, "Hello")
        pieces = aiter(reply)
        await anext(pieces)
        await server.gateway.close()
        with pytest.raises(FaultError, match="stopped before the reply was complete"):
            await anext(pieces)
        assert reply.end is not None
        assert reply.end.reason == "fault"
        with pytest.raises(ClientError, match="closed the connection"):
            await client.say(conversation, "Anyone?")
        await client.close()


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "ws://127.0.0.1:99999", "http://127.0.0.1:9", "nonsense"])
async def test_where_no_server_is_the_error_says_what_to_do(url: str) -> None:
    with pytest.raises(ClientError, match=r"make serve|ws://"):
        await Client.connect(url)


# --- servers that don't keep to the protocol --------------------------------------------------------------------


@asynccontextmanager
async def peer(behave: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[str]:
    """Run a WebSocket server that behaves as told."""
    async with serve(behave, "127.0.0.1", 0, subprotocols=[Subprotocol("loquent.v1")]) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


WELCOME = [33, 1, "s", 1, False, {}]


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        ([[34, 2, 1, "Tomas", [], []]], "frame 2 after frame 0"),
        ([[35, 1, 1, 1], [35, 1, 1, 2]], "frame 1 after frame 1"),
        ([[34, 1, 1, "Tomas"]], "can't be read"),
    ],
)
async def test_a_gap_a_repeat_or_nonsense_from_the_server_ends_the_connection(
    frames: list[list[object]], says: str
) -> None:
    async def behave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(msgpack.packb(WELCOME))
        await socket.recv()
        await socket.send(b"".join(msgpack.packb(frame) for frame in frames))
        await socket.wait_closed()
        assert socket.close_code == 1002

    async with peer(behave) as url, await Client.connect(url) as client:
        with pytest.raises(ClientError, match=says):
            await client.open("guard")


async def test_a_server_that_speaks_no_common_version() -> None:
    async def behave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(msgpack.packb([40, 0, None, "version", "This server speaks version 2.", None]))
        await socket.wait_closed()

    async with peer(behave) as url:
        with pytest.raises(FaultError, match="version 2"):
            await Client.connect(url)


async def test_an_answer_that_nobody_waits_for_any_more_hurts_nobody() -> None:
    asked = asyncio.Event()
    answer = asyncio.Event()

    async def behave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(msgpack.packb(WELCOME))
        await socket.recv()
        asked.set()
        await answer.wait()
        await socket.send(msgpack.packb([34, 1, 1, "Tomas", [], []]) + msgpack.packb(WELCOME))
        await socket.recv()
        await socket.send(msgpack.packb([34, 2, 2, "Tomas", [], []]))
        await socket.wait_closed()

    async with peer(behave) as url, await Client.connect(url) as client:
        opening = asyncio.create_task(client.open("guard"))
        await asked.wait()
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        answer.set()
        assert (await client.open("guard"))[1].name == "Tomas"


async def test_what_came_is_acknowledged_within_a_second() -> None:
    acked: list[int] = []

    async def behave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(msgpack.packb(WELCOME))
        await socket.recv()
        await socket.send(msgpack.packb([34, 1, 1, "Tomas", [], []]))
        message = await socket.recv()
        assert isinstance(message, bytes)
        kind, seq = msgpack.unpackb(message)
        assert kind == 6
        acked.append(seq)

    async with peer(behave) as url, await Client.connect(url) as client:
        await client.open("guard")
        async with asyncio.timeout(5):
            while not acked:
                await asyncio.sleep(0.01)
    assert acked == [1]


async def test_a_proxy_for_the_web_isnt_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with running() as server, await Client.connect(server.url) as client:
        assert (await client.open("guard"))[1].name == "Tomas"


async def test_a_decision_comes_with_its_probabilities() -> None:
    async with running() as server, await Client.connect(server.url) as client:
        number, _ = await client.open("innkeeper")
        reply = await client.decide(number, "Does he want the bed, or a duck?", ["boat", "duck"])
        assert [type(frame) async for frame in reply.frames()] == [Decision]
        assert reply.decision is not None
        assert reply.decision.index == 1
        assert sum(reply.decision.probabilities) == pytest.approx(1)
        assert reply.end is not None
        with pytest.raises(FaultError, match="at least 2 options") as caught:
            _ = [frame async for frame in (await client.decide(number, "Which?", ["duck"])).frames()]
        assert caught.value.fault.code == "choices_invalid"
