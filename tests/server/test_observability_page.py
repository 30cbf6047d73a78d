"""docs/observability.md against what is there: every metric, label and field stands in it, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loquent.logs import FIELDS
from loquent.metrics import (
    HANDSHAKE_REFUSALS,
    OUTCOMES,
    RESUME_RESULTS,
    SESSION_STATES,
    TOKEN_KINDS,
    TURN_KINDS,
    Metrics,
)
from loquent.wire.faults import Code

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
SUFFIXES = {"counter": "_total", "info": "_info"}


def table(first: str) -> list[list[str]]:
    """Return the cells of the table whose first column has this head."""
    lines = PAGE.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows: list[list[str]] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" |")])
    return rows


def metrics() -> dict[str, tuple[str, set[str]]]:
    """Return each metric's type and labels, by its name, as Prometheus has them."""
    found: dict[str, tuple[str, set[str]]] = {}
    for family in Metrics("scripted", "script").collect():
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        kind = "gauge" if family.type == "info" else family.type
        found[family.name + SUFFIXES.get(family.type, "")] = (kind, labels)
    return found


def test_every_metric_stands_in_the_table_and_no_other() -> None:
    rows = {row[0].strip("`"): (row[1], set(re.findall(r"`(\w+)`", row[2]))) for row in table("metric")}
    assert rows == metrics()


@pytest.mark.parametrize(
    ("metric", "values"),
    [
        ("loquent_turns_total", (*TURN_KINDS, *OUTCOMES)),
        ("loquent_tokens_total", TOKEN_KINDS),
        ("loquent_handshakes_refused_total", HANDSHAKE_REFUSALS),
        ("loquent_sessions", SESSION_STATES),
        ("loquent_resumes_total", RESUME_RESULTS),
    ],
)
def test_every_value_of_a_label_is_explained(metric: str, values: tuple[str, ...]) -> None:
    (meaning,) = [row[3] for row in table("metric") if row[0] == f"`{metric}`"]
    assert set(values) <= set(re.findall(r"`(\w+)`", meaning))


def test_every_field_of_the_log_stands_in_the_table_in_their_order() -> None:
    assert [row[0].strip("`") for row in table("field")] == list(FIELDS)


def test_the_alerts_name_metrics_that_there_are() -> None:
    names = set(metrics()) | {name + "_bucket" for name, (kind, _) in metrics().items() if kind == "histogram"}
    rules = re.findall(r"^ +expr: (.+)$", PAGE, re.MULTILINE)
    assert len(rules) == 3
    for rule in rules:
        assert re.findall(r"loquent_\w+", rule)
        assert set(re.findall(r"loquent_\w+", rule)) <= names
        for code in re.findall(r'code=~"([^"]+)"', rule):
            assert set(code.split("|")) <= set(Code)


def test_the_examples_are_yaml() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with vLLM")
    blocks = [block for block in re.findall(r"(?:^ {4}.*\n|^\n)+", PAGE, re.MULTILINE) if re.match(r"\s*\w+:\n", block)]
    parsed = [set(yaml.safe_load(block)) for block in blocks]
    assert parsed == [
        {"livenessProbe", "readinessProbe", "terminationGracePeriodSeconds"},
        {"scrape_configs"},
        {"groups"},
    ]


def test_every_attribute_of_a_span_is_named_and_no_other() -> None:
    source = (ROOT / "server" / "loquent" / "tracing" / "otlp.py").read_text(encoding="utf-8")
    name = r"((?:gen_ai|server|error|loquent)\.[\w.]+)"
    set_there = set(re.findall(f'"{name}"', source)) - {"loquent.tracing"}  # a logger
    assert set_there == set(re.findall(f"`{name}`", PAGE.partition("## Spans")[2]))
