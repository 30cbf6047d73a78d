"""The virtual environment `.venv`: making it, mending it, running what is in it, and one set-up at a time."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from bootstrap.failure import SetupError, fail
from bootstrap.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """In this folder; what is run for it gets these variables."""
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.state = State(self.folder)
        self.variables = pip_environment(environ)
        self._lock_file = -1

    def home(self) -> list[str]:
        """Tell what the virtual environment depends on: where it lies, and the Python that it was made from."""
        python = os.path.realpath(self.python)
        return [str(self.folder), python if os.path.exists(python) else ""]  # noqa: PTH110

    def found(self, pattern: str) -> Iterator[Path]:
        """Yield what is installed by this name."""
        yield from self.folder.glob(f"lib/python*/site-packages/{pattern}")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other set-up runs in this checkout, and read what has been done until then.

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
            self.state = State(self.folder)
            yield
        finally:
            os.close(self._lock_file)
            self._lock_file = -1

    def inherited(self) -> tuple[int, ...]:
        """Name the open files that children must hold too: the lock."""
        return (self._lock_file,) if self._lock_file >= 0 else ()

    def make(self) -> None:
        """Make the virtual environment from nothing.

        Raises:
            SetupError: there is one of someone else's, or Python couldn't make it.
        """
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
        done = self._run([sys.executable, "-m", "venv", "--prompt", "loquent", str(self.folder)], self.variables)
        if done.returncode:
            fail(done.stdout, "The virtual environment couldn't be made; what Python said stands above.")

    def repair(self) -> None:
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

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run its Python with these arguments; returns what it said."""
        return self._run([str(self.python), *arguments], self._quiet_variables())

    def run_openly(self, *arguments: str) -> int:
        """Run its Python with these arguments, and let it speak for itself; returns its status."""
        return subprocess.run(
            [str(self.python), *arguments],
            env=self._quiet_variables(),
            stdin=subprocess.DEVNULL,
            check=False,
            pass_fds=self.inherited(),
        ).returncode

    def _quiet_variables(self) -> dict[str, str]:
        """Make the variables for what was installed: vLLM tells errors only."""
        return {"VLLM_LOGGING_LEVEL": "ERROR", **self.variables}

    def _run(self, command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            pass_fds=self.inherited(),
        )


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
