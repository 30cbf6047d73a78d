"""The examples on the components' pages compile, each in an assembly of its own, as in a project that has the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from unity import build, engine

RELEASE = engine.RELEASES[0]
FOLDER = build.PACKAGE / "Documentation~"


def examples() -> list[tuple[str, str]]:
    """Return the C# examples that use the components, each with its page and its place there."""
    found = []
    for page in sorted(FOLDER.glob("*.md")):
        codes = re.findall(r"```csharp\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        found += [(f"{page.stem}-{i}", code) for i, code in enumerate(codes) if "using Loquent;" in code]
    return found


def test_there_are_some() -> None:
    assert {name.rsplit("-", 1)[0] for name, _ in examples()} >= {"components", "cues", "pictures"}


@pytest.mark.usefixtures("engine_built")
@pytest.mark.parametrize(("name", "code"), examples(), ids=[name for name, _ in examples()])
def test_an_example_compiles(name: str, code: str, tmp_path: Path) -> None:
    source = tmp_path / "Example.cs"
    source.write_text(code, encoding="utf-8")
    references = [
        RELEASE.out / f"{one}.dll" for one in ("UnityEngine", "UnityEngine.UI", "Unity.TextMeshPro", "Loquent")
    ]
    flags = [f"-r:{path}" for path in (*references, build.OUT / "Loquent.Core.dll")]
    assert build.compile_to(tmp_path / f"{name}.dll", [source], *flags).is_file()
