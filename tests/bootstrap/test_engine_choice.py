"""Which engine the set-up takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bootstrap import engine_choice
from bootstrap.failure import SetupError
from bootstrap.state import State


def test_the_engine_can_be_wished_for_and_a_wrong_wish_is_told() -> None:
    assert engine_choice.wished_engine({}) is None
    assert engine_choice.wished_engine({"LOQUENT_SETUP_ENGINE": " GPU "}) == "gpu"
    assert engine_choice.wished_engine({"LOQUENT_SETUP_ENGINE": "auto"}) == "auto"
    with pytest.raises(SetupError, match="cpu, gpu, none"):
        engine_choice.wished_engine({"LOQUENT_SETUP_ENGINE": "cuda"})


@pytest.mark.parametrize("name", ["cpu", "GPU", "none", "auto"])
def test_the_servers_variable_is_not_the_set_ups_and_the_right_one_is_told(name: str) -> None:
    """LOQUENT_ENGINE is the server's setting `engine`: whoever means the set-up by it would get neither."""
    with pytest.raises(SetupError, match=f"LOQUENT_SETUP_ENGINE={name.lower()}"):
        engine_choice.wished_engine({"LOQUENT_ENGINE": name})
    assert engine_choice.wished_engine({"LOQUENT_ENGINE": "scripted", "LOQUENT_SETUP_ENGINE": "none"}) == "none"


def test_a_choice_holds_until_another_and_a_finding_until_the_machine_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_choice, "gpu_signs", lambda: ["/dev/nvidia0"])
    state = {"engine": "cpu", "chosen": True, "signs": [], "home": [], "done": {}}

    def known(**environ: str) -> object:
        (tmp_path / ".venv").mkdir(exist_ok=True)
        (tmp_path / ".venv" / "loquent-setup.json").write_text(json.dumps(state), encoding="utf-8")
        return engine_choice.known_engine(environ, State(tmp_path / ".venv"))

    assert known() == "cpu"
    assert known(LOQUENT_SETUP_ENGINE="none") == "none"
    assert known(LOQUENT_SETUP_ENGINE="auto") is None
    state["chosen"] = False
    assert known() is None
    state["signs"] = ["/dev/nvidia0"]
    assert known() == "cpu"
    (tmp_path / ".venv" / "loquent-setup.json").write_text("{", encoding="utf-8")
    assert engine_choice.known_engine({}, State(tmp_path / ".venv")) is None
