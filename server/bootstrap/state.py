"""What has been done in `.venv`, so that the next set-up does the rest."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class State:
    """What has been done in `.venv`: a small file in it, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        """Read it; if it isn't there, or can't be read, nothing is done yet."""
        self.path = folder / "loquent-setup.json"
        self.engine: str | None = None
        self.chosen = False
        self.signs: list[str] = []
        self.home: list[str] = []
        self.done: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            read = json.loads(self.path.read_text(encoding="utf-8"))
            self.engine, self.chosen, self.signs = str(read["engine"]), bool(read["chosen"]), list(read["signs"])
            self.home, self.done = list(read["home"]), dict(read["done"])

    def write(self) -> None:
        """Write it, as a whole or not at all."""
        fields = {key: getattr(self, key) for key in ("engine", "chosen", "signs", "home", "done")}
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(fields, indent=1), encoding="utf-8")
        draft.replace(self.path)

    def undo(self, *steps: str) -> None:
        """Note that these steps aren't done, until they are done again."""
        for step in steps:
            self.done.pop(step, None)
        self.write()

    def finish(self, step: str, stamp: str) -> None:
        """Note that this step is done."""
        self.done[step] = stamp
        self.write()
