"""The documentation of the reveal is true: its example runs, and its tables name every setting with its default."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from unity import build, reveal_bench

PAGE = (build.PACKAGE / "Documentation~" / "reveal.md").read_text(encoding="utf-8")
FOLDER = build.CORE / "Reveal"


def settings(name: str) -> Iterator[tuple[str, str]]:
    """Yield each setting of a class and its default, as C# has it."""
    text = (FOLDER / f"{name}.cs").read_text(encoding="utf-8")
    fields = dict(re.findall(r"private (?:double|int|float) (\w+) = ([^;]+);", text))
    for kind, setting, default in re.findall(r"public (\w+) (\w+)\n? *(?:{ get; set; }(?: = (\w+);)?)?", text):
        if kind in {"double", "int", "float"}:
            yield setting, fields.get(setting[0].lower() + setting[1:], "none")
        elif kind == "bool":
            yield setting, default or "false"


@pytest.mark.parametrize("name", ["RevealSettings", "PageFormat"])
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    documented = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    found = dict(settings(name))
    assert len(found) >= 4
    for setting, default in found.items():
        assert documented[setting].replace("5⁄6", "5.0 / 6") == default, setting


@pytest.mark.usefixtures("built")
async def test_the_example_reveals_its_greeting() -> None:
    found = re.search(r"^## In a frame loop\n.*?```csharp\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    output = await build.run_program(build.program("reveal-example", found[1]))
    assert output == "Good evening, traveller. The\nnight is cold, and the road is\n--\nlong. Come in!\n"


@pytest.mark.usefixtures("built")
def test_the_lines_for_a_conversation_compile() -> None:
    found = re.search(r"With a conversation.*?```csharp\n(.*?)```", PAGE, re.DOTALL)
    assert found
    build.program(
        "reveal-lines",
        "using Loquent.Core; using Loquent.Core.Reveal; public static class Program { public static void Main() {} "
        f"public static void Wire(ReplyReveal reveal, Conversation npc, Turn current) {{\n{found[1]}}} }}",
    )


@pytest.mark.usefixtures("built")
def test_the_measurement_compiles() -> None:
    build.program("reveal-bench", reveal_bench.PROGRAM.read_text(encoding="utf-8"))


def test_the_pages_numbers_of_limits_are_those_of_the_code() -> None:
    safe = (FOLDER / "SafeText.cs").read_text(encoding="utf-8")
    reveal = (FOLDER / "ReplyReveal.cs").read_text(encoding="utf-8")
    assert "MostStackedMarks = 4;" in safe
    assert "more than 4 stacked marks" in PAGE
    assert "MostSpaces = 16;" in safe
    assert "more than 16 spaces" in PAGE
    assert "PointsPerFrame = 4096;" in reveal
    assert "at most 4,096 code points" in PAGE
