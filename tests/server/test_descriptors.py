"""How many files a server asks for, in processes of their own: what is lowered can't be raised again."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "then"),
    [
        (64, 4096, 1000, "1000 1000 4096"),
        (2000, 4096, 1000, "2000 2000 4096"),
        (64, 512, 1000, "512 512 512"),
    ],
)
def test_a_process_asks_for_what_it_wants_and_takes_what_it_gets(soft: int, hard: int, wanted: int, then: str) -> None:
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        "from loquent.descriptors import raise_descriptors\n"
        f"print(raise_descriptors({wanted}), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said == f"{then}\n"
