"""What happens to a memory's file from outside: another program that holds it, a disk that is full, a player who is erased."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from loquent.dialogue.memory_file import connect
from loquent.players import erase_player


@contextmanager
def holding(file: Path) -> Iterator[None]:
    """Keep everybody else from writing, as a program does that changes the file."""
    with closing(connect(file, wait_seconds=5)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def erase(file: Path, player: str) -> None:
    """Erase a player as the command does."""
    erase_player(file, player)


@contextmanager
def small_disk(folder: Path, size: str = "512k") -> Iterator[Path]:
    """Yield a folder on a disk that is soon full."""
    disk = folder / "disk"
    disk.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], check=False).returncode
    ):
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)
