"""The command line of the set-up: `python3 -I server/bootstrap`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).resolve().parent

# Python put this folder first, where its modules would pass for others of their names. They are found as a package, beside it.
sys.path[0] = str(FOLDER.parent)

from bootstrap.failure import SetupError  # noqa: E402
from bootstrap.steps import Setup  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="make setup",
        description="Set Loquent up in .venv: the engine that fits this machine, and its model.",
        epilog="LOQUENT_SETUP_ENGINE=cpu, gpu or none (scripted replies only) chooses the engine; auto forgets such a choice.",
    )
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    options = parser.parse_args(arguments)
    try:
        Setup(FOLDER.parent.parent, os.environ, dev=options.dev).run()
    except SetupError as error:
        print(f"Set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up: stopped; run it again, and it goes on where it was.", file=sys.stderr)
        return 130
    except OSError as error:
        print(
            f"Set-up: {error.strerror or error} ({error.filename}); put that right, then run this again.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
