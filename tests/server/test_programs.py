"""Other programs: what they say, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from loquent.programs import said
from support.checkout import program


def test_a_program_that_fails_or_is_not_there_has_said_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path / "well", 'echo " $1 \n"')
    program(tmp_path / "ill", "echo x; exit 1")
    (tmp_path / "broken").write_bytes(b"\x7fELF")
    (tmp_path / "broken").chmod(0o755)
    assert said("well", "a b") == "a b"
    assert said("ill") is None
    assert said("broken") is None
    assert said("no-such-program") is None
