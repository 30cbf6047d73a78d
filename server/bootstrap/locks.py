"""Which files of server/locks an engine is installed from, and the stamps by which a change of them is noticed."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCKS: dict[str, tuple[str, ...]] = {
    "none": ("base.txt",),
    "cpu": ("torch-cpu.txt", "cpu.txt"),
    "gpu": ("gpu.txt",),
}
"""What each engine installs. The files of an engine are installed side by side."""

FORMAT = 1
"""Part of the stamps: to be raised when the set-up does something else with the same files."""


def folder(root: Path) -> Path:
    """Where the locks of this checkout are."""
    return root / "server" / "locks"


def stamps(root: Path, engine: str, *, dev: bool) -> dict[str, str]:
    """Compute what the stamp of each step must be for it to be done in this checkout."""
    locks = folder(root)
    files = [locks / name for name in LOCKS[engine]]
    stamps = {
        "pip": fingerprint([locks / "pip.txt"]),
        "packages": fingerprint(files, engine),
        "project": fingerprint([root / "pyproject.toml"], str(root)),
    }
    if engine == "cpu":
        stamps["model"] = fingerprint(files, "model")
    if dev:
        stamps["dev"] = fingerprint([locks / "dev.txt"], engine)
    return stamps


def fingerprint(files: Sequence[Path], *words: str) -> str:
    """Hash the contents of these files, and these words."""
    digest = hashlib.sha256(repr((FORMAT, words)).encode())
    for file in files:
        content = file.read_bytes()
        digest.update(b"%d " % len(content) + content)
    return digest.hexdigest()


def count_pins(lock: str) -> int:
    """How many packages this lock names: a few more than are installed, where markers leave some out."""
    return len(re.findall(r"^[A-Za-z0-9][^=\s]*==", lock, re.MULTILINE))
