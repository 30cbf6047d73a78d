"""Two reports beside each other: which model, or which persona, is better, and whether that's more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from .document import Document
from .failure import EvaluationError
from .markdown import escape, number, percent, table
from .plots import draw_differences
from .statistics import CONFIDENCE, Floats, holm, macro_f1, mcnemar, resampled

_LEAST_APART: Final = 6
"""So many cases must be got right by one alone before exact McNemar says that's no chance: 2 / 2^6 is below 0.05, 2 / 2^5 isn't."""

_ACCURACY: Final = "right choices (accuracy)"
_PASSED: Final = "replies that pass all checks"
_MAIN: Final = (_ACCURACY, _PASSED)
"""The rows that a verdict is given of; the others are details."""


def compare(first: Document, second: Document) -> Document:
    """Compare two reports by the cases that both have.

    Returns:
        what differs, as data: ``rows`` of what is right or wrong, ``others`` of figures without such a test.

    Raises:
        EvaluationError: they have nothing in common, or one of them isn't whole.
    """
    try:
        return _compare(first, second)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise EvaluationError(f"One of the reports isn't whole ({error!r}): evaluate again.") from None


def _compare(first: Document, second: Document) -> Document:
    cases = [{case["id"]: case for case in report["cases"]} for report in (first, second)]
    shared = [identity for identity in cases[0] if identity in cases[1]]
    if not shared:
        raise EvaluationError(
            "The two reports have no case in common: a case is the same if what's asked, and what's wanted, is the same word for word."
        )
    pairs = [(cases[0][identity], cases[1][identity]) for identity in shared]
    asked = [pair for pair in pairs if pair[0]["kind"] != "reply"]
    said = [pair for pair in pairs if pair[0]["kind"] == "reply"]
    rows = [row for row in _rows(asked, said) if row is not None]
    for main in (True, False):  # what is looked at first isn't made harder to tell by its details
        family = [row for row in rows if (row["name"] in _MAIN) == main]
        for row, probability in zip(family, holm([row["p"] for row in family]), strict=True):
            row["p_adjusted"] = probability
            row["beyond_chance"] = probability < 1 - CONFIDENCE
    return {
        "names": _names(first, second),
        "shared": len(shared),
        "only_first": len(cases[0]) - len(shared),
        "only_second": len(cases[1]) - len(shared),
        "rows": rows,
        "others": _others(asked, pairs),
        "same_machine": first.get("machine") == second.get("machine"),
        "same_load": first["run"]["concurrency"] == second["run"]["concurrency"],
    }


def _names(first: Document, second: Document) -> list[str]:
    """Name the two by what differs between them."""
    parts = [
        (report["server"].get("model") or "unknown", report["character"]["name"], report["character"]["sha256"])
        for report in (first, second)
    ]
    names = [
        model if parts[0][0] != parts[1][0] else f"{character} {(digest or '')[:8]}".strip()
        for model, character, digest in parts
    ]
    return names if names[0] != names[1] else [f"{names[0]}, {report['made']}" for report in (first, second)]


Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def _rows(asked: Sequence[Pair], said: Sequence[Pair]) -> list[Document | None]:
    """Return the differences in what is right or wrong, case by case."""
    rows = [_row(_ACCURACY, [_right(pair) for pair in asked])]
    names = list(dict.fromkeys(pair[0]["name"] for pair in asked))
    if len(names) > 1:
        rows += [_row(name, [_right(pair) for pair in asked if pair[0]["name"] == name]) for name in names]
    rows.append(_row(_PASSED, [_shares(pair, None) for pair in said]))
    checks = list(dict.fromkeys(check for pair in said for check in pair[0]["checks"]))
    if len(checks) > 1:
        rows += [
            _row(f"check {name}", [_shares(pair, name) for pair in said if name in pair[0]["checks"]])
            for name in checks
        ]
    return rows


def _right(pair: Pair) -> tuple[float, float]:
    return float(pair[0]["outcome"]["right"]), float(pair[1]["outcome"]["right"])


def _shares(pair: Pair, check: str | None) -> tuple[float, float] | None:
    """Return which share of a case's attempts passed, of both; None where one of them couldn't be judged."""
    outcomes = [case["outcome"] for case in pair]
    first, second = (each["passed"] if check is None else each["checks"][check] for each in outcomes)
    return None if first is None or second is None else (first, second)


def _row(name: str, pairs: Sequence[tuple[float, float] | None]) -> Document | None:
    known = np.asarray([pair for pair in pairs if pair is not None])
    if not len(known):
        return None
    passed = known > 0.5  # most attempts
    only_first, only_second = int((passed[:, 0] & ~passed[:, 1]).sum()), int((~passed[:, 0] & passed[:, 1]).sum())
    differences = known[:, 1] - known[:, 0]
    interval = resampled([0] * len(known), lambda weights: weights @ differences / len(known))
    return {
        "name": name,
        "n": len(known),
        "first": float(known[:, 0].mean()),
        "second": float(known[:, 1].mean()),
        "difference": float(differences.mean()),
        "interval": list(interval),
        "only_first": only_first,
        "only_second": only_second,
        "p": mcnemar(only_first, only_second),
    }


def _others(asked: Sequence[Pair], pairs: Sequence[Pair]) -> list[Document]:
    """Return the differences in other figures, with intervals: macro F1, Brier score, speed."""
    others: list[Document | None] = []
    for name in dict.fromkeys(pair[0]["name"] for pair in asked):
        group = [pair for pair in asked if pair[0]["name"] == name]
        others.append(_macro_f1(name, group))
        briers = [(_brier(first), _brier(second)) for first, second in group]
        others.append(_paired(f"Brier score, {name}", briers, np.mean, more_is_better=False))
    first_text = [(_first_text(first), _first_text(second)) for first, second in pairs]
    others.append(_paired("first text, median, ms", first_text, np.median, more_is_better=False))
    decisions = [(_seconds(first), _seconds(second)) for first, second in pairs]
    others.append(_paired("decision, median, ms", decisions, np.median, more_is_better=False))
    return [each for each in others if each is not None]


def _macro_f1(name: str, group: Sequence[Pair]) -> Document:
    options = list(dict.fromkeys(option for first, _ in group for option in first["options"]))
    codes = {option: index for index, option in enumerate(options)}
    truth = np.asarray([codes[first["answer"]] for first, _ in group])
    predicted = [np.asarray([codes.get(pair[which]["outcome"]["predicted"], -1) for pair in group]) for which in (0, 1)]

    def difference(weights: Floats) -> Floats:
        return macro_f1(weights, truth, predicted[1]) - macro_f1(weights, truth, predicted[0])

    once = np.ones((1, len(group)))
    values = [float(macro_f1(once, truth, each)[0]) for each in predicted]
    return _other(f"macro F1, {name}", values, resampled(truth.tolist(), difference), len(group), more_is_better=True)


def _paired(
    name: str, values: Sequence[tuple[float | None, float | None]], middle: Any, *, more_is_better: bool
) -> Document | None:
    known = np.asarray([pair for pair in values if None not in pair], dtype=float)
    if not len(known):
        return None

    def difference(weights: Floats) -> Floats:
        repeated = [known[np.repeat(np.arange(len(known)), row.astype(int))] for row in weights]
        return np.asarray([middle(each[:, 1]) - middle(each[:, 0]) for each in repeated])

    both = [float(middle(known[:, 0])), float(middle(known[:, 1]))]
    return _other(name, both, resampled([0] * len(known), difference), len(known), more_is_better=more_is_better)


def _other(
    name: str, values: Sequence[float], interval: tuple[float, float], n: int, *, more_is_better: bool
) -> Document:
    return {
        "name": name,
        "n": n,
        "first": values[0],
        "second": values[1],
        "difference": values[1] - values[0],
        "interval": list(interval),
        "more_is_better": more_is_better,
        "beyond_chance": n > 1 and not interval[0] <= 0 <= interval[1],
    }


def _brier(case: Mapping[str, Any]) -> float | None:
    probabilities = case["outcome"]["probabilities"]
    if probabilities is None:
        return None
    right = list(case["options"]).index(case["answer"])
    return float(sum((value - (index == right)) ** 2 for index, value in enumerate(probabilities)))


def _first_text(case: Mapping[str, Any]) -> float | None:
    """Return the milliseconds to the first text of a case's first reply."""
    turns = case["attempts"][0]["turns"]
    seconds = turns[0]["first_seconds"] if turns and turns[0]["by_the_model"] else None
    return None if seconds is None else 1000 * seconds


def _seconds(case: Mapping[str, Any]) -> float | None:
    """Return the milliseconds that a case's first decision took."""
    seconds = case["attempts"][0]["seconds"]
    return None if seconds is None else 1000 * float(seconds)


# --- In words ------------------------------------------------------------------------------------------------------


def render_comparison(compared: Document, picture: str | None) -> str:
    """Write a comparison as Markdown."""
    first, second = (escape(name) for name in compared["names"])
    parts = [f"# {first} and {second}", _on_what(compared)]
    if compared["rows"]:
        rows = [
            (
                escape(row["name"]),
                percent(row["first"]),
                percent(row["second"]),
                f"{100 * row['difference']:+.0f} ({100 * row['interval'][0]:+.0f} to {100 * row['interval'][1]:+.0f})",
                f"{row['only_first']} : {row['only_second']}",
                number(row["p_adjusted"], 3),
                row["n"],
            )
            for row in compared["rows"]
        ]
        head = ["", "first", "second", "difference in points (95 %)", "only one is right", "p", "n"]
        parts += ["\n".join(f"- {sentence}" for sentence in verdicts_in_words(compared)), table(head, rows)]
        parts.append(
            "*Only one is right*: in how many cases the first alone, and the second alone. *p*: how likely chance alone divides them at "
            "least so unevenly (exact McNemar test; Holm's correction, of the verdicts and of the details apart); "
            "below 0.05 it's taken for more than chance."
        )
    if picture:
        parts.append(f"![By how much the second is ahead of the first]({picture})")
    if compared["others"]:
        figures = [
            (
                escape(other["name"]),
                number(other["first"]),
                number(other["second"]),
                f"{other['difference']:+.2f} ({other['interval'][0]:+.2f} to {other['interval'][1]:+.2f})",
                _ahead(other),
                other["n"],
            )
            for other in compared["others"]
        ]
        parts.append(table(["", "first", "second", "difference (95 %)", "ahead", "n"], figures))
        parts.append(
            "One is ahead where the interval of the difference leaves out 0; here nothing is corrected for many tests. Times were measured "
            "one run after the other: what else the machine did during one of them is in the difference."
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def _on_what(compared: Document) -> str:
    first, second = (escape(name) for name in compared["names"])
    text = f"**First**: {first}. **Second**: {second}. Compared by the {compared['shared']} cases that both were asked"
    left = compared["only_first"] + compared["only_second"]
    text += f"; {left} that only one was asked are left out." if left else "."
    if not compared["same_machine"]:
        text += " **They ran on different machines: times compare the machines too.**"
    if not compared["same_load"]:
        text += " **Not as many cases ran at once: times can't be compared.**"
    return text


def verdicts_in_words(compared: Document) -> list[str]:
    """Say of the main rows, in a sentence each, which of the two is better, and whether that's more than chance."""
    names = compared["names"]
    sentences = []
    for row in compared["rows"]:
        if row["name"] not in _MAIN:
            continue
        counts = f"{percent(row['first'])} and {percent(row['second'])} of {row['n']}"
        if row["difference"] == 0:
            said = "the same"
        elif row["beyond_chance"]:
            better = names[1] if row["difference"] > 0 else names[0]
            said = f"{escape(better)} is better, and that's more than chance (p = {row['p_adjusted']:.3f})"
        else:
            said = f"the difference may be chance (p = {row['p_adjusted']:.2f})"
            if row["only_first"] + row["only_second"] < _LEAST_APART:
                said += f": it would take {_LEAST_APART} cases or more that only one gets right; ask more cases"
        sentences.append(f"{row['name'][0].upper()}{row['name'][1:]}: {counts}; {said}.")
    return sentences


def _ahead(other: Mapping[str, Any]) -> str:
    if not other["beyond_chance"]:
        return "neither"
    return "second" if (other["difference"] > 0) == other["more_is_better"] else "first"


def write_comparison(compared: Document, folder: Path) -> Path:
    """Write a comparison into a folder; returns the file.

    Raises:
        EvaluationError: it can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        picture = "comparison.png" if compared["rows"] else None
        if picture:
            draw_differences(compared["rows"], folder / picture)
        file = folder / "comparison.md"
        file.write_text(render_comparison(compared, picture), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"The comparison can't be written into {folder} ({error.strerror}): choose another folder with --out."
        ) from None
    return file
