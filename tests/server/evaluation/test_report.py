"""Reports: whole as data, readable as Markdown whatever stands in it, with pictures that show something."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loquent.evaluation.attempts import Attempt
from loquent.evaluation.checks import Checks
from loquent.evaluation.document import document, read_document
from loquent.evaluation.failure import EvaluationError
from loquent.evaluation.markdown import escape
from loquent.evaluation.report import write_report
from support.evaluations import SERVER, asked, decided, document_of, failed, replied, run_of, said

HOSTILE = "a | b <script>alert(1)</script>\n# head `code` [x](y) $e^x$ *bold* ![i](j) & _u_"


def several() -> list[Attempt]:
    """Return attempts of all kinds, with what a report must bear."""
    wish = [
        asked("a $bed", f"{n} {HOSTILE}", name="wish/../x", options=("a $bed", "日本語 | beer", "none"))
        for n in range(6)
    ]
    talk = [
        said(f"{n} {HOSTILE}", Checks(contains_any=("good",), max_words=3, no_cue=True), repeat=2) for n in range(3)
    ]
    return [
        *[decided(case, 0.6 - n / 32, 0.3 + n / 32, 0.1, seconds=0.1 + n / 50) for n, case in enumerate(wish[:5])],
        failed(wish[5], "time|out"),
        decided(asked("yes", "?", kind="image", name="picture"), 0.9, 0.1),
        *[replied(case, text, number) for case, text in zip(talk, ("good", HOSTILE, ""), strict=True) for number in (0, 1)],
    ]  # fmt: skip


def test_its_data_is_all_there_and_is_read_again(tmp_path: Path) -> None:
    made = document_of(*several(), stopped="it was interrupted")
    write_report(made, tmp_path / "deep" / "report")
    read = read_document(tmp_path / "deep" / "report")
    assert read == json.loads(json.dumps(made))
    assert read == read_document(tmp_path / "deep" / "report" / "report.json")
    assert (read["format"], read["version"]) == ("loquent evaluation", 1)
    assert list(read) == [
        "format", "version", "made", "suite", "character", "server", "client", "machine", "run", "measures", "cases",
    ]  # fmt: skip
    assert read["server"] == {**SERVER, "own": True}
    assert read["machine"]["cores"] > 0
    assert read["machine"]["memory_mib"] > 100
    assert read["run"]["stopped"] == "it was interrupted"
    assert [case["kind"] for case in read["cases"]] == ["decision"] * 6 + ["image"] + ["reply"] * 3
    first = read["cases"][0]
    assert first["outcome"] == {"right": True, "predicted": "a $bed", "probabilities": [0.6, 0.3, 0.1]} | {
        "agreement": None,
        "spread": None,
    }
    assert read["cases"][5]["attempts"][0]["fault"] == "time|out"
    reply = read["cases"][7]
    assert [attempt["judged"] for attempt in reply["attempts"]] == [
        {"contains_any": True, "max_words": True, "no_cue": True}
    ] * 2
    assert reply["attempts"][0]["turns"][0]["gaps"] == [[0.1, 1]]


def test_whose_character_it_was(tmp_path: Path) -> None:
    file = tmp_path / "innkeeper.toml"
    file.write_bytes(b"name = 'Marta'")
    made = document(run_of(*several()), server=SERVER, character_file=file)
    assert made["character"] == {"name": "innkeeper", "sha256": hashlib.sha256(b"name = 'Marta'").hexdigest()}
    assert document_of(*several())["character"]["sha256"] is None


def test_every_picture_is_one_and_shows_something(tmp_path: Path) -> None:
    report = write_report(document_of(*several()), tmp_path)
    named = set(re.findall(r"\]\(([^)]+\.png)\)", report.read_text(encoding="utf-8")))
    assert named == {path.name for path in tmp_path.glob("*.png")}
    assert named == {"decision-1-wish-x.png", "image-2-picture.png", "reliability.png", "latency.png"}
    for name in named:
        with Image.open(tmp_path / name) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        height, width, _ = pixels.shape
        assert 200 < height < 3000
        assert 200 < width < 3000
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20, "more than an empty frame"


def test_a_report_has_its_parts_and_their_n(tmp_path: Path) -> None:
    text = write_report(document_of(*several(), stopped="it was interrupted"), tmp_path).read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert heads == [
        "toy: innkeeper by script", "In short", "Decision: wish/../x", "Pictures: picture",
        "Can its probabilities be believed?", "Replies", "What failed", "Speed", "Stability", "What went wrong", "Wrong choices",
        "What was measured",
    ]  # fmt: skip
    assert "**Not everything was asked: it was interrupted.**" in text
    assert "| right choices (accuracy) | 86 % | 49 to 97 % | 7 |" in text
    assert "| replies that pass all their checks | 33 % | 6 to 79 % | 3 |" in text
    assert "| first text of a reply, median | 500 ms |  | 3 |" in text
    assert "| time\\|out | 1 | The engine failed. |" in text


def test_whatever_stands_in_it_every_table_keeps_its_columns(tmp_path: Path) -> None:
    text = write_report(document_of(*several()), tmp_path).read_text(encoding="utf-8")
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block
    assert "<script" not in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words, 2.50 - and more", "plain words, 2.50 - and more"),
        ("a|b\nc", r"a\|b c"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        (r"\| `x` _y_ *z* ~s~ $m$", r"\\\| \`x\` \_y\_ \*z\* \~s\~ \$m\$"),
        ("[x](y)", r"\[x\](y)"),
        ("# no head", r"\# no head"),
        ("- no item", r"\- no item"),
        ("12. no item", r"12\. no item"),
        ("0.1.0", "0.1.0"),
        ("x" * 500, "x" * 219 + "…"),
    ],
)
def test_escapes(text: str, written: str) -> None:
    assert escape(text) == written


def test_a_report_of_nothing(tmp_path: Path) -> None:
    """All cases failed: there is a report still, and it says so."""
    text = write_report(document_of(failed(asked("yes", "?")), failed(said("Hello"))), tmp_path).read_text(
        encoding="utf-8"
    )
    assert "| attempts that got what they asked for | 0 % | 0 to 66 % | 2 |" in text
    assert [path.name for path in tmp_path.glob("*.png")] == ["decision-1-decision.png"]
    assert "nan" not in text


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvaluationError, match="choose another folder with --out"):
        write_report(document_of(failed(said("Hello"))), tmp_path / "file")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "can't be read"),
        ("{", "isn't a report"),
        ("[]", "isn't a report"),
        ('{"format": "loquent evaluation"}', "isn't a report"),
        ('{"format": "loquent evaluation", "version": 2, "cases": [], "measures": {}, "server": {}}', "has version 2"),
    ],
)
def test_what_is_no_report(tmp_path: Path, data: str | None, words: str) -> None:
    file = tmp_path / "report.json"
    if data is not None:
        file.write_text(data, encoding="utf-8")
    with pytest.raises(EvaluationError, match=words):
        read_document(file)
