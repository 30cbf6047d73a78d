"""On what something was measured: figures of speed mean nothing without it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from ..gpus import find_gpus


def this_machine() -> dict[str, Any]:
    """Describe this machine: system, processor, cores this process may use, memory in MiB, and NVIDIA GPUs."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mib": _memory_mib(),
        "gpus": [f"{gpu.name}, {gpu.total_mib} MiB" for gpu in find_gpus()],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_mib() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, ValueError, OSError):
        return None
