"""The structure that docs/architecture.md promises: who imports whom, and that no file grows into two."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "server" / "loquent"
MODULES = sorted(SERVER.rglob("*.py"))

# From the socket inwards; a module may import what stands below its own line, and its own package.
LAYERS = [
    ["__main__"],
    ["cli"],
    ["serve", "chat", "doctor", "evaluation", "players"],
    ["configuration"],
    ["chat_commands", "client", "gateway"],
    ["dialing"],
    ["connection"],
    ["sessions"],
    ["dialogue"],
    ["engines"],
    ["access", "certificates", "descriptors", "images", "sockets"],
    ["metrics", "tracing"],
    ["tokens", "watcher"],
    ["gpus", "logs", "tables"],
    ["image_files", "programs", "settings", "wire", "wording"],
    ["__init__"],
]


def layer(part: str) -> int:
    """Return a module's or package's line in `LAYERS`."""
    for index, parts in enumerate(LAYERS):
        if part in parts:
            return index
    raise AssertionError(f"{part} stands in no layer: put it where it belongs, here and in docs/architecture.md")


def imports(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that a module imports, wherever in it."""
    package = ["loquent", *path.relative_to(SERVER).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield name
            if name == "loquent" or node.module is None:
                yield from (f"{name}.{alias.name}" for alias in node.names)


def part_of(path: Path) -> str:
    """Return the part of the house that a module belongs to."""
    return path.relative_to(SERVER).with_suffix("").parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SERVER)))
def test_imports_only_point_down(path: Path) -> None:
    mine = part_of(path)
    for name in imports(path):
        words = name.split(".")
        if (
            words[0] != "loquent"
            or len(words) < 2
            or (not (SERVER / words[1]).exists() and not (SERVER / f"{words[1]}.py").exists())
        ):
            continue
        other = words[1]
        assert other == mine or layer(mine) < layer(other), f"{mine} must not import {other}"


@pytest.mark.parametrize("path", [p for p in MODULES if part_of(p) == "wire"], ids=lambda p: p.name)
def test_the_wire_does_no_io(path: Path) -> None:
    forbidden = {"asyncio", "socket", "time", "threading", "websockets", "logging"}
    assert not forbidden & {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", [p for p in MODULES if part_of(p) == "engines"], ids=lambda p: p.name)
def test_engines_know_no_frames(path: Path) -> None:
    assert not any(name.startswith("loquent.wire") for name in imports(path))


def test_vllm_is_imported_in_one_package() -> None:
    users = [path for path in MODULES if any(name.split(".")[0] == "vllm" for name in imports(path))]
    assert {path.parent for path in users} == {SERVER / "engines" / "vllm"}


def test_opentelemetry_is_imported_in_one_module() -> None:
    """It's optional: everything else runs without it."""
    users = [path for path in MODULES if any(name.split(".")[0] == "opentelemetry" for name in imports(path))]
    assert users == [SERVER / "tracing" / "otlp.py"]


def test_no_file_grows_into_two() -> None:
    long = [p for p in MODULES if len(p.read_text(encoding="utf-8").splitlines()) > 500]
    assert long == []
