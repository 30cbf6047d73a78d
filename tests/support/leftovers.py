"""What an engine leaves behind, or should not: processes, files, shared memory."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from support.server_process import processes_below


def left_in(folder: Path) -> list[str]:
    """What a folder for temporary files holds, but for torch's cache, which has one name for ever."""
    return [path.name for path in folder.iterdir() if not path.name.startswith("torchinductor_")]


def session(leader: int) -> list[str]:
    """The numbers of the processes that run in a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[3]) == leader:
                found.append(stat.parent.name)
    return found


def children() -> list[str]:
    """The engine's processes below this one: not Python's tracker of resources, nor a server that other tests have started."""
    ours = session(os.getsid(0))
    below = processes_below(os.getpid())
    return [line for pid, line in below.items() if str(pid) in ours and "resource_tracker" not in line]


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and that its parent hasn't asked for yet doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def shared_memory(pid: int) -> set[str]:
    """The files in shared memory that a process uses."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {line.split()[-1] for line in lines if "/dev/shm/" in line}


def open_descriptors() -> int:
    """How many file descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def private_bytes(pid: int | str = "self") -> int:
    """The memory of a process that is in no file: what it has allocated."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon:")).split()[1]) << 10
