"""GPUs: what their driver says of them, and nothing where it says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from loquent.gpus import Gpu, find_gpus
from support.checkout import program

HERE = Gpu("NVIDIA GeForce RTX 4070", 12282, 11000, "580.65.06")


def test_the_driver_is_asked_for_its_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_gpus() == []
    program(tmp_path / "nvidia-smi", "echo 'NVIDIA GeForce RTX 4070, 12282, 11000, 580.65.06'; echo 'nonsense'")
    assert find_gpus() == [HERE]
    program(tmp_path / "nvidia-smi", "echo 'has failed because it could not communicate with the driver'; exit 9")
    assert find_gpus() == []
