"""Which engines a server has, by its settings: what replies, what embeds, what recognises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from ..settings import NO_MEMORY, Settings
from . import embedded_minilm
from .base import Embedder, Engine, Recogniser
from .scripted import ScriptedEngine
from .vllm.engine import VllmEngine
from .vllm.pooling import VllmEmbedder
from .vllm.recogniser import VllmRecogniser
from .vllm.startup import is_cpu_build

NO_EMBEDDINGS: Final = "none"
"""What stands in `Settings.embeddings` for no long-term recall."""


def engine(settings: Settings, report: Callable[[str], None], adapters: Callable[[], Sequence[str]]) -> Engine:
    """Make what replies, not started.

    Args:
        settings: what is set.
        report: told in one line each what the user should know while it starts.
        adapters: returns the LoRA adapters of now. An engine that takes a dead one's place so knows those that have come meanwhile.
    """
    if settings.engine == "scripted":
        return ScriptedEngine()
    return VllmEngine(settings.model, settings.vllm_arguments, report, adapters())


def embedding_model(settings: Settings) -> str | None:
    """Return the hub name or the folder of the model for embeddings; None if there are to be none.

    Unless told, there is one where it's of use: with a memory that lasts and is recalled from, beside a real model.
    """
    if settings.embeddings is not None:
        return None if settings.embeddings == NO_EMBEDDINGS else settings.embeddings
    if settings.engine != "vllm" or settings.memory == NO_MEMORY or not settings.recall:
        return None
    folder = embedded_minilm.folder()
    if folder is not None:
        return str(folder)
    return None if is_cpu_build() else embedded_minilm.HUB_NAME


def embedder(settings: Settings) -> Callable[[], Embedder] | None:
    """Return what makes an embedder, not started; None if there is to be none. What it makes may raise an `EngineStartError`."""
    model = embedding_model(settings)
    return None if model is None else partial(VllmEmbedder, model)


def recogniser(settings: Settings) -> Callable[[], Recogniser] | None:
    """Return what makes a recogniser, not started; None if there is to be none. What it makes may raise an `EngineStartError`."""
    return None if settings.recognition is None else partial(VllmRecogniser, settings.recognition)
