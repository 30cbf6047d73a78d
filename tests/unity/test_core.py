"""Loquent.Core under Mono: its own NUnit tests, and what it may refer to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from unity import build


@pytest.mark.usefixtures("built")
def test_the_nunit_tests_pass() -> None:
    results = build.run_tests()
    assert results.good, results.output
    assert results.run > 100, "fewer tests ran than there are"


def references(assembly: Path) -> list[str]:
    """List what an assembly refers to: see Tools/Surface.cs."""
    command = [build.tool("mono"), str(build.surface_tool()), str(assembly), str(build.net_standard())]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.usefixtures("built")
def test_core_keeps_to_net_standard_and_to_what_can_be_compiled_ahead_of_time() -> None:
    """By type. Members aren't looked at: Mono's list of .NET Standard 2.1 has only types."""
    assert set(references(build.OUT / "Loquent.Core.dll")) <= {
        "assembly mscorlib",
        "assembly System",
        "assembly System.Core",
    }


@pytest.mark.usefixtures("built")
def test_the_surface_tool_finds_what_it_looks_for() -> None:
    program = build.program(
        "offender",
        "public static class Offender { public static void Main() { System.Console.Write(typeof(Loquent.Core.Turn)); "
        "System.Console.Write(typeof(System.Reflection.Emit.ILGenerator)); "
        "System.Console.Write(typeof(System.Action<>).MakeGenericType(typeof(int))); } }",
    )
    lines = references(program)
    assert "assembly Loquent.Core" in lines
    assert "missing Loquent.Core.Turn" in lines
    assert "forbidden System.Reflection.Emit.ILGenerator" in lines
    assert "forbidden System.Type System.Type::MakeGenericType(System.Type[])" in lines


@pytest.mark.parametrize("path", build.sources(build.PACKAGE) + build.sources(build.HERE), ids=lambda p: p.name)
def test_no_file_grows_into_two_and_none_names_the_engine_in_core(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    is_core = path.is_relative_to(build.CORE) or path.is_relative_to(build.PACKAGE / "Tests" / "Core")
    assert not is_core or not re.search(r"\busing UnityEngine\b", text)


def test_core_has_no_state_that_all_share() -> None:
    """Static fields are constants or never change: two sessions, or two runs of Play mode, can't get in each other's way."""
    field = re.compile(
        r"^\s+(?:public|internal|private)[^(]*\bstatic\b(?![^;=({]*\breadonly\b)[^({]*(?:;|=[^>])", re.MULTILINE
    )
    for path in build.sources(build.CORE):
        assert not field.findall(path.read_text(encoding="utf-8")), path


def test_a_missing_tool_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert build.main(["--compile"]) == 1
    assert "mcs isn't installed" in capsys.readouterr().err


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("body", "words"), [('Assert.Fail("as it should");', "as it should"), (None, "Tests run: 0")])
def test_a_failing_suite_and_an_empty_one_are_no_success(
    body: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = "" if body is None else f"[NUnit.Framework.Test] public void Fails() {{ NUnit.Framework.{body} }}"
    source = tmp_path / "Fails.cs"
    source.write_text(f"[NUnit.Framework.TestFixture] public class Fixture {{ {test} }}", encoding="utf-8")
    library = tmp_path / "Loquent.Core.Tests.dll"
    subprocess.run([build.tool("mcs"), "-pkg:nunit", "-target:library", f"-out:{library}", str(source)], check=True)
    monkeypatch.setattr(build, "OUT", tmp_path)
    results = build.run_tests()
    assert not results.good
    assert words in results.output


def test_the_build_is_a_command_too() -> None:
    done = subprocess.run([sys.executable, str(build.HERE / "build.py"), "--compile"], check=False)
    assert done.returncode == 0
