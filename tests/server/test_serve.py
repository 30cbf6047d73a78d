"""The order of a server's start and stop: the port first, then the model; whatever fails, nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket

import pytest

from loquent.dialogue.character import SHIPPED, load_characters
from loquent.engines.base import EngineDead, EngineStartError
from loquent.engines.scripted import ScriptedEngine
from loquent.gateway import GatewayError
from loquent.serve import serve
from loquent.settings import Settings


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
    characters = load_characters(SHIPPED)
    serving = asyncio.create_task(serve(lambda: engine, characters, Settings(), "127.0.0.1", port, lines.append))
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


async def test_a_signal_while_the_model_loads_stops_at_once() -> None:
    engine, lines = SlowEngine(), list[str]()
    serving = asyncio.create_task(serve(lambda: engine, {}, Settings(), "127.0.0.1", 0, lines.append))
    await engine.loading.wait()
    os.kill(os.getpid(), signal.SIGINT)
    await serving
    assert engine.closed
    assert lines == ["Stopping."]


async def test_a_model_that_cannot_load_ends_the_server_with_the_engines_words() -> None:
    engine = SlowEngine("The model needs 16 GiB; choose a smaller one.")
    with pytest.raises(EngineStartError, match="16 GiB"):
        await serve(lambda: engine, {}, Settings(), "127.0.0.1", 0, lambda _: None)
    assert engine.closed


async def test_a_port_in_use_is_found_out_before_the_model_is_loaded() -> None:
    engine = SlowEngine()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(GatewayError, match="in use"):
            await serve(lambda: engine, {}, Settings(), "127.0.0.1", taken.getsockname()[1], lambda _: None)
    assert not engine.loading.is_set()


async def test_an_engine_that_dies_too_often_ends_the_server_with_the_engines_words() -> None:
    """Clients are there until then; whoever starts the server again is told why it's needed."""
    engines: list[ScriptedEngine] = []

    def make() -> ScriptedEngine:
        engines.append(ScriptedEngine())
        return engines[-1]

    settings, port = Settings(engine_restarts=1, engine_restart_seconds=600), free_port()
    serving = asyncio.create_task(serve(make, {}, settings, "127.0.0.1", port, lambda _: None))
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
    serving = asyncio.create_task(serve(make, {}, Settings(), "127.0.0.1", 0, lines.append))
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
