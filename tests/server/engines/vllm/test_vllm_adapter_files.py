"""What is found out of adapters before vLLM sees them. Runs without vLLM."""

from __future__ import annotations

import json
import struct
import tempfile
from pathlib import Path

import pytest

from loquent.engines.base import EngineStartError
from loquent.engines.vllm.adapters import Adapters

Q = "base_model.model.model.layers.0.self_attn.q_proj"


def weights(file: Path, **shapes: list[int]) -> None:
    """Write a safetensors file of zeros."""
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * shape[0] * shape[1]
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))


def adapter(folder: Path, *, rank: int = 8, inner: int = 16, outer: int = 32, kind: str = "LORA") -> str:
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": kind, "r": rank}))
    weights(
        folder / "adapter_model.safetensors",
        **{f"{Q}.lora_A.weight": [rank, inner], f"{Q}.lora_B.weight": [outer, rank]},
    )
    return str(folder)


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "model").mkdir()
    weights(tmp_path / "model" / "model.safetensors", **{"model.layers.0.self_attn.q_proj.weight": [32, 16]})
    return str(tmp_path / "model")


def refusal(name: str, model: str = "") -> str:
    with pytest.raises(EngineStartError) as caught:
        Adapters([name]).arguments(model)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_without_adapters_nothing_is_asked_of_vllm() -> None:
    assert Adapters().arguments("anywhere", on_cpu=True) == []


def test_room_is_asked_for_what_there_is(tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [adapter(tmp_path / "a", rank=9), adapter(tmp_path / "b", rank=4)]
    assert Adapters([*names, names[0]]).arguments(model) == [
        "--enable-lora",
        "--max-lora-rank",
        "16",
        "--max-loras",
        "2",
        "--max-cpu-loras",
        "6",
    ]
    # On the CPU replies without an adapter have one too, which changes nothing.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    adapters = Adapters(names)
    arguments = adapters.arguments(model, on_cpu=True)
    assert arguments[arguments.index("--max-loras") + 1] == "3"
    assert len(list((tmp_path / "scratch").iterdir())) == 1
    adapters.close()
    adapters.close()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_is_no_adapter_is_told(tmp_path: Path) -> None:
    for name, files in {
        "empty": {},
        "broken": {"adapter_config.json": "{"},
        "list": {"adapter_config.json": "[]"},
        "bare": {"adapter_config.json": '{"peft_type": "LORA", "r": 8}'},
        "pickle": {"adapter_config.json": '{"peft_type": "LORA", "r": 8}', "adapter_model.bin": "x"},
        "cut": {"adapter_config.json": '{"peft_type": "LORA", "r": 8}', "adapter_model.safetensors": "x"},
    }.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
    assert "has no adapter_config.json" in refusal(str(tmp_path / "empty"))
    assert "can't be read" in refusal(str(tmp_path / "broken"))
    assert "can't be read" in refusal(str(tmp_path / "list"))
    for name in ("bare", "pickle", "cut"):
        assert "adapter_model.safetensors is missing" in refusal(str(tmp_path / name))
    weights(tmp_path / "bare" / "adapter_model.safetensors", other=[2, 2])
    assert "adapter_model.safetensors is missing" in refusal(str(tmp_path / "bare"))
    assert "There is no folder" in refusal(str(tmp_path / "gone"))
    assert "There is no folder" in refusal("a/b/c")
    assert "is of the type IA3" in refusal(adapter(tmp_path / "other", kind="IA3"))
    assert "ranks from 1 to 512" in refusal(adapter(tmp_path / "huge", rank=513))


def test_one_that_the_hub_does_not_have_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "can't be fetched from the hub: check its name and the network" in refusal("no-such-people/no-such-adapter")


def test_one_for_another_model_is_told(tmp_path: Path, model: str) -> None:
    assert "doesn't fit the model" in refusal(adapter(tmp_path / "narrow", inner=15), model)
    assert "doesn't fit the model" in refusal(adapter(tmp_path / "short", outer=8), model)
    # Of a model on the hub, the shapes aren't known yet.
    assert Adapters([str(tmp_path / "narrow")]).arguments("org/model")
