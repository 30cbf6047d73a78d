"""Builds the C# half without Unity, with Mono's compiler, and runs its NUnit tests.

    python tests/unity/build.py            compile Loquent.Core, its tests and loquent-e2e.exe into build/unity, and run the tests
    python tests/unity/build.py --compile  compile only

The exit status is 1 if something doesn't compile, if a test fails, or if no test ran. Needs Debian's mono-devel, nunit-console and
libnunit-cil-dev, or the like.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "unity_package"
CORE = PACKAGE / "Runtime" / "Core"
HERE = Path(__file__).resolve().parent
OUT = ROOT / "build" / "unity"

PROGRAM_SECONDS = 120
"""How long a program that is run may take."""

# What every supported Unity compiles: C# 7.3 at most, and of that what mcs knows. Warnings are errors.
_FLAGS = ("-nologo", "-langversion:7.2", "-warn:4", "-warnaserror", "-debug", "-codepage:utf8")


class BuildError(Exception):
    """It doesn't compile, or a tool is missing; the text says what to do."""


@dataclass(frozen=True)
class Results:
    """What nunit-console said."""

    output: str
    run: int
    failed: int
    skipped: int

    @property
    def good(self) -> bool:
        """Whether tests ran, and all of them did and passed."""
        return self.run > 0 and self.failed == 0 and self.skipped == 0


def compile_all() -> None:
    """Compile everything into build/unity."""
    core()
    tests()
    end_to_end()


def core() -> Path:
    """Compile Loquent.Core.dll, with its XML documentation: a public member without it is a warning, and so an error."""
    return _compile("Loquent.Core.dll", sources(CORE), f"-doc:{OUT / 'Loquent.Core.xml'}")


def tests() -> Path:
    """Compile Loquent.Core.Tests.dll."""
    return _compile("Loquent.Core.Tests.dll", sources(PACKAGE / "Tests" / "Core"), "-pkg:nunit", _reference_to_core())


def end_to_end() -> Path:
    """Compile loquent-e2e.exe. The sources of the wire are compiled in, for frames that no session would send."""
    return _compile("loquent-e2e.exe", [*sources(HERE / "EndToEnd"), *sources(CORE / "Wire")], _reference_to_core())


def surface_tool() -> Path:
    """Compile surface.exe, which lists what an assembly refers to."""
    return cecil_tool("surface.exe", "Surface.cs")


def cecil_tool(name: str, source: str) -> Path:
    """Compile a tool that reads assemblies."""
    return _compile(name, [HERE / "Tools" / source], f"-r:{_of_mono('gac/Mono.Cecil/0.11*/Mono.Cecil.dll')}")


def net_standard() -> Path:
    """Return the assembly by which Mono lists the types of .NET Standard 2.1."""
    return _of_mono("4.5/Facades/netstandard.dll")


def program(name: str, code: str) -> Path:
    """Compile a program of one source text against Loquent.Core."""
    OUT.mkdir(parents=True, exist_ok=True)
    source = OUT / f"{name}.cs"
    source.write_text(code, encoding="utf-8")
    return _compile(f"{name}.exe", [source], _reference_to_core())


def sources(folder: Path) -> list[Path]:
    """Return the C# files below a folder."""
    return sorted(folder.rglob("*.cs"))


def run_tests(timeout: float = 240) -> Results:
    """Run the compiled tests.

    Raises:
        BuildError: nunit-console isn't there, or came to no result.
    """
    return run_nunit(OUT / "Loquent.Core.Tests.dll", timeout=timeout)


def run_nunit(assembly: Path, *, search: Sequence[Path] = (), only: str = "", timeout: float = 240) -> Results:
    """Run an assembly of tests.

    Args:
        assembly: The assembly.
        search: Where the assemblies are that it refers to, if not beside it.
        only: The full name of the fixture or test to run; empty for all.
        timeout: In seconds.

    Raises:
        BuildError: nunit-console isn't there, or came to no result.
    """
    command = [tool("nunit-console"), "-nologo", "-noxml", "-nodots", str(assembly)]
    command += [f"-run:{only}"] if only else []
    environment = {**os.environ, "LOQUENT_PROTOCOL": str(ROOT / "protocol"), "MONO_OPTIONS": "--debug"}
    environment["MONO_PATH"] = os.pathsep.join(map(str, search))
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=assembly.parent, env=environment, timeout=timeout, check=False
    )
    output = done.stdout + done.stderr
    counts = {
        key: int(value)
        for key, value in re.findall(r"(Tests run|Errors|Failures|Invalid|Ignored|Skipped): (\d+)", output)
    }
    if "Tests run" not in counts:
        raise BuildError(f"nunit-console came to no result (exit status {done.returncode}):\n{output}")
    failed = counts["Errors"] + counts["Failures"] + counts["Invalid"]
    return Results(
        output, counts["Tests run"], max(failed, int(done.returncode != 0)), counts["Ignored"] + counts["Skipped"]
    )


async def run_program(path: Path, *arguments: str, status: int = 0, search: Sequence[Path] = ()) -> str:
    """Run a compiled program while the event loop goes on; return what it printed.

    Args:
        path: The program.
        arguments: Its command line.
        status: What it has to end with.
        search: Where the assemblies are that it refers to, if not beside it.

    Raises:
        BuildError: its exit status isn't ``status``, or it took too long.
    """
    process = await asyncio.create_subprocess_exec(
        tool("mono"),
        "--debug",
        str(path),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "MONO_PATH": os.pathsep.join(map(str, search))},
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), PROGRAM_SECONDS)
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise BuildError(f"{path.name} isn't done after {PROGRAM_SECONDS} s.") from None
    if process.returncode != status:
        raise BuildError(f"{path.name} ended with {process.returncode}:\n{output.decode()}{errors.decode()}")
    return output.decode()


def tool(name: str) -> str:
    """Return the path of a program.

    Raises:
        BuildError: it isn't installed.
    """
    path = shutil.which(name)
    if path is None:
        raise BuildError(
            f"{name} isn't installed, and the C# half can't be built or tested without it: install mono-devel, nunit-console and "
            "libnunit-cil-dev (on Debian: apt-get install, or make test, which does it)."
        )
    return path


def _of_mono(pattern: str) -> Path:
    """Find a file that comes with Mono."""
    library = Path(tool("mono")).resolve().parents[1] / "lib" / "mono"
    found = sorted(library.glob(pattern))
    if not found:
        raise BuildError(
            f"{library / pattern} isn't there: install mono-devel whole (on Debian: apt-get install mono-devel)."
        )
    return found[-1]


def _reference_to_core() -> str:
    return f"-r:{OUT / 'Loquent.Core.dll'}"


def compile_to(target: Path, files: Sequence[Path], *flags: str) -> Path:
    """Compile C# files into an assembly; return it.

    Raises:
        BuildError: they don't compile: the text has the compiler's words.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    kind = "library" if target.suffix == ".dll" else "exe"
    command = [tool("mcs"), *_FLAGS, f"-target:{kind}", f"-out:{target}", *flags, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise BuildError(f"{target.name} doesn't compile:\n{done.stdout}{done.stderr}")
    return target


def _compile(name: str, files: Sequence[Path], *flags: str) -> Path:
    return compile_to(OUT / name, files, *flags)


def main(arguments: Sequence[str]) -> int:
    """Build, and test unless told not to; return the exit status."""
    try:
        compile_all()
        if "--compile" in arguments:
            return 0
        results = run_tests()
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(results.output)
    if results.run == 0:
        print("No test ran.", file=sys.stderr)
    return 0 if results.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
