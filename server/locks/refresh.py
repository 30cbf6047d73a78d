"""Writes the lock files anew: `make lock`, or `make lock ARGS=--upgrade` for the newest versions that fit.

What is wanted stands in pyproject.toml; what was resolved stands in the files beside this one. Without ``--upgrade``,
a pin stays as long as it still fits. Nothing of what is locked is downloaded: the resolver reads metadata.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.parse
import urllib.request
import venv
from pathlib import Path
from typing import Any

LOCKS = Path(__file__).resolve().parent
ROOT = LOCKS.parent.parent
RESOLVER = "uv==0.13.9"
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"

TORCH_NEEDS = (
    "filelock",
    "fsspec>=0.8.5",
    "jinja2",
    "networkx>=2.5.1",
    "setuptools>=77.0.3",
    "sympy>=1.13.3",
    "typing-extensions>=4.10.0",
)
"""What PyTorch's CPU build requires. The resolver isn't shown that package (excluded.txt), so it is told here; a test
compares it with the metadata of the build that is installed."""

TORCH_TAGS = re.compile(r"-cp31[1-4]-cp31[1-4]-manylinux_2_28_(?:x86_64|aarch64)\.whl$")
"""The builds of PyTorch that the set-up can install: Python 3.11 to 3.14 on Linux."""
TORCH_BUILDS = 8


def main() -> int:
    """Resolve each lock; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make lock", description="Write the lock files in server/locks anew.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    parser.add_argument("--torch", metavar="VERSION", help="lock this CPU build of PyTorch instead, such as 2.13.0+cpu")
    options = parser.parse_args()
    try:
        if options.torch:
            _torch(options.torch)
        else:
            _refresh(_resolver(), upgrade=options.upgrade)
    except OSError as error:
        print(f"make lock: {error}", file=sys.stderr)
        return 1
    except LookupError as error:
        print(f"make lock: {error.args[0]}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(error.stdout or "", error.stderr or "", sep="\n", file=sys.stderr)
        print("make lock: the resolver failed; what it said stands above.", file=sys.stderr)
        return 1
    return 0


def _refresh(resolver: Path, *, upgrade: bool) -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project: dict[str, Any] = wanted["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    groups: dict[str, list[str]] = wanted["dependency-groups"]
    base = [*project["dependencies"], *wanted["build-system"]["requires"]]

    def lock(name: str, about: str, requirements: list[str], *arguments: str) -> None:
        _compile(resolver, LOCKS / name, about, requirements, *arguments, *(["--upgrade"] if upgrade else []))

    # The engine for the CPU first: it pins most tightly what the others share with it.
    cpu = [*base, *extras["otel"], *extras["evaluate"], *extras["cpu"], *groups["model"], *TORCH_NEEDS]
    lock("cpu.txt", "The engine on a CPU, and the model that comes with it.", cpu, "--excludes", "excluded.txt")
    lock("base.txt", "Loquent without an engine, and what builds it.", base, "--constraints", "cpu.txt")
    gpu = [*base, *extras["otel"], *extras["evaluate"], *extras["gpu"]]
    lock("gpu.txt", "The engine on an NVIDIA GPU.", gpu, "--constraints", "base.txt")
    both = ("--constraints", "cpu.txt", "--constraints", "gpu.txt")
    lock("dev.txt", "What the tests and checks run with.", groups["dev"], *both)
    lock("pip.txt", "The pip that installs the others.", groups["pip"])


def _compile(resolver: Path, target: Path, about: str, requirements: list[str], *arguments: str) -> None:
    """Resolve for every supported Python and processor at once, with hashes, without a word on where from."""
    print(f"resolving {target.name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.in")
        wanted.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        resolved = Path(folder, target.name)
        if target.exists():
            resolved.write_text(target.read_text(encoding="utf-8"), encoding="utf-8")
        command = [
            str(resolver),
            "pip",
            "compile",
            str(wanted),
            "--output-file",
            str(resolved),
            "--quiet",
            "--no-header",
        ]
        command += ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes"]
        command += ["--no-annotate", "--only-binary", ":all:", *arguments]
        subprocess.run(command, cwd=LOCKS, check=True, capture_output=True, text=True)
        pins = resolved.read_text(encoding="utf-8")
    target.write_text(f"# {about} Written by `make lock` from pyproject.toml.\n{pins}", encoding="utf-8")


def _resolver() -> Path:
    """Find the resolver, or install it into an environment of its own."""
    folder = ROOT / "build" / "lock-tools"
    resolver = folder / "bin" / "uv"
    if not resolver.exists():
        print(f"installing {RESOLVER} into {folder.relative_to(ROOT)}", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        command = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary",
            ":all:",
            RESOLVER,
        ]
        subprocess.run(command, check=True, capture_output=True, text=True)
    return resolver


def _torch(version: str) -> None:
    """Lock this version of PyTorch's CPU build, with the hashes that PyTorch's own index tells."""
    print(f"reading {TORCH_INDEX}", flush=True)
    with urllib.request.urlopen(f"{TORCH_INDEX}/torch/", timeout=60) as answer:
        page = answer.read().decode("utf-8")
    (LOCKS / "torch-cpu.txt").write_text(torch_lock(version, page), encoding="utf-8")


def torch_lock(version: str, page: str) -> str:
    """Make the lock of this version of PyTorch, out of the page of an index that lists its builds.

    Raises:
        LookupError: the page doesn't list all the builds that the set-up needs.
    """
    builds = dict(re.findall(r'href="(?:[^"#]*/)?([^"/#]+)#sha256=([0-9a-f]{64})"', page))
    wanted = {
        digest
        for name, digest in builds.items()
        if (file := urllib.parse.unquote(name)).startswith(f"torch-{version}-") and TORCH_TAGS.search(file)
    }
    if len(wanted) != TORCH_BUILDS:
        raise LookupError(
            f"PyTorch's index lists {len(wanted)} of the {TORCH_BUILDS} builds of torch {version} that are needed "
            "(Python 3.11 to 3.14, x86_64 and aarch64): look whether the version is right and has +cpu at its end."
        )
    pins = " \\\n".join([f"torch=={version}", *(f"    --hash=sha256:{digest}" for digest in sorted(wanted))])
    return (
        "# PyTorch's CPU build: one hash for each of Python 3.11 to 3.14 on aarch64 and x86_64 (Linux). See README.md.\n"
        f"{pins}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
