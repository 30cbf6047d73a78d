"""The small vision language model: its architecture (Idefics3, with SmolVLM's parts in small), tokenizer and processor."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3Processor,
    PreTrainedTokenizerFast,
)
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

from models import prose, questions
from models.shapes import draw

SIDE: Final = 64
"""Of what the model sees, in pixels, whatever the picture's size."""
PATCH: Final = 8
PATCHES_PER_TOKEN: Final = 2
"""Along each side: four patches make one token of the text model."""
IMAGE_TOKENS: Final = (SIDE // PATCH // PATCHES_PER_TOKEN) ** 2
CONTEXT: Final = 2048
VOCABULARY: Final = 1024

START: Final = "<|im_start|>"
END: Final = "<|im_end|>"
PADDING: Final = "<|endoftext|>"
IMAGE: Final = "<image>"
_SPREAD: Final = 0.06
"""Of the random weights: more than large models have, for few are added up."""
_SPECIAL: Final = (PADDING, START, END, IMAGE, "<fake_token_around_image>", "<global-img>", "<end_of_utterance>")

TEMPLATE: Final = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}"
    "<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML; a message's content is a text, or a list of texts and images."""


def make_tokenizer() -> Any:
    """Return a byte-level tokenizer: it has a token for each byte, so that it takes any text, and longer ones for what is usual here."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PADDING,
        additional_special_tokens=[token for token in _SPECIAL if token not in (END, PADDING)],
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
        chat_template=TEMPLATE,
    )


def _texts() -> list[str]:
    chance = random.Random("tokenizer")
    texts = [prose.persona(chance) for _ in range(400)]
    for number in range(2000):
        drawing = draw("train", number, chance.choice(("one", "placed", "pair", "several", "blank")))
        question = questions.ask(chance, drawing)
        texts += [questions.in_words(chance, question), question.answer]
    return [*texts, "system\n", "user\n", "assistant\n"]


def make_processor(tokenizer: Any) -> Any:
    """Return what makes a model's inputs of a prompt and pictures: each is scaled to one square, never split into tiles."""
    side = {"longest_edge": SIDE}
    images = Idefics3ImageProcessorPil(
        do_image_splitting=False, size=side, max_image_size=side, return_row_col_info=True
    )
    return Idefics3Processor(images, tokenizer, image_seq_len=IMAGE_TOKENS, chat_template=TEMPLATE)


def make_model(tokenizer: Any) -> Any:
    """Return the model with random weights (of torch's seed)."""
    end, padding = tokenizer.convert_tokens_to_ids([END, PADDING])
    config = Idefics3Config(
        vision_config={
            "hidden_size": 128,
            "intermediate_size": 256,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "image_size": SIDE,
            "patch_size": PATCH,
            "initializer_range": _SPREAD,
        },
        text_config={
            "model_type": "llama",
            "vocab_size": VOCABULARY,
            "hidden_size": 128,
            "intermediate_size": 256,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "head_dim": 32,
            "initializer_range": _SPREAD,
            "max_position_embeddings": CONTEXT,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": True,
            "bos_token_id": None,
            "eos_token_id": end,
            "pad_token_id": padding,
        },
        scale_factor=PATCHES_PER_TOKEN,
        image_token_id=tokenizer.convert_tokens_to_ids(IMAGE),
        pad_token_id=padding,
        tie_word_embeddings=True,
        eos_token_id=end,
        bos_token_id=None,
    )
    model = Idefics3ForConditionalGeneration(config)
    model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=padding, do_sample=False)
    return model


def save(model: Any, processor: Any, folder: Path) -> None:
    """Write what vLLM and transformers load: the weights as bfloat16."""
    model.to(torch.bfloat16).save_pretrained(folder)
    model.to(torch.float32)
    processor.save_pretrained(folder)
