"""The pictures of a report, as PNG files: drawn by matplotlib, without a screen."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_INK: Final = "#22313f"
_BLUE: Final = "#2f6f9f"
_ORANGE: Final = "#d9822b"
_GREY: Final = "#9aa5b1"
_LONGEST_LABEL: Final = 22
_MANY: Final = 100
"""So many values have a 99th percentile."""
_STYLE: Final[dict[str, Any]] = {
    "text.parse_math": False,  # a dollar in an option is a dollar
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def draw_confusion(group: Mapping[str, Any], path: Path) -> None:
    """Draw which option was chosen where which was right: rows are what is right, columns what was chosen.

    Args:
        group: of the measures' choices.
        path: the file to write.
    """
    confusion = group["confusion"]
    counts = np.asarray(confusion["counts"])
    rows, columns = list(confusion["rows"]), list(confusion["columns"])
    if not counts[:, -1].sum():  # every decision came
        counts, columns = counts[:, :-1], columns[:-1]
    side = 1.9 + 0.62 * len(columns)
    with _figure(max(4.6, side + 1.4), max(3.0, 1.9 + 0.52 * len(rows)), path) as figure:
        axes = figure.subplots()
        sums = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, sums, out=np.zeros(counts.shape), where=sums > 0)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for row, column in np.ndindex(*counts.shape):
            if counts[row, column]:
                axes.text(
                    column,
                    row,
                    str(counts[row, column]),
                    ha="center",
                    va="center",
                    fontweight="bold" if rows[row] == columns[column] else "normal",
                    color="white" if shares[row, column] > 0.55 else _INK,
                )
        labels = [_short(label) for label in columns]
        turned = len(columns) > 3 or max(map(len, labels)) > 9
        axes.set_xticks(
            range(len(columns)),
            labels,
            rotation=35 if turned else 0,
            ha="right" if turned else "center",
            rotation_mode="anchor",
        )
        axes.set_yticks(
            range(len(rows)), [f"{_short(row)} ({int(n)})" for row, n in zip(rows, sums[:, 0], strict=True)]
        )
        axes.set_xlabel("chosen")
        axes.set_ylabel("right (how many)")
        axes.set_title(f"{_short(group['name'])}, {group['n']} cases")
        axes.tick_params(length=0)
        axes.set_xticks(np.arange(-0.5, len(columns)), minor=True)
        axes.set_yticks(np.arange(-0.5, len(rows)), minor=True)
        axes.grid(which="minor", color="white", linewidth=2)
        axes.tick_params(which="minor", length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)


def draw_reliability(groups: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw whether probabilities can be believed: how often what was said with so much confidence was right.

    Args:
        groups: of the measures' choices, those with a decision.
        path: the file to write.
    """
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    with _figure(max(4.4, 3.3 * columns + 0.6), 3.3 * rows + 0.5, path) as figure:
        grid = figure.subplots(rows, columns, squeeze=False)
        for index, axes in enumerate(grid.flat):
            if index < len(groups):
                _draw_bins(axes, groups[index])
            else:
                axes.set_visible(False)


def _draw_bins(axes: Axes, group: Mapping[str, Any]) -> None:
    calibration = group["calibration"]
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle="--", zorder=1)
    for bin_ in calibration["bins"]:
        right = bin_["right"]
        low, high = right["interval"]
        axes.plot([bin_["confidence"]] * 2, [low, high], color=_BLUE, linewidth=1.4, zorder=2)
        axes.scatter([bin_["confidence"]], [right["share"]], s=28 + 5 * right["n"], color=_BLUE, zorder=3)
        # Beside the dot, on the side with room.
        left = bin_["confidence"] > 0.8
        axes.annotate(
            f"n = {right['n']}",
            (bin_["confidence"], right["share"]),
            (-9 if left else 9, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=8,
        )
    axes.set_xlim(0, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("probability of what it chose")
    axes.set_ylabel("share that was right")
    axes.set_title(f"{_short(group['name'])}, {calibration['n']} decisions")


def draw_latency(first: Sequence[float], gaps: Sequence[float], decisions: Sequence[float], path: Path) -> None:
    """Draw how long it took: the share of replies, tokens and decisions that came within a time, in seconds.

    Args:
        first: from say to the first text.
        gaps: from token to token.
        decisions: from the question to the decision.
        path: the file to write.
    """
    panels = [
        ("first text of a reply", "replies", first),
        ("from token to token", "tokens", gaps),
        ("decision", "decisions", decisions),
    ]
    panels = [panel for panel in panels if panel[2]]
    with _figure(max(4.6, 3.5 * len(panels) + 0.4), 3.2, path) as figure:
        for axes, (title, what, seconds) in zip(np.atleast_1d(figure.subplots(1, len(panels))), panels, strict=True):
            values = np.sort(np.asarray(seconds)) * 1000
            shares = np.arange(1, len(values) + 1) / len(values)
            axes.step(np.concatenate([[values[0]], values]), np.concatenate([[0], shares]), where="post", color=_BLUE)
            middle = float(np.percentile(values, 50))
            axes.axvline(middle, color=_ORANGE, linewidth=1)
            axes.annotate(
                f"median {middle:,.0f} ms" if middle >= 10 else f"median {middle:.1f} ms",
                (middle, 0.06),
                (5, 0),
                textcoords="offset points",
                color=_ORANGE,
                fontsize=9,
            )
            longest = float(values[-1])
            right = 1.6 * middle
            if len(values) >= _MANY:  # a few that took ever so long don't squeeze all others into a line
                right = max(right, 1.2 * float(np.percentile(values, 99)))
                if right < longest:
                    note = f"longest {longest:,.0f} ms →"
                    axes.annotate(note, (1, 0.9), xycoords="axes fraction", ha="right", fontsize=8, color=_INK)
            else:
                right = max(right, 1.05 * longest)
            axes.set_xlim(left=0, right=right)
            axes.set_ylim(0, 1.02)
            axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
            axes.set_xlabel("milliseconds")
            axes.set_ylabel(f"share of {what} within")
            axes.set_title(f"{title}, n = {len(values)}")
            axes.grid(color="#e4e7eb", linewidth=0.7)
            axes.set_axisbelow(True)


def draw_differences(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw by how much one is ahead of the other, with intervals; right of the line the second is better.

    Args:
        rows: of a comparison: name, difference, interval, n, and whether it's more than chance.
        path: the file to write.
    """
    with _figure(7.2, 1.3 + 0.42 * len(rows), path) as figure:
        axes = figure.subplots()
        for place, row in enumerate(rows):
            color = _BLUE if row["beyond_chance"] else _GREY
            axes.plot(row["interval"], [place, place], color=color, linewidth=2, solid_capstyle="round")
            axes.scatter([row["difference"]], [place], s=42, color=color, zorder=3)
        reach = max([0.1, *(abs(end) for row in rows for end in (*row["interval"], row["difference"]))]) * 1.1
        axes.set_xlim(-reach, reach)
        axes.axvline(0, color=_INK, linewidth=1)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [f"{_short(row['name'], 30)} (n = {row['n']})" for row in rows])
        axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:+.0f}" if share else "0")
        axes.set_xlabel("percentage points:  ← first is ahead    second is ahead →")
        axes.set_title("Blue: more than chance. Strokes: 95 % intervals")
        axes.grid(axis="x", color="#e4e7eb", linewidth=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)


@contextmanager
def _figure(width: float, height: float, path: Path) -> Iterator[Figure]:
    """Make a figure to draw into, in inches, and write it in the end."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="Glyph .* missing from"
            )  # the font has no Chinese: it draws boxes
            figure.savefig(path, dpi=130)


def _short(label: str, longest: int = _LONGEST_LABEL) -> str:
    line = " ".join(label.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
