"""What memory costs the server: an exchange stored, a history loaded, something recalled: `python -m benchmarks.memory`.

The file is made in the folder that ``--folder`` names, so that another disk can be measured. Vectors are by chance, as wide as
MiniLM's: what embedding costs is in `benchmarks.embedding`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import REMEMBERED, Spoken
from loquent.dialogue.vectors import Row, keep, nearest

WIDTH = 384
SPOKEN = Spoken("Have you seen my brother? He went north in the autumn.", "Many go north, and few come back. " * 8)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Do something again and again; returns how long each took, in ms."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1e3)
    return sorted(took)


def shown(what: str, took: Sequence[float]) -> str:
    """Return a line about some times."""
    return f"{what:50} median {statistics.median(took):7.3f}  99 of 100 {took[len(took) * 99 // 100]:7.3f}  worst {took[-1]:7.3f} ms"


def vectors(count: int) -> NDArray[np.float32]:
    """Return so many vectors of length 1."""
    made = np.random.default_rng(1).normal(size=(count, WIDTH)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def measure(folder: Path, exchanges: int) -> list[str]:
    """Measure with a memory of so many exchanges of one player; returns lines."""
    store = SqliteStore(folder / f"{exchanges}.sqlite3")
    lines = [
        f"{exchanges} exchanges:",
        shown("an exchange stored", timed(lambda: store.append("p", "guard", SPOKEN), exchanges)),
        shown("a history loaded", timed(lambda: store.last("p", "guard", REMEMBERED), 100)),
        shown("a look, of those that are had each second", timed(store.look, 100)),
    ]
    rows = [Row(number, SPOKEN.said, SPOKEN.reply) for number in range(1, exchanges + 1)]
    store.write(lambda file: keep(file, "by chance", rows, vectors(exchanges)))
    (vector,) = vectors(1)

    def recall() -> None:
        found = store.read(
            lambda file: nearest(file, "by chance", ("p", "guard"), vector, least=0.3, most=52, among=5000)
        )
        if not found or found[0].id != 1:
            raise RuntimeError(f"the nearest is the first, and {found} was found")

    lines.append(shown("the nearest found (in a thread, in the server)", timed(recall, 50)))
    store.close()
    size = store.file.stat().st_size
    return [*lines, f"{'on the disk':50} {size / exchanges / 1024:.1f} KiB for each exchange, its vector included"]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the files are made (default: the one for temporary files)")
    with tempfile.TemporaryDirectory(dir=parser.parse_args().folder) as folder:
        for exchanges in (100, 1000, 5000):
            print("\n".join(measure(Path(folder), exchanges)))


if __name__ == "__main__":
    main()
