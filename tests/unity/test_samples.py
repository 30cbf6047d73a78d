"""The package's samples: played in the engine double against the real server, and listed as they are in the manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loquent.engines.base import Choice
from loquent.engines.scripted import ScriptedEngine
from support.running import running
from unity import build, engine

RELEASE = engine.RELEASES[0]
SAMPLES = build.PACKAGE / "Samples~"
GREETING = "你好，我是一个虚拟现实场景"


@pytest.mark.usefixtures("engine_built")
async def test_in_the_tavern_whom_one_looks_at_greets_and_answers_and_what_one_orders_is_served() -> None:
    def weigh(choice: Choice) -> list[float]:
        ordered = any("A beer, please." in message.content for message in choice.messages)
        return [3 if option == ("beer" if ordered else "nothing") else 1 for option in choice.options]

    async with running(ScriptedEngine(tokens_per_second=0, weights=weigh)) as server:
        printed = await engine.run_trial(RELEASE, "tavern", server.url)
    reply = "You said: What news do you have? That makes 4 messages between us."
    assert printed.splitlines() == [
        "Marta at 0 degrees, prompt at 0 degrees",
        "wave: Good evening, traveller! Come in, sit by the fire. Is it supper you want, or a bed?",
        reply,
        "Tomas at 0 degrees, prompt at 0 degrees",
        "raise_hand: Halt! Who goes there, and on what business?",
        reply,
        "Lirio at 0 degrees, prompt at 0 degrees",
        "bow: A new face! Sit down, friend. A song, or the news from the harbour?",
        reply,
        "served: beer",
    ]


@pytest.mark.usefixtures("engine_built")
async def test_the_reply_to_the_origins_greeting_stands_readable_at_its_place() -> None:
    """The example this project began with: a canvas at (0.5, 0.5, 0), without an object."""
    said: list[str] = []
    reply = "你好，虚拟现实场景！我是玛尔塔，很高兴见到你。"

    def answer(request: object) -> str:
        said.append(request.messages[-1].content)  # type: ignore[attr-defined]
        return reply

    async with running(ScriptedEngine(answer, tokens_per_second=50)) as server:
        printed = await engine.run_trial(RELEASE, "fixed", server.url)
    assert said == [GREETING]
    place, turned, size, *page = printed.splitlines()
    assert place == "middle at (0.50, 0.50, 0.00)"
    assert turned == "turned from the player's eye by 0 degrees"
    assert size == "text of 24 dmm"
    assert "".join(page) == reply, "all of it on one page, and nothing in the log: no glyph is missing"


@pytest.mark.usefixtures("engine_built")
@pytest.mark.parametrize("version", ["2.5.4", "3.0.7"])
def test_the_sample_for_xr_interaction_toolkit_compiles_where_that_is_installed(version: str, tmp_path: Path) -> None:
    definition = SAMPLES / "XRInteraction" / "Loquent.Samples.XRInteraction.asmdef"
    assert not any(engine.applies(definition, release) for release in engine.RELEASES)
    packages = {**RELEASE.packages, "com.unity.xr.interaction.toolkit": version}
    with_toolkit = engine.Release(RELEASE.name, RELEASE.defines, RELEASE.lists, packages)
    assert engine.applies(definition, with_toolkit)
    defines = [f"-define:{name}" for name in engine.version_defines(engine.load(definition), with_toolkit)]
    references = [f"-r:{RELEASE.out / name}.dll" for name in ("UnityEngine", "UnityEngine.UI", "Loquent")]
    references.append(f"-r:{build.OUT / 'Loquent.Core.dll'}")
    toolkit = build.compile_to(
        tmp_path / "Unity.XR.Interaction.Toolkit.dll",
        build.sources(engine.DOUBLE / "Unity.XR.Interaction.Toolkit"),
        *references,
        *defines,
    )
    sample = build.compile_to(
        tmp_path / "Sample.dll", engine.sources_of(definition), f"-r:{toolkit}", *references, *defines
    )
    assert sample.is_file()


def test_every_sample_is_in_the_manifest_with_its_readme() -> None:
    manifest = json.loads((build.PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert {sample["path"] for sample in manifest["samples"]} == {
        f"Samples~/{folder.name}" for folder in SAMPLES.iterdir() if folder.is_dir()
    }
    for sample in manifest["samples"]:
        assert sample["displayName"]
        assert sample["description"].endswith(".")
        assert (build.PACKAGE / sample["path"] / "README.md").is_file()
