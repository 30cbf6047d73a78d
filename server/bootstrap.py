"""Sets Loquent up in `.venv`: `make setup`, and the other targets call it before they start.

It runs under the system's Python, with the standard library alone, and can be run again at any time: what is done already is
left alone, what was interrupted is finished. This file must stay readable for Python 3.8, so that an old Python can be told
what to do.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent

OLDEST = (3, 11)
NEWEST = (3, 14)
"""The versions of Python that vLLM and the locks are for."""

TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds: asked only if pip, as it is configured, finds no such build."""

LOCKS: dict[str, tuple[str, ...]] = {
    "none": ("base.txt",),
    "cpu": ("torch-cpu.txt", "cpu.txt"),
    "gpu": ("gpu.txt",),
}
"""What each engine installs. The files of an engine are installed side by side."""

DISK_GB = {"none": 0.2, "cpu": 5.0, "gpu": 20.0}
"""Free disk space that a first set-up needs, in GB: what is installed (2.4 on a CPU), pip's cache of it, and the model."""

OLDEST_DRIVER = 580
"""NVIDIA's oldest driver that runs CUDA 13, which the locked PyTorch is built with."""
OLDEST_GPU = 7.5
"""The compute capability of the oldest GPUs that CUDA 13 runs on (Turing)."""

FORMAT = 1
"""Part of the stamps: to be raised when the set-up does something else with the same files."""

COMPANIONS = ("torchvision", "torchaudio", "torchcodec")

OLDEST_RAW_PIP = 25
"""From this version on, pip can tell its progress to a program; the one that comes with Python may be older."""

SHOWN_FROM_MB = 20.0
"""Files from this size on are named while they are downloaded."""

IMPORT_ENGINE = """
import contextlib, importlib
importlib.import_module("vllm.v1.engine.async_llm")
# Not needed to know that it works: they are compiled here, so that the first start doesn't have to.
for name in ("vllm.v1.worker.cpu_worker", "vllm.model_executor.models.llama"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
"""


class SetupError(Exception):
    """Why the set-up can't go on: a sentence that says what to do."""


# What this machine is ---------------------------------------------------------------------------------------------------------


def machine_refusal(engine: str, system: str, machine: str, cpu_flags: str | None) -> str | None:
    """Why this engine can't run on this machine: a sentence, or None if it can."""
    if system == "Windows":
        return (
            "On Windows the server runs in WSL2: install it with 'wsl --install', open Ubuntu in it, and run make there; "
            "Unity on Windows reaches the server at localhost."
        )
    if engine == "none":
        return None
    if system != "Linux":
        return (
            f"There is no build of vLLM for {'macOS' if system == 'Darwin' else system}: run the server on a Linux "
            "machine, or set it up without a model, to work with scripted replies: 'LOQUENT_ENGINE=none make setup', "
            "then 'make serve ARGS=\"--engine scripted\"'."
        )
    if machine not in ("x86_64", "aarch64"):
        return (
            f"There is no build of vLLM for {machine} processors: run the server on an x86_64 or aarch64 machine, or set it "
            "up without a model: 'LOQUENT_ENGINE=none make setup'."
        )
    if engine == "cpu" and machine == "x86_64" and cpu_flags is not None and "avx2" not in cpu_flags.split():
        return (
            "This processor doesn't have AVX2, which vLLM needs: run the server on a newer machine, or set it up without a "
            "model: 'LOQUENT_ENGINE=none make setup'."
        )
    return None


def cpu_flags() -> str | None:
    """Tell what the processor can do, in Linux's words; None where that isn't told."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("flags"):
                return line.partition(":")[2]
    return None


def gpu_signs() -> list[str]:
    """Files that are there when an NVIDIA GPU may be: a look at them is quick, asking the driver can take seconds."""
    signs = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/usr/lib/wsl/lib/nvidia-smi")
    return [sign for sign in signs if os.path.exists(sign)]  # noqa: PTH110


def judge_gpus(report: str) -> tuple[bool, str | None]:
    """Whether a GPU is usable, from nvidia-smi's lines "name, driver version, compute capability", and if not, why."""
    reason = None
    for line in report.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 3:
            continue
        name, driver, capability = fields
        major = re.match(r"\d+", driver)
        if major and int(major.group()) < OLDEST_DRIVER:
            reason = (
                f"The NVIDIA driver {driver} is too old for {name}: update it to {OLDEST_DRIVER} or newer, then run "
                "'LOQUENT_ENGINE=auto make setup'; until then the CPU is used."
            )
        elif re.fullmatch(r"\d+\.\d+", capability) and float(capability) < OLDEST_GPU:
            reason = f"{name} is older than what vLLM's CUDA 13 runs on: the CPU is used."
        else:
            return True, None
    return False, reason


def find_gpu() -> tuple[bool, str | None]:
    """Whether this machine has an NVIDIA GPU that vLLM can use, and if it has one that it can't use, why."""
    program = shutil.which("nvidia-smi") or shutil.which("/usr/lib/wsl/lib/nvidia-smi")
    if program is None:
        return _cuda_loads(), None
    try:
        listed = _ask([program, "-L"])
        if "GPU " not in listed:
            return False, None
        fields = "--query-gpu=name,driver_version,compute_cap"
        return judge_gpus(_ask([program, fields, "--format=csv,noheader"]))
    except (OSError, subprocess.SubprocessError):
        return False, None


def _ask(command: list[str]) -> str:
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    return done.stdout


def _cuda_loads() -> bool:
    if not Path("/dev/nvidia0").exists():
        return False
    import ctypes

    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def wished_engine(environ: Mapping[str, str]) -> str | None:
    """Read which engine LOQUENT_ENGINE asks for; None if it isn't set.

    Raises:
        SetupError: it asks for one that there isn't.
    """
    wish = environ.get("LOQUENT_ENGINE", "").strip().lower()
    if not wish:
        return None
    if wish != "auto" and wish not in LOCKS:
        raise SetupError(
            f"LOQUENT_ENGINE is '{wish}', and can be cpu, gpu, none (scripted replies only) or auto: "
            "set it to one of these, or unset it."
        )
    return wish


# Python -----------------------------------------------------------------------------------------------------------------------


def python_refusal(version: tuple[int, int]) -> str | None:
    """Why this version of Python can't be used: a sentence, or None if it can."""
    if OLDEST <= version <= NEWEST:
        return None
    return (
        f"Loquent needs Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}, and this is Python "
        f"{version[0]}.{version[1]}: install one of these (on Ubuntu 22.04: 'sudo apt install python3.11 python3.11-venv'), "
        "then say which to use: 'make setup PYTHON=python3.11'."
    )


def other_python() -> str | None:
    """Another Python on this machine that can be used; None if there is none."""
    probe = "import sys, venv, ensurepip; print('%d %d' % sys.version_info[:2])"
    for minor in (13, 12, 11, 14):
        path = shutil.which(f"python3.{minor}")
        if path is None:
            continue
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            if _ask([path, "-c", probe]).split() == ["3", str(minor)]:
                return path
    return None


def require_python() -> None:
    """Go on under a Python that can be used.

    Raises:
        SetupError: there is none, or it can't make virtual environments.
    """
    version = (sys.version_info[0], sys.version_info[1])
    refusal = python_refusal(version)
    if refusal is not None:
        other = other_python()
        if other is None:
            raise SetupError(refusal)
        os.execv(other, [other, str(Path(__file__).resolve()), *sys.argv[1:]])
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise SetupError(venv_missing(version, has_apt=shutil.which("apt") is not None))


def venv_missing(version: tuple[int, int], *, has_apt: bool) -> str:
    """Say what to do when Python came without its module for virtual environments."""
    name = f"python{version[0]}.{version[1]}-venv"
    if has_apt:
        return f"Python's module venv is missing: run 'sudo apt install {name}', then this again."
    return (
        "Python's module venv is missing: install your system's package for it (often python3-venv or python3-pip), "
        "then run this again."
    )


# Stamps -----------------------------------------------------------------------------------------------------------------------


def fingerprint(files: Sequence[Path], *words: str) -> str:
    """Hash the contents of these files, and these words."""
    digest = hashlib.sha256(repr((FORMAT, words)).encode())
    for file in files:
        content = file.read_bytes()
        digest.update(b"%d " % len(content) + content)
    return digest.hexdigest()


class State:
    """What has been done in `.venv`: a small file in it, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        """Read it; if it isn't there, or can't be read, nothing is done yet."""
        self.path = folder / "loquent-setup.json"
        self.engine: str | None = None
        self.chosen = False
        self.signs: list[str] = []
        self.home: list[str] = []
        self.done: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            read = json.loads(self.path.read_text(encoding="utf-8"))
            self.engine, self.chosen, self.signs = str(read["engine"]), bool(read["chosen"]), list(read["signs"])
            self.home, self.done = list(read["home"]), dict(read["done"])

    def write(self) -> None:
        """Write it, as a whole or not at all."""
        fields = {key: getattr(self, key) for key in ("engine", "chosen", "signs", "home", "done")}
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(fields, indent=1), encoding="utf-8")
        draft.replace(self.path)

    def undo(self, *steps: str) -> None:
        """Note that these steps aren't done, until they are done again."""
        for step in steps:
            self.done.pop(step, None)
        self.write()

    def finish(self, step: str, stamp: str) -> None:
        """Note that this step is done."""
        self.done[step] = stamp
        self.write()


# pip --------------------------------------------------------------------------------------------------------------------------


def explain(output: str) -> str:
    """Say in one sentence what to do about a pip that failed with this output."""
    if re.search(r"No space left on device|Errno 28|Disk quota exceeded", output):
        return "The disk is full: free some space, then run this again."
    if "DO NOT MATCH THE HASHES" in output or "HashMismatch" in output:
        match = re.search(r"^\s+([A-Za-z0-9._-]+)==\S+ from ", output, re.MULTILINE)
        what = f"The file of {match.group(1)}" if match else "A file"
        return (
            f"{what} isn't the one that was locked, so it was not installed: run '.venv/bin/python -m pip cache purge' and "
            "this again; if it stays so, the package index or proxy that your pip is configured for changes files."
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError", output):
        return (
            "The package index's certificate isn't trusted on this machine: behind a proxy that inspects connections, give "
            "pip its certificate ('pip config set global.cert FILE'), then run this again."
        )
    if re.search(
        r"NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Max retries exceeded|ProxyError|"
        r"name resolution|NameResolutionError|Network is unreachable|Connection refused|ConnectionResetError|"
        r"RemoteDisconnected|IncompleteRead|Connection broken|ProtocolError|ConnectionError",
        output,
    ):
        return "The packages can't be downloaded: look whether this machine is online, then run this again."
    match = re.search(r"No matching distribution found for ([^\s;]+)", output)
    if match:
        return (
            f"There is no build of {match.group(1)} for this machine ({platform.machine()}, Python {platform.python_version()}, "
            f"{' '.join(platform.libc_ver()) or 'an unknown C library'}): Loquent's engine needs Linux with glibc 2.31 or "
            "newer, on x86_64 or aarch64. If your pip is configured for a package index of your own, look whether that has it."
        )
    if "Permission denied" in output or "Errno 13" in output:
        return (
            "Files in .venv, or in pip's cache, can't be written: they belong to another user, perhaps root; take them over with "
            "'sudo chown -R \"$USER\" .venv ~/.cache/pip', then run this again."
        )
    return "pip failed; its last lines stand above."


def useful_tail(output: str, lines: int = 12) -> str:
    """Pick the last lines of what pip said, without its progress."""
    noise = re.compile(
        r"\s*$|Progress |Collecting |\s*Downloading |\s*Using cached |Requirement already |Processing |Looking in |"
        r"WARNING: Location |Installing collected |\[notice\]"
    )
    kept = [line for line in output.splitlines() if not noise.match(line)]
    return "\n".join(f"    {line}" for line in kept[-lines:])


class Progress:
    """How far several pips are: one line that changes where output is a terminal, else a line for each large file."""

    def __init__(self, total: int, *, terminal: bool) -> None:
        """Of so many packages in all."""
        self._total = total
        self._terminal = terminal
        self._lock = threading.Lock()
        self._packages = 0
        self._fetched = 0.0
        self._partly: dict[str, float] = {}
        self._large: dict[str, float] = {}
        self._installing = ""
        self._shown_at = 0.0

    def hear(self, who: str, line: str) -> None:
        """Take in a line of this pip."""
        with self._lock:
            if line.startswith(("Collecting ", "Requirement already satisfied")):
                self._packages += 1
                self._end_file(who)
            elif line.startswith("Progress "):
                words = line.split()
                if len(words) == 4 and words[1].isdigit():
                    self._partly[who] = int(words[1]) / 1e6
            elif line.lstrip().startswith("Downloading "):
                self._end_file(who)
                self._name(line)
            elif line.startswith("Installing collected packages"):
                self._end_file(who)
                self._installing = ", unpacking"
            else:
                return
            self._show()

    def end(self) -> None:
        """Leave the line that changes."""
        if self._terminal and self._shown_at:
            print(f"\r\033[K{self._line()}", flush=True)

    def _end_file(self, who: str) -> None:
        self._fetched += self._partly.pop(who, 0.0)

    def _name(self, line: str) -> None:
        match = re.match(r"\s*Downloading (?:\S*/)?([^/\s]+?)-(\d[^-/\s]*)-\S+\.whl \(([0-9.]+) (MB|GB)\)", line)
        if match:
            size = float(match.group(3)) * (1000 if match.group(4) == "GB" else 1)
            if size >= SHOWN_FROM_MB and not self._terminal:
                version = match.group(2).replace("%2B", "+")
                print(f"  {match.group(1).replace('_', '-')} {version} ({size:.0f} MB)", flush=True)

    def _line(self) -> str:
        fetched = self._fetched + sum(self._partly.values())
        return f"  {min(self._packages, self._total)} of {self._total} packages, {fetched:.0f} MB{self._installing}"

    def _show(self) -> None:
        now = time.monotonic()
        if self._terminal and now - self._shown_at > 0.1:
            self._shown_at = now
            print(f"\r\033[K{self._line()}", end="", flush=True)


def pip_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Make the environment for pip: the user's own, but for what would make it install elsewhere, or something else."""
    # Compiled files are kept in .venv, whatever is the custom here: pip has hundreds of them, vLLM thousands.
    dropped = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__"}
    dropped |= {
        f"PIP_{name}" for name in ("TARGET", "PREFIX", "ROOT", "PREFER_BINARY", "NO_BINARY", "QUIET", "VERBOSE")
    }
    dropped |= {f"PIP_{name}" for name in ("CONSTRAINT", "REQUIREMENT", "REQUIRE_HASHES", "NO_DEPS", "DRY_RUN", "LOG")}
    kept = {key: value for key, value in environ.items() if key not in dropped}
    kept.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUNBUFFERED="1", PYTHONUTF8="1")
    return kept


def lacks_build(output: str) -> bool:
    """Whether pip reached its index, and found that it has no such build."""
    return "No matching distribution found for torch" in output and "can't be downloaded" not in explain(output)


def count_pins(lock: str) -> int:
    """How many packages this lock names: a few more than are installed, where markers leave some out."""
    return len(re.findall(r"^[A-Za-z0-9][^=\s]*==", lock, re.MULTILINE))


# The set-up -------------------------------------------------------------------------------------------------------------------


class Setup:
    """The set-up of one checkout."""

    def __init__(self, root: Path, environ: Mapping[str, str], *, dev: bool = False) -> None:
        """In this folder; with the tools for tests and checks, if dev."""
        self.root = root
        self.environ = environ
        self.dev = dev
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.locks = root / "server" / "locks"
        self.state = State(self.folder)
        self._lock_file = -1

    # What there is to do

    def stamps(self, engine: str) -> dict[str, str]:
        """Compute what the stamp of each step must be for it to be done."""
        files = [self.locks / name for name in LOCKS[engine]]
        stamps = {
            "pip": fingerprint([self.locks / "pip.txt"]),
            "packages": fingerprint(files, engine),
            "project": fingerprint([self.root / "pyproject.toml"], str(self.root)),
        }
        if engine == "cpu":
            stamps["model"] = fingerprint(files, "model")
        if self.dev:
            stamps["dev"] = fingerprint([self.locks / "dev.txt"], engine)
        return stamps

    def home(self) -> list[str]:
        """Tell what the virtual environment depends on: where it lies, and the Python that it was made from."""
        python = os.path.realpath(self.python)
        return [str(self.folder), python if os.path.exists(python) else ""]  # noqa: PTH110

    def known_engine(self) -> str | None:
        """Tell the engine, if that can be done without asking a driver; else None."""
        wish = wished_engine(self.environ)
        if wish not in (None, "auto"):
            return wish
        if self.state.engine in LOCKS and wish is None and (self.state.chosen or self.state.signs == gpu_signs()):
            return self.state.engine
        return None

    def is_done(self) -> bool:
        """Whether there is nothing to do."""
        engine = self.known_engine()
        if engine is None or engine != self.state.engine or self.state.home != self.home():
            return False
        return all(self.state.done.get(step) == stamp for step, stamp in self.stamps(engine).items())

    # Doing it

    def run(self) -> None:
        """Do what there is to do.

        Raises:
            SetupError: something is missing that only the user can provide.
        """
        if self.is_done():
            return
        system = platform.system()
        refusal = machine_refusal("none", system, platform.machine(), None)
        if refusal:
            raise SetupError(refusal)
        require_python()
        with self._alone():
            self.state = State(self.folder)
            if self.is_done():
                return
            started = time.monotonic()
            engine = self._choose()
            self._prepare_folder(engine)
            self._work(engine)
            print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other set-up runs in this checkout.

        The lock is held by the children too: a pip whose set-up was killed is waited for.
        """
        import fcntl

        self._lock_file = os.open(str(self.root), os.O_RDONLY)
        try:
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another set-up is running here: waiting for it.", flush=True)
                fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            except OSError:
                pass  # a file system without locks: two set-ups at once are then the user's to avoid
            yield
        finally:
            os.close(self._lock_file)
            self._lock_file = -1

    def _choose(self) -> str:
        """Choose the engine, and tell which and why."""
        engine = self.known_engine()
        wish = wished_engine(self.environ)
        chosen = wish not in (None, "auto") or (wish is None and self.state.chosen and engine is not None)
        if chosen:
            why = (
                "as LOQUENT_ENGINE says" if wish else "as LOQUENT_ENGINE said before; LOQUENT_ENGINE=auto chooses anew"
            )
        else:
            usable, reason = find_gpu()
            engine = "gpu" if usable else "cpu"
            why = "there is an NVIDIA GPU" if usable else "no NVIDIA GPU was found"
            if reason:
                why = "the GPU can't be used"
                print(reason, flush=True)
        if engine is None:
            raise AssertionError("an engine that was chosen is known")
        refusal = machine_refusal(engine, platform.system(), platform.machine(), cpu_flags())
        if refusal:
            raise SetupError(refusal)
        names = {"cpu": "vLLM on the CPU", "gpu": "vLLM on the GPU", "none": "none, for scripted replies"}
        print(f"Engine: {names[engine]} ({why}).", flush=True)
        self._engine_choice = (engine, chosen)
        return engine

    def _prepare_folder(self, engine: str) -> None:
        """Make the virtual environment, unless the one that is there can be built on."""
        state, wanted = self.state, self.stamps(engine)
        usable = state.engine == engine and state.home == self.home() and "pip" in state.done
        if not usable:
            self._require_space(engine)
            self._make_folder()
        state.engine, state.chosen = self._engine_choice
        state.signs = gpu_signs()
        state.home = self.home()
        state.write()
        if state.done.get("pip") != wanted["pip"]:
            # Should this be interrupted, the whole environment is made anew: it is quick, and a half-installed pip can't be trusted.
            state.undo("pip")
            self._pip(["pip.txt"], show=False)
            state.finish("pip", wanted["pip"])

    def _require_space(self, engine: str) -> None:
        free = shutil.disk_usage(str(self.root)).free / 1e9
        if self.folder.is_dir():
            free += _size(self.folder) / 1e9
        if free < DISK_GB[engine]:
            raise SetupError(
                f"The set-up needs {DISK_GB[engine]:g} GB of free disk space, and there are {free:.1f} GB where this folder "
                "lies: free some, then run this again."
            )

    def _make_folder(self) -> None:
        """Make the virtual environment from nothing."""
        state = self.state
        if self.folder.exists() or self.folder.is_symlink():
            if not state.path.exists():
                raise SetupError(
                    "There is a .venv here that this set-up didn't make: move it away, or delete it with 'rm -rf .venv', "
                    "then run this again."
                )
            # The state is the last to go: what is left after an interruption is then still known to be ours.
            state.done, state.home = {}, []
            state.write()
            for entry in self.folder.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(str(entry))
                elif entry != state.path:
                    entry.unlink()
        else:
            self.folder.mkdir()
            state.done, state.home = {}, []
            state.write()
        print(f"Making .venv with Python {platform.python_version()}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "venv", "--prompt", "loquent", str(self.folder)],
            env=pip_environment(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            pass_fds=self._inherited(),
        )
        if done.returncode:
            self._fail(done.stdout, "The virtual environment couldn't be made; what Python said stands above.")

    def _inherited(self) -> tuple[int, ...]:
        return (self._lock_file,) if self._lock_file >= 0 else ()

    def _work(self, engine: str) -> None:
        """Install, check and prepare what isn't done yet."""
        state, wanted = self.state, self.stamps(engine)
        steps = [step for step, stamp in wanted.items() if state.done.get(step) != stamp]
        # What depends on what is installed, is done anew when that changes.
        if "packages" in steps:
            steps += [step for step in ("project", "model", "dev") if step in wanted and step not in steps]
        state.undo(*steps)
        self._repair()
        if "packages" in steps:
            self._install(engine)
        if "dev" in steps:
            print("Installing the tools for tests and checks", flush=True)
            self._pip(["dev.txt"])
            state.finish("dev", wanted["dev"])
        if "project" in steps:
            self._install_project()
            state.finish("project", wanted["project"])
        if "packages" in steps and engine != "none":
            self._check_engine(prepare_model="model" in steps)
        elif "model" in steps:
            self._prepare_model()
        if "model" in steps:
            state.finish("model", wanted["model"])
        if "packages" in steps:
            state.finish("packages", wanted["packages"])

    def _repair(self) -> None:
        """Remove what an interrupted pip left half-installed, so that it is installed again.

        pip writes INSTALLER after a package's files, and RECORD at the very end.
        """
        for packages in self.folder.glob("lib/python*/site-packages"):
            for entry in packages.iterdir():
                half = entry.suffix == ".dist-info" and not (
                    (entry / "INSTALLER").exists() and (entry / "RECORD").exists()
                )
                if (half or entry.name.startswith("~")) and entry.is_dir():
                    shutil.rmtree(str(entry))

    def _install(self, engine: str) -> None:
        names = LOCKS[engine]
        what = {"cpu": "vLLM and its model", "gpu": "vLLM for the GPU", "none": "what the server needs"}
        size = {"cpu": ": about 0.8 GB to download", "gpu": ": several GB to download", "none": ""}
        print(f"Installing {what[engine]}{size[engine]}", flush=True)
        self._pip(list(names))
        self._drop_broken_companions()

    def _drop_broken_companions(self) -> None:
        """Uninstall a torchvision that doesn't fit PyTorch: with it, no model of transformers can be imported."""
        if not any(self.folder.glob("lib/python*/site-packages/torchvision")):
            return
        if self._python("-c", "import torchvision").returncode == 0:
            return
        self._python("-m", "pip", "uninstall", "--yes", "--quiet", *COMPANIONS)
        print(
            "Removed torchvision, torchaudio and torchcodec from .venv: they are of another build than PyTorch, and no model "
            "could be loaded beside them.",
            flush=True,
        )

    def _install_project(self) -> None:
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--editable", str(self.root)]
        done = self._python("-m", "pip", "install", *options)
        if done.returncode:
            self._fail(done.stdout, "Loquent itself couldn't be installed; what pip said stands above.")

    def _check_engine(self, *, prepare_model: bool) -> None:
        """Import vLLM once: now it is known to work here, and compiled. The model is prepared meanwhile."""
        print("Checking that vLLM loads", flush=True)
        outcome: list[subprocess.CompletedProcess[str]] = []
        checking = threading.Thread(target=lambda: outcome.append(self._python("-c", IMPORT_ENGINE)))
        checking.start()
        try:
            if prepare_model:
                self._prepare_model()
        finally:
            checking.join()
        if outcome[0].returncode:
            self._fail(
                outcome[0].stdout,
                "vLLM was installed, and doesn't load on this machine; what it said stands above. Run 'make clean' and this again; "
                "if it stays so, 'LOQUENT_ENGINE=cpu make setup' takes the CPU, and 'LOQUENT_ENGINE=none make setup' goes "
                "without a model.",
            )

    def _prepare_model(self) -> None:
        """Convert the model that comes with the CPU's engine; it says itself what it does, and what is wrong."""
        done = subprocess.run(
            [str(self.python), "-m", "loquent.embedded_model"],
            env=self._own_environment(),
            stdin=subprocess.DEVNULL,
            check=False,
            pass_fds=self._inherited(),
        )
        if done.returncode:
            raise SetupError("The model couldn't be prepared; the reason stands above. Then run this again.")

    def _own_environment(self) -> dict[str, str]:
        """Make the environment for what was installed: vLLM tells errors only."""
        return {"VLLM_LOGGING_LEVEL": "ERROR", **pip_environment(self.environ)}

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.python), *arguments],
            env=self._own_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            pass_fds=self._inherited(),
        )

    def _pip(self, names: list[str], *, show: bool = True) -> None:
        """Install these locks, each with a pip of its own, side by side.

        Raises:
            SetupError: one of them failed.
        """
        total = sum(count_pins((self.locks / name).read_text(encoding="utf-8")) for name in names)
        progress = Progress(total, terminal=show and sys.stdout.isatty())
        hear: Callable[[str, str], None] = progress.hear if show else lambda _who, _line: None
        pips = [_Pip(self._pip_command(name), pip_environment(self.environ), hear, self._inherited()) for name in names]
        try:
            for pip in pips:
                pip.start()
            while any(pip.is_alive() for pip in pips):
                for pip in pips:
                    pip.join(0.05)
                    if not pip.is_alive() and pip.status and not self._fall_back(pip, pips, hear):
                        raise _PipFailedError(pip.output)
            for pip in pips:
                if pip.status:
                    raise _PipFailedError(pip.output)
        except _PipFailedError as failure:
            progress.end()
            self._fail(failure.output, explain(failure.output))
        finally:
            for pip in pips:
                pip.stop()
        progress.end()

    def _pip_command(self, name: str, *options: str) -> list[str]:
        command = [
            str(self.python),
            "-m",
            "pip",
            "install",
            "--no-input",
            "--no-deps",
            "--require-hashes",
            "--no-compile",
        ]
        command += ["--only-binary", ":all:", "--no-warn-script-location", *options]
        versions = [
            int(match.group(1))
            for found in self.folder.glob("lib/python*/site-packages/pip-*.dist-info")
            for match in [re.match(r"pip-(\d+)\.", found.name)]
            if match
        ]
        if versions and min(versions) >= OLDEST_RAW_PIP:
            command += ["--progress-bar", "raw"]
        return [*command, "--requirement", str(self.locks / name)]

    def _fall_back(self, failed: _Pip, pips: list[_Pip], hear: Callable[[str, str], None]) -> bool:
        """Take PyTorch's CPU build from PyTorch, if that is what failed; tells whether it is under way."""
        name = "torch-cpu.txt"
        if TORCH_INDEX in failed.command or not failed.command[-1].endswith(name) or not lacks_build(failed.output):
            return False
        print("Your package index has no CPU build of PyTorch: taking it from download.pytorch.org", flush=True)
        again = _Pip(
            self._pip_command(name, "--index-url", TORCH_INDEX), pip_environment(self.environ), hear, self._inherited()
        )
        pips[pips.index(failed)] = again
        again.start()
        return True

    def _fail(self, output: str, sentence: str) -> NoReturn:
        tail = useful_tail(output)
        if tail:
            print(tail, file=sys.stderr, flush=True)
        raise SetupError(sentence)


class _PipFailedError(Exception):
    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


class _Pip(threading.Thread):
    """One run of pip, whose lines are heard as they come."""

    def __init__(
        self,
        command: list[str],
        environ: dict[str, str],
        hear: Callable[[str, str], None],
        inherited: tuple[int, ...],
    ) -> None:
        super().__init__(daemon=True)
        self.command = command
        self.status = 1
        self.output = ""
        self._environ = environ
        self._hear = hear
        self._inherited = inherited
        self._process: subprocess.Popen[str] | None = None

    def run(self) -> None:
        lines: list[str] = []
        with subprocess.Popen(
            self.command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=self._inherited,
        ) as process:
            self._process = process
            stdout: Any = process.stdout
            for line in stdout:
                lines.append(line)
                self._hear(self.command[-1], line)
        self.output = "".join(lines)
        self.status = process.returncode

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self.join(10)


def _size(folder: Path) -> int:
    """How many bytes the files in this folder take."""
    total = 0
    for place, _folders, files in os.walk(str(folder)):
        for file in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, file)).st_size  # noqa: PTH118
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="make setup",
        description="Set Loquent up in .venv: the engine that fits this machine, and its model.",
        epilog="LOQUENT_ENGINE=cpu, gpu or none (scripted replies only) chooses the engine; auto forgets such a choice.",
    )
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    options = parser.parse_args(arguments)
    try:
        Setup(ROOT, os.environ, dev=options.dev).run()
    except SetupError as error:
        print(f"Set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up: stopped; run it again, and it goes on where it was.", file=sys.stderr)
        return 130
    except OSError as error:
        print(
            f"Set-up: {error.strerror or error} ({error.filename}); put that right, then run this again.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
