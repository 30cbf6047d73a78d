"""What Prometheus reads: every number under its name, from whoever knows it, and never more time series than planned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from loquent import __version__
from loquent.metrics import (
    FIRST_TOKEN_BOUNDS,
    INTER_TOKEN_BOUNDS,
    QUEUE_BOUNDS,
    TURN_BOUNDS,
    Metrics,
)
from loquent.wire.faults import Code

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("scripted", "script")


def values(metrics: Metrics) -> dict[str, float]:
    """Return every sample of ours as Prometheus sees it, such as ``loquent_turns_total{kind=say}{outcome=stop}``."""
    text = metrics.render(None)[0].decode()
    return {
        sample.name + "".join(f"{{{label}={value}}}" for label, value in sample.labels.items()): sample.value
        for family in parse_plain(text)
        for sample in family.samples
        if sample.name.startswith("loquent_")
    }


def test_what_is_counted_is_what_is_read(metrics: Metrics) -> None:
    metrics.turns["say"].add("stop")
    metrics.turns["say"].add("stop")
    metrics.turns["say"].add("cancelled")
    metrics.tokens.add("reply", 12)
    metrics.faults.add(Code.BUSY)
    metrics.sent_bytes.add(300)
    metrics.sent_bytes.add(5)
    metrics.sent_messages.add()
    read = values(metrics)
    assert read["loquent_turns_total{kind=say}{outcome=stop}"] == 2
    assert read["loquent_turns_total{kind=say}{outcome=cancelled}"] == 1
    assert read["loquent_turns_total{kind=say}{outcome=fault}"] == 0
    assert read["loquent_tokens_total{kind=reply}"] == 12
    assert read["loquent_faults_total{code=busy}"] == 1
    assert read["loquent_sent_bytes_total"] == 305
    assert read["loquent_messages_sent_total"] == 1


def test_a_histogram_counts_each_time_in_every_bucket_that_holds_it(metrics: Metrics) -> None:
    metrics.inter_token.observe(0.01)  # a bound belongs to its bucket: le means less or equal
    metrics.inter_token.observe(0.0101)
    metrics.inter_token.observe(0.2, times=3)  # one delta of three tokens
    metrics.inter_token.observe(1000.0)
    read = values(metrics)
    name = "loquent_inter_token_latency_seconds"
    assert read[name + "_bucket{le=0.005}"] == 0
    assert read[name + "_bucket{le=0.01}"] == 1
    assert read[name + "_bucket{le=0.025}"] == 2
    assert read[name + "_bucket{le=0.2}"] == 5
    assert read[name + "_bucket{le=10.0}"] == 5
    assert read[name + "_bucket{le=+Inf}"] == read[name + "_count"] == 6
    assert read[name + "_sum"] == pytest.approx(0.01 + 0.0101 + 0.6 + 1000)


@pytest.mark.parametrize("bounds", [FIRST_TOKEN_BOUNDS, INTER_TOKEN_BOUNDS, TURN_BOUNDS, QUEUE_BOUNDS])
def test_the_bounds_of_buckets_ascend(bounds: tuple[float, ...]) -> None:
    assert list(bounds) == sorted(set(bounds))


def test_what_is_known_elsewhere_is_read_when_somebody_looks(metrics: Metrics) -> None:
    connections = ["one"]
    metrics.connections.read = lambda: len(connections)
    metrics.sessions.read = lambda: {"connected": len(connections), "waiting": 4, "dreaming": 9}
    metrics.engine_restarts.read = lambda: 3
    assert values(metrics)["loquent_connections"] == 1
    connections.append("two")
    read = values(metrics)
    assert read["loquent_connections"] == 2
    assert read["loquent_sessions{state=connected}"] == 2
    assert read["loquent_sessions{state=waiting}"] == 4
    assert "loquent_sessions{state=dreaming}" not in read
    assert read["loquent_engine_restarts_total"] == 3


def test_two_servers_in_one_process_count_apart(metrics: Metrics) -> None:
    other = Metrics("scripted", "script")
    metrics.turns["say"].add("stop")
    assert values(other)["loquent_turns_total{kind=say}{outcome=stop}"] == 0


def test_whatever_is_counted_the_number_of_time_series_is_bounded(metrics: Metrics) -> None:
    before = len(values(metrics))
    for number in range(1000):
        metrics.turns["say"].add(f"outcome {number}")
        metrics.faults.add(f"code {number}")
    read = values(metrics)
    assert len(read) == before + 2
    assert read["loquent_turns_total{kind=say}{outcome=other}"] == 1000


def test_what_runs_is_told(metrics: Metrics) -> None:
    build = f"loquent_build_info{{engine=scripted}}{{model=script}}{{version={__version__}}}"
    assert values(metrics)[build] == 1


def test_a_models_name_that_needs_escaping_comes_through_whole() -> None:
    name = 'a "model"\\with\nlines'
    (family,) = [
        f for f in parse_plain(Metrics("vllm", name).render(None)[0].decode()) if f.name == "loquent_build_info"
    ]
    assert family.samples[0].labels["model"] == name


def test_the_process_tells_of_itself(metrics: Metrics) -> None:
    names = {family.name for family in parse_plain(metrics.render(None)[0].decode())}
    assert "python_gc_collections" in {name.removesuffix("_total") for name in names}
    if sys.platform == "linux":
        assert {"process_resident_memory_bytes", "process_open_fds"} <= names


def test_openmetrics_is_spoken_with_whoever_asks_for_it(metrics: Metrics) -> None:
    metrics.turns["say"].add("stop")
    body, content_type = metrics.render(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")
    families = {family.name: family for family in parse_openmetrics(body.decode())}  # type: ignore[no-untyped-call]
    assert families["loquent_turns"].type == "counter"
    assert families["loquent_turns"].samples[0].value == 1


@pytest.mark.parametrize(
    "accept",
    [None, "", "*/*", "text/html", "text/plain;version=x", "application/openmetrics-text;version=1.x", ";;,,=", "\xff"],
)
def test_whatever_is_asked_for_the_answer_can_be_parsed(metrics: Metrics, accept: str | None) -> None:
    body, content_type = metrics.render(accept)
    assert content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert list(parse_plain(body.decode()))


def test_nothing_of_it_is_shared_with_other_processes(tmp_path: Path) -> None:
    """vLLM's users set this variable for vLLM; the library's own counters would then be kept in files of that folder."""
    code = (
        "from loquent.metrics import Metrics; m = Metrics('vllm', 'x'); m.turns['say'].add('stop'); "
        "print('outcome=\"stop\"} 1.0' in m.render(None)[0].decode())"
    )
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "True\n"
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_used_twice_is_refused(metrics: Metrics) -> None:
    """The registry knows the names, so a second collector with one of them can't hide the first."""
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        metrics.registry.register(metrics)
