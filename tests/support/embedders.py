"""An embedding model for tests of what is done with vectors: it knows words, and nothing of what they mean."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WIDTH = 256


class WordEmbedder:
    """An `Embedder` for which texts are near that share words.

    Args:
        model: what it's called.
        seconds: how long it takes.
    """

    def __init__(self, model: str = "words", seconds: float = 0) -> None:
        self.model = model
        self.seconds = seconds
        self.error: Exception | None = None
        """What it fails with."""
        self.embedded: list[str] = []
        """All texts so far."""
        self._alive = True

    @property
    def alive(self) -> bool:
        """See `Embedder`."""
        return self._alive

    async def start(self) -> None:
        """See `Embedder`."""

    async def wait_dead(self) -> str:
        """See `Embedder`."""
        await asyncio.Event().wait()
        return ""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`: a word adds a direction of its own."""
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        self.embedded += texts
        vectors = np.full((len(texts), WIDTH), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % WIDTH] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    async def make_way(self) -> None:
        """See `Embedder`."""

    async def close(self) -> None:
        """See `Embedder`."""
        self._alive = False
