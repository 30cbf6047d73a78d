"""Seeing that the engine works here once it is installed, and preparing its model."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bootstrap.failure import SetupError, fail

if TYPE_CHECKING:
    import subprocess

    from bootstrap.environment import Environment

COMPANIONS = ("torchvision", "torchaudio", "torchcodec")

IMPORT_ENGINE = """
import contextlib, importlib
importlib.import_module("vllm.v1.engine.async_llm")
# Not needed to know that it works: they are compiled here, so that the first start doesn't have to.
for name in ("vllm.v1.worker.cpu_worker", "vllm.model_executor.models.llama"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
"""


def drop_broken_companions(environment: Environment) -> None:
    """Uninstall a torchvision that doesn't fit PyTorch: with it, no model of transformers can be imported."""
    if not any(environment.found("torchvision")):
        return
    if environment.run("-c", "import torchvision").returncode == 0:
        return
    environment.run("-m", "pip", "uninstall", "--yes", "--quiet", *COMPANIONS)
    print(
        "Removed torchvision, torchaudio and torchcodec from .venv: they are of another build than PyTorch, and no model "
        "could be loaded beside them.",
        flush=True,
    )


def check_engine(environment: Environment, *, with_model: bool) -> None:
    """Import vLLM once: now it is known to work here, and compiled. The model is prepared meanwhile.

    Raises:
        SetupError: it doesn't load, or the model couldn't be prepared.
    """
    print("Checking that vLLM loads", flush=True)
    outcome: list[subprocess.CompletedProcess[str]] = []
    checking = threading.Thread(target=lambda: outcome.append(environment.run("-c", IMPORT_ENGINE)))
    checking.start()
    try:
        if with_model:
            prepare_model(environment)
    finally:
        checking.join()
    if outcome[0].returncode:
        fail(
            outcome[0].stdout,
            "vLLM was installed, and doesn't load on this machine; what it said stands above. Run 'make clean' and this again; "
            "if it stays so, 'LOQUENT_SETUP_ENGINE=cpu make setup' takes the CPU, and 'LOQUENT_SETUP_ENGINE=none make setup' goes "
            "without a model.",
        )


def prepare_model(environment: Environment) -> None:
    """Convert the model that comes with the CPU's engine; it says itself what it does, and what is wrong.

    Raises:
        SetupError: it couldn't be converted.
    """
    if environment.run_openly("-m", "loquent.engines.embedded_model"):
        raise SetupError("The model couldn't be prepared; the reason stands above. Then run this again.")
