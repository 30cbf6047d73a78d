"""A whole server, seen from outside: what Prometheus reads, what probes are told, what the log tells, and what nobody gets to see."""

from __future__ import annotations

import asyncio
import io
import json
import re
from typing import Any

import msgpack
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.tracing.tracer import tracer
from support.collector import Collector, attributes, collecting, needs_opentelemetry
from support.log import logged
from support.running import HELLO, Bare, Running, bare, running


async def get(server: Running, path: str, *headers: str) -> tuple[int, str, str]:
    """GET a path; returns status, content type and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write("\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    content_type = next((line[14:] for line in head.split("\r\n") if line.startswith("Content-Type: ")), "")
    return int(head.split()[1]), content_type, body


async def metrics(server: Running) -> dict[str, float]:
    """Return what Prometheus reads, by name and label's value."""
    status, content_type, body = await get(server, "/metrics")
    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        " ".join([sample.name.removeprefix("loquent_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


async def until(server: Running, name: str, value: float) -> dict[str, float]:
    """Return what Prometheus reads once a number has become what it should."""
    async with asyncio.timeout(10):
        while (read := await metrics(server))[name] != value:
            await asyncio.sleep(0.01)
    return read


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """Return the log's lines, without their times."""
    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    return [{key: value for key, value in entry.items() if key != "time"} for entry in entries]


async def spoken_turn(client: Bare, turn: int = 1) -> None:
    """Open conversation 1 and say something in it, up to the end of the reply."""
    await client.send([2, 1, "guard", {}], [3, 1, turn, "Hello", []])
    await client.until(lambda f: f[0] == 39)


# --- /metrics ------------------------------------------------------------------------------------------------------------


async def test_a_conversation_shows_in_the_metrics() -> None:
    async with running(ScriptedEngine(lambda _: "one two three", tokens_per_second=0)) as server:
        async with bare(server.url) as client:
            await spoken_turn(client)
            read = await metrics(server)
            assert read["connections"] == read["sessions connected"] == 1
            assert read["sessions waiting"] == read["turns_running"] == 0
            assert read["turns_total say stop"] == 1
            assert read["tokens_total reply"] == 3
            assert read["time_to_first_token_seconds_count"] == 1
            assert read["inter_token_latency_seconds_count"] == 2
            assert read["engine_up"] == 1
            assert read["replay_window_bytes"] > 0
            assert read["build_info scripted script 0.1.0"] == 1
        read = await until(server, "connections", 0)
        assert read["sessions connected"] == 0


async def test_bytes_and_messages_out_are_those_that_arrive() -> None:
    async with running() as server, bare(server.url, hello=False) as client:
        await client.send([1, [1], "test/1", None, None], [2, 1, "guard", {}], [3, 1, 1, "Hello", []])
        received: list[bytes] = []
        ended = False
        while not ended:
            message = await client.socket.recv(decode=False)
            received.append(message)
            ended = any(frame[0] == 39 for frame in msgpack.Unpacker(io.BytesIO(message)))
        read = await until(server, "messages_sent_total", len(received))
        assert read["sent_bytes_total"] == sum(map(len, received))


async def test_a_running_turn_and_what_waits_for_a_place_show() -> None:
    settings = Settings(running_turns=1)
    async with running(ScriptedEngine(first_token_seconds=30), settings) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []], [2, 2, "guard", {}], [3, 2, 2, "Hello", []])
        read = await until(server, "turns_queued", 1)
        assert read["turns_running"] == 1


async def test_a_session_that_waits_and_one_that_is_resumed_show() -> None:
    async with running() as server:
        async with bare(server.url, hello=False) as client:
            await client.send([1, [1], "test/1", None, None])
            session = (await client.frame())[2]
            client.socket.transport.abort()
        read = await until(server, "sessions waiting", 1)
        assert read["sessions connected"] == 0
        async with bare(server.url, hello=False) as client:
            await client.send([1, [1], "test/1", None, [session, 1, 0]])
            assert (await client.frame())[4] is True
        async with bare(server.url, hello=False) as client:
            await client.send([1, [1], "test/1", None, ["a session of nobody", 1, 0]])
            assert (await client.frame())[4] is False
        read = await metrics(server)
        assert read["resumes_total resumed"] == read["resumes_total refused"] == 1


async def test_what_is_refused_at_the_door_shows_with_its_reason() -> None:
    async with running(settings=Settings(connections=1)) as server:
        with pytest.raises(InvalidStatus):
            await connect(server.url, origin=Origin("https://evil.example"), proxy=None)
        await get(server, "/")
        async with bare(server.url, hello=False, subprotocols=None) as client:
            assert await client.fault() == "subprotocol"
        await until(server, "connections", 0)
        async with bare(server.url), bare(server.url, hello=False) as client:
            await client.send(HELLO)
            assert await client.fault() == "busy"
        await server.gateway.drain()
        with pytest.raises(InvalidStatus):
            await connect(server.url, proxy=None)
        read = await metrics(server)
        refused = {name.split()[1]: count for name, count in read.items() if name.startswith("handshakes_refused")}
        assert {reason: count for reason, count in refused.items() if count} == dict.fromkeys(
            ("origin", "not_websocket", "subprotocol", "full", "draining"), 1
        )
        assert read["faults_total subprotocol"] == read["faults_total busy"] == 1


async def test_openmetrics_is_spoken_with_prometheus() -> None:
    async with running() as server:
        accept = "Accept: application/openmetrics-text;version=1.0.0;q=0.5"
        status, content_type, body = await get(server, "/metrics", accept, "Accept: text/plain;version=0.0.4;q=0.1")
        assert status == 200
        assert content_type.startswith("application/openmetrics-text; version=1.0.0")
        assert body.endswith("# EOF\n")


async def test_two_servers_of_one_process_have_their_own_metrics() -> None:
    async with running() as one, running() as other, bare(one.url) as client:
        await spoken_turn(client)
        assert (await metrics(one))["turns_total say stop"] == 1
        assert (await metrics(other))["turns_total say stop"] == 0


# --- probes --------------------------------------------------------------------------------------------------------------


async def ready(server: Running) -> tuple[int, dict[str, str]]:
    """Return what /readyz answers."""
    status, content_type, body = await get(server, "/readyz")
    assert content_type == "application/json"
    return status, json.loads(body)


async def test_a_server_is_ready_once_a_turn_would_be_replied_to() -> None:
    async with running(started=False) as server:
        assert await ready(server) == (503, {"status": "starting", "why": "The model is still loading."})
        await server.keeper.start()
        assert await ready(server) == (200, {"status": "ready", "embeddings": "off", "recognition": "off"})


async def test_a_server_whose_engine_has_died_is_not_ready_and_says_why() -> None:
    engine = ScriptedEngine()
    async with running(engine) as server:
        engine.die("the process was killed")
        read = await until(server, "engine_up", 0)
        assert read["connections"] == 0
        status, body = await ready(server)
        assert status == 503
        assert body["status"] != "ready"
        assert body["why"]


async def test_a_server_is_not_ready_while_its_engine_is_started_again() -> None:
    loaded = asyncio.Event()
    made: list[ScriptedEngine] = []

    class Second(ScriptedEngine):
        async def start(self) -> None:
            await loaded.wait()
            await super().start()

    def make() -> ScriptedEngine:
        made.append(Second() if made else ScriptedEngine())
        return made[-1]

    async with running(make) as server:
        made[0].die("The process was killed.")
        await until(server, "engine_restarts_total", 1)
        assert await ready(server) == (503, {"status": "restarting", "why": "The process was killed."})
        loaded.set()
        await until(server, "engine_up", 1)
        assert await ready(server) == (200, {"status": "ready", "embeddings": "off", "recognition": "off"})


async def test_a_server_that_drains_is_not_ready_though_it_is_well() -> None:
    async with running() as server:
        await server.gateway.drain()
        assert await ready(server) == (503, {"status": "draining", "why": "The server is stopping."})
        assert (await get(server, "/healthz"))[0] == 200


# --- the log -------------------------------------------------------------------------------------------------------------


async def test_the_log_tells_the_story_of_a_session() -> None:
    with logged(level="info") as log:
        async with running(ScriptedEngine(lambda _: "one two", tokens_per_second=0)) as server:
            async with bare(server.url, hello=False) as client:
                await client.send([1, [1], "test/1", None, None])
                session = (await client.frame())[2]
                await spoken_turn(client)
                await client.send([3, 9, 2, "Hello", []])
                await client.fault()
                client.socket.transport.abort()
            await until(server, "sessions waiting", 1)
            async with bare(server.url, hello=False) as client:
                await client.send([1, [1], "test/2", None, [session, 1, 0]])
                await client.frame()
            await until(server, "connections", 0)
        told = lines(log)
    names = {line["session"] for line in told if "session" in line}
    assert len(names) == 1
    (name,) = names
    assert len(name) == 8
    assert session not in log.getvalue()
    story = [(line["logger"], re.split(r":| with", line["message"])[0]) for line in told]
    assert story == [
        ("loquent.connection", "connection opened"),
        ("loquent.session", "session begins"),
        ("loquent.connection", "hello"),
        ("loquent.turn", "turn ended"),
        ("loquent.turn", "say refused"),
        ("loquent.connection", "connection ended"),
        ("loquent.session", "session waits for its client"),
        ("loquent.connection", "connection opened"),
        ("loquent.session", "session resumed"),
        ("loquent.connection", "hello"),
        ("loquent.connection", "connection ended"),
        ("loquent.session", "session ended"),
    ]
    ends = [line for line in told if line["message"] == "connection ended"]
    assert [(end["reason"], end["close_code"]) for end in ends] == [("lost", 1006), ("closed by its client", 1000)]
    assert all(end["session"] == name and end["address"].startswith("127.0.0.1:") for end in ends)
    assert told[-1]["reason"] == "its connection was closed by its client"


async def test_a_client_that_reads_nothing_is_told_of_at_level_warning() -> None:
    """60 replies of 200 KB: more than the sockets' own buffers hold."""
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    settings = Settings(pending_bytes=100_000, turns=64)
    with logged(level="warning") as log:
        async with running(engine, settings) as server, bare(server.url, ping_interval=None) as stalled:
            await stalled.send(*[[2, n, "guard", {}] for n in range(60)])
            await stalled.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
            await until(server, "sessions connected", 0)
            stalled.socket.transport.abort()
        (line,) = lines(log)
    assert line["message"] == "connection cut: its client left more than 100000 bytes unread"
    assert len(line["session"]) == 8


# --- what nobody gets to see -------------------------------------------------------------------------------------------------

SAID = "my-secret-words"
REPLIED = "your-secret-reply"
TOKEN = "a-secret-token"


async def everything(collector: Collector, *, texts: bool) -> tuple[str, str, str, str]:
    """Do all that a client can do with secrets; returns the log, the metrics, the spans and the session's id."""
    sending = tracer(collector.address, engine="scripted", model="script", texts=texts)
    engine = ScriptedEngine(lambda request: f"{request.messages[-1].content} {REPLIED} ", tokens_per_second=200)
    with logged(level="debug", texts=texts) as log:
        async with running(engine, tracer=sending) as server:
            bearer = {"Authorization": f"Bearer {TOKEN}"}
            async with bare(server.url, hello=False, additional_headers=bearer) as client:
                await client.send([1, [1], "test/1", TOKEN, None])
                session: str = (await client.frame())[2]
                await client.send([2, 1, "guard", {"player": "p"}], [3, 1, 1, SAID, []])
                await client.until(lambda f: f[0] == 39)
                await client.send([3, 1, 2, SAID, []], [3, 1, 3, SAID, []], [5, 2, 4], [3, 9, 4, SAID, []])
                await client.send([3, 1, "no number", SAID, []], [4, 1, 5, SAID, [SAID, SAID], []])
                await client.until(lambda f: f[0] == 40 and f[3] == "choices_invalid")
                await client.send([4, 1, 7, SAID, [SAID, REPLIED], []])
                await client.until(lambda f: f[0] == 39 and f[2] == 7)
                engine.die("the process was killed")
                await client.send([3, 1, 8, SAID, []])
                await client.until(lambda f: f[0] == 40 and f[3].startswith("engine"))
                client.socket.transport.abort()
            await until(server, "sessions waiting", 1)
            async with bare(server.url, hello=False) as client:
                await client.send([1, [1], "test/1", TOKEN, [session, 1, 0]])
                await client.frame()
                await client.send([1, [1], "test/1", TOKEN, [session + "?", 1, 0]])
            read = (await get(server, "/metrics"))[2] + (await get(server, "/readyz"))[2]
        await sending.close(10)
        return log.getvalue(), read, str(collector.spans), session


@needs_opentelemetry
async def test_nothing_shows_what_people_say_nor_who_they_prove_to_be() -> None:
    with collecting() as collector:
        log, read, spans, session = await everything(collector, texts=False)
    assert "turn ended" in log
    assert "loquent.outcome" in spans
    for where in (log, read, spans):
        for secret in (SAID, REPLIED, TOKEN, session):
            assert secret not in where
            assert secret[:12] not in where


@needs_opentelemetry
async def test_what_people_say_shows_if_asked_for_and_still_not_who_they_prove_to_be() -> None:
    with collecting() as collector:
        log, read, spans, session = await everything(collector, texts=True)
    for secret in (SAID, REPLIED):
        assert secret in log
        assert secret in spans
        assert secret not in read
    for secret in (TOKEN, session):
        assert secret not in log + read + spans


@needs_opentelemetry
async def test_a_turns_span_has_what_its_line_has() -> None:
    with collecting() as collector, logged(level="info") as log:
        sending = tracer(collector.address, engine="scripted", model="script", texts=False)
        async with running(ScriptedEngine(tokens_per_second=0), tracer=sending) as server:
            async with bare(server.url) as client:
                await spoken_turn(client, 7)
            port = server.port
        await sending.close(10)
        (line,) = [line for line in lines(log) if line["message"] == "turn ended"]
    (span,) = collector.spans
    what = attributes(span.attributes)
    assert what["loquent.session"] == line["session"]
    assert what["loquent.turn"] == line["turn"] == 7
    assert what["loquent.character"] == line["character"] == "guard"
    assert what["loquent.outcome"] == line["outcome"] == "stop"
    assert what["gen_ai.usage.output_tokens"] == line["reply_tokens"]
    assert what["gen_ai.request.max_tokens"] == 256
    assert (what["server.address"], what["server.port"]) == ("127.0.0.1", port)
    assert [event.name for event in span.events] == ["loquent.admitted", "loquent.first_token"]
