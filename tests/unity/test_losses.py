"""The C# client against the real server over a network that fails: what was said arrives whole and once, or is opened again."""

from __future__ import annotations

import asyncio
import random

import pytest

from loquent.dialogue.store import Spoken
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from support.proxy import Link, Proxy
from support.running import Running, running
from unity.test_end_to_end import CHARACTERS, REPLY, SAID, of, run

pytestmark = pytest.mark.usefixtures("built")

LOSSES = 12


def engine(tokens_per_second: float = 150) -> ScriptedEngine:
    """Make an engine that says `REPLY`."""
    return ScriptedEngine(lambda request: REPLY, tokens_per_second=tokens_per_second)


async def no_session_is_left(server: Running) -> None:
    """A client that is done says so: its session doesn't wait for it."""
    async with asyncio.timeout(10):
        while server.gateway.sessions.connected + server.gateway.sessions.waiting:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("reset", [False, True], ids=["ended", "reset"])
async def test_two_replies_cut_off_anywhere_again_and_again_arrive_whole_and_once(reset: bool) -> None:
    chance = random.Random(20250203)

    def cut_soon(link: Link) -> None:
        # Somewhere between the handshake's first byte and some text behind the welcome.
        if 1 < len(proxy.links) <= LOSSES:
            link.down.cut_after(chance.randrange(60, 1200), reset=reset)

    async with running(engine()) as server, Proxy(server.port) as proxy:
        proxy.on_link = cut_soon
        program = asyncio.create_task(run("losses", proxy.url, "--player", "zoë", "--texts", "|".join(SAID)))
        while not proxy.links or proxy.link.down.passed < 700:
            await asyncio.sleep(0.01)
        proxy.link.cut(reset=reset)
        lines = await program
        await no_session_is_left(server)
        stored = [server.store.last("zoë", character, 9) for character in CHARACTERS]
    turns = of(lines, "turn")
    assert [(turn["text"], turn["reason"], turn["error"]) for turn in turns] == [(REPLY, "stop", None)] * 2
    assert stored == [(Spoken(said, REPLY),) for said in SAID]
    assert {line["resumed"] for line in of(lines, "reconnected")} == {True}
    assert len(of(lines, "reconnecting")) >= 3
    assert of(lines, "opened again") == []


async def test_a_connection_that_is_dead_without_saying_so_is_left_and_the_session_taken_over() -> None:
    async with running(engine(), Settings(beat_seconds=0.2)) as server, Proxy(server.port) as proxy:
        program = asyncio.create_task(run("losses", proxy.url, "--texts", SAID[0]))
        while not proxy.links or proxy.link.down.passed < 900:
            await asyncio.sleep(0.01)
        proxy.link.half_open()
        lines = await program
        await no_session_is_left(server)
    [turn] = of(lines, "turn")
    assert (turn["text"], turn["reason"]) == (REPLY, "stop")
    assert {line["resumed"] for line in of(lines, "reconnected")} == {True}


async def test_a_server_that_can_not_be_reached_for_a_while_is_tried_again() -> None:
    async with running(engine()) as server, Proxy(server.port) as proxy:
        program = asyncio.create_task(run("losses", proxy.url, "--texts", SAID[0]))
        while not proxy.links or proxy.link.down.passed < 900:
            await asyncio.sleep(0.01)
        await proxy.refuse()
        proxy.cut()
        await asyncio.sleep(0.5)
        proxy.accept()
        lines = await program
    [turn] = of(lines, "turn")
    assert (turn["text"], turn["reason"]) == (REPLY, "stop")
    assert "UnreachableException" in {line["reason"] for line in of(lines, "reconnecting")}
    assert of(lines, "reconnected") == [{"event": "reconnected", "resumed": True}]


async def test_a_session_that_the_server_has_not_kept_is_lost_and_opened_again_with_what_was_said() -> None:
    async with running(engine(), Settings(grace_seconds=0)) as server, Proxy(server.port) as proxy:
        program = asyncio.create_task(run("losses", proxy.url, "--player", "zoë", "--texts", SAID[0]))
        while not proxy.links or proxy.link.down.passed < 900:
            await asyncio.sleep(0.01)
        proxy.cut()
        lines = await program
    assert of(lines, "reconnected") == [{"event": "reconnected", "resumed": False}]
    [turn] = of(lines, "turn")
    assert turn["reason"] == "fault"
    assert REPLY.startswith(turn["text"])
    [again] = of(lines, "opened again")
    assert again["character"] == CHARACTERS[0]
    [[said, reply]] = again["history"]
    assert said == SAID[0]
    assert reply.startswith(turn["text"])
    order = list(dict.fromkeys(line["event"] for line in lines))
    assert order == ["opened", "reconnecting", "reconnected", "opened again", "turn"]
