"""Whether the models are there that run beside the one that replies: for embeddings and for recognition."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..engines import choosing, embedded_minilm
from ..engines.base import EngineStartError
from ..engines.vllm.pooling import memory_needed
from ..engines.vllm.recogniser import VllmRecogniser
from ..engines.vllm.startup import is_cpu_build
from ..settings import Settings
from .finding import Finding, Mark, ok, problem, warning
from .model import look_for


class Beside(NamedTuple):
    """What was found out about a model that runs beside the one that replies."""

    finding: Finding
    needed: int = 0
    """Bytes of memory that it takes; 0 where there is none, or nobody knows."""


def look_besides(settings: Settings) -> Iterator[Beside]:
    """Look for each of the models that are to run beside the one that replies."""
    if settings.engine == "vllm" or settings.embeddings is not None:
        yield _embeddings(settings)
    if settings.recognition is not None:
        yield _recognition(settings.recognition)


def _embeddings(settings: Settings) -> Beside:
    model = choosing.embedding_model(settings)
    if model is not None:
        return _look(model, "embeddings")
    if settings.embeddings is None and is_cpu_build() and embedded_minilm.folder() is None:
        text = (
            f"none, for {embedded_minilm.PACKAGE} isn't installed, so nothing is recalled that has left a character's context: run "
            "`make setup`, or name a model with --embeddings."
        )
        return Beside(warning("embeddings", text))
    return Beside(ok("embeddings", "none, so nothing is recalled that has left a character's context."))


def _recognition(model: str) -> Beside:
    try:
        VllmRecogniser(model)
    except EngineStartError as error:
        return Beside(problem("recognition", str(error)))
    return _look(model, "recognition")


def _look(model: str, setting: str) -> Beside:
    """Look for a model, and count what it takes."""
    if importlib.util.find_spec("vllm") is None:
        return Beside(problem(setting, f"{model} needs vLLM, which isn't installed: run `make setup`."))
    looked = look_for(model, setting)
    if looked.weights is None or looked.finding.mark is Mark.PROBLEM:
        return Beside(looked.finding)
    needed = memory_needed(looked.weights)
    about = f" It takes about {needed / (1 << 20):.0f} MiB of memory." if is_cpu_build() else ""
    name = embedded_minilm.NAME if setting == "embeddings" and Path(model) == embedded_minilm.folder() else None
    finding = ok(setting, f"{name}, in its package.") if name else looked.finding
    return Beside(finding._replace(text=finding.text + about), needed)
