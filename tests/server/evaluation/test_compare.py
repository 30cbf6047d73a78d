"""Two reports beside each other: the statistics against known values, and what's said of them in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from loquent.evaluation.attempts import Attempt
from loquent.evaluation.checks import Checks
from loquent.evaluation.compare import compare, render_comparison, verdicts_in_words, write_comparison
from loquent.evaluation.document import Document
from loquent.evaluation.failure import EvaluationError
from support.evaluations import asked, decided, document_of, failed, replied, said


def report(rights: str, *, model: str, sure: float = 0.9, checks: str = "") -> Document:
    """Make a report: of so many cases, + is right and - is wrong, first of choices, then of replies."""
    attempts: list[Attempt] = []
    for number, right in enumerate(rights):
        case = asked("yes" if number % 2 else "no", f"question {number}")
        yes = (case.answer == "yes") == (right == "+")
        attempts.append(decided(case, sure if yes else 1 - sure, 1 - sure if yes else sure))
    for number, right in enumerate(checks):
        attempts.append(replied(said(f"say {number}"), "good" if right == "+" else "bad"))
    return document_of(*attempts, model=model)


def row(compared: Document, name: str) -> dict[str, Any]:
    (found,) = [each for each in [*compared["rows"], *compared["others"]] if each["name"] == name]
    return dict(found)


def test_a_difference_that_is_more_than_chance() -> None:
    compared = compare(report("+" * 4 + "-" * 12, model="small"), report("+" * 14 + "--", model="large"))
    right = row(compared, "right choices (accuracy)")
    assert (right["first"], right["second"], right["difference"]) == (0.25, 0.875, 0.625)
    assert (right["only_first"], right["only_second"], right["n"]) == (0, 10, 16)
    assert right["p"] == pytest.approx(2 / 2**10)
    assert right["beyond_chance"] is True
    low, high = right["interval"]
    assert 0.3 < low < 0.625 < high < 0.9
    assert verdicts_in_words(compared) == [
        "Right choices (accuracy): 25 % and 88 % of 16; large is better, and that's more than chance (p = 0.002)."
    ]


def test_a_difference_that_may_be_chance_and_what_it_would_take() -> None:
    compared = compare(report("++++----", model="small"), report("+++++++-", model="large"))
    right = row(compared, "right choices (accuracy)")
    assert (right["p"], right["beyond_chance"]) == (0.25, False)
    (sentence,) = verdicts_in_words(compared)
    assert sentence.endswith(
        "may be chance (p = 0.25): it would take 6 cases or more that only one gets right; ask more cases."
    )


def test_the_same_is_the_same() -> None:
    one = report("+-+-", model="same", checks="+-")
    compared = compare(one, one)
    assert [each["difference"] for each in [*compared["rows"], *compared["others"]]] == [0] * 6
    assert not any(each["beyond_chance"] for each in [*compared["rows"], *compared["others"]])
    assert verdicts_in_words(compared)[0] == "Right choices (accuracy): 50 % and 50 % of 4; the same."


def test_the_more_is_tested_the_more_it_takes() -> None:
    """Six replies that only one passes do alone (p = 0.031); of two such tests, they don't."""
    checks = Checks(contains_any=("good",), max_words=5)

    def one(text: str, model: str) -> Document:
        return document_of(*[replied(said(f"say {n}", checks), text) for n in range(6)], model=model)

    compared = compare(one("bad", "a"), one("good", "b"))
    found = [(each["name"], each["p"], each["p_adjusted"], each["beyond_chance"]) for each in compared["rows"]]
    assert found == [
        ("replies that pass all checks", 0.03125, 0.03125, True),
        ("check contains_any", 0.03125, 0.0625, False),
        ("check max_words", 1.0, 1.0, False),
    ]


def test_a_brier_score_can_differ_where_nothing_is_right_or_wrong_otherwise() -> None:
    compared = compare(report("+" * 10, model="shy", sure=0.6), report("+" * 10, model="sure", sure=0.9))
    brier = row(compared, "Brier score, decision")
    assert (brier["first"], brier["second"]) == (pytest.approx(0.32), pytest.approx(0.02))
    assert (brier["beyond_chance"], brier["more_is_better"]) == (True, False)
    assert "| Brier score, decision | 0.32 | 0.02 | -0.30 (-0.30 to -0.30) | second | 10 |" in render_comparison(
        compared, None
    )


def test_macro_f1() -> None:
    compared = compare(report("-" * 10, model="a"), report("+" * 10, model="b"))
    f1 = row(compared, "macro F1, decision")
    assert (f1["first"], f1["second"], f1["interval"], f1["beyond_chance"]) == (0.0, 1.0, [1.0, 1.0], True)


def test_speed_is_compared_case_by_case() -> None:
    def one(first: float, model: str) -> Document:
        return document_of(*[replied(said(f"say {n}"), "good", first=first + n / 10) for n in range(9)], model=model)

    compared = compare(one(0.5, "slow"), one(0.2, "fast"))
    first_text = row(compared, "first text, median, ms")
    assert (first_text["first"], first_text["second"]) == (pytest.approx(900), pytest.approx(600))
    assert first_text["beyond_chance"]
    assert compared["same_machine"]
    other = one(0.2, "fast")
    other["machine"] = {**other["machine"], "cores": 64}
    other["run"]["concurrency"] = 8
    text = render_comparison(compare(one(0.5, "slow"), other), None)
    assert "times compare the machines too" in text
    assert "times can't be compared" in text


def test_only_cases_that_both_have_are_compared() -> None:
    first, second = report("++++", model="a"), report("++++++", model="b")
    compared = compare(first, second)
    assert (compared["shared"], compared["only_first"], compared["only_second"]) == (4, 0, 2)
    assert "2 that only one was asked are left out" in render_comparison(compared, None)
    with pytest.raises(EvaluationError, match="no case in common"):
        compare(first, document_of(replied(said("else"), "good")))


def test_what_cannot_be_judged_by_both_is_left_out() -> None:
    case = said("say", Checks(contains_any=("good",)))
    first, second = document_of(failed(case), model="a"), document_of(replied(case, "good"), model="b")
    assert row(compare(first, second), "replies that pass all checks")["n"] == 1
    first["cases"][0]["outcome"] |= {"passed": None, "checks": {"contains_any": None}}
    assert compare(first, second)["rows"] == []


def test_personas_are_named_where_the_model_is_the_same() -> None:
    first = document_of(replied(said("say"), "good"), character="innkeeper")
    second = document_of(replied(said("say"), "good"), character="innkeeper2")
    assert compare(first, second)["names"] == ["innkeeper", "innkeeper2"]
    same = {**first, "made": "2026-01-02"}
    assert compare({**first, "made": "2026-01-01"}, same)["names"] == ["innkeeper, 2026-01-01", "innkeeper, 2026-01-02"]


def test_a_report_that_is_not_whole() -> None:
    first = report("++", model="a")
    broken = {**first, "cases": [{"id": first["cases"][0]["id"], "kind": "decision", "name": "x"}]}
    with pytest.raises(EvaluationError, match="isn't whole"):
        compare(first, broken)


def test_it_is_written_with_a_picture(tmp_path: Path) -> None:
    compared = compare(report("++--++--", model="a|b", checks="++--"), report("++++++--", model="<b>", checks="+++-"))
    file = write_comparison(compared, tmp_path / "out")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# a\\|b and &lt;b&gt;\n")
    assert "![By how much the second is ahead of the first](comparison.png)" in text
    with Image.open(tmp_path / "out" / "comparison.png") as picture:
        assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 20
    (tmp_path / "file").write_text("")
    with pytest.raises(EvaluationError, match="choose another folder with --out"):
        write_comparison(compared, tmp_path / "file")
