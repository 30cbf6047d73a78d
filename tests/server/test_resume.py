"""Resume over real sockets: nothing is lost or repeated, whoever cut the connection and wherever; and what doesn't resume."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from support.running import Bare, Running, bare, running

WORDS = " ".join(f"word{number}" for number in range(60))


def engine(pace: float = 200) -> ScriptedEngine:
    """Make an engine that says `WORDS`."""
    return ScriptedEngine(lambda _: WORDS, tokens_per_second=pace)


class Player:
    """What a client knows over all its connections: it fails on a gap, a repeat and a second end."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.session, self.epoch, self.seq = "", 0, 0
        self.text = ""
        self.ended = False

    def hello(self) -> list[Any]:
        """Make the hello that goes on with what there was."""
        return [1, [1], "test/1", None, [self.session, self.epoch, self.seq] if self.session else None]

    def take(self, frame: list[Any]) -> None:
        """Process a frame."""
        if frame[0] == 33:
            self.session, self.epoch = frame[2], frame[3]
            return
        if frame[0] in (41, 42):
            return
        assert frame[1] == self.seq + 1, "a gap or a repeat"
        self.seq = frame[1]
        if frame[0] == 36:
            self.text += frame[3]
        if frame[0] == 39:
            assert not self.ended
            self.ended = True

    async def start(self, client: Bare) -> None:
        """Say hello and something."""
        await client.send(self.hello())
        self.take(await client.frame())
        await client.send([2, 1, "guard", {"player": "p"}], [3, 1, 1, "Hello", []])

    async def go_on(self, client: Bare) -> bool:
        """Say hello again; returns whether the session was resumed."""
        await client.send(self.hello())
        welcome = await client.frame()
        self.take(welcome)
        resumed: bool = welcome[4]
        return resumed

    async def read(self, client: Bare, *, words: int = 1 << 30) -> None:
        """Read until the end of the turn, or until so many words have come."""
        while not self.ended and self.text.count(" ") < words:
            self.take(await client.frame())


async def test_a_reply_cut_off_again_and_again_arrives_whole_and_once() -> None:
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=5)
            client.socket.transport.abort()
        for words in (10, 20, 21, 40):
            async with bare(server.url, hello=False) as client:
                assert await player.go_on(client)
                await player.read(client, words=words)
                client.socket.transport.abort()
        async with bare(server.url, hello=False) as client:
            assert await player.go_on(client)
            await player.read(client)
            assert player.text == WORDS
            assert player.epoch == 6
            assert server.store.last("p", "guard", 9)[0].reply == WORDS
            await client.still_works()


async def test_what_was_sent_and_never_processed_comes_again_before_anything_new() -> None:
    """All of it had left the server when the connection broke."""
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=3)
            while server.gateway.turns or server.gateway.sessions.pending_bytes:
                await asyncio.sleep(0.01)
            client.socket.transport.abort()
        seen = player.seq
        async with bare(server.url, hello=False) as client:
            await client.send(player.hello())
            player.take(await client.frame())
            await client.send([2, 9, "guard", {}])
            async with asyncio.timeout(10):
                while not player.ended:
                    player.take(await client.frame())
            assert player.text == WORDS
            assert player.seq > seen + 40, "frames that have left are as they were"
            opened = await client.frame()
            assert (opened[0], opened[1]) == (34, player.seq + 1)


async def test_what_was_said_while_nobody_was_there_comes_in_few_frames() -> None:
    async with running(engine(pace=100)) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=3)
            seen = player.seq
            client.socket.transport.abort()
        while server.gateway.turns:
            await asyncio.sleep(0.01)
        async with bare(server.url, hello=False) as client:
            assert await player.go_on(client)
            await player.read(client)
            assert player.text == WORDS
            assert player.seq <= seen + 8, "text that waited is merged"


async def test_resume_while_the_old_socket_looks_open_takes_over() -> None:
    """The headset changed from Wi-Fi to Wi-Fi: the server hears nothing of the old connection's death."""
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as old, bare(server.url, hello=False) as new:
            await player.start(old)
            await player.read(old, words=5)
            assert await player.go_on(new)
            assert await old.closed() in (1006, 1008)
            await player.read(new)
            assert player.text == WORDS
            assert server.keeper.engine.name == "scripted"
            await new.still_works()


async def test_what_the_old_connection_still_sends_after_a_take_over_does_nothing() -> None:
    async with running(engine(pace=20)) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as old, bare(server.url, hello=False) as new:
            await player.start(old)
            await player.read(old, words=2)
            # In one message with so many frames that its reader is slowed, and others have their turn amid it.
            late = old.send(*[[6, 0]] * 250, [5, 1, 0])
            resumed, _ = await asyncio.gather(player.go_on(new), late, return_exceptions=True)
            assert resumed is True
            await player.read(new, words=10)
            assert not player.ended or player.text == WORDS


async def test_a_lost_welcome_can_be_asked_for_again() -> None:
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=5)
            client.socket.transport.abort()
        async with bare(server.url, hello=False) as client:
            await client.send(player.hello())
            await client.frame()  # the welcome arrives here, and not at the player
            client.socket.transport.abort()
        async with bare(server.url, hello=False) as client:
            assert await player.go_on(client)
            assert player.epoch == 2
            await player.read(client)
            assert player.text == WORDS


async def test_a_client_that_is_done_ends_its_session() -> None:
    scripted = engine(pace=20)
    async with running(scripted) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=2)
            await client.socket.close(1000)
        while scripted.running:
            await asyncio.sleep(0.01)
        async with bare(server.url, hello=False) as client:
            assert not await player.go_on(client)


@pytest.mark.parametrize("code", [1001, 1002, 1011, 4000])
async def test_a_client_that_only_gives_the_connection_up_can_come_back(code: int) -> None:
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=2)
            await client.socket.close(code)
        async with bare(server.url, hello=False) as client:
            assert await player.go_on(client)
            await player.read(client)
            assert player.text == WORDS


async def test_a_client_that_loses_the_framing_does_not_come_back() -> None:
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False) as client:
            await player.start(client)
            await player.read(client, words=2)
            await client.socket.send(b"\xc1")
            assert await client.closed() == 1007
        async with bare(server.url, hello=False) as client:
            assert not await player.go_on(client)


async def test_a_session_that_ends_with_its_connection_is_not_had_back_while_that_still_closes() -> None:
    """The client doesn't answer the close, and connects again at once."""
    async with running(engine()) as server:
        player = Player(server)
        async with bare(server.url, hello=False, close_timeout=0) as old, bare(server.url, hello=False) as new:
            await player.start(old)
            await player.read(old, words=2)
            old.socket.transport.pause_reading()
            await old.socket.send(b"\xc1")
            (connection, _) = server.gateway._connections
            while not connection.closes:
                await asyncio.sleep(0.001)
            assert not await player.go_on(new)
            await new.still_works()
            assert server.gateway.sessions.connected == 1


async def test_a_reader_that_stalls_is_cut_its_session_ends_and_memory_is_bounded() -> None:
    scripted = ScriptedEngine(lambda _: "x" * 900 + " ", tokens_per_second=0)
    settings = Settings(pending_bytes=64 << 10, frames_per_second=1e6, reply_tokens=2048, ping_seconds=0)
    async with running(scripted, settings) as server, bare(server.url) as healthy:
        player = Player(server)
        async with bare(server.url, hello=False, ping_interval=None, max_queue=1) as client:
            await client.send(player.hello())
            player.take(await client.frame())
            client.socket.transport.pause_reading()

            async def talk() -> None:
                for turn in range(1, 10_000):
                    if turn <= settings.conversations:
                        await client.send([2, turn, "guard", {}])
                    await client.send([3, turn % settings.conversations + 1, turn, "Hello", []])
                    assert server.gateway.sessions.pending_bytes < settings.pending_bytes + 4096
                    await asyncio.sleep(0)

            with pytest.raises(ConnectionClosed):
                await talk()
        while server.gateway.sessions.connected == 2:
            await asyncio.sleep(0.01)
        await healthy.still_works()
        assert server.gateway.sessions.waiting == 0
        async with bare(server.url, hello=False) as client:
            assert not await player.go_on(client)


async def test_sixteen_players_are_cut_at_once_and_all_come_back() -> None:
    async with running(engine(pace=100)) as server:
        players = [Player(server) for _ in range(16)]

        async def play(player: Player) -> None:
            async with bare(server.url, hello=False) as client:
                await player.start(client)
                await player.read(client, words=10)
                client.socket.transport.abort()
            async with bare(server.url, hello=False) as client:
                assert await player.go_on(client)
                await player.read(client)

        await asyncio.gather(*map(play, players))
        assert [player.text for player in players] == [WORDS] * 16
        assert server.gateway.sessions.connected + server.gateway.sessions.waiting <= 16
