"""What this machine is, and whether an engine can run on it: system, processor, disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from bootstrap.failure import SetupError

DISK_GB = {"none": 0.2, "cpu": 5.0, "gpu": 20.0}
"""Free disk space that a first set-up needs, in GB: what is installed (2.4 on a CPU), pip's cache of it, and the model."""


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
            "machine, or set it up without a model, to work with scripted replies: 'LOQUENT_SETUP_ENGINE=none make setup', "
            "then 'make serve ARGS=\"--engine scripted\"'."
        )
    if machine not in ("x86_64", "aarch64"):
        return (
            f"There is no build of vLLM for {machine} processors: run the server on an x86_64 or aarch64 machine, or set it "
            "up without a model: 'LOQUENT_SETUP_ENGINE=none make setup'."
        )
    if engine == "cpu" and machine == "x86_64" and cpu_flags is not None and "avx2" not in cpu_flags.split():
        return (
            "This processor doesn't have AVX2, which vLLM needs: run the server on a newer machine, or set it up without a "
            "model: 'LOQUENT_SETUP_ENGINE=none make setup'."
        )
    return None


def cpu_flags() -> str | None:
    """Tell what the processor can do, in Linux's words; None where that isn't told."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("flags"):
                return line.partition(":")[2]
    return None


def require_space(folder: Path, engine: str) -> None:
    """Look whether there is room for this engine in this folder, which may be there and is then made anew.

    Raises:
        SetupError: there isn't.
    """
    free = shutil.disk_usage(str(folder.parent)).free / 1e9
    if folder.is_dir():
        free += _size(folder) / 1e9
    if free < DISK_GB[engine]:
        raise SetupError(
            f"The set-up needs {DISK_GB[engine]:g} GB of free disk space, and there are {free:.1f} GB where this folder "
            "lies: free some, then run this again."
        )


def _size(folder: Path) -> int:
    """How many bytes the files in this folder take."""
    total = 0
    for place, _folders, files in os.walk(str(folder)):
        for file in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, file)).st_size  # noqa: PTH118
    return total


def ask(command: list[str]) -> str:
    """Run a program that tells something about this machine; returns what it says."""
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    return done.stdout
