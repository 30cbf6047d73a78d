"""What the set-up finds out about a machine, and what it says where Loquent can't run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bootstrap import gpu, interpreter
from bootstrap.machine import machine_refusal
from support.checkout import program


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 15), (4, 0)])
def test_a_python_that_does_not_fit_is_told_which_would(version: tuple[int, int]) -> None:
    refusal = interpreter.python_refusal(version)
    assert refusal is not None
    assert f"this is Python {version[0]}.{version[1]}" in refusal
    assert "3.11 to 3.14" in refusal


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_the_pythons_of_the_locks_are_taken(version: tuple[int, int]) -> None:
    assert interpreter.python_refusal(version) is None


def test_another_python_is_found_and_one_that_does_not_work_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "python3.13", "exit 127")
    program(tmp_path / "python3.11", "echo 3 11")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert interpreter.other_python() == str(tmp_path / "python3.11")
    (tmp_path / "python3.11").unlink()
    assert interpreter.other_python() is None


def test_the_set_up_goes_on_under_the_other_python(monkeypatch: pytest.MonkeyPatch) -> None:
    class Replaced(BaseException):
        """This process would be another now."""

    def execv(path: str, arguments: list[str]) -> None:
        assert path == arguments[0] == "/python3.11"
        assert (Path(arguments[1]) / "__main__.py").is_file()
        assert arguments[2:] == ["--dev"]
        raise Replaced

    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(sys, "argv", ["server/bootstrap", "--dev"])
    monkeypatch.setattr(interpreter, "other_python", lambda: "/python3.11")
    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(Replaced):
        interpreter.require_python()


def test_a_missing_venv_module_names_the_package_of_that_python() -> None:
    assert "'sudo apt install python3.12-venv'" in interpreter.venv_missing((3, 12), has_apt=True)
    assert "apt" not in interpreter.venv_missing((3, 12), has_apt=False)


@pytest.mark.parametrize(
    ("engine", "system", "machine", "flags", "says"),
    [
        ("cpu", "Windows", "AMD64", None, "WSL2"),
        ("none", "Windows", "AMD64", None, "WSL2"),
        ("cpu", "Darwin", "arm64", None, "LOQUENT_SETUP_ENGINE=none make setup"),
        ("gpu", "FreeBSD", "x86_64", None, "FreeBSD"),
        ("cpu", "Linux", "riscv64", None, "riscv64"),
        ("cpu", "Linux", "x86_64", "fpu sse2 avx", "AVX2"),
        ("none", "Darwin", "arm64", None, None),
        ("none", "Linux", "riscv64", None, None),
        ("cpu", "Linux", "x86_64", "fpu sse2 avx avx2", None),
        ("cpu", "Linux", "x86_64", None, None),
        ("cpu", "Linux", "aarch64", None, None),
        ("gpu", "Linux", "x86_64", "fpu sse2 avx", None),
    ],
)
def test_a_machine_that_vllm_has_no_build_for_is_told_what_to_do(
    engine: str, system: str, machine: str, flags: str | None, says: str | None
) -> None:
    refusal = machine_refusal(engine, system, machine, flags)
    if says is None:
        assert refusal is None
    else:
        assert refusal is not None
        assert says in refusal


@pytest.mark.parametrize(
    ("report", "usable", "says"),
    [
        ("NVIDIA GeForce RTX 3060, 581.29, 8.6\n", True, None),
        ("NVIDIA GeForce GTX 1080, 581.29, 6.1\n", False, "GTX 1080 is older"),
        ("NVIDIA GeForce RTX 3060, 535.104.05, 8.6\n", False, "update it to 580"),
        ("NVIDIA GeForce GTX 1080, 581.29, 6.1\nNVIDIA L4, 581.29, 8.9\n", True, None),
        ("NVIDIA GB10, [N/A], [N/A]\n", True, None),
        ("", False, None),
        ("No devices were found\n", False, None),
    ],
)
def test_a_gpu_is_taken_if_cuda_13_runs_on_it(report: str, usable: bool, says: str | None) -> None:
    found, reason = gpu.judge_gpus(report)
    assert found is usable
    if says is None:
        assert reason is None
    else:
        assert reason is not None
        assert says in reason


def test_a_gpu_is_found_through_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    listing = 'case "$1" in -L) echo "GPU 0: NVIDIA L4 (UUID: GPU-1)";; *) echo "NVIDIA L4, 581.29, 8.9";; esac'
    program(tmp_path / "nvidia-smi", listing)
    assert gpu.find_gpu() == (True, None)
    program(tmp_path / "nvidia-smi", "echo 'NVIDIA-SMI has failed'; exit 9")
    assert gpu.find_gpu() == (False, None)
    program(tmp_path / "nvidia-smi", "exit 0")
    assert gpu.find_gpu() == (False, None)
