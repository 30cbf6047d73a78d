"""The order of a server's start and stop: the port first, then the model; whatever fails, nothing is left behind."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loquent import serve as serve_module
from loquent.access import AccessError
from loquent.certificates import CertificateError, Certificates
from loquent.client import Client, ClientError, FaultError
from loquent.dialogue.cast import Cast
from loquent.dialogue.character import Character
from loquent.dialogue.character_file import SHIPPED, CharacterError
from loquent.engines.base import EngineDead, EngineStartError
from loquent.engines.scripted import ScriptedEngine
from loquent.gateway import GatewayError
from loquent.serve import serve
from loquent.settings import Settings
from loquent.tokens import TokensError
from loquent.tracing.tracer import TracingError
from loquent.watcher import look_often
from support.certificates import make_certificate
from support.collector import collecting, needs_opentelemetry
from support.running import bare


class SlowEngine(ScriptedEngine):
    """Loads until it's told that it has loaded."""

    def __init__(self, error: str | None = None) -> None:
        super().__init__()
        self.loading = asyncio.Event()
        self.loaded = asyncio.Event()
        self.closed = False
        self._error = error

    async def start(self) -> None:
        self.loading.set()
        if self._error:
            raise EngineStartError(self._error)
        await self.loaded.wait()
        await super().start()

    async def close(self) -> None:
        self.closed = True
        await super().close()


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def health(port: int) -> dict[str, str]:
    """Return what /healthz says."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    body: dict[str, str] = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])
    writer.close()
    await writer.wait_closed()
    return body


async def test_health_answers_while_the_model_loads_and_ready_is_said_once_it_has() -> None:
    engine, lines, port = SlowEngine(), list[str](), free_port()
    characters = Cast.read(SHIPPED)
    serving = asyncio.create_task(serve(lambda: engine, characters, Settings(port=port), lines.append))
    await engine.loading.wait()
    assert (await health(port))["status"] == "starting"
    assert lines == []
    engine.loaded.set()
    while not lines:
        await asyncio.sleep(0.001)
    assert lines[0].startswith(f"Ready at ws://127.0.0.1:{port} ")
    assert (await health(port))["status"] == "ok"
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    assert engine.closed
    assert lines[1:] == ["Stopping."]


async def test_a_signal_while_the_model_loads_stops_at_once_and_is_told() -> None:
    engine, lines, port = SlowEngine(), list[str](), free_port()
    serving = asyncio.create_task(serve(lambda: engine, Cast({}), Settings(port=port), lines.append))
    await engine.loading.wait()
    async with bare(f"ws://127.0.0.1:{port}") as client:
        os.kill(os.getpid(), signal.SIGINT)
        assert (await client.frame())[0] == 41
        assert await client.closed() == 1001
    async with asyncio.timeout(5):
        await serving
    assert engine.closed
    assert lines == ["Stopping."]


async def test_a_model_that_cannot_load_ends_the_server_with_the_engines_words() -> None:
    engine = SlowEngine("The model needs 16 GiB; choose a smaller one.")
    with pytest.raises(EngineStartError, match="16 GiB"):
        await serve(lambda: engine, Cast({}), Settings(port=0), lambda _: None)
    assert engine.closed


async def test_a_character_that_leaves_no_room_for_talk_ends_the_server_with_both_numbers() -> None:
    cast = Cast({"ada": Character("Ada", "You are Ada. " * 30)})
    with pytest.raises(
        CharacterError, match=r"The character ada takes \d+ tokens before anything is said, and script has 60"
    ):
        await serve(lambda: ScriptedEngine(context_tokens=60), cast, Settings(port=0), lambda _: None)
    short = Cast({"ada": Character("Ada", "You are Ada.")})
    lines = list[str]()
    serving = asyncio.create_task(
        serve(lambda: ScriptedEngine(context_tokens=60), short, Settings(port=0), lines.append)
    )
    while not lines:
        await asyncio.sleep(0.001)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_port_in_use_is_found_out_before_the_model_is_loaded() -> None:
    engine = SlowEngine()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(GatewayError, match="in use"):
            await serve(lambda: engine, Cast({}), Settings(port=taken.getsockname()[1]), lambda _: None)
    assert not engine.loading.is_set()


async def test_an_engine_that_dies_too_often_ends_the_server_with_the_engines_words() -> None:
    """Clients are there until then; whoever starts the server again is told why it's needed."""
    engines: list[ScriptedEngine] = []

    def make() -> ScriptedEngine:
        engines.append(ScriptedEngine())
        return engines[-1]

    settings, port = Settings(engine_restarts=1, engine_restart_seconds=600), free_port()
    serving = asyncio.create_task(serve(make, Cast({}), replace(settings, port=port), lambda _: None))
    while not engines or not engines[0].alive:
        await asyncio.sleep(0.001)
    engines[0].die("The GPU fell off.")
    while len(engines) < 2 or not engines[1].alive:
        await asyncio.sleep(0.001)
    assert (await health(port))["status"] == "ok"
    engines[1].die("The GPU fell off again.")
    with pytest.raises(EngineDead, match=r"died 2 times within 600 s.*: The GPU fell off again\.$"):
        await serving


async def test_a_signal_while_the_engine_is_started_again_stops_at_once() -> None:
    engines: list[SlowEngine] = []

    def make() -> SlowEngine:
        engines.append(SlowEngine())
        return engines[-1]

    lines = list[str]()
    serving = asyncio.create_task(serve(make, Cast({}), Settings(port=0), lines.append))
    while not engines:
        await asyncio.sleep(0.001)
    engines[0].loaded.set()
    while not lines:
        await asyncio.sleep(0.001)
    engines[0].die("It was killed.")
    while len(engines) < 2:
        await asyncio.sleep(0.001)
    await engines[1].loading.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    assert all(engine.closed for engine in engines)
    assert lines[1:] == ["Stopping."]


@needs_opentelemetry
async def test_spans_are_sent_and_the_last_ones_before_the_server_has_stopped() -> None:
    lines, port = list[str](), free_port()
    with collecting() as collector:
        settings = Settings(traces=collector.address)
        engine = ScriptedEngine(tokens_per_second=0)
        serving = asyncio.create_task(
            serve(lambda: engine, Cast.read(SHIPPED), replace(settings, port=port), lines.append)
        )
        while not lines:
            await asyncio.sleep(0.001)
        async with bare(f"ws://127.0.0.1:{port}") as client:
            await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
            await client.until(lambda f: f[0] == 39)
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
        assert [span.name for span in collector.spans] == ["chat script"]


async def test_an_address_for_spans_that_is_none_is_found_out_before_the_model_is_loaded() -> None:
    engine = SlowEngine()
    with pytest.raises(TracingError, match="such as http://"):
        await serve(lambda: engine, Cast({}), Settings(traces="localhost:4318", port=0), lambda _: None)
    assert not engine.loading.is_set()


# --- tokens and certificates ---------------------------------------------------------------------------------

OLD, NEW = "old-token-0123456789", "new-token-0123456789"


def entry(name: str, token: str) -> str:
    """Return a tokens file's entry."""
    return f'[{name}]\nsha256 = "{hashlib.sha256(token.encode()).hexdigest()}"\n'


@asynccontextmanager
async def serving(settings: Settings, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve until the block ends; gives the address that is said to be ready."""
    lines: list[str] = []
    task = asyncio.create_task(
        serve(ScriptedEngine, Cast.read(SHIPPED), replace(settings, host=host, port=0), lines.append)
    )
    while not lines and not task.done():
        await asyncio.sleep(0.001)
    if not lines:
        await task
    try:
        yield lines[0].split()[2]
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await task


async def go_on(client: Client) -> None:
    """Open conversations for as long as the connection lasts."""
    async with asyncio.timeout(30):
        while True:
            await client.open("guard")
            await asyncio.sleep(0.01)


async def closed(client: Client) -> None:
    """Wait until the server has closed a client's connection for its token."""
    with pytest.raises(ClientError, match="token that this connection came in with"):
        await go_on(client)


@pytest.mark.parametrize("by_signal", [True, False])
async def test_tokens_are_read_again_when_they_change_and_at_once_by_a_signal(
    tmp_path: Path, by_signal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_signal:  # then nothing waits for a look
        monkeypatch.setattr(serve_module, "look_often", lambda _: asyncio.sleep(60))
    file = tmp_path / "tokens.toml"
    file.write_text(entry("old", OLD))
    async with serving(Settings(tokens=file, conversations=10_000)) as url:
        async with await Client.connect(url, token=OLD) as client:
            file.write_text(entry("new", NEW))
            if by_signal:
                os.kill(os.getpid(), signal.SIGHUP)
            await closed(client)
        with pytest.raises(FaultError, match="doesn't know"):
            await Client.connect(url, token=OLD)
        async with await Client.connect(url, token=NEW) as client:
            await client.open("guard")


async def test_a_token_that_expires_while_the_server_runs_closes_its_connections(tmp_path: Path) -> None:
    """No change of the file tells: it's read a second or two before."""
    file = tmp_path / "tokens.toml"
    file.write_text(entry("old", OLD))
    async with (
        serving(Settings(tokens=file, conversations=10_000)) as url,
        await Client.connect(url, token=OLD) as client,
    ):
        expires = datetime.now(UTC) + timedelta(seconds=3)
        file.write_text(entry("old", OLD) + f"expires = {expires.isoformat()}\n")
        await closed(client)
        assert datetime.now(UTC) >= expires


async def test_a_signal_to_read_again_without_anything_to_read_changes_nothing() -> None:
    async with serving(Settings()) as url:
        os.kill(os.getpid(), signal.SIGHUP)
        async with await Client.connect(url) as client:
            await client.open("guard")


async def test_a_certificate_is_served_and_its_renewal_too(tmp_path: Path) -> None:
    first, second = make_certificate(tmp_path, "first"), make_certificate(tmp_path, "second")
    used = make_certificate(tmp_path, "used")
    for old, new in zip(used, first, strict=True):
        old.write_bytes(new.read_bytes())
    async with serving(Settings(certificate=used.chain, certificate_key=used.key)) as url:
        assert url.startswith("wss://127.0.0.1:")
        async with await Client.connect(url, authorities=first.chain) as client:
            for old, new in zip(used, second, strict=True):
                old.write_bytes(new.read_bytes())
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0)
            async with await Client.connect(url, authorities=second.chain) as other:
                await other.open("guard")
            await client.open("guard")


async def test_a_certificate_is_looked_at_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def look(_: Certificates, now: datetime | None = None) -> None:
        nonlocal looks
        looks += 1

    monkeypatch.setattr(Certificates, "warn", look)
    monkeypatch.setattr(serve_module, "look_often", partial(look_often, seconds=0.01))
    made = make_certificate(tmp_path)
    async with serving(Settings(certificate=made.chain, certificate_key=made.key)), asyncio.timeout(5):
        while looks < 5:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"host": "0.0.0.0"}, AccessError),
        ({"tokens": Path("none.toml")}, TokensError),
        ({"certificate": Path("none.pem"), "certificate_key": Path("none.key")}, CertificateError),
    ],
)
async def test_a_server_that_may_not_or_cannot_be_reached_as_asked_is_not_started(
    settings: dict[str, Any], error: type[Exception]
) -> None:
    engine = SlowEngine()
    with pytest.raises(error):
        await serve(lambda: engine, Cast({}), Settings(**settings, port=0), lambda _: None)
    assert not engine.loading.is_set()


async def test_all_addresses_may_be_listened_on_with_tokens_and_the_log_says_what_is_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(entry("old", OLD))
    made = make_certificate(tmp_path)
    async with serving(Settings(tokens=file, certificate=made.chain, certificate_key=made.key), "0.0.0.0") as url:
        assert url.startswith("wss://localhost:")
    async with serving(Settings(tokens=file)):
        pass
    assert caplog.messages == []
    async with serving(Settings(tokens=file), "0.0.0.0") as url, await Client.connect(url.rstrip(","), token=OLD):
        pass
    assert ["unencrypted" in message for message in caplog.messages] == [True]
