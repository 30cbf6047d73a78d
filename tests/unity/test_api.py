"""Everything of Unity that the package refers to exists in real Unity, and the engine double has nothing that real Unity lacks.

The double is what the package is compiled against here. So a member that only the double has would be found by a user, in Unity, and
nowhere else.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from unity import build, engine, members
from unity.engine import Release

releases = pytest.mark.parametrize("release", engine.RELEASES, ids=lambda release: release.name)


def run(tool: Path, *arguments: str | Path) -> list[str]:
    done = subprocess.run(
        [build.tool("mono"), str(tool), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def of_double(release: Release) -> list[str]:
    """List what the double has of Unity's."""
    assemblies = [release.out / f"{name}.dll" for name in engine.DOUBLES]
    return [line for line in run(engine.members_tool(), *assemblies) if "Loquent.Double" not in members.type_of(line)]


def of_assembly(path: Path, release: Release) -> list[str]:
    """List what an assembly refers to in Unity."""
    folders = ":".join(map(str, (path.parent, release.out, build.OUT)))
    return run(engine.references_tool(), folders, path, *engine.DOUBLES)


def missing(lines: Sequence[str], listed: str) -> list[str]:
    """Return what a release of Unity lacks, or has only as obsolete."""
    real = members.known(listed)
    return [
        line
        for line in lines
        if line not in real.members and not (line.startswith("T ") and members.type_of(line) in real.types)
    ]


def package_assemblies(release: Release) -> list[Path]:
    folders = (release.out, release.editor)
    found = [folder / f"{path.stem}.dll" for folder in folders for path in engine.package_asmdefs()]
    return [path for path in found if path.exists()]


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_package_refers_only_to_what_every_release_has(release: Release) -> None:
    assemblies = package_assemblies(release)
    assert assemblies
    for path in assemblies:
        lines = of_assembly(path, release)
        assert len(lines) > 5, "an assembly of the package that hardly uses Unity: has the tool found its references?"
        for listed in release.lists:
            assert missing(lines, listed) == [], f"{path.name} compiled for {release.name}: Unity {listed} lacks these"


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_double_has_only_what_every_release_has(release: Release) -> None:
    lines = of_double(release)
    for listed in release.lists:
        assert missing(lines, listed) == [], (
            f"Unity {listed} lacks these: take them out of the double, or make them internal"
        )


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_doubles_types_are_of_unitys_kind(release: Release) -> None:
    """Same kind, and derived from what Unity's are: sealed where they are, abstract where they are, with no interface of its own."""
    for listed in release.lists:
        real = members.known(listed)
        for line in (line for line in of_double(release) if line.startswith("T ")):
            name = members.type_of(line)
            own, their = members.shape(line), members.shape(real.types[name])
            assert own[0] == their[0], name
            bases = {*their[1:2], *real.bases(name)}
            assert own[0] == "interface" or own[1] in bases or re.sub(r"<.*>$", "", own[1]) in bases, (
                f"{name}: {own[1]}"
            )
            for word in ("sealed", "abstract"):
                assert (word in own) == (word in their), f"{name}: {word}"
            assert set(own[2:]) - {"sealed", "abstract"} <= set(their[1:]), name


OFFENDER = """
using UnityEngine;

public sealed class Offender : MonoBehaviour
{
    private System.Collections.Generic.List<Renderer> found = new System.Collections.Generic.List<Renderer>();

    private void Update()
    {
        GetComponentsInChildren(found);
        transform.position = Vector3.one;
        Debug.Log(new UnityEngine.Events.UnityEvent<string>().GetPersistentEventCount());
    }
}
"""


@pytest.mark.usefixtures("engine_built")
@releases
def test_the_references_tool_finds_what_it_looks_for(release: Release, tmp_path: Path) -> None:
    """Generic members by their definition, inherited ones at who declares them, types by name."""
    source = tmp_path / "Offender.cs"
    source.write_text(OFFENDER, encoding="utf-8")
    library = build.compile_to(tmp_path / "Offender.dll", [source], f"-r:{release.out / 'UnityEngine.dll'}")
    lines = of_assembly(library, release)
    assert {
        "M System.Void UnityEngine.Component::GetComponentsInChildren(System.Collections.Generic.List`1<T>)",
        "M System.Void UnityEngine.Transform::set_position(UnityEngine.Vector3)",
        "M UnityEngine.Transform UnityEngine.Component::get_transform()",
        "M static UnityEngine.Vector3 UnityEngine.Vector3::get_one()",
        "M System.Int32 UnityEngine.Events.UnityEventBase::GetPersistentEventCount()",
        "T UnityEngine.Renderer",
    } <= set(lines)


def test_a_member_that_only_the_double_has_is_found() -> None:
    """So are one that another release has, and one that is obsolete."""
    lines = [
        "M System.Void UnityEngine.Transform::Fly()",
        "M TMPro.TextWrappingModes TMPro.TMP_Text::get_textWrappingMode()",
        "M static T UnityEngine.Object::FindObjectOfType()",
        "M UnityEngine.Vector3 UnityEngine.Transform::get_position()",
    ]
    assert missing(lines, "2022.3") == lines[:2]
    assert missing(lines, "6000.3") == [lines[0], lines[2]]


def test_the_lists_hold_each_line_once_and_of_every_release() -> None:
    common = (members.LISTS / "all.txt").read_text(encoding="utf-8").splitlines()
    assert len(common) > 1000
    assert len(set(common)) == len(common)
    for release in members.RELEASES:
        own = (members.LISTS / f"{release}.txt").read_text(encoding="utf-8").splitlines()
        assert own
        assert not set(own) & set(common)
