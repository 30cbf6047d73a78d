"""Whether what players say can be remembered."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from ..dialogue.memory_file import StoreError, inspect, usual_file
from ..settings import NO_MEMORY, Settings
from .finding import Finding, ok, problem, warning

_LITTLE: Final = 1 << 28
"""Bytes of the disk below which it's worth a word: some 250,000 exchanges."""


def examine_memory(settings: Settings) -> Finding:
    """Look at the file that a server with these settings has its memory in, or will have."""
    if settings.memory == NO_MEMORY:
        return ok("memory", "what is said is remembered only while the server runs.")
    try:
        file = settings.memory or usual_file()
        exchanges = inspect(file) if file.exists() else None
        folder = _folder(file)
        if not os.access(folder, os.W_OK | os.X_OK):
            return problem(
                "memory", f"{file} can't be made: this user may not write to {folder}; name another with --memory."
            )
        free = shutil.disk_usage(folder).free
    except StoreError as error:
        return problem("memory", str(error))
    except OSError as error:
        return problem("memory", f"{settings.memory} can't be looked at: {error.strerror}; name another with --memory.")
    held = "which will be made" if exchanges is None else f"{exchanges:,} exchange{'' if exchanges == 1 else 's'}"
    if free < _LITTLE:
        return warning("memory", f"{file}, {held}; its disk has only {free >> 20} MiB left. Make room there.")
    return ok("memory", f"{file}, {held}.")


def _folder(file: Path) -> Path:
    """Return the file's folder, or the nearest above that is there."""
    return next(folder for folder in file.absolute().parents if folder.exists())
