"""The command, as its user has it: a server in a process of its own, a run to its end, somebody at a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

COMMAND = [sys.executable, "-m", "loquent"]


class Server:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], ready: str) -> None:
        self.process = process
        self.ready = ready
        found = re.search(r"ws://127\.0\.0\.1:(\d+)", ready)
        assert found, ready
        self.url = found.group()
        self.port = found.group(1)


@contextmanager
def server(*arguments: str) -> Iterator[Server]:
    """Start a server with a script instead of a model on a free port; wait until it says that it's ready."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--engine", "scripted", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Server(process, process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False)


class Terminal:
    """The command at a terminal, with somebody typing."""

    def __init__(self, *arguments: str) -> None:
        self._process, self._fd = pty.fork()
        if self._process == 0:
            os.execv(sys.executable, [*COMMAND, *arguments])
        self.seen = ""

    def until(self, wanted: str) -> None:
        """Read until something stands on the screen."""
        deadline = time.monotonic() + 30
        while wanted not in self.seen:
            if not select.select([self._fd], [], [], max(0, deadline - time.monotonic()))[0]:
                pytest.fail(f"{wanted!r} never came; the screen: {self.seen!r}")
            self.seen += self._read()

    def shows(self, wanted: str, seconds: float, after_typing: str) -> bool:
        """Type, and tell whether something then comes within so many seconds."""
        self.type(after_typing)
        while wanted not in self.seen:
            if not select.select([self._fd], [], [], seconds)[0]:
                return False
            self.seen += self._read()
        return True

    def _read(self) -> str:
        try:
            return os.read(self._fd, 4096).decode()
        except OSError:  # what a terminal gives when the program has gone
            pytest.fail(f"the program has ended; the screen: {self.seen!r}")

    def type(self, keys: str) -> None:
        """Type; what is on the screen so far is forgotten."""
        self.seen = ""
        os.write(self._fd, keys.encode())

    def ended(self, typing: str = "") -> int:
        """Wait for the program's end, typing whenever nothing has come for a while; returns its exit status."""
        while True:
            if typing and not select.select([self._fd], [], [], 0.5)[0]:
                self.type(typing)
            try:
                if not os.read(self._fd, 4096):
                    break
            except OSError:
                break
        status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        os.close(self._fd)
        return status
