"""The Editor's side: its own tests in the double, and its window against the real server."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from loquent.access import Access
from loquent.engines.scripted import ScriptedEngine
from support.running import running
from unity import build, engine
from unity.engine import Release

pytestmark = pytest.mark.usefixtures("engine_built")

releases = pytest.mark.parametrize("release", engine.RELEASES, ids=lambda release: release.name)
RELEASE = engine.RELEASES[0]
TOKEN = "desk-token-0123456789"


@releases
def test_the_tests_of_the_editors_side_pass(release: Release) -> None:
    results = engine.run_tests(release, "Loquent.Desk.Tests")
    assert results.good, results.output
    assert results.run > 60, "fewer tests ran than there are"


async def test_the_window_shows_what_a_server_offers() -> None:
    async with running() as server:
        shown = await engine.run_trial(RELEASE, "window", server.url)
    assert "Label: Server\nLabel: Loquent 0.1.0\nLabel: Model\nLabel: script (scripted)" in shown
    assert "Label: Characters\nLabel: bard (Lirio), guard (Tomas), innkeeper (Marta)" in shown
    assert re.search(r"Label: Connection\nLabel: made in \S+ ms\nLabel: Pictures\nLabel: the model sees\n", shown)
    assert re.search(r"Label: Round trip\nLabel: \S+ ms, half of 5 were faster", shown)
    assert "Box: Warning" not in shown
    assert "Box: Error" not in shown
    assert server.keeper.engine.running == 0


async def test_the_window_says_a_line_and_measures_the_reply() -> None:
    async with running(ScriptedEngine(lambda _: "It is the Copper Kettle. " * 8, tokens_per_second=100)) as server:
        shown = await engine.run_trial(RELEASE, "window", server.url, "", "What is this place?")
    assert re.search(r"Label: First word\nLabel: after \S+ ms\nLabel: Pace\nLabel: [\d.]+ tokens a second", shown)
    assert "Label: It is the Copper Kettle. It is" in shown


async def test_the_window_with_and_without_a_token(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text(f'[desk]\nsha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"\n')
    async with running(access=Access.read(tokens)) as server:
        shown = await engine.run_trial(RELEASE, "window", server.url, TOKEN)
        assert "innkeeper (Marta)" in shown
        assert "Box: Error" not in shown
        assert TOKEN not in shown
        stranger = await engine.run_trial(RELEASE, "window", server.url)
    assert "Box: Warning = Characters: The server tells them only to those who show a token" in stranger
    assert "Box: Error = Connection: " in stranger
    assert "`loquent token`" in stranger


async def test_the_window_says_that_a_model_is_still_loading() -> None:
    async with running(started=False) as server:
        shown = await engine.run_trial(RELEASE, "window", server.url, "", "Hello")
    assert "Box: Warning = Model: script (scripted) is still loading." in shown
    assert "Box: Error = Reply: " in shown


async def test_something_else_at_the_address_is_said() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{closed.getsockname()[1]}"
        shown = await engine.run_trial(RELEASE, "window", url)
    assert f"Box: Error = Connection: Can't reach {url}: is the server running?" in shown


async def test_another_kind_of_server_is_said() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        shown = await engine.run_trial(RELEASE, "window", f"ws://127.0.0.1:{other.sockets[0].getsockname()[1]}")
    assert (
        "Box: Warning = Server: There's something at this address, but it doesn't say that it's a Loquent server."
        in shown
    )
    assert "Box: Warning = Characters: The server doesn't tell them here" in shown
    assert "Box: Error = Connection: " in shown


def test_the_link_file_keeps_every_assembly_of_a_player_whole() -> None:
    kept = ET.parse(build.PACKAGE / "Runtime" / "link.xml").getroot().findall("assembly")
    assert all(assembly.get("preserve") == "all" for assembly in kept)
    names = {path.stem for path in (build.PACKAGE / "Runtime").rglob("*.asmdef")}
    assert {assembly.get("fullname") for assembly in kept} == names


def test_without_textmeshpro_the_console_says_what_to_add(tmp_path: Path) -> None:
    definition = build.PACKAGE / "Editor" / "Setup" / "Loquent.Editor.Setup.asmdef"
    assert not any(engine.applies(definition, release) for release in engine.RELEASES)
    bare = Release("bare", RELEASE.defines, RELEASE.lists, {"com.unity.ugui": "1.0.0"})
    assert engine.applies(definition, bare)
    for path in engine.package_asmdefs():
        assert path == definition or not engine.applies(path, bare), (
            f"{path.name} would be compiled without TextMeshPro"
        )
    library = build.compile_to(
        tmp_path / "Setup.dll",
        engine.sources_of(definition),
        *(f"-r:{RELEASE.out / name}.dll" for name in ("UnityEngine", "UnityEditor")),
    )
    assert library.is_file()
    assert "com.unity.textmeshpro" in (definition.parent / "TextMeshProReminder.cs").read_text(encoding="utf-8")
