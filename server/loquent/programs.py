"""Other programs, asked for what they know of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Final

_SECONDS: Final = 20.0
"""How long one may take; a GPU's driver that is just waking up takes some."""

_ADMINISTRATORS: Final = ("/usr/sbin", "/sbin")
"""Folders that aren't on everybody's path."""


def said(program: str, *arguments: str) -> str | None:
    """Return what a program prints, without the white space around; None if it isn't there, fails, or takes too long."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_ADMINISTRATORS))
    found = shutil.which(program, path=path)
    if found is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the programs and their arguments are ours
            [found, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
