"""The proxy of the tests: that each of its faults is the one it says, and that it's transparent without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from support.proxy import Link, Proxy


class Server:
    """Takes connections; what comes on each is kept, and its writer is there to answer with."""

    def __init__(self) -> None:
        self.got: list[bytearray] = []
        self.ended: list[str] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.changed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a connection to its end."""
        mine = bytearray()
        self.got.append(mine)
        self.writers.append(writer)
        try:
            while data := await reader.read(1 << 16):
                mine += data
                self.changed.set()
            self.ended.append("end")
        except ConnectionResetError:
            self.ended.append("reset")
        self.changed.set()

    async def wait(self, count: int, connection: int = 0) -> bytes:
        """Return what came on a connection, once it's so many bytes."""
        async with asyncio.timeout(10):
            while len(self.got) <= connection or len(self.got[connection]) < count:
                self.changed.clear()
                await self.changed.wait()
        return bytes(self.got[connection])

    async def wait_ended(self) -> str:
        """Return how the first connection ended."""
        async with asyncio.timeout(10):
            while not self.ended:
                self.changed.clear()
                await self.changed.wait()
        return self.ended[0]


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[Server, Proxy]]:
    """A server with a proxy before it."""
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        async with Proxy(listening.sockets[0].getsockname()[1]) as proxy:
            yield server, proxy
    finally:
        for writer in server.writers:
            writer.transport.abort()
        listening.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def client(proxy: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection through the proxy."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Read to the end."""
    async with asyncio.timeout(10):
        return await reader.read()


async def test_bytes_pass_both_ways_unchanged_and_so_does_the_end() -> None:
    data = bytes(range(256)) * 4000
    async with proxied() as (server, proxy), client(proxy) as (reader, writer):
        writer.write(data)
        writer.write_eof()
        assert await server.wait(len(data)) == data
        assert await server.wait_ended() == "end"
        server.writers[0].write(data)
        server.writers[0].close()
        assert await rest(reader) == data
        await asyncio.wait_for(proxy.link.ended.wait(), 10)
        assert (proxy.link.up.passed, proxy.link.down.passed) == (len(data), len(data))


@pytest.mark.parametrize("reset", [False, True])
async def test_a_cut_ends_both_sides(reset: bool) -> None:
    async with proxied() as (server, proxy), client(proxy) as (reader, writer):
        writer.write(b"hello")
        await server.wait(5)
        proxy.cut(reset=reset)
        assert await server.wait_ended() == ("reset" if reset else "end")
        if reset:
            with pytest.raises(ConnectionResetError):
                await rest(reader)
        else:
            assert await rest(reader) == b""


@pytest.mark.parametrize("count", [0, 1, 7, 5000])
async def test_exactly_so_many_bytes_pass_down_before_a_cut(count: int) -> None:
    async with proxied() as (server, proxy), client(proxy) as (reader, writer):
        writer.write(b"x")
        await server.wait(1)
        server.writers[0].write(b"abc")
        assert await reader.readexactly(3) == b"abc"
        proxy.link.down.cut_after(count)
        server.writers[0].write(bytes(i % 256 for i in range(20_000)))
        assert await rest(reader) == bytes(i % 256 for i in range(count))
        assert await server.wait_ended()


async def test_exactly_so_many_bytes_pass_up_before_a_cut() -> None:
    async with proxied() as (server, proxy):
        proxy.on_link = lambda link: link.up.cut_after(6)
        async with client(proxy) as (reader, writer):
            writer.write(b"hello world")
            assert await rest(reader) == b""
            assert await server.wait_ended() == "end"
            assert server.got == [b"hello "]


async def test_a_stall_reaches_the_sender_and_loses_nothing() -> None:
    data = bytes(1 << 23)
    async with proxied() as (server, proxy), client(proxy) as (reader, writer):
        writer.write(b"x")
        await server.wait(1)
        proxy.link.up.stall()
        writer.transport.set_write_buffer_limits(0)
        writer.write(data)
        drained = asyncio.create_task(writer.drain())
        server.writers[0].write(b"the other way is open")
        assert await reader.readexactly(21) == b"the other way is open"
        assert not drained.done()
        assert writer.transport.get_write_buffer_size() > 1 << 20
        assert len(server.got[0]) < 1 << 17
        proxy.link.up.flow()
        assert await server.wait(len(data) + 1) == b"x" + data
        await drained


async def test_a_throttled_way_takes_its_time() -> None:
    async with proxied() as (server, proxy):
        proxy.on_link = lambda link: setattr(link.up, "bytes_per_second", 20_000)
        async with client(proxy) as (_, writer):
            since = asyncio.get_running_loop().time()
            writer.write(bytes(6000))
            await server.wait(6000)
            assert asyncio.get_running_loop().time() - since >= 0.25


async def test_a_delayed_byte_comes_later_and_in_order() -> None:
    async with proxied() as (server, proxy), client(proxy) as (_, writer):
        writer.write(b"a")
        await server.wait(1)
        proxy.link.up.delay = 0.2
        since = asyncio.get_running_loop().time()
        writer.write(b"b")
        await server.wait(2)
        assert asyncio.get_running_loop().time() - since >= 0.2
        proxy.link.up.delay = 0
        writer.write(b"c")
        assert await server.wait(3) == b"abc"


async def test_half_open_swallows_everything_and_the_end_too() -> None:
    async with proxied() as (server, proxy), client(proxy) as (reader, writer):
        writer.write(b"x")
        await server.wait(1)
        proxy.link.half_open()
        writer.write(b"lost")
        server.writers[0].write(b"lost too")
        server.writers[0].write_eof()
        async with asyncio.timeout(10):
            while (proxy.link.up.swallowed, proxy.link.down.swallowed) != (4, 8):
                await asyncio.sleep(0.001)
        assert server.got == [b"x"]
        assert not reader.at_eof()
        assert server.ended == []
        assert not proxy.link.ended.is_set()


async def test_an_abandoned_connection_still_looks_open_to_the_server_while_the_client_connects_again() -> None:
    async with proxied() as (server, proxy), client(proxy) as (reader, writer):
        writer.write(b"first")
        await server.wait(5)
        proxy.link.abandon()
        assert await rest(reader) == b""
        async with client(proxy) as (_, second):
            second.write(b"second")
            await server.wait(6, connection=1)
            server.writers[0].write(b"anyone?")
            async with asyncio.timeout(10):
                while proxy.links[0].down.swallowed < 7:
                    await asyncio.sleep(0.001)
            assert server.ended == []
            assert [bytes(got) for got in server.got] == [b"first", b"second"]


async def test_refused_for_a_while() -> None:
    async with proxied() as (server, proxy), client(proxy) as (_, writer):
        writer.write(b"x")
        await server.wait(1)
        await proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"y")
        assert await server.wait(2) == b"xy"
        proxy.accept()
        async with client(proxy) as (_, second):
            second.write(b"z")
            assert await server.wait(1, connection=1) == b"z"


async def test_a_server_that_is_gone_is_a_connection_reset() -> None:
    async with proxied() as (_, proxy):
        listening = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        proxy.server_port = listening.sockets[0].getsockname()[1]
        listening.close()
        await listening.wait_closed()
        async with client(proxy) as (reader, _):
            with pytest.raises(ConnectionResetError):
                await rest(reader)
        assert proxy.refused == 1
        assert proxy.links == []


async def test_a_reset_goes_through_to_the_other_side() -> None:
    async with proxied() as (server, proxy), client(proxy) as (_, writer):
        writer.write(b"x")
        await server.wait(1)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SOL_SOCKET, SO_LINGER: closing resets
        writer.transport.abort()
        assert await server.wait_ended() == "reset"


async def test_links_are_set_up_before_a_byte_passes() -> None:
    seen: list[tuple[int, int]] = []

    def note(link: Link) -> None:
        seen.append((link.up.passed, link.down.passed))

    async with proxied() as (server, proxy):
        proxy.on_link = note
        async with client(proxy) as (_, writer):
            writer.write(b"x")
            await server.wait(1)
    assert seen == [(0, 0)]
