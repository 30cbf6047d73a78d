"""What the machine has for a server: memory, disk, files at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..descriptors import most_descriptors, wanted_descriptors
from ..gpus import Gpu
from ..settings import Settings
from .finding import Finding, ok, problem, warning

_GIB: Final = 1 << 30

_BESIDES_WEIGHTS: Final = 2 * _GIB
"""What vLLM takes of a GPU besides weights, at the least: its own buffers, and a key-value cache for some conversations."""


def examine_memory(needed: int, available: int | None, *, running: bool) -> Finding:
    """Compare what the model needs with what is free.

    Args:
        needed: bytes.
        available: bytes; None if nobody knows.
        running: whether a server runs here already, which has its part.
    """
    if available is None:
        return warning("memory", f"the model needs about {_gib(needed)}; how much is free can't be found out here.")
    if needed <= available:
        return ok("memory", f"the model needs about {_gib(needed)}, and {_gib(available)} are free.")
    text = f"the model needs about {_gib(needed)}, and {_gib(available)} are free"
    if running:
        return warning("memory", f"{text}: enough for the server that runs, not for another beside it.")
    return problem("memory", f"{text}: close other programs, or choose a smaller model.")


def examine_gpu_memory(weights: int, gpus: Sequence[Gpu]) -> Finding:
    """Compare a model's weights, in bytes, with what is free on the GPU that has most."""
    gpu = max(gpus, key=lambda gpu: gpu.free_mib)
    free = gpu.free_mib << 20
    text = f"the model's weights have {_gib(weights)}, and {_gib(free)} are free on {gpu.name}"
    if weights + _BESIDES_WEIGHTS <= free:
        return ok("memory", f"{text}.")
    return warning(
        "memory",
        f"{text}: with what vLLM needs besides, that's hardly enough. Close other programs that use it, choose a smaller or a "
        "quantised model, or share it out (-- --tensor-parallel-size).",
    )


def examine_disk(folder: Path, needed: int) -> Finding:
    """Look whether a folder, which needn't be there yet, takes so many bytes more."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return problem("disk", f"{there} can't be looked at ({error.strerror}).")
    if needed and not os.access(there, os.W_OK | os.X_OK):
        return problem(
            "disk",
            f"nothing can be written into {there}: allow it, or set LOQUENT_CACHE (HF_HOME for a hub's models) to another folder.",
        )
    if free < needed:
        return problem("disk", f"{folder} needs {_gib(needed)}, and {_gib(free)} are free there: make some room.")
    return ok("disk", f"{_gib(free)} are free in {there}.")


def examine_descriptors(settings: Settings) -> Finding:
    """Compare how many files the server may have open with its limit of connections."""
    most, wanted = most_descriptors(), wanted_descriptors(settings)
    if most is None or most >= wanted:
        return ok("open files", f"enough for {settings.connections} connections.")
    return warning(
        "open files",
        f"{settings.connections} connections want {wanted}, and the system allows {most}: raise the hard limit (`ulimit -Hn`, "
        "LimitNOFILE= of a systemd unit), or lower --connections.",
    )


def _gib(size: int) -> str:
    return f"{size / _GIB:.1f} GiB"
