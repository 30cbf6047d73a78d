"""The Python client on a network that fails: whoever reads a reply has every character once, or is told that the session is lost."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgpack
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from loquent.client import Client, ClientError, FaultError, Reconnect, Reply
from loquent.dialogue.store import Spoken
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.frames import Options
from support.proxy import Link, Proxy
from support.running import Running, running

WORDS = " ".join(f"wörd{number}" for number in range(60))
SOON = Reconnect(first_seconds=0.01, most_seconds=0.05, give_up_seconds=10)


@asynccontextmanager
async def behind_a_proxy(
    settings: Settings | None = None, pace: float = 1000, how: Reconnect | None = SOON
) -> AsyncIterator[tuple[Running, Proxy, Client]]:
    """A server that says `WORDS`, and a client of it behind a proxy."""
    engine = ScriptedEngine(lambda _: WORDS, tokens_per_second=pace)
    async with (
        running(engine, settings) as server,
        Proxy(server.port) as proxy,
        await Client.connect(proxy.url, reconnect=how) as client,
    ):
        yield server, proxy, client


async def whole(reply: Reply) -> str:
    """Read a reply to its end."""
    async with asyncio.timeout(30):
        return "".join([piece async for piece in reply])


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


# --- whole ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
async def test_cut_again_and_again_at_any_byte_every_reply_arrives_whole_and_once(seed: int) -> None:
    """In the handshake, amid welcome, amid a frame, in what the client sends: wherever the chance of the seed has it."""
    chance = random.Random(seed)

    def fail(link: Link) -> None:
        if len(proxy.links) > 40:
            return
        way = link.down if chance.random() < 0.8 else link.up
        way.cut_after(chance.choice((200, 900)) + chance.randrange(1200), reset=chance.random() < 0.5)

    async with behind_a_proxy() as (server, proxy, client):
        conversation, _ = await client.open("guard", Options(player="p"))
        proxy.on_link = fail
        proxy.link.down.cut_after(chance.randrange(400), reset=chance.random() < 0.5)
        for _ in range(5):
            reply = await client.say(conversation, "Go on")
            assert await whole(reply) == WORDS
            assert reply.end is not None
            assert reply.end.reason == "stop"
        assert server.store.last("p", "guard", 9) == (Spoken("Go on", WORDS),) * 5
        assert client.resumes >= 1


@pytest.mark.parametrize("gets_there", [False, True])
async def test_a_say_whose_connection_is_lost_is_said_once(gets_there: bool) -> None:
    """Whether it had arrived or not: the client can't know."""
    async with behind_a_proxy() as (server, proxy, client):
        conversation, _ = await client.open("guard", Options(player="p"))
        (proxy.link.down if gets_there else proxy.link.up).cut_after(0)
        assert await whole(await client.say(conversation, "Hello")) == WORDS
        assert await whole(await client.say(conversation, "Again")) == WORDS
        assert [exchange.said for exchange in server.store.last("p", "guard", 9)] == ["Hello", "Again"]
        assert client.resumes == 1


@pytest.mark.parametrize("gets_there", [False, True])
async def test_a_decide_whose_connection_is_lost_is_decided_once(gets_there: bool) -> None:
    async with behind_a_proxy() as (server, proxy, client):
        conversation, _ = await client.open("guard", Options(player="p"))
        for resumes in (1, 2):
            (proxy.link.down if gets_there else proxy.link.up).cut_after(0)
            reply = await client.decide(conversation, "Is it the cup?", ("sword", "cup"))
            async with asyncio.timeout(30):
                frames = [frame async for frame in reply.frames()]
            assert frames == [reply.decision]
            assert reply.decision is not None
            assert (reply.decision.index, reply.decision.probabilities) == (1, (0.2, 0.8))
            assert reply.end is not None
            assert reply.end.reason == "stop"
            assert client.resumes == resumes
        assert server.store.last("p", "guard", 9) == ()


async def test_a_refused_decide_that_was_lost_is_refused_once() -> None:
    async with behind_a_proxy() as (_, proxy, client):
        conversation, _ = await client.open("guard")
        proxy.link.down.cut_after(0)
        with pytest.raises(FaultError, match="at least 2 options"):
            await whole(await client.decide(conversation, "Is it?", ("cup",)))
        assert await whole(await client.say(conversation, "Hello")) == WORDS
        assert client.resumes == 1


@pytest.mark.parametrize("gets_there", [False, True])
async def test_an_open_whose_connection_is_lost_opens_once(gets_there: bool) -> None:
    async with behind_a_proxy() as (_, proxy, client):
        (proxy.link.down if gets_there else proxy.link.up).cut_after(0)
        conversation, opened = await client.open("guard")
        assert opened.name == "Tomas"
        assert await whole(await client.say(conversation, "Hello")) == WORDS
        assert client.resumes == 1


async def test_a_refusal_that_was_lost_arrives_once() -> None:
    async with behind_a_proxy() as (_, proxy, client):
        proxy.link.down.cut_after(0)
        with pytest.raises(FaultError, match="guard"):
            await client.open("nobody")
        conversation, _ = await client.open("guard")
        proxy.link.down.cut_after(0)
        with pytest.raises(FaultError, match="visible"):
            await whole(await client.say(conversation, " "))
        assert await whole(await client.say(conversation, "Hello")) == WORDS
        assert client.resumes == 2


async def test_a_cancel_while_the_connection_is_lost_cuts_what_was_seen() -> None:
    async with behind_a_proxy(pace=100) as (server, proxy, client):
        conversation, _ = await client.open("guard", Options(player="p"))
        reply = await client.say(conversation, "Hello")
        pieces = aiter(reply)
        while len(reply.text) < 20:
            await anext(pieces)
        await proxy.refuse()
        proxy.cut()
        await until(lambda: client._away)
        await reply.cancel()
        proxy.accept()
        assert [piece async for piece in pieces] == []
        assert reply.end is not None
        assert reply.end.reason == "cancelled"
        assert server.store.last("p", "guard", 9) == (Spoken("Hello", reply.text),)


async def test_a_welcome_that_is_lost_is_asked_for_again() -> None:
    async with behind_a_proxy(pace=100) as (_, proxy, client):
        to_welcome = proxy.link.down.passed  # the handshake's answer and welcome: no more has come
        conversation, _ = await client.open("guard")
        lost = itertools.count()

        def lose_the_welcome(link: Link) -> None:
            if next(lost) < 3:
                link.down.cut_after(to_welcome - 20)

        proxy.on_link = lose_the_welcome
        reply = await client.say(conversation, "Hello")
        await until(lambda: reply.began)
        proxy.cut()
        assert await whole(reply) == WORDS
        assert next(lost) >= 4
        assert client.resumes == 1
        assert client.welcome.epoch == 2


async def test_a_connection_that_only_looks_open_is_given_up_and_its_session_taken_over() -> None:
    async with behind_a_proxy(Settings(beat_seconds=0.1), pace=50) as (server, proxy, client):
        conversation, _ = await client.open("guard")
        reply = await client.say(conversation, "Hello")
        await until(lambda: reply.began)
        proxy.link.half_open()
        assert await whole(reply) == WORDS
        assert client.resumes >= 1
        assert server.gateway.sessions.connected == 1


async def test_refused_for_a_while_it_tries_again() -> None:
    async with behind_a_proxy() as (_, proxy, client):
        conversation, _ = await client.open("guard")
        await proxy.refuse()
        proxy.cut()
        await until(lambda: client._away)
        reply = await client.say(conversation, "Hello")
        await asyncio.sleep(0.2)
        assert not reply.began
        proxy.accept()
        assert await whole(reply) == WORDS


async def test_a_full_server_says_when_to_come_back_and_that_is_kept_to() -> None:
    settings = Settings(connections=1, retry_seconds=1)
    async with behind_a_proxy(settings, pace=200) as (server, proxy, client):
        conversation, _ = await client.open("guard")
        reply = await client.say(conversation, "Hello")
        await until(lambda: reply.began)
        await proxy.refuse()
        proxy.cut()
        await until(lambda: server.gateway.sessions.waiting == 1)
        async with await Client.connect(server.url):  # somebody else has the place
            proxy.accept()
            await until(lambda: len(proxy.links) > 1)
            await asyncio.sleep(0.1)
            assert len(proxy.links) == 2
        assert await whole(reply) == WORDS
        assert client.resumes == 1


# --- or not at all -------------------------------------------------------------------------------------------------


async def test_a_server_that_lost_the_session_is_told_to_everyone_who_waits() -> None:
    async with behind_a_proxy() as (_, proxy, client), running() as other:
        conversation, _ = await client.open("guard")
        proxy.server_port = other.port
        reply = await client.say(conversation, "Hello")
        proxy.cut()
        with pytest.raises(ClientError, match="doesn't have its session any more"):
            await whole(reply)
        with pytest.raises(ClientError, match="doesn't have its session any more"):
            await client.say(conversation, "Anyone?")
        await until(lambda: other.gateway.sessions.connected == other.gateway.sessions.waiting == 0)


async def test_more_was_missed_than_the_server_keeps() -> None:
    async with behind_a_proxy(Settings(window_bytes=0)) as (_, proxy, client):
        conversation, _ = await client.open("guard")
        proxy.link.down.cut_after(60)
        with pytest.raises(ClientError, match="doesn't have its session any more"):
            await whole(await client.say(conversation, "Hello"))


@pytest.mark.parametrize("how", [None, SOON])
async def test_where_nothing_can_be_resumed_nothing_is_tried(how: Reconnect | None) -> None:
    settings = Settings(grace_seconds=0) if how is not None else None
    async with behind_a_proxy(settings, pace=1, how=how) as (_, proxy, client):
        conversation, _ = await client.open("guard")
        reply = await client.say(conversation, "Hello")
        proxy.cut()
        with pytest.raises(ClientError, match="connection to the server is lost"):
            await whole(reply)
        assert len(proxy.links) == 1


async def test_it_gives_up_in_time_and_says_the_last_it_heard() -> None:
    how = Reconnect(first_seconds=0.01, most_seconds=0.02, give_up_seconds=0.2)
    async with behind_a_proxy(how=how) as (_, proxy, client):
        conversation, _ = await client.open("guard")
        await proxy.refuse()
        proxy.cut()
        with pytest.raises(ClientError, match=r"again within 0\.2 s\. There is no Loquent server"):
            await whole(await client.say(conversation, "Hello"))


async def test_close_while_the_connection_is_lost_ends_at_once() -> None:
    how = Reconnect(first_seconds=50, chance=lambda: 1.0)
    async with behind_a_proxy(how=how) as (_, proxy, client):
        conversation, _ = await client.open("guard")
        proxy.cut()
        await until(lambda: client._away)
        reply = await client.say(conversation, "Hello")
        async with asyncio.timeout(5):
            await client.close()
        with pytest.raises(ClientError, match="closed"):
            await whole(reply)


@pytest.mark.parametrize(
    ("welcome", "behind", "says"),
    [
        ([33, 1, "s", 2, True, {}], [35, 3, 1, 1], "frame 3 after frame 1"),
        ([33, 1, "s", 2, True, {}], [34, 1, 1, "Tomas", [], []], "frame 1 after frame 1"),
        ([33, 1, "s", 3, True, {}], [42], "another session"),
        ([33, 1, "t", 2, True, {}], [42], "another session"),
    ],
)
async def test_a_server_that_resumes_with_a_gap_a_repeat_or_another_session_is_left(
    welcome: list[Any], behind: list[Any], says: str
) -> None:
    hellos: list[Any] = []

    async def behave(socket: ServerConnection) -> None:
        hello = await socket.recv()
        assert isinstance(hello, bytes)
        hellos.append(msgpack.unpackb(hello)[4])
        if len(hellos) == 1:
            await socket.send(msgpack.packb([33, 1, "s", 1, False, {}]))
            await socket.recv()
            await socket.send(msgpack.packb([34, 1, 1, "Tomas", [], []]))
            await socket.recv()
            socket.transport.abort()
            return
        await socket.send(msgpack.packb(welcome) + msgpack.packb(behind))
        await socket.wait_closed()

    async with serve(behave, "127.0.0.1", 0, subprotocols=[Subprotocol("loquent.v1")]) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with await Client.connect(url, reconnect=SOON) as client:
            conversation, _ = await client.open("guard")
            with pytest.raises(ClientError, match=says):
                await whole(await client.say(conversation, "Hello"))
    assert hellos == [None, ["s", 1, 1]]


def test_waits_double_up_to_a_bound_and_are_by_chance() -> None:
    longest = Reconnect(first_seconds=1, most_seconds=10, chance=lambda: 1.0)
    assert list(itertools.islice(longest.waits(), 6)) == [1, 2, 4, 8, 10, 10]
    waits = [next(Reconnect().waits()) for _ in range(100)]
    assert all(0 <= wait <= 0.25 for wait in waits)
    assert len(set(waits)) > 90
