"""Builds the engine double, and what of the package runs in Unity, against it: once for each supported release.

    python tests/unity/engine.py            compile everything into build/unity/<release>, and run the NUnit tests in it
    python tests/unity/engine.py --compile  compile only

What an assembly may refer to is what its .asmdef names, as in Unity. The exit status is 1 if something doesn't compile, if a test
fails, or if no test ran.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from unity import build

DOUBLE = build.HERE / "Double"
COMPONENTS = build.HERE / "Components"
"""Tests of the package's components that need more of the double than Unity's own Test Runner has: exact time, garbage, pictures."""

SCENE = build.HERE / "Scene"
"""A program that runs the components against a real server."""

DESK = build.HERE / "Desk"
"""The same for what the package has in the Editor."""

TRIALS = build.HERE / "Trials"
"""What is tried against a real server, in a game and in the Editor."""

DOUBLES: Mapping[str, tuple[str, ...]] = {
    "UnityEngine": (),
    "UnityEngine.UI": ("UnityEngine",),
    "Unity.TextMeshPro": ("UnityEngine", "UnityEngine.UI"),
    "UnityEditor": ("UnityEngine", "UnityEngine.UI", "Unity.TextMeshPro"),
}
"""The double's assemblies, each with those that it refers to. They are called as Unity's are."""

TEST_RUNNER = "UnityEngine.TestRunner"
"""The double of what Unity Test Framework gives to tests. Of that the members aren't known (api/)."""


@dataclass(frozen=True)
class Release:
    """A release of Unity as the package's code can tell it from others."""

    name: str
    defines: tuple[str, ...]
    lists: tuple[str, ...]
    """The releases whose members are known (api/) and that are compiled with these defines."""
    packages: Mapping[str, str]
    """What Unity brings, for the version defines of an .asmdef."""

    @property
    def out(self) -> Path:
        """The folder of what is compiled as for a player."""
        return build.OUT / self.name

    @property
    def editor(self) -> Path:
        """The folder of what is compiled as in the Editor."""
        return self.out / "editor"


RELEASES = (
    Release(
        "2022.3",
        ("UNITY_5_3_OR_NEWER", "UNITY_2021_3_OR_NEWER", "UNITY_2022_3_OR_NEWER"),
        ("2022.3",),
        {"com.unity.textmeshpro": "3.0.6", "com.unity.ugui": "1.0.0"},
    ),
    Release(
        "6000",
        ("UNITY_5_3_OR_NEWER", "UNITY_2021_3_OR_NEWER", "UNITY_2022_3_OR_NEWER", "UNITY_6000_0_OR_NEWER"),
        ("6000.0", "6000.3"),
        {"com.unity.ugui": "2.0.0"},
    ),
)


def compile_all() -> None:
    """Compile everything, for all releases."""
    build.core()
    for release in RELEASES:
        compile_release(release)


def compile_release(release: Release) -> None:
    """Compile the double, the package's assemblies for a player and for the Editor, and the tests."""
    for name in DOUBLES:
        double(release, name)
    test_runner(release)
    driver(release)
    double_tests(release)
    for asmdef in package_asmdefs():
        if applies(asmdef, release):
            if not is_for_editor(asmdef):
                package_assembly(asmdef, release, editor=False)
            package_assembly(asmdef, release, editor=True)
    component_tests(release)
    scene(release)
    desk_tests(release)
    trial_program(release)


def double(release: Release, name: str) -> Path:
    """Compile one assembly of the double."""
    references = [_reference(release.out / f"{other}.dll") for other in DOUBLES[name]]
    return _compile(release, release.out / f"{name}.dll", build.sources(DOUBLE / name), *references)


def test_runner(release: Release) -> Path:
    """Compile UnityEngine.TestRunner.dll."""
    files = build.sources(DOUBLE / TEST_RUNNER)
    return _compile(release, release.out / f"{TEST_RUNNER}.dll", files, _reference(release.out / "UnityEngine.dll"))


def driver(release: Release) -> Path:
    """Compile Loquent.Double.dll: what a test drives the double with."""
    references = [_reference(release.out / f"{name}.dll") for name in (*DOUBLES, TEST_RUNNER)]
    return _compile(
        release, release.out / "Loquent.Double.dll", build.sources(DOUBLE / "Driver"), "-pkg:nunit", *references
    )


def double_tests(release: Release) -> Path:
    """Compile the double's own tests."""
    target = release.out / "Loquent.Double.Tests.dll"
    return _compile(release, target, build.sources(DOUBLE / "Tests"), "-pkg:nunit", *_engine(release))


def component_tests(release: Release) -> Path | None:
    """Compile Loquent.Components.Tests.dll, which runs the package's own tests as well; None if there are none."""
    files = build.sources(COMPONENTS)
    target = release.out / "Loquent.Components.Tests.dll"
    return _compile(release, target, files, "-pkg:nunit", *_engine(release), *_package(release)) if files else None


def scene(release: Release) -> Path:
    """Compile loquent-scene.exe: see Scene/Program.cs."""
    files = [*build.sources(SCENE), build.HERE / "EndToEnd" / "JsonLine.cs"]
    return _compile(release, release.out / "loquent-scene.exe", files, *_engine(release), *_package(release))


def desk_tests(release: Release) -> Path:
    """Compile Loquent.Desk.Tests.dll, which runs the package's own tests of its Editor's side, and has those that need the double."""
    names = ("Loquent.Core", "Loquent", "Loquent.Editor", "Loquent.Editor.Tests")
    references = [_reference(_find(name, release, editor=True)) for name in names]
    files = [
        *build.sources(DESK),
        *build.sources(build.PACKAGE / "Tests" / "Unity" / "Fakes"),
        COMPONENTS / "PackageRun.cs",
    ]
    target = release.editor / "Loquent.Desk.Tests.dll"
    return _compile(release, target, files, "-pkg:nunit", *_engine(release), *references)


def trial_program(release: Release) -> Path:
    """Compile loquent-trial.exe: see Trials/Program.cs."""
    names = ("Loquent.Core", "Loquent", "Loquent.Editor", "Loquent.Samples.Tavern", "Loquent.Samples.FixedPlace")
    references = [_reference(_find(name, release, editor=True)) for name in names]
    return _compile(
        release, release.editor / "loquent-trial.exe", build.sources(TRIALS), *_engine(release), *references
    )


async def run_trial(release: Release, *arguments: str) -> str:
    """Try something against a real server; return what was printed."""
    program = release.editor / "loquent-trial.exe"
    return await build.run_program(program, *arguments, search=(release.editor, release.out, build.OUT))


def package_asmdefs() -> list[Path]:
    """Return the package's assembly definitions that need the engine, each behind those that it refers to."""
    folders = [build.PACKAGE, *sorted(build.PACKAGE.glob("Samples~/*"))]
    found = {path.stem: path for folder in folders for path in sorted(folder.rglob("*.asmdef"))}
    ordered: list[Path] = []

    def add(path: Path) -> None:
        if path not in ordered:
            for name in load(path)["references"]:
                if name in found:
                    add(found[name])
            ordered.append(path)

    for path in found.values():
        add(path)
    return [path for path in ordered if "Core" not in path.stem]


def package_assembly(asmdef: Path, release: Release, *, editor: bool) -> Path:
    """Compile one assembly of the package."""
    folder = release.editor if editor else release.out
    definition = load(asmdef)
    references = ["UnityEngine", *definition["references"]]
    if editor:
        references.append("UnityEditor")
    flags = [_reference(_find(name, release, editor=editor)) for name in references if name != "UnityEditor.TestRunner"]
    if "nunit.framework.dll" in definition["precompiledReferences"]:
        flags.append("-pkg:nunit")
    flags.append("-r:System.Net.Http.dll")  # Unity has it for all, mcs only when told
    flags += [f"-define:{name}" for name in version_defines(definition, release)]
    if editor:
        flags.append("-define:UNITY_EDITOR")
    return _compile(release, folder / f"{asmdef.stem}.dll", sources_of(asmdef), *flags)


def sources_of(asmdef: Path) -> list[Path]:
    """Return the C# files of an assembly: those below its definition, without those of another one."""
    inner = [path.parent for path in asmdef.parent.rglob("*.asmdef") if path != asmdef]
    return [path for path in build.sources(asmdef.parent) if not any(path.is_relative_to(folder) for folder in inner)]


def applies(asmdef: Path, release: Release) -> bool:
    """Return whether all that the assembly's constraints want is defined."""
    definition = load(asmdef)
    defined = {*release.defines, *version_defines(definition, release), "UNITY_INCLUDE_TESTS"}
    return all(
        (name[1:] not in defined) if name.startswith("!") else name in defined
        for name in definition["defineConstraints"]
    )


def version_defines(definition: Mapping[str, Any], release: Release) -> list[str]:
    """Return what is defined because a package is there in a version that is new enough."""
    return [
        one["define"]
        for one in definition["versionDefines"]
        if one["name"] in release.packages and _version(release.packages[one["name"]]) >= _version(one["expression"])
    ]


def is_for_editor(asmdef: Path) -> bool:
    """Return whether Unity compiles it for the Editor only."""
    return bool(load(asmdef)["includePlatforms"] == ["Editor"])


def is_test(asmdef: Path) -> bool:
    """Return whether it's an assembly of tests."""
    return "UNITY_INCLUDE_TESTS" in load(asmdef)["defineConstraints"]


def load(asmdef: Path) -> dict[str, Any]:
    """Read an assembly definition, with what Unity takes for missing keys."""
    definition = json.loads(asmdef.read_text(encoding="utf-8"))
    assert isinstance(definition, dict)
    lists = ("references", "includePlatforms", "precompiledReferences", "defineConstraints", "versionDefines")
    return {**{key: [] for key in lists}, **definition}


def members_tool() -> Path:
    """Compile members.exe, which lists the members of assemblies."""
    return build.cecil_tool("members.exe", "Members.cs")


def references_tool() -> Path:
    """Compile references.exe, which lists the engine members that an assembly refers to."""
    return build.cecil_tool("references.exe", "References.cs")


def run_tests(release: Release, name: str, only: str = "") -> build.Results:
    """Run a compiled assembly of tests, or one fixture of it."""
    folder = _folder(release, name)
    return build.run_nunit(folder / f"{name}.dll", search=(folder, release.out, build.OUT), only=only)


def _folder(release: Release, tests: str) -> Path:
    """Return where an assembly of tests is: beside what it tests."""
    return release.editor if tests == "Loquent.Desk.Tests" else release.out


def test_assemblies(release: Release) -> list[str]:
    """Return the names of the assemblies of tests that have been compiled."""
    names = ("Loquent.Double.Tests", "Loquent.Components.Tests", "Loquent.Desk.Tests")
    return [name for name in names if _folder(release, name).joinpath(f"{name}.dll").exists()]


def _engine(release: Release) -> list[str]:
    return [_reference(release.out / f"{name}.dll") for name in (*DOUBLES, TEST_RUNNER, "Loquent.Double")]


def _package(release: Release) -> list[str]:
    package = [release.out / f"{path.stem}.dll" for path in package_asmdefs() if not is_for_editor(path)]
    return [_reference(path) for path in (*package, build.OUT / "Loquent.Core.dll") if path.exists()]


def _find(name: str, release: Release, *, editor: bool) -> Path:
    folders = [release.editor, release.out, build.OUT] if editor else [release.out, build.OUT]
    for folder in folders:
        if (folder / f"{name}.dll").exists():
            return folder / f"{name}.dll"
    raise build.BuildError(f"{name}.dll, to which an .asmdef refers, is neither in the double nor in the package.")


def _reference(path: Path) -> str:
    return f"-r:{path}"


def _compile(release: Release, target: Path, files: Sequence[Path], *flags: str) -> Path:
    defines = [f"-define:{name}" for name in release.defines]
    return build.compile_to(target, files, *defines, *flags)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def main(arguments: Sequence[str]) -> int:
    """Build, and test unless told not to; return the exit status."""
    try:
        compile_all()
        if "--compile" in arguments:
            return 0
        good = True
        for release in RELEASES:
            for name in test_assemblies(release):
                results = run_tests(release, name)
                print(f"{release.name}: {name}\n{results.output}")
                good = good and results.good
    except build.BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
