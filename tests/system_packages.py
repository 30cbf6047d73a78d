"""Installs what the C# tests need from the system, where it is missing: Mono's compiler and runtime, NUnit, and Unicode's data.

`make test` calls it. On Debian and Ubuntu it installs by itself if it may: as root, or by a sudo that asks for no
password. It runs under the system's Python, with the standard library alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = {"mcs": "mono-devel", "mono": "mono-devel", "nunit-console": "nunit-console", "pkg-config": "pkg-config"}
"""The programs that the tests call, and Debian's packages that bring them."""

LIBRARY = "libnunit-cil-dev"
"""Debian's package that lets `mcs -pkg:nunit` find NUnit."""

UNICODE = (Path("/usr/share/unicode/auxiliary/LineBreakTest.txt"), "unicode-data")
"""A file of the Unicode Character Database, and Debian's package that brings it all."""


class MissingError(Exception):
    """What is missing, and how to get it: a sentence."""


def main() -> int:
    """Install what is missing; returns the exit status."""
    try:
        provide(missing, run=_run, which=shutil.which, is_root=os.geteuid() == 0)
    except MissingError as error:
        print(f"make test: {error}", file=sys.stderr)
        return 1
    return 0


def missing() -> list[str]:
    """Name the packages that are missing, in Debian's words."""
    packages = {package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    if "pkg-config" in packages or _run(["pkg-config", "--exists", "nunit"])[0]:
        packages.add(LIBRARY)
    file, package = UNICODE
    if not file.exists() and not os.environ.get("LOQUENT_UNICODE"):
        packages.add(package)
    return sorted(packages)


def provide(
    lacking: Callable[[], list[str]],
    *,
    run: Callable[[list[str]], tuple[int, str]],
    which: Callable[[str], str | None],
    is_root: bool,
) -> None:
    """Install what is lacking.

    Raises:
        MissingError: it can't be installed from here, or that failed.
    """
    packages = lacking()
    if not packages:
        return
    names = " ".join(packages)
    if which("apt-get") is None:
        raise MissingError(
            "the C# tests need Mono with its compiler mcs, NUnit 2.6 with nunit-console, pkg-config, and the Unicode Character "
            "Database 15.0 (in a folder that LOQUENT_UNICODE names): install your "
            f"system's packages for them (on Debian they are called {names}), then run this again."
        )
    by_hand = f"run 'sudo apt-get install --no-install-recommends {names}', then this again."
    sudo: list[str] = []
    if not is_root:
        if which("sudo") is None or run(["sudo", "-n", "true"])[0]:
            raise MissingError(f"the C# tests need {names}: {by_hand}")
        sudo = ["sudo", "-n"]
    print(f"Installing {names}, for the C# tests", flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    run([*apt, "update"])  # one list that can't be reached doesn't matter, if the packages are in another
    status, output = run([*apt, "install", "--yes", "--no-install-recommends", *packages])
    still = lacking()
    if status or still:
        print("\n".join(output.splitlines()[-8:]), file=sys.stderr)
        raise MissingError(f"{' '.join(still or packages)} couldn't be installed, as apt-get says above: {by_hand}")


def _run(command: list[str]) -> tuple[int, str]:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


if __name__ == "__main__":
    sys.exit(main())
