"""A server as its user starts it: a process of its own, with real vLLM and the embedded model unless told otherwise."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

START_SECONDS = 300
"""How long the model may take to load on a machine that has better things to do."""


_MODULES = [Path(__file__).parents[1], Path(__file__).parents[2] / "server"]
"""Where the tests' own modules are, and the server's."""


class ServerProcess:
    """A running `loquent serve`.

    Args:
        arguments: further ones of the command.
        command: the module that is run, and its first arguments.
        port: where it listens; 0 for any that is free.
        how: for `subprocess.Popen`.
    """

    def __init__(
        self, *arguments: str, command: Sequence[str] = ("loquent", "serve"), port: int = 0, **how: Any
    ) -> None:
        environment = dict(how.pop("env", os.environ))
        environment["PYTHONPATH"] = os.pathsep.join(map(str, _MODULES))  # wherever the one who starts it has it from
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", str(port), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=environment,
            **how,
        )
        self.lines: list[str] = []
        """What it has printed so far."""
        self._printed: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self._wait_ready()

    @property
    def http(self) -> str:
        """Where its plain HTTP is."""
        return self.url.replace("ws://", "http://")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self._printed.put(line)
        self._printed.put(None)

    def _wait_ready(self) -> str:
        while True:
            line = self._printed.get(timeout=START_SECONDS)
            if line is None:
                raise AssertionError("the server ended:\n" + "".join(self.lines))
            ready = re.match(r"Ready at (wss?://\S+:\d+) ", line)
            if ready:
                return ready.group(1)

    def health(self) -> tuple[int, dict[str, str]]:
        """Return status and body of /healthz."""
        try:
            with urllib.request.urlopen(f"{self.http}/healthz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def processes(self) -> dict[int, str]:
        """Return all processes below the server, each with its command line."""
        return processes_below(self.process.pid)

    def engine_core(self) -> int:
        """Return the process that runs the model: the one below the server that has the most memory."""
        return max(self.processes(), key=resident_bytes)

    def stop(self) -> int:
        """Stop it as Ctrl-C does; returns the exit status."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=60)
        finally:
            self.kill()

    def wait_for(self, words: str, count: int = 1) -> str:
        """Wait until so many lines with these words have been printed; returns the last of them."""
        while True:
            found = [line for line in list(self.lines) if words in line]
            if len(found) >= count:
                return found[count - 1]
            if self._printed.get(timeout=START_SECONDS) is None:
                raise AssertionError("the server ended:\n" + "".join(self.lines))

    def kill(self) -> None:
        """Kill it, which it can do nothing about."""
        self.process.kill()
        self.process.wait()
        self._reader.join(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()


def processes_below(pid: int) -> dict[int, str]:
    """Return all processes that a process has started, directly or not, each with its command line."""
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        for children in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                for child in map(int, children.read_text().split()):
                    found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ").strip()
                    waiting.append(child)
    return found


def gone(processes: Iterable[int], seconds: float = 15) -> bool:
    """Wait for processes to end; tells whether all have."""
    deadline = time.monotonic() + seconds
    for pid in processes:
        while Path(f"/proc/{pid}").exists():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    return True


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
