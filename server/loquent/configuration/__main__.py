"""Writes the page that documents the settings: ``python -m loquent.configuration docs/settings.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from .writing import settings_page


def main(arguments: list[str]) -> int:
    """Write the page into the file that is named; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("Name the file to write: python -m loquent.configuration docs/settings.md\n")
        return 2
    Path(arguments[0]).write_text(settings_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
