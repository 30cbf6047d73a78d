"""What runs beside the engine: loaded behind it, kept, done without where it can't be had."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from loquent.dialogue.cast import Cast
from loquent.engines.base import EngineStartError, Verdict
from loquent.engines.scripted import ScriptedEngine
from loquent.images import Picture
from loquent.serve import serve
from loquent.settings import Settings


class Beside(ScriptedEngine):
    """What embeds and recognises by no model: it's about how it's kept."""

    def __init__(self, refuses: str | None = None, *, waits: bool = False) -> None:
        super().__init__()
        self.may_load = asyncio.Event()
        if not waits:
            self.may_load.set()
        self.closed = 0
        self._refuses = refuses

    @property
    def model(self) -> str:
        return "tiny-beside"

    async def start(self) -> None:
        await self.may_load.wait()
        if self._refuses:
            raise EngineStartError(self._refuses)
        await super().start()

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 1), np.float32)

    async def recognise(self, picture: Picture, labels: Sequence[str]) -> Verdict:
        return Verdict([1 / len(labels)] * len(labels))

    async def close(self) -> None:
        self.closed += 1
        await super().close()


class Serving:
    """A server that runs."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.engine = ScriptedEngine()

    async def get(self, path: str) -> tuple[int, str]:
        """Return status and body of a plain request."""
        where = self.lines[0].split()[2].replace("ws://", "http://") + path

        def ask() -> tuple[int, str]:
            with urllib.request.urlopen(where, timeout=10) as answer:
                return answer.status, answer.read().decode()

        return await asyncio.to_thread(ask)

    async def states(self) -> tuple[str, str]:
        """Return how embedder and recogniser are, as both probes say."""
        health = json.loads((await self.get("/healthz"))[1])
        status, body = await self.get("/readyz")
        ready = json.loads(body)
        assert (status, ready["status"]) == (200, "ready")
        both: tuple[str, str] = (health["embeddings"], health["recognition"])
        assert both == (ready["embeddings"], ready["recognition"])
        return both

    async def until(self, *wanted: str) -> None:
        """Wait for states."""
        async with asyncio.timeout(10):
            while await self.states() != wanted:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(
    embedder: Callable[[], Beside] | None = None,
    recogniser: Callable[[], Beside] | None = None,
    settings: Settings | None = None,
) -> AsyncIterator[Serving]:
    """Run a server until it's left."""
    server = Serving()
    running = asyncio.create_task(
        serve(
            lambda: server.engine,
            Cast({}),
            settings or Settings(port=0),
            server.lines.append,
            make_embedder=embedder,
            make_recogniser=recogniser,
        )
    )
    while not server.lines:
        await asyncio.sleep(0.001)
        if running.done():
            await running
    try:
        yield server
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await running


async def test_without_any_both_are_off() -> None:
    async with serving() as server:
        assert await server.states() == ("off", "off")
        assert server.lines[0].endswith("with script (scripted); characters: .")
        metrics = (await server.get("/metrics"))[1]
        assert "loquent_embeddings_up 0.0" in metrics
        assert "loquent_recognition_up 0.0" in metrics


async def test_the_server_is_ready_before_they_are_and_they_load_one_after_the_other() -> None:
    embedder, recogniser = Beside(waits=True), Beside(waits=True)
    async with serving(lambda: embedder, lambda: recogniser) as server:
        assert (
            "with script (scripted); embeddings: tiny-beside; recognition: tiny-beside; characters" in server.lines[0]
        )
        assert await server.states() == ("starting", "starting")
        recogniser.may_load.set()
        await asyncio.sleep(0.05)
        assert not recogniser.alive
        embedder.may_load.set()
        await server.until("ready", "ready")
        metrics = (await server.get("/metrics"))[1]
        assert "loquent_embeddings_up 1.0" in metrics
        assert "loquent_recognition_up 1.0" in metrics
    assert (embedder.closed, recogniser.closed) == (1, 1)


async def test_one_that_cannot_start_is_logged_and_done_without(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(lambda: Beside("Too little memory."), Beside) as server:
        await server.until("down", "ready")
        assert server.engine.alive
    assert [record.message for record in caplog.records if record.levelname != "DEBUG"] == [
        "The embedder can't start, so the server goes on without it: Too little memory."
    ]


async def test_one_that_dies_is_started_again_and_one_that_dies_too_often_is_done_without(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made: list[Beside] = []

    def make() -> Beside:
        made.append(Beside())
        return made[-1]

    async with serving(recogniser=make, settings=Settings(port=0, engine_restarts=1)) as server:
        await server.until("off", "ready")
        made[0].die("It was killed.")
        await server.until("off", "ready")
        async with asyncio.timeout(5):
            while len(made) < 2 or not made[1].alive:
                await asyncio.sleep(0.01)
        assert "loquent_recognition_restarts_total 1.0" in (await server.get("/metrics"))[1]
        made[1].die("It was killed again.")
        await server.until("off", "down")
        assert server.engine.alive
    assert caplog.records[-1].message == (
        "The recogniser has died 2 times within 600 s, so the server gives up on it and goes on without it: It was killed again."
    )


async def test_a_model_that_is_not_where_it_should_be_ends_the_server_before_it_begins() -> None:
    def make() -> Beside:
        raise EngineStartError("There is no folder ./nowhere: give --recognition an existing folder or a hub name.")

    with pytest.raises(EngineStartError, match="recognition"):
        async with serving(recogniser=make):
            pass


async def test_stopped_while_they_load() -> None:
    embedder = Beside(waits=True)
    async with serving(lambda: embedder) as server:
        assert await server.states() == ("starting", "off")
    assert embedder.closed == 1
