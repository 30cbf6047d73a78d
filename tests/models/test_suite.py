"""The held-out pictures as a suite: it can be read, and what it calls right is what the pictures show."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from loquent.evaluation.suite import Asked, load_suite
from models.cases import KINDS, cases
from models.suite import write_suite


def test_a_suite_of_pictures(tmp_path: Path) -> None:
    suite = load_suite(str(write_suite(tmp_path / "shapes", KINDS, 2)))
    asked = [case for case in suite.cases if isinstance(case, Asked)]
    assert [case.name for case in asked] == [kind for kind in KINDS for _ in range(2)]
    known = [case for kind in KINDS for case in cases(kind, 2)]
    for case, drawn in zip(asked, known, strict=True):
        assert (case.kind, case.options) == ("image", drawn.question.options)
        assert case.answer == drawn.question.options[drawn.question.right]
        with Image.open(io.BytesIO(case.images[0])) as picture:
            assert picture.size == drawn.drawing.image.size
