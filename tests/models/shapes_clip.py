"""The small CLIP model: its architecture, tokenizer and processor, all of CLIP's own kinds."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPConfig, CLIPModel, CLIPProcessor, CLIPTokenizer
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from models import captions, prose

SIDE: Final = 64
"""Of what the model sees, in pixels, whatever the picture's size."""
PATCH: Final = 8
LONGEST: Final = 77
"""How many tokens a caption may have, as CLIP has it."""
_MERGES: Final = 400
_SUFFIX: Final = "</w>"


def make_tokenizer() -> Any:
    """Return a tokenizer of CLIP's kind: it knows small letters only, and has two tokens for each byte, one for the end of a word."""
    chance = random.Random("tokenizer")
    texts = [
        captions.caption(chance, group, name) for group in captions.GROUPS for name in group.names for _ in range(8)
    ]
    texts += [prose.persona(chance).lower() for _ in range(50)]
    learner = Tokenizer(models.BPE(end_of_word_suffix=_SUFFIX))
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=_MERGES + 2 * 256,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix=_SUFFIX,
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    merges = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]][:_MERGES]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, *(letter + _SUFFIX for letter in alphabet)]
    tokens += dict.fromkeys(left + right for left, right in merges)
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={token: index for index, token in enumerate(dict.fromkeys(tokens))},
        merges=merges,
        model_max_length=LONGEST,
    )


def make_processor(tokenizer: Any) -> Any:
    """Return what makes a model's inputs: pictures are scaled to one square, and nothing is cut off."""
    half = [0.5, 0.5, 0.5]  # as the vision language model has it, whose vision encoder this one begins with
    size = {"height": SIDE, "width": SIDE}
    images = CLIPImageProcessorPil(size=size, do_center_crop=False, image_mean=half, image_std=half)
    return CLIPProcessor(images, tokenizer)


def make_model(tokenizer: Any) -> Any:
    """Return the model with random weights (of torch's seed)."""
    start, end = tokenizer.convert_tokens_to_ids(["<|startoftext|>", "<|endoftext|>"])
    shape = {"hidden_size": 128, "intermediate_size": 256, "num_attention_heads": 4, "projection_dim": 128}
    return CLIPModel(
        CLIPConfig(
            text_config={
                **shape,
                "num_hidden_layers": 2,
                "vocab_size": len(tokenizer),
                "max_position_embeddings": LONGEST,
                "bos_token_id": start,
                "eos_token_id": end,
                "pad_token_id": end,
            },
            vision_config={
                **shape,
                "num_hidden_layers": 4,
                "image_size": SIDE,
                "patch_size": PATCH,
                "hidden_act": "gelu_pytorch_tanh",
            },
            projection_dim=128,
        )
    )


def save(model: Any, processor: Any, folder: Path) -> None:
    """Write what vLLM and transformers load: the weights as bfloat16."""
    model.to(torch.bfloat16).save_pretrained(folder)
    model.to(torch.float32)
    processor.save_pretrained(folder)
