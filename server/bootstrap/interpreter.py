"""Which Python the set-up goes on under: the one that runs it, or another on this machine that fits better."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap.failure import SetupError
from bootstrap.machine import ask

OLDEST = (3, 11)
NEWEST = (3, 14)
"""The versions of Python that vLLM and the locks are for."""


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
            if ask([path, "-c", probe]).split() == ["3", str(minor)]:
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
        os.execv(other, [other, str(Path(__file__).resolve().parent), *sys.argv[1:]])
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
