"""What embedding costs the replies that stream meanwhile, in time and memory: `python -m benchmarks.embedding`.

The embedded SmolLM2 and MiniLM, each in an engine core of its own, as a server has them. With ``--nice 0`` the embedder doesn't step back.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from loquent.engines import embedded_minilm
from loquent.engines.base import Message, Request, Sampling
from loquent.engines.vllm.engine import VllmEngine
from loquent.engines.vllm.pooling import NICENESS, VllmEmbedder

STORY = Request(
    (Message("system", "You tell long stories."), Message("user", "Tell me a long story about iron.")),
    Sampling(max_tokens=96, temperature=0.0),
)
SENTENCE = "I come from the north of the island, and I like honey in my tea, number "


async def gaps(engine: VllmEngine) -> list[float]:
    """Stream a reply; returns the times from delta to delta, in ms."""
    times = [time.monotonic() async for _ in engine.generate(STORY)]
    return [(after - before) * 1e3 for before, after in itertools.pairwise(times)]


async def replies(engine: VllmEngine, count: int) -> list[float]:
    """Stream so many replies at once; returns the times from delta to delta of all of them."""
    return [gap for each in await asyncio.gather(*(gaps(engine) for _ in range(count))) for gap in each]


async def embed(embedder: VllmEmbedder, times: int, at_a_time: int, pause: float = 0.0) -> list[float]:
    """Embed again and again; returns how long each took, in ms."""
    took = []
    for _ in range(times):
        began = time.monotonic()
        await embedder.embed([f"{SENTENCE}{number}." for number in range(at_a_time)])
        took.append((time.monotonic() - began) * 1e3)
        await asyncio.sleep(pause)
    return took


def show(what: str, times: Sequence[float]) -> None:
    """Print what some times come to."""
    ordered = sorted(times)
    print(
        f"{what:45} median {statistics.median(ordered):6.1f}  99 of 100 {ordered[len(ordered) * 99 // 100]:6.1f}  "
        f"worst {ordered[-1]:6.1f} ms"
    )


def memory() -> int:
    """Return the proportional set size of this process and all below it, in MiB."""
    waiting, total = [os.getpid()], 0
    while waiting:
        process = Path("/proc", str(waiting.pop()))
        lines = (process / "smaps_rollup").read_text().splitlines()
        total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
        for children in process.glob("task/*/children"):
            waiting += map(int, children.read_text().split())
    return total >> 10


async def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nice", type=int, default=NICENESS, help="of the embedder's engine core")
    niceness = parser.parse_args().nice
    folder = embedded_minilm.folder()
    if folder is None:
        parser.error("the embedded MiniLM isn't installed: run `make setup`")
    engine, embedder = VllmEngine(report=print), VllmEmbedder(str(folder), report=print, niceness=niceness)
    try:
        await engine.start()
        before = memory()
        began = time.monotonic()
        await embedder.start()
        print(f"loaded in {time.monotonic() - began:.1f} s; memory {before} MiB before, {memory()} with it")
        show("embedding alone", await embed(embedder, 40, 1))
        for count in (1, 4):
            show(f"{count} replies, nothing embedded", await replies(engine, count))
            for at_a_time in (1, 8):
                busy = asyncio.create_task(embed(embedder, 1_000_000, at_a_time))
                show(f"{count} replies, {at_a_time} at a time embedded", await replies(engine, count))
                busy.cancel()
            streaming = asyncio.create_task(replies(engine, count))
            show(f"embedding beside {count} replies", await embed(embedder, 30, 1, 0.05))
            await streaming
    finally:
        await embedder.close()
        await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
