"""The front door: the handshake, HTTP on the same port, and why a port can't be had."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import msgpack
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from loquent.access import Access
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.gateway import Gateway, GatewayError
from loquent.settings import Settings
from loquent.tokens import new_token
from support.running import HELLO, bare, running


async def http(port: int, path: str, *headers: str) -> tuple[int, str, str]:
    """GET a path; returns status, head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *headers, "", "")).encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), head, body


async def test_healthz_tells_the_engine_and_the_model() -> None:
    async with running() as server:
        status, head, body = await http(server.port, "/healthz")
        assert status == 200
        assert "application/json" in head
        health = json.loads(body)
        assert (health["status"], health["engine"], health["model"]) == ("ok", "scripted", "script")


async def test_healthz_answers_while_the_model_is_loading() -> None:
    async with running(started=False) as server:
        status, _, body = await http(server.port, "/healthz?verbose")
        assert status == 200
        assert json.loads(body)["status"] == "starting"


async def test_healthz_fails_when_the_engine_is_dead_and_says_why() -> None:
    engine = ScriptedEngine()
    async with running(engine) as server:
        engine.die("the process was killed")
        await asyncio.sleep(0.01)
        status, _, body = await http(server.port, "/healthz")
        assert status == 503
        assert json.loads(body) | {"status": "down", "cause": "the process was killed"} == json.loads(body)


async def test_what_the_engine_died_of_is_told_only_to_who_shows_a_token(tmp_path: Path) -> None:
    token, entry = new_token("watcher")
    (tmp_path / "tokens.toml").write_text(entry)
    engine = ScriptedEngine()
    async with running(engine, access=Access.read(tmp_path / "tokens.toml")) as server:
        engine.die("The process was killed.")
        await asyncio.sleep(0.01)
        for path, told in (("/healthz", {"status": "down"}), ("/readyz", {"why": "The engine has died."})):
            for headers in ((), ("Authorization: Bearer lq_it-is-not-this-one",)):
                status, _, body = await http(server.port, path, *headers)
                assert status == 503
                assert json.loads(body) | told == json.loads(body)
                assert "killed" not in body
            status, _, body = await http(server.port, path, f"Authorization: Bearer {token}")
            assert status == 503
            assert "The process was killed." in body


async def test_the_characters_are_told_with_their_names_and_nothing_that_the_model_is_told() -> None:
    async with running(started=False) as server:
        status, head, body = await http(server.port, "/characters")
        assert status == 200
        assert "application/json" in head
        assert json.loads(body) == {
            "characters": [
                {"character": "bard", "name": "Lirio"},
                {"character": "guard", "name": "Tomas"},
                {"character": "innkeeper", "name": "Marta"},
            ]
        }


async def test_healthz_fails_while_the_engine_is_started_again_and_no_longer() -> None:
    loading = asyncio.Event()
    engines: list[ScriptedEngine] = []

    class Slow(ScriptedEngine):
        async def start(self) -> None:
            if len(engines) > 1:
                await loading.wait()
            await super().start()

    def make() -> ScriptedEngine:
        engines.append(Slow(tokens_per_second=0))
        return engines[-1]

    async with running(make) as server, bare(server.url) as client:
        engines[0].die("The process was killed.")
        await asyncio.sleep(0.01)
        status, _, body = await http(server.port, "/healthz")
        assert status == 503
        assert json.loads(body) | {"status": "restarting", "cause": "The process was killed."} == json.loads(body)
        assert (await http(server.port, "/readyz"))[0] == 503
        loading.set()
        await asyncio.sleep(0.01)
        status, _, body = await http(server.port, "/healthz")
        assert status == 200
        assert json.loads(body)["status"] == "ok"
        assert "cause" not in json.loads(body)
        assert (await http(server.port, "/readyz"))[0] == 200
        assert "loquent_engine_restarts_total 1.0" in (await http(server.port, "/metrics"))[2].splitlines()
        await client.still_works()


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (("Origin: https://game.example", "Origin: https://game.example"), 403),
        (("Origin: https://game.example", "Origin: https://evil.example"), 403),
        (("Origin: https://game.example, https://evil.example",), 403),
        (("Origin:",), 403),
        (("Origin: null",), 403),
        (("Upgrade: h2c", "Origin: https://game.example"), 426),
    ],
)
async def test_a_header_that_comes_twice_is_no_way_in_and_no_mistake_of_the_server(
    headers: tuple[str, ...], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings=Settings(origins=("https://game.example",))) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write("\r\n".join(("GET / HTTP/1.1", "Host: x", *UPGRADE, *headers, "", "")).encode())
        assert int((await reader.readuntil(b"\r\n")).split()[1]) == status
        writer.close()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_mistake_in_a_handshake_stands_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    async with running() as server:
        monkeypatch.setattr(server.gateway.metrics, "render", mistaken)
        status, _, body = await http(server.port, "/metrics")
        assert (status, body) == (500, "The server made a mistake; its log has the details.\n")
    (record,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


async def test_a_web_page_is_refused_unless_its_origin_is_allowed() -> None:
    """Browsers let any page connect to this machine; they say where the page is from."""
    async with running(settings=Settings(origins=("https://game.example",))) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.url, origin=Origin("https://evil.example"), proxy=None)
        assert refused.value.response.status_code == 403
        assert b"--allow-origin" in refused.value.response.body
        async with bare(server.url, origin="https://game.example") as page:
            await page.still_works()


@pytest.mark.parametrize(("path", "status"), [("/", 426), ("/nope", 404)])
async def test_a_browser_is_told_what_this_is(path: str, status: int) -> None:
    async with running() as server:
        got, _, body = await http(server.port, path)
        assert got == status
        assert body.strip().endswith(".")


@pytest.mark.parametrize("offered", [[], [Subprotocol("chat")], [Subprotocol("loquent.v2")]])
async def test_a_wrong_subprotocol_is_told_in_a_frame_and_in_the_close(offered: list[Subprotocol]) -> None:
    async with running() as server, bare(server.url, hello=False, subprotocols=offered or None) as client:
        frame = await client.frame()
        assert frame[:4] == [40, 0, None, "subprotocol"]
        assert "loquent.v1" in frame[4]
        assert await client.closed() == 1002
        assert "loquent.v1" in (client.socket.close_reason or "")


async def test_ours_is_taken_among_several_and_no_extension_is_agreed_on() -> None:
    async with (
        running() as server,
        connect(server.url, subprotocols=[Subprotocol("x"), Subprotocol("loquent.v1")], proxy=None) as socket,
    ):
        assert socket.subprotocol == "loquent.v1"
        assert socket.protocol.extensions == []


async def test_close_says_going_away_to_clients_and_ends_their_turns() -> None:
    engine = ScriptedEngine(lambda _: "word " * 1000, tokens_per_second=20)
    async with running(engine) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
        await client.until(lambda f: f[0] == 36)
        assert engine.running == 1
        await server.gateway.close()
        *_, fault, end = await client.until(lambda f: f[0] == 39)
        assert (fault[0], fault[2:4]) == (40, [[3, 1], "draining"])
        assert end[2:4] == [1, "fault"]
        assert await client.closed() == 1001
        assert engine.running == 0


async def test_close_ends_the_sessions_that_wait_and_returns_when_the_engine_has_let_go() -> None:
    """Without a drain before: somebody has asked twice for the server to stop."""
    engine = ScriptedEngine(lambda _: "word " * 1000, tokens_per_second=20)
    async with running(engine) as server:
        async with bare(server.url) as client:
            await client.send([2, 1, "guard", {"player": "p"}], [3, 1, 1, "Hello", []])
            await client.until(lambda f: f[0] == 36)
            client.socket.transport.abort()
        while not server.gateway.sessions.waiting:
            await asyncio.sleep(0.001)
        await server.gateway.close()
        assert (server.gateway.sessions.waiting, engine.running) == (0, 0)
        assert server.store.last("p", "guard", 9)[0].reply.startswith("word")


async def test_close_waits_for_nobody_who_does_not_read_answer_or_even_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection without a request, one that doesn't answer the close, and one that has stopped reading amid a reply."""
    monkeypatch.setattr("loquent.connection._GOODBYE_SECONDS", 0.2)
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    settings = Settings(pending_bytes=100_000_000, turns=64, ping_seconds=0)
    async with running(engine, settings) as server:
        _, silent = await asyncio.open_connection("127.0.0.1", server.port)
        async with (
            bare(server.url, ping_interval=None, close_timeout=0) as mute,
            bare(server.url, ping_interval=None, close_timeout=0) as stalled,
        ):
            mute.socket.transport.pause_reading()
            stalled.socket.transport.pause_reading()
            await stalled.send(*[[2, n, "guard", {}] for n in range(60)])
            await stalled.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
            while not server.gateway.sessions.pending_bytes or server.gateway.turns:
                await asyncio.sleep(0.01)
            async with asyncio.timeout(4):
                await server.gateway.close()
        silent.close()


async def test_a_refusal_that_nobody_reads_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault waits behind what isn't read, and the close behind the fault."""
    monkeypatch.setattr("loquent.connection._GOODBYE_SECONDS", 0.2)
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    settings = Settings(pending_bytes=100_000_000, turns=64, ping_seconds=0)
    async with running(engine, settings) as server, bare(server.url, ping_interval=None, close_timeout=0) as client:
        client.socket.transport.pause_reading()
        await client.send(*[[2, n, "guard", {}] for n in range(60)])
        await client.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        while not server.gateway.sessions.pending_bytes or server.gateway.turns:
            await asyncio.sleep(0.01)
        client.socket.transport.write(bytes([0x82, 0x81]) + bytes(4) + b"\xc1")  # framing is lost
        async with asyncio.timeout(4):
            while server.gateway.sessions.connected + server.gateway.sessions.waiting:
                await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("host", "port", "says"),
    [
        ("127.0.0.1", None, "--port"),
        ("", 0, "--host"),
        ("203.0.113.7", 0, "--host"),
        ("no.such.host.invalid", 0, "--host"),
        ("no..host", 0, "--host"),
        ("x" * 300, 0, "--host"),
        ("127.0.0.1", 70000, "--port"),
    ],
)
async def test_why_a_port_cannot_be_had_is_a_sentence_that_says_what_to_do(
    host: str, port: int | None, says: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        gateway = Gateway(Keeper(ScriptedEngine, restarts=0, within_seconds=600), {}, None)  # type: ignore[arg-type]
        with pytest.raises(GatewayError, match=says) as refused:
            await gateway.listen(host, taken.getsockname()[1] if port is None else port)
        assert str(refused.value).endswith(".")
        await gateway.close()


# --- full, and stopping ------------------------------------------------------------------------------------------------


async def test_a_full_server_says_busy_in_a_frame_and_takes_the_next_when_one_has_left() -> None:
    async with running(settings=Settings(connections=1)) as server:
        async with bare(server.url) as first, bare(server.url, hello=False) as second:
            await second.send(HELLO)
            fault = await second.frame()
            assert (fault[0], fault[3], fault[5]) == (40, "busy", 2000)
            assert await second.closed() == 1013
            await first.still_works()
        async with bare(server.url) as third:
            await third.still_works()


async def test_beyond_those_who_are_told_in_a_frame_a_full_server_refuses_the_handshake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loquent.gateway._AT_THE_DOOR", 0)
    async with running(settings=Settings(connections=1, retry_seconds=1.5)) as server, bare(server.url):
        with pytest.raises(InvalidStatus) as refused:
            async with bare(server.url):
                pass
        response = refused.value.response
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "2"
        assert b"full" in response.body


async def deaf(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect and say hello as a client that answers nothing, not even a close."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: loquent.v1\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    hello = b"".join(map(msgpack.packb, [HELLO]))
    writer.write(bytes([0x82, 0x80 | len(hello)]) + bytes(4) + hello)
    return reader, writer


async def test_who_is_refused_makes_no_room_for_others() -> None:
    """Not even one that doesn't answer the close, and so is there for a while longer."""
    async with running(settings=Settings(connections=1)) as server, bare(server.url) as first:
        for _ in range(3):
            reader, writer = await deaf(server.port)
            assert b"busy" in await reader.readuntil(b"busy")
            async with bare(server.url, hello=False) as another:
                await another.send(HELLO)
                assert await another.fault() == "busy"
            writer.close()
        await first.still_works()
        assert server.gateway.sessions.connected == 1


async def test_a_full_server_lets_a_client_take_over_its_own_connection() -> None:
    """The Wi-Fi was gone for three seconds: the server holds the old connection for open, and every place is taken."""
    async with running(settings=Settings(connections=2)) as server, bare(server.url) as other:
        async with bare(server.url, hello=False) as old:
            await old.send(HELLO)
            _, _, session, epoch, *_ = await old.frame()
            await old.still_works()
            async with bare(server.url, hello=False) as new:
                await new.send([1, [1], "test/1", None, [session, epoch, 1]])
                assert (await new.frame())[2:5] == [session, epoch + 1, True]
                assert await old.closed() in (1006, 1008)
                await new.still_works(conversation=901)
                async with bare(server.url, hello=False) as guess:
                    await guess.send([1, [1], "test/1", None, [session, epoch, 1]])
                    assert await guess.fault() == "busy"
        await other.still_works()


async def test_who_waits_at_the_door_without_a_hello_keeps_nobody_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loquent.gateway._AT_THE_DOOR", 2)
    async with running(settings=Settings(connections=1)) as server, bare(server.url) as first:
        async with (
            bare(server.url, hello=False) as one,
            bare(server.url, hello=False),
            bare(server.url, hello=False) as three,
        ):
            assert await one.closed() in (1006, 1008)
            await three.send(HELLO)
            assert await three.fault() == "busy"
        await first.still_works()


async def test_draining_says_goaway_lets_turns_finish_and_refuses_new_ones_and_connections() -> None:
    engine = ScriptedEngine(lambda _: "word " * 20, tokens_per_second=50)
    async with running(engine) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {}], [2, 2, "guard", {}], [3, 1, 1, "Hello", []])
        await client.until(lambda f: f[0] == 36)
        drain = asyncio.create_task(server.gateway.drain())
        assert (await client.until(lambda f: f[0] == 41))[-1] == [41, 20_000]
        await client.send([3, 2, 2, "And you?", []])
        refused = (await client.until(lambda f: f[0] == 40))[-1]
        assert refused[2:4] == [[3, 2], "draining"]
        with pytest.raises(InvalidStatus) as handshake:
            async with bare(server.url):
                pass
        assert handshake.value.response.status_code == 503
        assert (await client.until(lambda f: f[0] == 39))[-1][2:4] == [1, "stop"]
        await drain
        await server.gateway.close()
        assert await client.closed() == 1001


async def test_who_says_hello_while_the_server_drains_is_told_so_behind_the_welcome() -> None:
    engine = ScriptedEngine(lambda _: "word " * 30, tokens_per_second=50)
    async with running(engine) as server, bare(server.url) as client, bare(server.url, hello=False) as late:
        await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
        await client.until(lambda f: f[0] == 36)
        drain = asyncio.create_task(server.gateway.drain())
        await client.until(lambda f: f[0] == 41)
        await asyncio.sleep(0.1)
        await late.send(HELLO)
        assert (await late.frame())[0] == 33
        kind, closes_in_ms = await late.frame()
        assert kind == 41
        assert 15_000 < closes_in_ms <= 19_900
        await drain


async def test_draining_has_a_deadline_and_the_turns_that_are_left_end_with_a_reason() -> None:
    engine = ScriptedEngine(lambda _: "word " * 1000, tokens_per_second=50)
    async with running(engine, Settings(drain_seconds=0.2)) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
        await client.until(lambda f: f[0] == 36)
        await server.gateway.drain()
        await server.gateway.close()
        *_, fault, end = await client.until(lambda f: f[0] == 39)
        assert (fault[3], end[3]) == ("draining", "fault")
        assert engine.running == 0


async def test_draining_ends_the_sessions_that_wait() -> None:
    engine = ScriptedEngine(lambda _: "word " * 1000, tokens_per_second=50)
    async with running(engine) as server:
        async with bare(server.url) as client:
            await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
            await client.until(lambda f: f[0] == 36)
            client.socket.transport.abort()
        while not server.gateway.sessions.waiting:
            await asyncio.sleep(0.01)
        await asyncio.wait_for(server.gateway.drain(), 5)
        assert (server.gateway.sessions.waiting, engine.running) == (0, 0)
