"""The process that fuzzes: libFuzzer with the decoder inside. It ends by itself, with libFuzzer's status. `make fuzz` starts it.

Its arguments are libFuzzer's: https://llvm.org/docs/LibFuzzer.html#options
"""

from __future__ import annotations

import itertools
import shlex
import sys
from typing import Final

import atheris

_MEMORY_EVERY: Final = 50
"""Memory is measured for each of so many messages, because that takes ten times as long as all the rest."""


def main() -> None:
    """Fuzz. Doesn't return."""
    with atheris.instrument_imports(include=["loquent.wire"]):
        from fuzz import mutator, oracles
    count = itertools.count()

    def check(message: bytes) -> None:
        oracles.check(message)
        if next(count) % _MEMORY_EVERY == 0:
            oracles.check_memory(message)

    def mutate(message: bytes, longest: int, seed: int) -> bytes:
        return mutator.mutate(message, longest, seed, atheris.Mutate)

    again = f"{shlex.quote(sys.executable)} -m fuzz.target"  # libFuzzer starts itself in a shell to merge
    atheris.Setup([again, *sys.argv[1:]], check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
