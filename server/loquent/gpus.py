"""The NVIDIA GPUs of this machine, as their driver tells of them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .programs import said

_NVIDIA_SMI: Final = ("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi")


class Gpu(NamedTuple):
    """An NVIDIA GPU, as its driver describes it."""

    name: str
    total_mib: int
    free_mib: int
    driver: str


def find_gpus() -> list[Gpu]:
    """Ask NVIDIA's driver for its GPUs; none if there is no driver, or it doesn't answer."""
    query = ("--query-gpu=name,memory.total,memory.free,driver_version", "--format=csv,noheader,nounits")
    answer = next((answer for program in _NVIDIA_SMI if (answer := said(program, *query)) is not None), "")
    fields = (re.fullmatch(r"(.+), *(\d+), *(\d+), *([\d.]+)", line.strip()) for line in answer.splitlines())
    return [Gpu(each[1], int(each[2]), int(each[3]), each[4]) for each in fields if each]
