"""Whether there is an NVIDIA GPU here that vLLM can use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from bootstrap.machine import ask

OLDEST_DRIVER = 580
"""NVIDIA's oldest driver that runs CUDA 13, which the locked PyTorch is built with."""
OLDEST_GPU = 7.5
"""The compute capability of the oldest GPUs that CUDA 13 runs on (Turing)."""


def gpu_signs() -> list[str]:
    """Files that are there when an NVIDIA GPU may be: a look at them is quick, asking the driver can take seconds."""
    signs = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/usr/lib/wsl/lib/nvidia-smi")
    return [sign for sign in signs if os.path.exists(sign)]  # noqa: PTH110


def judge_gpus(report: str) -> tuple[bool, str | None]:
    """Whether a GPU is usable, from nvidia-smi's lines "name, driver version, compute capability", and if not, why."""
    reason = None
    for line in report.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 3:
            continue
        name, driver, capability = fields
        major = re.match(r"\d+", driver)
        if major and int(major.group()) < OLDEST_DRIVER:
            reason = (
                f"The NVIDIA driver {driver} is too old for {name}: update it to {OLDEST_DRIVER} or newer, then run "
                "'LOQUENT_SETUP_ENGINE=auto make setup'; until then the CPU is used."
            )
        elif re.fullmatch(r"\d+\.\d+", capability) and float(capability) < OLDEST_GPU:
            reason = f"{name} is older than what vLLM's CUDA 13 runs on: the CPU is used."
        else:
            return True, None
    return False, reason


def find_gpu() -> tuple[bool, str | None]:
    """Whether this machine has an NVIDIA GPU that vLLM can use, and if it has one that it can't use, why."""
    program = shutil.which("nvidia-smi") or shutil.which("/usr/lib/wsl/lib/nvidia-smi")
    if program is None:
        return _cuda_loads(), None
    try:
        listed = ask([program, "-L"])
        if "GPU " not in listed:
            return False, None
        fields = "--query-gpu=name,driver_version,compute_cap"
        return judge_gpus(ask([program, fields, "--format=csv,noheader"]))
    except (OSError, subprocess.SubprocessError):
        return False, None


def _cuda_loads() -> bool:
    if not Path("/dev/nvidia0").exists():
        return False
    import ctypes

    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
