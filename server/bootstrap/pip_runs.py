"""Running pip: every lock with a pip of its own, side by side."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from bootstrap import locks
from bootstrap.failure import fail
from bootstrap.pip_failure import explain, lacks_build
from bootstrap.pip_progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.environment import Environment

TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds: asked only if pip, as it is configured, finds no such build."""

OLDEST_RAW_PIP = 25
"""From this version on, pip can tell its progress to a program; the one that comes with Python may be older."""


def install(environment: Environment, names: list[str], *, show: bool = True) -> None:
    """Install these locks.

    Raises:
        SetupError: one of them failed.
    """
    files = [locks.folder(environment.root) / name for name in names]
    total = sum(locks.count_pins(file.read_text(encoding="utf-8")) for file in files)
    progress = Progress(total, terminal=show and sys.stdout.isatty())
    hear: Callable[[str, str], None] = progress.hear if show else lambda _who, _line: None
    pips = [_Pip(_command(environment, name), environment, hear) for name in names]
    try:
        for pip in pips:
            pip.start()
        while any(pip.is_alive() for pip in pips):
            for pip in pips:
                pip.join(0.05)
                if not pip.is_alive() and pip.status and not _fall_back(environment, pip, pips, hear):
                    raise _PipFailedError(pip.output)
        for pip in pips:
            if pip.status:
                raise _PipFailedError(pip.output)
    except _PipFailedError as failure:
        progress.end()
        fail(failure.output, explain(failure.output))
    finally:
        for pip in pips:
            pip.stop()
    progress.end()


def install_project(environment: Environment) -> None:
    """Install Loquent itself, as it lies there.

    Raises:
        SetupError: that failed.
    """
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--editable", str(environment.root)]
    done = environment.run("-m", "pip", "install", *options)
    if done.returncode:
        fail(done.stdout, "Loquent itself couldn't be installed; what pip said stands above.")


def _command(environment: Environment, name: str, *options: str) -> list[str]:
    command = [
        str(environment.python),
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
        for found in environment.found("pip-*.dist-info")
        for match in [re.match(r"pip-(\d+)\.", found.name)]
        if match
    ]
    if versions and min(versions) >= OLDEST_RAW_PIP:
        command += ["--progress-bar", "raw"]
    return [*command, "--requirement", str(locks.folder(environment.root) / name)]


def _fall_back(environment: Environment, failed: _Pip, pips: list[_Pip], hear: Callable[[str, str], None]) -> bool:
    """Take PyTorch's CPU build from PyTorch, if that is what failed; tells whether it is under way."""
    name = "torch-cpu.txt"
    if TORCH_INDEX in failed.command or not failed.command[-1].endswith(name) or not lacks_build(failed.output):
        return False
    print("Your package index has no CPU build of PyTorch: taking it from download.pytorch.org", flush=True)
    again = _Pip(_command(environment, name, "--index-url", TORCH_INDEX), environment, hear)
    pips[pips.index(failed)] = again
    again.start()
    return True


class _PipFailedError(Exception):
    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


class _Pip(threading.Thread):
    """One run of pip, whose lines are heard as they come."""

    def __init__(self, command: list[str], environment: Environment, hear: Callable[[str, str], None]) -> None:
        super().__init__(daemon=True)
        self.command = command
        self.status = 1
        self.output = ""
        self._environment = environment
        self._hear = hear
        self._process: subprocess.Popen[str] | None = None

    def run(self) -> None:
        lines: list[str] = []
        with subprocess.Popen(
            self.command,
            env=self._environment.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=self._environment.inherited(),
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
