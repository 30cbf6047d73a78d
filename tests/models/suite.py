"""The held-out pictures as a suite of `loquent evaluate`: ``PYTHONPATH=server:tests python -m models.suite FOLDER``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from models.cases import LABELLED, cases

_COUNT: Final = 40
"""Pictures of a kind: enough for an interval of some 20 points."""


def write_suite(folder: Path, kinds: Sequence[str] = LABELLED, count: int = _COUNT) -> Path:
    """Write pictures and the suite that asks about them.

    Args:
        folder: where to; made if it isn't there.
        kinds: of `models.cases.KINDS`; a recogniser has no use for a question, so that only labels make sense for it.
        count: pictures of each kind.

    Returns:
        the suite.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = ['character = "guard"', 'about = "Drawn shapes, held out when the models of tests/models were trained."']
    for kind in kinds:
        for number, case in enumerate(cases(kind, count)):
            name = f"{kind.replace(' ', '-')}-{number:02d}.png"
            (folder / name).write_bytes(case.drawing.file("png"))
            question = case.question
            lines += ["", "[[image]]", f"name = {json.dumps(kind)}", f"image = {json.dumps(name)}"]
            lines += [f"question = {json.dumps(question.text)}", f"labels = {json.dumps(question.options)}"]
            lines.append(f"answer = {json.dumps(question.options[question.right])}")
    suite = folder / "shapes.toml"
    suite.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return suite


def main() -> None:
    """Write it where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=_COUNT, help="pictures of each kind (default: %(default)s)")
    parser.add_argument("--kinds", nargs="*", default=list(LABELLED), help="kinds of questions (default: %(default)s)")
    options = parser.parse_args()
    print(f"The suite is {write_suite(options.folder, options.kinds, options.count)}.")


if __name__ == "__main__":
    main()
