"""Memory, disk and open files against what a server needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loquent.doctor.capacity import examine_disk, examine_gpu_memory, examine_memory
from loquent.doctor.finding import Finding, Mark
from loquent.gpus import Gpu

GIB = 1 << 30


def test_too_little_memory_is_a_problem_that_says_how_much_there_is() -> None:
    finding = examine_memory(3 * GIB, 2 * GIB, running=False)
    assert finding == Finding(
        Mark.PROBLEM,
        "memory",
        "the model needs about 3.0 GiB, and 2.0 GiB are free: close other programs, or choose a smaller model.",
    )
    assert examine_memory(3 * GIB, 3 * GIB, running=False).mark is Mark.OK
    assert examine_memory(3 * GIB, None, running=False).mark is Mark.WARNING


def test_a_server_that_runs_has_its_memory_already() -> None:
    finding = examine_memory(3 * GIB, GIB, running=True)
    assert finding.mark is Mark.WARNING
    assert "not for another beside it" in finding.text


def test_the_gpu_that_has_most_counts() -> None:
    small, large = Gpu("small", 8192, 4096, "580"), Gpu("large", 24576, 20480, "580")
    assert examine_gpu_memory(16 * GIB, [small, large]).mark is Mark.OK
    finding = examine_gpu_memory(19 * GIB, [large, small])
    assert finding.mark is Mark.WARNING
    assert "20.0 GiB are free on large" in finding.text


def test_a_disk_without_room_is_a_problem_also_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert examine_disk(tmp_path / "a" / "b", 1).mark is Mark.OK
    finding = examine_disk(tmp_path / "a" / "b", 1 << 60)
    assert finding.mark is Mark.PROBLEM
    assert str(tmp_path / "a" / "b") in finding.text


def test_a_folder_that_cannot_be_written_to_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # for root, everything can be
    assert examine_disk(tmp_path, 0).mark is Mark.OK, "nothing has to be"
    finding = examine_disk(tmp_path / "a", 1)
    assert finding.mark is Mark.PROBLEM
    assert f"nothing can be written into {tmp_path}:" in finding.text


def test_open_files_are_compared_with_what_can_be_asked_for() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 1000))\n"
        "from loquent.doctor.capacity import examine_descriptors; from loquent.settings import Settings\n"
        "print(examine_descriptors(Settings(connections=400)).mark, examine_descriptors(Settings(connections=500)))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.startswith("ok warning ")
    assert "500 connections want 1012, and the system allows 1000" in said
