"""The main job on real input: the C# client under Mono, real vLLM, a real model, two characters that speak at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.server_process import ServerProcess
from unity import build

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("built")]

SAID = ("Tell me a long story about the old mine road.", "Tell me a long story about the north gate.")


async def two_streams(server: ServerProcess, *arguments: str) -> list[dict[str, Any]]:
    """Run loquent-e2e's two-streams (EndToEnd/Program.cs says what it prints)."""
    program = build.OUT / "loquent-e2e.exe"
    output = await build.run_program(
        program, "two-streams", "--url", server.url, "--texts", "|".join(SAID), *arguments, status=0
    )
    return [json.loads(line) for line in output.splitlines()]


async def test_what_csharp_received_is_what_the_server_stored(model_server: ServerProcess) -> None:
    """Two replies stream side by side, one is cancelled; character by character, both sides have the same."""
    lines = await two_streams(model_server, "--player", "mono", "--cancel-after", "40")
    whole, cut = [line for line in lines if line["event"] == "turn"]
    assert whole["reason"] in ("stop", "length")
    assert whole["scalars"] > 100
    assert whole["frames"] > 20
    assert cut["reason"] == "cancelled"
    assert cut["shown"] == 40
    assert cut["text"].startswith(cut["shown_text"])
    assert [line["value"] for line in lines if line["event"] == "interleaved"] == [True]
    stored = [line["history"] for line in lines if line["event"] == "stored"]
    assert stored == [[[SAID[0], whole["text"]]], [[SAID[1], cut["shown_text"]]]]
