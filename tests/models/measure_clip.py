"""How often the small CLIP model is right, by transformers alone: what it's compared with when vLLM runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from models.cases import LABELLED, Case, cases


def shares(model: Any, processor: Any, count: int) -> dict[str, float]:
    """Return the share of right answers for each kind of question."""
    return {kind: _share(model, processor, cases(kind, count)) for kind in LABELLED}


def _share(model: Any, processor: Any, asked: Sequence[Case]) -> float:
    labels = sorted({option for case in asked for option in case.question.options})
    found = log_probabilities(model, processor, asked, labels)
    right = 0
    for row, case in zip(found, asked, strict=True):
        of_options = [float(row[labels.index(option)]) for option in case.question.options]
        right += max(range(len(of_options)), key=of_options.__getitem__) == case.question.right
    return right / len(asked)


@torch.no_grad()  # type: ignore[untyped-decorator]
def log_probabilities(model: Any, processor: Any, asked: Sequence[Case], labels: Sequence[str]) -> torch.Tensor:
    """Return the logarithm of each label's probability, a row for each picture."""
    model.eval()
    pixels = processor.image_processor([case.drawing.image for case in asked], return_tensors="pt")["pixel_values"]
    tokens = processor.tokenizer([f"a photo of {label}" for label in labels], padding=True, return_tensors="pt")
    seen = functional.normalize(model.get_image_features(pixel_values=pixels).pooler_output, dim=-1)
    told = functional.normalize(model.get_text_features(**tokens).pooler_output, dim=-1)
    return (model.logit_scale.exp() * seen @ told.T).log_softmax(-1)
