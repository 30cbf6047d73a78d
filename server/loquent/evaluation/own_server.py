"""A server of its own for an evaluation: in a process of its own, on a free port of this machine, for as long as it's needed."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from ..client import ClientError
from ..configuration.reading import Configuration
from ..configuration.sources import OTHER_VARIABLES
from ..configuration.writing import settings_file

_READY: Final = re.compile(r"Ready at (wss?://\S+:\d+) with ")
_STOP_SECONDS: Final = 30.0
_LAST_LINES: Final = 20

_INSTEAD: Final[dict[str, Any]] = {
    "host": "127.0.0.1",
    "port": 0,
    "tokens": None,
    "allow_anonymous": False,
    "certificate": None,
    "certificate_key": None,
    "memory": Path("none"),
    "drain_seconds": 1.0,
    "traces": None,
}
"""The settings that an evaluation's server has, whatever a server for players has: nobody else finds it."""


@contextlib.contextmanager
def own_server(configuration: Configuration, report: Callable[[str], None]) -> Iterator[str]:
    """Run a server, and stop it in the end.

    Args:
        configuration: as it would serve with; but who may come in, and where, is another matter.
        report: told what it says while it starts.

    Yields:
        its address.

    Raises:
        ClientError: it doesn't start.
    """
    with _terminated_as_interrupted(), tempfile.TemporaryDirectory(prefix="loquent-evaluate-") as folder:
        file = Path(folder, "settings.toml")
        file.write_text(_settings(configuration), encoding="utf-8")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LOQUENT_") or name in OTHER_VARIABLES
        }
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "loquent", "serve", "--settings", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=kept,
            start_new_session=True,  # Ctrl-C is for us; the server ends when what it has answered is written down
        )
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(process, lines), name="server's lines", daemon=True)
        reader.start()
        try:
            yield _wait_ready(lines, report)
        finally:
            _stop(process)
            reader.join(timeout=_STOP_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


@contextlib.contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end us as Ctrl-C does, so that no server is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _settings(configuration: Configuration) -> str:
    """Write the settings that it's started with."""
    known = {field.name for field in fields(configuration.settings)}
    instead = {name: value for name, value in _INSTEAD.items() if name in known}
    settings = replace(configuration.settings, **instead)
    return settings_file(replace(configuration, settings=settings))


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    with contextlib.suppress(ValueError):  # closed while it reads
        for line in process.stdout or ():
            lines.put(line.rstrip())
    lines.put(None)


def _wait_ready(lines: queue.SimpleQueue[str | None], report: Callable[[str], None]) -> str:
    said: deque[str] = deque(maxlen=_LAST_LINES)
    while True:
        line = lines.get()
        if line is None:
            last = next((each for each in reversed(said) if each.startswith("loquent: ")), "").removeprefix("loquent: ")
            raise ClientError(last or "\n".join(["The server for the evaluation has ended. It said:", *said]))
        said.append(line)
        ready = _READY.match(line)
        if ready:
            return ready.group(1)
        if not line.startswith("Settings from "):  # they are ours, in a file that's gone when it could be looked at
            report(line)


def _stop(process: subprocess.Popen[str]) -> None:
    """Ask it to stop, and end it if it doesn't."""
    for number in (signal.SIGTERM, signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
