"""How often the small vision language model is right, by transformers alone: what it's compared with when vLLM runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from models.cases import KINDS, Case, cases
from models.shapes_vlm import END


def shares(model: Any, processor: Any, count: int) -> dict[str, float]:
    """Return the share of right answers for each kind of question."""
    return {kind: sum(right(model, processor, case) for case in cases(kind, count)) / count for kind in KINDS}


def right(model: Any, processor: Any, case: Case) -> bool:
    """Whether the right option is the likeliest."""
    found = log_probabilities(model, processor, case, case.question.options)
    return max(range(len(found)), key=found.__getitem__) == case.question.right


@torch.no_grad()  # type: ignore[untyped-decorator]
def log_probabilities(model: Any, processor: Any, case: Case, options: Sequence[str]) -> list[float]:
    """Return the logarithm of each option's probability as the whole reply."""
    model.eval()
    messages = [
        {"role": "system", "content": case.persona},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": case.said}]},
    ]
    prompt = processor.apply_chat_template(messages, add_generation_prompt=True)
    made = processor(text=prompt, images=[case.drawing.image], return_tensors="pt")
    features = model.model.get_image_features(made["pixel_values"]).pooler_output
    start = made["input_ids"][0].tolist()
    replies = [processor.tokenizer.encode(option + END, add_special_tokens=False) for option in options]
    longest = max(map(len, replies))
    tokens = torch.tensor([start + reply + [0] * (longest - len(reply)) for reply in replies])
    embedded = model.model.inputs_merger(
        tokens, model.get_input_embeddings()(tokens), features.repeat(len(options), 1, 1)
    )
    hidden = model.model.text_model(inputs_embeds=embedded, use_cache=False).last_hidden_state
    logs = model.lm_head(hidden[:, len(start) - 1 :]).float().log_softmax(-1)
    return [
        sum(float(logs[row, place, token]) for place, token in enumerate(reply)) for row, reply in enumerate(replies)
    ]
