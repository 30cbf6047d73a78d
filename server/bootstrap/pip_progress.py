"""How far pip is, read from what it says and told in a few lines."""

from __future__ import annotations

import re
import threading
import time

SHOWN_FROM_MB = 20.0
"""Files from this size on are named while they are downloaded."""


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
