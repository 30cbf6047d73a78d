"""A client that doesn't read: what the library would hold for it, and when it's found gone."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any

import pytest

from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.sockets import UNREAD_BYTES, Socket
from support.running import Running, bare, running
from support.virtual_time import virtual_time

PING = bytes([0x89, 0x80 | 125]) + bytes(4) + b"?" * 125
"""A client's ping, as large as it may be; what it's masked with are zeros."""


def held(server: Running) -> int:
    """Return how many bytes wait in the sockets of a server."""
    return sum(each._socket.transport.get_write_buffer_size() for each in server.gateway._connections)


@pytest.mark.parametrize("hello", [False, True])
async def test_pings_whose_answers_are_not_read_cost_bounded_memory_and_the_connection(hello: bool) -> None:
    async with running() as server, bare(server.url) as other:
        most = 0
        async with bare(server.url, hello=hello, ping_interval=None) as client:
            client.socket.transport.pause_reading()
            async with asyncio.timeout(30):
                while len(server.gateway._connections) == 2:
                    if client.socket.transport.get_write_buffer_size() < 1 << 20:
                        client.socket.transport.write(PING * 5000)
                    await asyncio.sleep(0)
                    most = max(most, held(server))
            client.socket.transport.abort()
        assert most < UNREAD_BYTES + (1 << 19), "what came with one read is answered as a whole"
        assert server.gateway.sessions.waiting == 0, "nobody comes back for that"
        await other.still_works()


async def test_pings_whose_answers_are_read_are_all_answered() -> None:
    async with running() as server, bare(server.url) as client:
        async with asyncio.timeout(30):
            for pong in [await client.socket.ping() for _ in range(2000)]:
                await pong
        await client.still_works()


async def test_who_never_ends_the_handshake_makes_room_for_others() -> None:
    async with running(settings=Settings(connections=2)) as server, bare(server.url) as early:
        first = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(64 + 64)]
        first[1][1].write(b"GET / HTTP/1.1\r\nHost: x\r\n")  # and no more
        await asyncio.sleep(0.1)
        later = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(40)]
        async with bare(server.url) as client:
            await client.still_works()
        async with asyncio.timeout(5):  # the library lets go of them after 10
            for reader, _ in first[:38]:
                with suppress(ConnectionError):
                    assert await reader.read() == b""
        assert not any(reader.at_eof() or reader.exception() for reader, _ in later)
        await early.still_works()
        for _, writer in first + later:
            writer.close()


async def test_who_reads_nothing_is_found_gone_although_little_enough_waits() -> None:
    """The server's own pings wait behind what isn't read, so that they time nobody out."""
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    settings = Settings(pending_bytes=100_000_000, turns=64, ping_seconds=0.3)
    async with running(engine, settings) as server, bare(server.url, ping_interval=None) as client:
        client.socket.transport.pause_reading()
        await client.send(*[[2, n, "guard", {}] for n in range(60)])
        await client.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        async with asyncio.timeout(20):
            while not server.gateway.sessions.waiting:
                await asyncio.sleep(0.01)
        client.socket.transport.abort()


async def test_what_comes_faster_than_it_is_acted_on_waits_at_the_client() -> None:
    settings = Settings(message_bytes=1 << 16, frames_per_second=5)
    async with running(settings=settings) as server, bare(server.url) as client:
        await client.send(*[[6, 0]] * 1000)  # its reader rests between them from now on
        message = b"\xc5\xff\xf0" + bytes(0xFFF0)  # one frame
        for _ in range(200):
            client.socket.transport.write(bytes([0x82, 0xFF]) + (len(message)).to_bytes(8, "big") + bytes(4) + message)
        await asyncio.sleep(0.5)
        (connection,) = server.gateway._connections
        library = connection._socket
        queued = [len(frame.data) for frame in library.recv_messages.frames.queue]
        assert queued
        assert sum(queued) + len(library.protocol.reader.buffer) < 6 * settings.message_bytes
        client.socket.transport.abort()


class Pipe:
    """A transport whose other end takes what the test says."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.aborted = False

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait."""
        return self.waiting

    def abort(self) -> None:
        """Close."""
        self.aborted = True


def socket_on(pipe: Any) -> Socket:
    """Make a socket of which nothing works but what looks after its client's reading."""
    socket = Socket.__new__(Socket)
    socket.transport, socket.loop, socket.ping_timeout = pipe, asyncio.get_running_loop(), 20
    socket.paused, socket.drain_waiters, socket._look_again = False, deque(), None
    return socket


@virtual_time
async def test_who_takes_a_little_now_and_then_is_there() -> None:
    pipe = Pipe(100_000)
    socket = socket_on(pipe)
    socket.pause_writing()
    for _ in range(20):
        await asyncio.sleep(15)
        pipe.waiting -= 1
    assert not pipe.aborted
    await asyncio.sleep(41)
    assert pipe.aborted


@virtual_time
async def test_who_has_taken_everything_in_time_is_not_looked_at_again() -> None:
    pipe = Pipe(100_000)
    socket = socket_on(pipe)
    socket.pause_writing()
    await asyncio.sleep(19)
    socket.resume_writing()
    await asyncio.sleep(100)
    assert not pipe.aborted


@virtual_time
async def test_without_pings_nobody_is_found_gone() -> None:
    pipe = Pipe(100_000)
    socket = socket_on(pipe)
    socket.ping_timeout = None
    socket.pause_writing()
    await asyncio.sleep(1000)
    assert not pipe.aborted


async def test_a_connection_that_has_closed_behind_what_was_unread_can_still_be_aborted() -> None:
    """As the library does when a message is to be sent at that moment. asyncio's own transport fails at that."""
    async with running() as server, bare(server.url, ping_interval=None) as client:
        (connection,) = server.gateway._connections
        transport = connection._socket.transport
        client.socket.transport.pause_reading()
        transport.write(bytes([0x82, 127, *(1 << 22).to_bytes(8, "big")]) + bytes(1 << 22))  # one message of 4 MiB
        assert transport.get_write_buffer_size()
        transport.close()
        client.socket.transport.resume_reading()
        async with asyncio.timeout(20):
            await connection._socket.wait_closed()
        transport.abort()
