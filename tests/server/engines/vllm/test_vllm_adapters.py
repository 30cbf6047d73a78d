"""LoRA adapters on the real engine: small random ones for the embedded model, of which one changes what it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from loquent.engines.base import Choice, EngineLacks, EngineStartError, Finish, Message, Request, Sampling
from loquent.engines.vllm.engine import VllmEngine
from support.real_vllm import MARKS

pytestmark = MARKS

WIDTH, KEYS, LAYERS = 576, 192, 30
"""Of the embedded model."""

MESSAGES = (
    Message("system", "You are Osric, a blacksmith in a small village. Answer in short sentences. " * 5),
    Message("user", "What do you sell?"),
)


def write_adapter(folder: Path, *, rank: int = 4, strength: float = 0.0, width: int = WIDTH, **config: Any) -> str:
    """Write an adapter of seeded random weights; without strength it changes nothing."""
    import torch
    from safetensors.torch import save_file

    chance = torch.Generator().manual_seed(rank)
    weights = {}
    for layer in range(LAYERS):
        for name, out in (("q_proj", WIDTH), ("v_proj", KEYS)):
            prefix = f"base_model.model.model.layers.{layer}.self_attn.{name}"
            weights[f"{prefix}.lora_A.weight"] = torch.randn(rank, width, generator=chance) / width**0.5
            weights[f"{prefix}.lora_B.weight"] = torch.randn(out, rank, generator=chance) * strength
    folder.mkdir(parents=True)
    save_file(weights, folder / "adapter_model.safetensors")
    described = {"peft_type": "LORA", "r": rank, "lora_alpha": rank, "target_modules": ["q_proj", "v_proj"], **config}
    (folder / "adapter_config.json").write_text(json.dumps(described))
    return str(folder)


async def replied(engine: VllmEngine, adapter: str | None) -> tuple[str, Finish]:
    request = Request(MESSAGES, Sampling(24, 0.0), adapter=adapter)
    deltas = [delta async for delta in engine.generate(request)]
    assert deltas[-1].finish is not None
    return "".join(delta.text for delta in deltas), deltas[-1].finish


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("adapters")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(folder: Path) -> AsyncIterator[VllmEngine]:
    silent = write_adapter(folder / "silent")
    loud = write_adapter(folder / "loud", rank=9, strength=0.7)
    engine = VllmEngine(None, report=lambda line: None, adapters=[silent, loud, silent])
    await engine.start()
    yield engine
    await engine.close()


async def test_each_character_replies_with_its_own(engine: VllmEngine, folder: Path) -> None:
    """In one batch, where vLLM 0.32 on the CPU would give the weights of another one to those without any."""
    (plain, _), (silent, _), (loud, _) = await asyncio.gather(
        replied(engine, None), replied(engine, str(folder / "silent")), replied(engine, str(folder / "loud"))
    )
    assert plain == silent
    assert loud != plain
    again, finish = await replied(engine, str(folder / "loud"))
    # Random weights make the likeliest token a close thing, and rounding differs with who else is in the batch.
    assert again[:8] == loud[:8] != plain[:8]
    # What one adapter has computed is nothing to another: each has its own prefixes in the cache.
    assert finish.cached_tokens
    assert finish.prompt_tokens
    assert finish.cached_tokens > finish.prompt_tokens / 2


async def test_each_decides_with_its_own(engine: VllmEngine, folder: Path) -> None:
    async def decided(adapter: str | None) -> list[float]:
        options = ("I sell iron.", "I sell bread.", "I sell all manner of things.")
        return list((await engine.decide(Choice(MESSAGES, options, adapter=adapter))).probabilities)

    plain, silent, loud = [await decided(name) for name in (None, str(folder / "silent"), str(folder / "loud"))]
    assert silent == pytest.approx(plain, abs=0.05)
    assert max(abs(a - b) for a, b in zip(loud, plain, strict=True)) > 0.1


async def test_one_that_comes_later_is_loaded_then(engine: VllmEngine, folder: Path) -> None:
    later = write_adapter(folder / "later", rank=16, strength=0.5)
    plain, _ = await replied(engine, None)
    (first, _), (second, _) = await asyncio.gather(replied(engine, later), replied(engine, later))
    assert first == second != plain


async def test_one_that_does_not_fit_is_refused_and_harms_nobody(engine: VllmEngine, folder: Path) -> None:
    for name, words in {
        write_adapter(folder / "narrow", width=512): "doesn't fit the model",
        write_adapter(folder / "large", rank=32): "has the rank 32, and the server was started for ranks up to 16",
        write_adapter(folder / "other", peft_type="IA3"): "is of the type IA3",
        write_adapter(folder / "dora", use_dora=True): "doesn't fit the model",
        str(folder / "none"): "There is no folder",
    }.items():
        with pytest.raises(EngineLacks, match=words) as caught:
            await replied(engine, name)
        assert str(caught.value).endswith(".")
    assert (await replied(engine, None))[0]
    assert engine.alive


async def test_one_that_does_not_fit_is_found_out_at_the_start(folder: Path) -> None:
    for engine in (
        VllmEngine(None, report=lambda line: None, adapters=[str(folder / "nowhere")]),
        VllmEngine(None, report=lambda line: None, adapters=[write_adapter(folder / "wide", width=1024)]),
    ):
        with pytest.raises(EngineStartError, match=r"There is no folder|doesn't fit the model"):
            await engine.start()
        await engine.close()
