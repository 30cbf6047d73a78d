"""What the set-up does about an engine that wouldn't load."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootstrap.engine_check import drop_broken_companions
from bootstrap.environment import Environment
from support.checkout import program


def test_a_torchvision_that_does_not_import_is_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = tmp_path / "calls"
    environment = Environment(tmp_path, {**os.environ, "CALLS": str(calls)})
    environment.python = tmp_path / "python"
    program(environment.python, 'echo "$*" >> "$CALLS"; [ "$1" != -c ]')
    drop_broken_companions(environment)
    assert not calls.exists(), "there is none to look at"

    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "torchvision").mkdir(parents=True)
    drop_broken_companions(environment)
    looked, removed = calls.read_text(encoding="utf-8").splitlines()
    assert looked == "-c import torchvision"
    assert removed == "-m pip uninstall --yes --quiet torchvision torchaudio torchcodec"
    assert "Removed torchvision" in capsys.readouterr().out

    calls.unlink()
    program(environment.python, 'echo "$*" >> "$CALLS"')
    drop_broken_companions(environment)
    assert calls.read_text(encoding="utf-8").splitlines() == ["-c import torchvision"]
    assert capsys.readouterr().out == ""
