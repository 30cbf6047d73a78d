"""CLIP and SigLIP as small as they get, with random weights of a seed: for how they're run, not for what they know.

Imported where a test runs real vLLM only: what is imported here takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import sentencepiece
import torch
from PIL import Image
from tokenizers import pre_tokenizers
from transformers import CLIPConfig, CLIPModel, CLIPProcessor, CLIPTokenizer, SiglipConfig, SiglipModel, SiglipProcessor
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.siglip.tokenization_siglip import SiglipTokenizer

_SIDE: Final = 32
_LONGEST: Final = 64
_SHAPE: Final = {"hidden_size": 64, "intermediate_size": 128, "num_attention_heads": 2, "num_hidden_layers": 2}
_PICTURE: Final = {**_SHAPE, "image_size": _SIDE, "patch_size": 8}
_SIZE: Final = {"height": _SIDE, "width": _SIDE}


def make_clip(folder: Path) -> None:
    """Write a CLIP model, which reads letter by letter."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=_LONGEST)
    start, end = len(tokens) - 2, len(tokens) - 1
    text = {**_SHAPE, "vocab_size": len(tokens), "max_position_embeddings": _LONGEST}
    text |= {"bos_token_id": start, "eos_token_id": end, "pad_token_id": end, "projection_dim": 64}
    torch.manual_seed(1)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config={**_PICTURE, "projection_dim": 64}, projection_dim=64))
    images = CLIPImageProcessorPil(size=_SIZE, do_center_crop=False)
    _save(folder, model, CLIPProcessor(images, tokenizer), scale=3.0)


def make_siglip(folder: Path) -> None:
    """Write a SigLIP model."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(f"this is a photo of a {word}" for word in ("red", "green", "door", "fire", "cup")))
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(folder / "spiece"),
        vocab_size=60,
        hard_vocab_limit=False,
        character_coverage=1.0,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    tokenizer = SiglipTokenizer(str(folder / "spiece.model"), model_max_length=_LONGEST)
    text = {**_SHAPE, "vocab_size": len(tokenizer), "max_position_embeddings": _LONGEST, "projection_size": 64}
    text |= {"pad_token_id": 1, "eos_token_id": 1, "bos_token_id": 1}
    torch.manual_seed(2)
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=_PICTURE))
    _save(folder, model, SiglipProcessor(SiglipImageProcessorPil(size=_SIZE), tokenizer), scale=4.0)


def _save(folder: Path, model: Any, processor: Any, *, scale: float) -> None:
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.ndim > 1 and "position" not in name:
                weights.mul_(4)  # as made they are so small that all pictures look alike
        model.logit_scale.fill_(scale)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def expected(folder: Path, picture: Image.Image, sentences: Sequence[str]) -> list[float]:
    """Return what transformers' own code makes of a picture and sentences: the softmax of the model's logits."""
    siglip = (folder / "spiece.model").exists()
    model: Any = (SiglipModel if siglip else CLIPModel).from_pretrained(folder, dtype=torch.float32).eval()
    if siglip:
        processor: Any = SiglipProcessor(SiglipImageProcessorPil(size=_SIZE), SiglipTokenizer.from_pretrained(folder))
        tokens = processor.tokenizer(list(sentences), padding="max_length", truncation=True, return_tensors="pt")
        tokens = {"input_ids": tokens["input_ids"]}
    else:
        images = CLIPImageProcessorPil(size=_SIZE, do_center_crop=False)
        processor = CLIPProcessor(images, CLIPTokenizer.from_pretrained(folder))
        tokens = processor.tokenizer(list(sentences), padding=True, truncation=True, return_tensors="pt")
    pixels = processor.image_processor([picture], return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        logits = model(**tokens, pixel_values=pixels).logits_per_image[0]
    return [float(share) for share in logits.softmax(-1)]
