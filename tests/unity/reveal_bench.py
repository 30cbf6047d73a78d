"""What the reveal costs under Mono, by kind and length of text.

    python tests/unity/reveal_bench.py

Compiles Loquent.Core and Tools/RevealBench.cs, runs that, and prints a table. It uses one core for some ten seconds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from unity import build

PROGRAM = build.HERE / "Tools" / "RevealBench.cs"


def run() -> str:
    """Compile and run it; return its lines."""
    build.core()
    path = build.program("reveal-bench", PROGRAM.read_text(encoding="utf-8"))
    done = subprocess.run([build.tool("mono"), str(path)], capture_output=True, text=True, check=True)
    return done.stdout


def main() -> int:
    """Print the table."""
    print(f"{'kind':10}{'chars':>10}{'ns/char':>10}{'ns/frame':>10}")
    for line in run().splitlines():
        kind, *numbers = line.split("\t")
        print(f"{kind:10}" + "".join(f"{number:>10}" for number in numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
