"""The committed weights are what the scripts beside them say: shapes, vocabulary, template, size. vLLM isn't needed for that."""

from __future__ import annotations

import importlib.util
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from models import SHAPES_CLIP, SHAPES_VLM

pytestmark = [
    pytest.mark.skipif(
        "CI" not in os.environ and importlib.util.find_spec("transformers") is None,
        reason="transformers comes with `make setup`",
    ),
    # Of torch and transformers, on their own deprecations.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

MOST_BYTES = 6 << 20
"""Of a model's folder: it's cloned with everything else."""


def weights(folder: Path) -> dict[str, tuple[tuple[int, ...], str]]:
    """Return the shapes and the types of the tensors in a folder."""
    with (folder / "model.safetensors").open("rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {name: (tuple(entry["shape"]), entry["dtype"]) for name, entry in head.items() if name != "__metadata__"}


def shapes_of(model: Any) -> dict[str, tuple[tuple[int, ...], str]]:
    state = {name: (tuple(tensor.shape), "BF16") for name, tensor in model.state_dict().items()}
    if getattr(model.config, "tie_word_embeddings", False):
        state.pop("lm_head.weight", None)  # it's the embedding, which is written once
    return state


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """The vision language model's tokenizer, made anew: that takes seconds."""
    from models import shapes_vlm

    return shapes_vlm.make_tokenizer()


@pytest.fixture(scope="module")
def clip_tokenizer() -> Any:
    from models import shapes_clip

    return shapes_clip.make_tokenizer()


def test_the_vision_language_model_is_what_its_script_makes(tokenizer: Any) -> None:
    from models import shapes_vlm

    assert weights(SHAPES_VLM) == shapes_of(shapes_vlm.make_model(tokenizer))
    made = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    assert made == json.loads((SHAPES_VLM / "tokenizer.json").read_bytes())["model"]
    assert (SHAPES_VLM / "chat_template.jinja").read_text() == shapes_vlm.TEMPLATE
    config = json.loads((SHAPES_VLM / "config.json").read_bytes())
    assert config["text_config"]["vocab_size"] == len(tokenizer) == shapes_vlm.VOCABULARY
    assert config["architectures"] == ["Idefics3ForConditionalGeneration"]
    assert sum(path.stat().st_size for path in SHAPES_VLM.iterdir()) < MOST_BYTES


def test_the_clip_model_is_what_its_script_makes(clip_tokenizer: Any) -> None:
    from models import shapes_clip

    assert weights(SHAPES_CLIP) == shapes_of(shapes_clip.make_model(clip_tokenizer))
    made = json.loads(clip_tokenizer.backend_tokenizer.to_str())["model"]
    assert made == json.loads((SHAPES_CLIP / "tokenizer.json").read_bytes())["model"]
    config = json.loads((SHAPES_CLIP / "config.json").read_bytes())
    assert config["text_config"]["vocab_size"] == len(clip_tokenizer)
    assert config["text_config"]["eos_token_id"] == clip_tokenizer.eos_token_id
    assert config["architectures"] == ["CLIPModel"]
    assert sum(path.stat().st_size for path in SHAPES_CLIP.iterdir()) < MOST_BYTES


@pytest.mark.parametrize("text", ["a red circle", "Zażółć gęślą jaźń", "你好 🦆\n\t\x00", "<|im_star t|>"])
def test_any_text_can_be_made_tokens_of(tokenizer: Any, clip_tokenizer: Any, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text
    assert (
        clip_tokenizer.eos_token_id not in clip_tokenizer.encode(text)[1:-1]
    )  # which also stands for what it doesn't know


def test_what_is_trained_with_is_laid_out_as_what_is_served(tokenizer: Any) -> None:
    from models import shapes_vlm
    from models.shapes import draw
    from models.train_vlm import Writer

    processor = shapes_vlm.make_processor(tokenizer)
    drawing = draw("train", 0, "one")
    for number in range(20):
        written = Writer(tokenizer).write(random.Random(number), drawing, 100_000)
        text = tokenizer.decode(written.tokens)
        messages = []
        for part in text.split("<|im_start|>")[1:]:
            role, _, content = part.removesuffix("<|im_end|>\n").partition("\n")
            image = "<fake_token_around_image>" in content
            words = content.split("<fake_token_around_image>")
            parts = [{"type": "text", "text": words[0]}, {"type": "image"}, {"type": "text", "text": words[-1]}]
            messages.append({"role": role, "content": parts if image else content})
        prompt = processor.apply_chat_template(messages)
        made = processor(text=prompt, images=[drawing.image])["input_ids"][0]
        assert list(made) == written.tokens
        learned = [token for token, learn in zip(written.tokens, written.learned, strict=True) if learn]
        replies = [message["content"] for message in messages if message["role"] == "assistant"]
        assert tokenizer.decode(learned) == "".join(f"{reply}<|im_end|>" for reply in replies)
