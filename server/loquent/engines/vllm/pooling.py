"""vLLM's pooling runner: models that turn a text or a picture into one vector. `VllmEmbedder` is the one for texts.

Each has an engine core of its own beside the one that replies, and steps back for it: players watch replies appear.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from loquent.engines import embedded_minilm
from loquent.engines.base import EngineFailed
from loquent.engines.vllm.hosted import Hosted
from loquent.engines.vllm.startup import (
    POOLING_EXTRA_BYTES,
    POOLING_KV_BYTES,
    check_memory,
    checked_model,
    fetched_model,
    needed_memory,
    pooling_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

NICENESS: Final = 10
"""How far the engine core steps back: on a processor that both want, it gets a tenth of what the one that replies gets."""


def memory_needed(weights: int) -> int:
    """Bytes that a model takes on the CPU beside an engine that runs, with weights of this size."""
    return needed_memory(weights, POOLING_KV_BYTES, POOLING_EXTRA_BYTES)


class Pooling(Hosted):
    """A model on vLLM's pooling runner."""

    def _find(self, say: Callable[[str], None]) -> str:
        return fetched_model(self._model, self.setting, say, self._check_abandoned)

    def _default_arguments(self, *, in_core: bool, on_cpu: bool) -> Sequence[str]:
        return pooling_arguments(in_core=in_core, on_cpu=on_cpu)

    def _configured(self, path: str, config: Any, *, on_cpu: bool) -> None:
        if on_cpu:
            cache = config.cache_config.kv_cache_memory_bytes or 0
            check_memory(path, cache, POOLING_EXTRA_BYTES)

    async def _vector(self, prompt: Mapping[str, object], what: str, **tokenization: object) -> NDArray[np.float32]:
        """Return the vector of a prompt, of length 1. Cancelling aborts the request in vLLM at once.

        Args:
            prompt: as vLLM takes it: a text, or a picture.
            what: what it is, for a failure's sentence.
            tokenization: how it's made into tokens, where not as usual.

        Raises:
            RequestRefused, EngineBusy, EngineFailed, EngineDead: see there.
        """
        import numpy as np
        from vllm.pooling_params import PoolingParams

        llm = self._running()
        number = next(self._numbers)
        with self._failures(number, what):
            renderer = llm.renderer
            # -1: as much as the model takes.
            tokens = renderer.default_cmpl_tok_params.with_kwargs(truncate_prompt_tokens=-1, **tokenization)
            (rendered,) = await renderer.render_cmpl_async([prompt], tokens)
            outputs = llm.encode(rendered, PoolingParams(task="embed"), f"loquent-{number}")
            async with contextlib.aclosing(outputs):
                output = await anext(outputs)  # the only one
            vector: NDArray[np.float32] = np.asarray(output.outputs.data, np.float32)
            length = float(np.linalg.norm(vector))
            if not 0 < length < float("inf"):
                raise EngineFailed(f"The model made no vector of this {what}.")
            return vector / np.float32(length)


class VllmEmbedder(Pooling):
    """An `Embedder` by vLLM, for BERT and whatever else vLLM takes for an embedding model."""

    setting = "embeddings"

    def __init__(
        self,
        model: str,
        arguments: Sequence[str] = (),
        report: Callable[[str], None] | None = None,
        niceness: int = NICENESS,
    ) -> None:
        """Prepare to start; looks only whether there is a model.

        Args:
            model: a hub name or a folder.
            arguments: vLLM's own engine arguments; they win over the defaults chosen here.
            report: gets a line for people, now and then while it starts, in the event loop.
            niceness: how far its engine core steps back for others on the processor; 0, not at all, to 19.

        Raises:
            EngineStartError: the model is named by a path where no model is.
        """
        super().__init__(checked_model(model, self.setting), arguments, report, niceness=niceness)
        self._width = 0

    @property
    def model(self) -> str:
        """Hub name, or the folder's name. Of the embedded one it's the name that it has on the hub, for it's the same."""
        folder = embedded_minilm.folder()
        return embedded_minilm.HUB_NAME if folder is not None and self._model == str(folder) else super().model

    async def _warm_up(self) -> None:
        self._width = len(await self._vector({"prompt": "Hello!"}, "text"))

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of some texts: a matrix of one row of length 1 for each. A text too long for the model is cut.

        All of them are handed to vLLM at once, which works on as many at a time as it can. Cancelling aborts all.

        Raises:
            EngineBusy, EngineFailed, EngineDead: see there.
        """
        import numpy as np

        self._running()
        rows = await together(self._vector({"prompt": text}, "text") for text in texts)
        return np.stack(rows) if rows else np.zeros((0, self._width), np.float32)


async def together(works: Iterable[Awaitable[Any]]) -> list[Any]:
    """Wait for all of some works; the first that fails, or being cancelled, cancels the others before this returns."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
