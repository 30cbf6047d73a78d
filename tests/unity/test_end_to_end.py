"""The C# client against the real server with a scripted engine: loquent-e2e.exe, whose output EndToEnd/Program.cs describes."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from loquent.engines.scripted import ScriptedEngine
from support.running import running
from unity import build

pytestmark = pytest.mark.usefixtures("built")

CHARACTERS = ("innkeeper", "guard")
SAID = ("Grüß Gott! 你好 👩‍👩‍👧", 'Halt! "Who"\\goes\tthere?')
REPLY = "Ein Wort, 一句话, 👩‍👩‍👧 und é: <size=900> " * 12


async def run(command: str, url: str, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    """Run a command of loquent-e2e.exe; return its lines."""
    output = await build.run_program(build.OUT / "loquent-e2e.exe", command, "--url", url, *arguments, status=status)
    return [json.loads(line) for line in output.splitlines()]


def of(lines: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """Return the lines of one event."""
    return [line for line in lines if line["event"] == event]


async def test_two_replies_stream_at_once_and_what_was_received_is_what_was_stored() -> None:
    engine = ScriptedEngine(lambda request: REPLY, tokens_per_second=100)
    async with running(engine) as server:
        lines = await run(
            "two-streams", server.url, "--player", "zoë", "--texts", "|".join(SAID), "--cancel-after", "50"
        )
    whole, cut = of(lines, "turn")
    assert [turn["said"] for turn in (whole, cut)] == list(SAID)
    assert (whole["text"], whole["reason"], whole["shown"], whole["error"]) == (REPLY, "stop", None, None)
    assert (cut["reason"], cut["shown"], cut["shown_text"]) == ("cancelled", 50, REPLY[:50])
    assert REPLY.startswith(cut["text"])
    assert 50 <= cut["scalars"] < len(REPLY)
    assert whole["frames"] > 20
    assert of(lines, "interleaved") == [{"event": "interleaved", "value": True}]
    assert [line["history"] for line in of(lines, "opened")] == [[], []]
    assert [line["character"] for line in of(lines, "stored")] == list(CHARACTERS)
    assert [line["history"] for line in of(lines, "stored")] == [
        [[SAID[0], whole["text"]]],
        [[SAID[1], cut["shown_text"]]],
    ]


async def test_pieces_make_the_reply() -> None:
    async with running() as server:
        lines = await run("chat", server.url, "--texts", SAID[0])
    [turn] = of(lines, "turn")
    assert "".join(line["text"] for line in of(lines, "text")) == turn["text"]
    assert turn["frames"] == len(of(lines, "text"))
    assert turn["text"].startswith(f"You said: {SAID[0]}")


async def test_every_mistake_has_its_code_and_the_connection_lives_on() -> None:
    engine = ScriptedEngine(lambda request: REPLY, tokens_per_second=20)
    async with running(engine) as server:
        lines = await run("faults", server.url)
    faults = {line["step"]: line for line in of(lines, "fault")}
    assert {step: line["code"] for step, line in faults.items()} == {
        "before_hello": "hello_first",
        "version_99": "version",
        "second_hello": "hello_twice",
        "unknown_character": "character_unknown",
        "second_open": "conversation_open",
        "invalid_option": "option_invalid",
        "close_unknown_conversation": "conversation_unknown",
        "say_in_unknown_conversation": "conversation_unknown",
        "empty_text": "text_empty",
        "second_turn_at_once": "turn_running",
        "repeated_turn": "turn_order",
        "malformed": "malformed",
        "large_message": "message_too_large",
        "framing": "framing",
    }
    assert all(line["alive"] for step, line in faults.items() if step not in {"before_hello", "version_99", "framing"})
    assert faults["second_turn_at_once"]["refers"] == ["say", 11]
    assert of(lines, "skipped") == [{"event": "skipped", "step": "unknown_kind", "alive": True}]
    assert of(lines, "closed") == [{"event": "closed", "step": "framing", "code": 1007}]


async def test_no_server_is_one_sentence() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{closed.getsockname()[1]}"
        [line] = await run("chat", url, status=1)
    assert line["type"] == "UnreachableException"
    assert line["message"].startswith(f"Can't reach {url}: is the server running? Start it with `make serve`.")


async def test_an_unknown_character_is_the_servers_sentence() -> None:
    async with running() as server:
        [line] = await run("chat", server.url, "--characters", "nobody", status=1)
    assert line["type"] == "FaultException"
    assert "innkeeper" in line["message"]
