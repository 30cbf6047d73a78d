"""A server that runs, looked at over the network as a game would reach it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from loquent.certificates import load_certificate
from loquent.doctor import running as running_module
from loquent.doctor.finding import Finding, Mark
from loquent.doctor.running import examine_server
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from support.certificates import make_certificate
from support.running import running


async def look(url: str) -> dict[str, Finding]:
    """Look at a server; returns what is found by what it's about."""
    findings = await asyncio.to_thread(lambda: list(examine_server(url)))
    return {finding.about: finding for finding in findings}


async def test_a_server_that_is_well_tells_its_limits_its_version_and_how_far_it_is() -> None:
    async with running(settings=Settings(conversations=7)) as server:
        found = await look(server.url)
    assert list(found) == ["connection", "session", "round trip", "server"]
    assert all(finding.mark is Mark.OK for finding in found.values())
    assert found["session"].text.startswith("7 conversations, 32 replies at once")
    assert "with script" in found["server"].text


async def test_a_server_whose_model_has_died_is_a_problem_and_one_that_loads_is_not() -> None:
    engine = ScriptedEngine()
    async with running(engine) as server:
        engine.die("the process was killed")
        await asyncio.sleep(0.01)
        finding = (await look(server.url))["server"]
        assert finding.mark is Mark.PROBLEM
        assert "(the process was killed)" in finding.text
    async with running(started=False) as server:
        assert (await look(server.url))["server"].mark is Mark.WARNING


async def test_a_server_that_is_far_away_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_module, "_SLOW_SECONDS", 0.0)
    async with running() as server:
        assert (await look(server.url))["round trip"].mark is Mark.WARNING


async def test_where_there_is_no_server_the_sentence_of_the_client_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{free.getsockname()[1]}"
        (finding,) = (await look(url)).values()
    assert finding.mark is Mark.PROBLEM
    assert finding.text == f"There is no Loquent server at {url} (nothing listens there); start one with `make serve`."
    (finding,) = (await look("ws://no.such.host.invalid")).values()
    assert "(there is no host of that name)" in finding.text
    (finding,) = (await look("http://x")).values()
    assert "isn't a WebSocket address" in finding.text


async def test_a_certificate_that_is_not_trusted_here_is_no_missing_server(tmp_path: Path) -> None:
    context, _ = load_certificate(*make_certificate(tmp_path))
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    async with server:
        (finding,) = (await look(f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}")).values()
    assert finding.mark is Mark.PROBLEM
    assert "isn't trusted here" in finding.text
    assert "--ca" in finding.text
