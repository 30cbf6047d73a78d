"""The C# client and a server that lets not everybody in, or can't prove who it is: each is a sentence, and nothing is tried for ever."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from pathlib import Path

import pytest

from loquent.access import Access
from loquent.engines.scripted import ScriptedEngine
from support.certificates import make_certificate
from support.running import running
from unity.test_end_to_end import REPLY, SAID, of, run

pytestmark = pytest.mark.usefixtures("built")

TOKEN = "quest-token-0123456789"
WRONG = "wrong-token-0123456789"


def write_tokens(folder: Path, token: str) -> Path:
    """Write a tokens file with one token in it."""
    file = folder / "tokens.toml"
    file.write_text(f'[quest]\nsha256 = "{hashlib.sha256(token.encode()).hexdigest()}"\n')
    return file


def access(folder: Path) -> Access:
    """Let in who has `TOKEN`."""
    return Access.read(write_tokens(folder, TOKEN))


@pytest.mark.parametrize("place", ["hello", "header"])
async def test_who_has_the_token_comes_in(place: str, tmp_path: Path) -> None:
    async with running(access=access(tmp_path)) as server:
        lines = await run("chat", server.url, "--token", TOKEN, "--token-in", place, "--texts", "Hello!")
    assert of(lines, "turn")[0]["reason"] == "stop"


async def test_a_wrong_token_is_the_servers_sentence(tmp_path: Path) -> None:
    async with running(access=access(tmp_path)) as server:
        [line] = await run("chat", server.url, "--token", WRONG, status=1)
    assert line["type"] == "FaultException"
    assert "doesn't know the client's token" in line["message"]


async def test_a_wrong_token_in_the_header_is_a_sentence_though_mono_hides_the_answer(tmp_path: Path) -> None:
    async with running(access=access(tmp_path)) as server:
        [line] = await run("chat", server.url, "--token", WRONG, "--token-in", "header", status=1)
    assert line["type"] == "UnreachableException"
    assert "didn't open a WebSocket" in line["message"]
    assert "the token if it wants one" in line["message"]


async def test_a_token_that_is_taken_back_ends_the_attempts_at_once(tmp_path: Path) -> None:
    engine = ScriptedEngine(lambda request: REPLY, tokens_per_second=20)
    asked = access(tmp_path)
    async with running(engine, access=asked) as server:
        program = asyncio.create_task(run("losses", server.url, "--token", TOKEN, "--texts", SAID[0], status=1))
        async with asyncio.timeout(20):
            while engine.running == 0:
                await asyncio.sleep(0.01)
        write_tokens(tmp_path, "another-token-0123456789")
        assert asked.reload() is not None
        server.gateway.dismiss_unwelcome()
        lines = await program
    assert [line["attempt"] for line in of(lines, "reconnecting")] == [1]
    assert of(lines, "reconnected") == []
    [error] = of(lines, "error")
    assert error["type"] == "FaultException"
    assert "token" in error["message"]


async def test_a_server_that_can_not_prove_who_it_is_is_not_talked_to(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(made.chain, made.key)
    async with running(tls=tls) as server:
        [line] = await run("chat", server.url, status=1)
    assert line["type"] == "UnreachableException"
    assert "check its certificate" in line["message"]
    assert line["message"].endswith("CERTIFICATE_VERIFY_FAILED)")
