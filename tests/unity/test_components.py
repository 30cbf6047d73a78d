"""Scenes of the package's components, frame by frame in the engine double, against the real server: see Scene/Program.cs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from loquent.engines.base import Choice
from loquent.engines.scripted import ScriptedEngine
from support.proxy import Proxy
from support.running import running
from unity import build, engine
from unity.test_end_to_end import of
from unity.test_losses import no_session_is_left

pytestmark = pytest.mark.usefixtures("engine_built")

REPLY = (
    "Good evening, traveller! The night is cold, the road is long, and my fire is warm. *wave* Sit down, if you like; "
    "<b>there</b> is soup, there is bread, and there is a bed for whoever can pay for it."
)


async def play(command: str, url: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a command of loquent-scene.exe; return its lines."""
    release = engine.RELEASES[0]
    output = await build.run_program(
        release.out / "loquent-scene.exe", command, "--url", url, *arguments, search=(release.out, build.OUT)
    )
    return [json.loads(line) for line in output.splitlines()]


def says(reply: str, tokens_per_second: float = 60) -> ScriptedEngine:
    """Make an engine that says one thing."""
    return ScriptedEngine(lambda request: reply, tokens_per_second=tokens_per_second)


async def test_two_npcs_answer_at_once_what_was_said_before_there_was_a_connection_and_all_can_be_read() -> None:
    async with running(says(REPLY)) as server:
        lines = await play("talk", server.url)
        await no_session_is_left(server)
    seen = of(lines, "seen")
    assert [line["npc"] for line in seen] == ["innkeeper", "guard"]
    for line in seen:
        assert len(line["pages"]) > 1
        assert " ".join(" ".join(line["pages"]).split()) == " ".join(line["text"].split())
        assert line["shown"] == len(line["text"])
        assert "<b>there</b>" in line["text"]
    assert [line["reason"] for line in of(lines, "ended")] == ["Stop", "Stop"]
    assert {line["message"] for line in of(lines, "log") if line["type"] != "Log"} == set()
    [frames] = of(lines, "frames")
    assert frames["most"] <= 2
    assert frames["layouts"] < 60, "a layout takes in all that has come"


async def test_who_is_interrupted_remembers_what_was_seen() -> None:
    async with running(says(REPLY)) as server:
        lines = await play(
            "interrupt", server.url, "--player", "zoë", "--texts", "Hello!|Wait!", "--speed", "60", "--after", "40"
        )
        await no_session_is_left(server)
        stored = server.store.last("zoë", "innkeeper", 9)
    first, second = of(lines, "seen")
    assert [line["reason"] for line in of(lines, "ended")] == ["Cancelled", "Stop"]
    assert 40 <= first["shown"] < 60
    [(said, remembered), (again, whole)] = [(spoken.said, spoken.reply) for spoken in stored]
    assert (said, again) == ("Hello!", "Wait!")
    assert remembered == first["text"][: first["shown"]]
    assert whole == second["text"]
    assert " ".join(first["pages"]).split()[-1] in remembered


async def test_a_connection_that_is_cut_in_mid_word_is_nobodys_business() -> None:
    async with running(says(REPLY)) as server, Proxy(server.port) as proxy:
        proxy.on_link = lambda link: link.down.cut_after(700, reset=True) if len(proxy.links) < 4 else None
        lines = await play("talk", proxy.url)
        await no_session_is_left(server)
    for line in of(lines, "seen"):
        assert " ".join(" ".join(line["pages"]).split()) == " ".join(line["text"].split())
        assert line["text"].startswith("Good evening, traveller!")
    assert [line["reason"] for line in of(lines, "ended")] == ["Stop", "Stop"]
    assert of(lines, "failed") == []
    warnings = [line["message"] for line in of(lines, "log") if line["type"] == "Warning"]
    assert warnings
    assert all(line.startswith("Warning: LoquentClient 'Client': ") and "It's tried again" in line for line in warnings)


async def test_a_character_speaks_first_performs_its_cue_and_decides_what_was_said() -> None:
    asked: list[tuple[list[str], list[str]]] = []

    def weigh(choice: Choice) -> list[float]:
        asked.append(([message.content for message in choice.messages], list(choice.options)))
        return [3, 1]

    engine = ScriptedEngine(lambda request: "One beer, coming! [pour]", tokens_per_second=60, weights=weigh)
    async with running(engine) as server:
        lines = await play("first", server.url, "--player", "zoë", "--texts", "A beer, please!")
        await no_session_is_left(server)
        stored = [(spoken.said, spoken.reply) for spoken in server.store.last("zoë", "innkeeper", 9)]
    greeting, reply = of(lines, "seen")
    assert greeting["text"].startswith("Good evening, traveller!")
    assert [(line["name"], line["shown"]) for line in of(lines, "cue")] == [("wave", 0), ("pour", len(reply["text"]))]
    assert stored == [("", greeting["text"]), ("A beer, please!", reply["text"])]
    [decided] = of(lines, "decided")
    assert (decided["option"], decided["probability"], decided["error"]) == ("yes", 0.75, None)
    assert decided["over"] == 1, "it's asked when the reply has been shown, and interrupts nothing"
    [(messages, options)] = asked
    assert options == ["yes", "no"]
    assert any("A beer, please!" in message for message in messages)
    assert "Did the player order something?" in messages[-1]
    assert {line["message"] for line in of(lines, "log") if line["type"] != "Log"} == set()


async def test_play_that_stops_in_mid_word_leaves_nothing_on_the_server() -> None:
    async with running(says(REPLY, 20)) as server:
        lines = await play("stop", server.url, "--after", "10")
        await no_session_is_left(server)
    assert of(lines, "ended") == []
    assert {line["type"] for line in of(lines, "log")} == {"Log"}


PAGE = (build.PACKAGE / "Documentation~" / "components.md").read_text(encoding="utf-8")
FIELD = re.compile(r"((?:^ +\[[^\n]*\]\n)*) +\[SerializeField\] private ([\w.]+(?:<[^>]*>)?) (\w+)", re.MULTILINE)


def test_the_examples_of_the_documentation_compile(tmp_path: Path) -> None:
    release = engine.RELEASES[0]
    libraries = [*(release.out / f"{name}.dll" for name in ("UnityEngine", "Loquent")), build.OUT / "Loquent.Core.dll"]
    examples = re.findall(r"```csharp\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 3
    for number, code in enumerate(examples):
        source = tmp_path / f"Example{number}.cs"
        source.write_text(code, encoding="utf-8")
        build.compile_to(source.with_suffix(".dll"), [source], *(f"-r:{path}" for path in libraries), "-nowarn:0649")


def nicify(name: str) -> str:
    """Write a field's name as Unity's inspector does."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[0].upper() + name[1:])


@pytest.mark.parametrize(
    "file",
    [
        "LoquentClient",
        "LoquentSettings",
        "Npc",
        "ReadingSettings",
        "Speech/SpeechCanvas",
        "Speech/SpeechLook",
        "Anchor/CanvasAnchor",
    ],
)
def test_every_field_of_the_inspector_has_a_tooltip_with_its_range_and_stands_in_the_documentation(file: str) -> None:
    code = (build.PACKAGE / "Runtime" / "Unity" / f"{file}.cs").read_text(encoding="utf-8")
    fields = FIELD.findall(code)
    assert len(fields) == code.count("[SerializeField]") > 5
    for attributes, type_of, name in fields:
        tooltip = re.search(r'\[Tooltip\("(.*)"\)\]', attributes)
        assert tooltip, name
        assert type_of not in {"float", "int", "Vector3"} or "From " in tooltip.group(1), (
            f"{name} has no range in its tooltip"
        )
        assert nicify(name) in PAGE, name


def test_the_defaults_in_the_documentation_are_those_of_the_code() -> None:
    for file in ("LoquentSettings", "ReadingSettings", "Speech/SpeechCanvas", "Speech/SpeechLook"):
        code = (build.PACKAGE / "Runtime" / "Unity" / f"{file}.cs").read_text(encoding="utf-8")
        for name, default in re.findall(r"\[SerializeField\] private (?:float|int) (\w+) = ([\d.]+)f?;", code):
            assert re.search(rf"\| \*(?:Look: )?{nicify(name)}\* \| {re.escape(default)} \|", PAGE), (
                f"{name}: {default}"
            )
