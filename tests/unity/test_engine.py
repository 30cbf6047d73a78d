"""What runs in Unity, run in the engine double: the double's own tests, the package's component tests, for each release of Unity."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from unity import build, engine
from unity.engine import Release
from unity.test_core import references

releases = pytest.mark.parametrize("release", engine.RELEASES, ids=lambda release: release.name)


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_doubles_own_tests_pass(release: Release) -> None:
    results = engine.run_tests(release, "Loquent.Double.Tests")
    assert results.good, results.output
    assert results.run > 80, "fewer tests ran than there are"
    with Image.open(release.out / "double.jpg") as picture:
        picture.load()
        assert picture.size == (64, 48)
        red, green, blue = picture.convert("RGB").getpixel((32, 24))  # type: ignore[misc]
        assert red > 200
        assert max(green, blue) < 60, "the cube in the middle is red"
        assert picture.convert("RGB").getpixel((2, 2))[2] > 200  # type: ignore[index]


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_packages_component_tests_pass(release: Release) -> None:
    results = engine.run_tests(release, "Loquent.Components.Tests")
    assert results.good, results.output
    assert results.run > 20, "fewer tests ran than there are"


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_components_keep_to_net_standard_and_to_what_can_be_compiled_ahead_of_time(release: Release) -> None:
    """By type, as Core does. What isn't the framework's is Unity's or the package's own."""
    lines = references(release.out / "Loquent.dll")
    others = {"Loquent.Core", *engine.DOUBLES} - {"UnityEditor"}
    assert {line.removeprefix("assembly ") for line in lines if line.startswith("assembly ")} <= {
        *others,
        "mscorlib",
        "System",
        "System.Core",
    }
    assert [line for line in lines if line.startswith("forbidden ")] == []
    missing = {line.removeprefix("missing ") for line in lines if line.startswith("missing ")}
    assert [name for name in missing if not name.startswith(("Loquent.", "TMPro.", "Unity.", "UnityEngine."))] == []


def test_an_assembly_refers_to_what_its_definition_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that is missing in the .asmdef is missing in Unity, and so here."""
    release = engine.RELEASES[0]
    monkeypatch.setattr(build, "OUT", tmp_path / "out")
    for name in engine.DOUBLES:
        engine.double(release, name)
    definition = tmp_path / "Some.asmdef"
    (tmp_path / "Some.cs").write_text("public class Some { public TMPro.TMP_Text Text; }", encoding="utf-8")
    definition.write_text(json.dumps({"name": "Some"}), encoding="utf-8")
    with pytest.raises(build.BuildError, match="TMPro"):
        engine.package_assembly(definition, release, editor=False)
    definition.write_text(
        json.dumps({"name": "Some", "references": ["Unity.TextMeshPro", "UnityEngine.UI"]}), encoding="utf-8"
    )
    assert engine.package_assembly(definition, release, editor=False).is_file()
    definition.write_text(json.dumps({"name": "Some", "references": ["Nowhere"]}), encoding="utf-8")
    with pytest.raises(build.BuildError, match="Nowhere"):
        engine.package_assembly(definition, release, editor=False)


def test_constraints_and_version_defines_count(tmp_path: Path) -> None:
    definition = tmp_path / "Some.asmdef"
    newer = {"name": "com.unity.ugui", "expression": "2.0.0", "define": "HAS_NEW_UI"}
    definition.write_text(
        json.dumps({"defineConstraints": ["HAS_NEW_UI"], "versionDefines": [newer]}), encoding="utf-8"
    )
    assert [engine.applies(definition, release) for release in engine.RELEASES] == [False, True]
    definition.write_text(json.dumps({"defineConstraints": ["!UNITY_6000_0_OR_NEWER"]}), encoding="utf-8")
    assert [engine.applies(definition, release) for release in engine.RELEASES] == [True, False]
    absent = {"name": "com.unity.xr.interaction.toolkit", "expression": "", "define": "HAS_XRI"}
    definition.write_text(json.dumps({"defineConstraints": ["HAS_XRI"], "versionDefines": [absent]}), encoding="utf-8")
    assert not any(engine.applies(definition, release) for release in engine.RELEASES)
