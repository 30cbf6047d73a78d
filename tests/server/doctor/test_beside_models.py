"""What the doctor says of the models that run beside the one that replies."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from loquent.doctor import besides as module
from loquent.doctor.besides import Beside, look_besides
from loquent.doctor.finding import Mark
from loquent.engines import embedded_minilm
from loquent.settings import Settings

MIB = 1 << 20

needs_vllm = pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vLLM comes with `make setup`")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a CLIP model of some size, which is the embedded one as well, on a CPU."""
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(bytes(3 * MIB))
    monkeypatch.setattr(module, "is_cpu_build", lambda: True)
    monkeypatch.setattr(embedded_minilm, "folder", lambda: tmp_path)
    return tmp_path


def looked(settings: Settings) -> dict[str, Beside]:
    return {beside.finding.about: beside for beside in look_besides(settings)}


@needs_vllm
def test_the_embedded_model_is_named_with_what_it_takes() -> None:
    found = looked(Settings())
    assert set(found) == {"embeddings"}
    finding, needed = found["embeddings"]
    assert finding.mark is Mark.OK
    assert finding.text.startswith("all-MiniLM-L6-v2, in its package. It takes about ")
    assert needed > 3 * MIB


def test_without_its_package_there_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_minilm, "folder", lambda: None)
    finding, needed = looked(Settings())["embeddings"]
    assert (finding.mark, needed) == (Mark.WARNING, 0)
    assert "make setup" in finding.text


def test_what_is_turned_off_is_well() -> None:
    finding, needed = looked(Settings(embeddings="none"))["embeddings"]
    assert (finding.mark, needed) == (Mark.OK, 0)


def test_a_script_has_none_unless_asked() -> None:
    assert looked(Settings(engine="scripted")) == {}


@needs_vllm
def test_a_folder_for_recognition_is_named_with_what_it_takes(folder: Path) -> None:
    finding, needed = looked(Settings(engine="scripted", recognition=str(folder)))["recognition"]
    assert finding.mark is Mark.OK
    assert str(folder) in finding.text
    assert needed > 3 * MIB


@pytest.mark.parametrize("setting", ["embeddings", "recognition"])
def test_a_folder_that_is_not_there_is_a_problem(setting: str) -> None:
    finding, _ = looked(Settings(**{setting: "./nowhere"}))[setting]  # type: ignore[arg-type]
    assert finding.mark is Mark.PROBLEM
    assert f"--{setting}" in finding.text or "vLLM" in finding.text


def test_another_kind_of_model_is_a_problem(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "bert"}')
    finding, _ = looked(Settings(recognition=str(folder)))["recognition"]
    assert finding.mark is Mark.PROBLEM
    assert "bert" in finding.text


def test_without_vllm_neither_can_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    finding, _ = looked(Settings(recognition=str(folder)))["recognition"]
    assert finding.mark is Mark.PROBLEM
    assert "make setup" in finding.text
