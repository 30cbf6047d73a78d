"""What is counted and measured of one server, for Prometheus.

Counts are plain numbers, and only the event loop changes and reads them: 0.1 µs for a token's latency, where the library's own
histogram takes its locks for 0.6 µs. The library does what is left: the registry, the process's own figures and the text formats.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder, generate_latest
from prometheus_client.registry import Collector

from . import __version__
from .wire.faults import Code

# The bounds are those of vLLM 0.32 for histograms of the same names (vllm/v1/metrics/buckets.py), so that the two can be laid over
# each other. Above, they end where our own limits do; below, there are finer ones for what a small model on a GPU needs.
FIRST_TOKEN_BOUNDS: Final = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0),
)
"""Seconds to the first token. Players notice from some 0.2 s on."""
INTER_TOKEN_BOUNDS: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0),
)
"""Seconds from token to token. People read some 8 tokens a second: above 0.125 s they wait."""
TURN_BOUNDS: Final = (
    0.1,
    0.3,
    0.5,
    0.8,
    1.0,
    1.5,
    2.0,
    2.5,
    5.0,
    10.0,
    15.0,
    20.0,
    30.0,
    40.0,
    50.0,
    60.0,
    120.0,
    240.0,
)
"""Seconds of a whole turn: vLLM's for a whole request."""
QUEUE_BOUNDS: Final = (0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)
"""Seconds in the queue: vLLM's for a whole request, with finer ones, as most turns wait for no other."""

OUTCOMES: Final = ("stop", "length", "cancelled", "fault", "refused")
"""How a turn can come out: the reasons of `end`, or refused, without begin and end."""
TURN_KINDS: Final = ("say", "decide")
"""What a turn can be: the names of the frames that begin one."""
TOKEN_KINDS: Final = ("prompt", "cached", "reply")
"""What tokens are counted: of prompts, of those the ones that the engine didn't have to compute, and of replies."""
SESSION_STATES: Final = ("connected", "waiting")
RESUME_RESULTS: Final = ("resumed", "refused")
HANDSHAKE_REFUSALS: Final = ("full", "draining", "unauthorized", "origin", "not_websocket", "subprotocol")
"""Why a connection can be refused before it says anything."""

_OTHER: Final = "other"
"""Stands for a label's value that isn't in its list: whatever happens, the number of time series is bounded."""


class Counter:
    """A number that only grows.

    Args:
        name: its name, without the ``_total`` that Prometheus shows behind it.
        meaning: what it counts, for people.
    """

    def __init__(self, name: str, meaning: str) -> None:
        self._name = name
        self._meaning = meaning
        self.total = 0
        """The count so far."""

    def add(self, amount: int = 1) -> None:
        """Count."""
        self.total += amount

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        return CounterMetricFamily(self._name, self._meaning, value=self.total)


class Counters:
    """Numbers that only grow, one for each value of a label.

    Args:
        name, meaning: as for `Counter`.
        label: the label's name.
        values: the values it can have; whatever else is counted is counted as ``other``.
    """

    def __init__(self, name: str, meaning: str, label: str, values: Iterable[str]) -> None:
        self._name = name
        self._meaning = meaning
        self._label = label
        self.totals = dict.fromkeys(map(str, values), 0)
        """The counts so far: all from the start, so that the first event shows as growth."""

    def add(self, value: str, amount: int = 1) -> None:
        """Count for a value of the label."""
        if value not in self.totals:
            value = _OTHER
        self.totals[value] = self.totals.get(value, 0) + amount

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        family = CounterMetricFamily(self._name, self._meaning, labels=[self._label])
        for value, total in self.totals.items():
            family.add_metric([value], total)
        return family


class Histogram:
    """How many of certain times were how long.

    Args:
        name, meaning: as for `Counter`.
        bounds: the upper bounds of its buckets, in seconds, ascending; one for whatever is longer is added.
    """

    def __init__(self, name: str, meaning: str, bounds: Sequence[float]) -> None:
        self._name = name
        self._meaning = meaning
        self._bounds = tuple(bounds)
        self._labels = (*map(str, self._bounds), "+Inf")
        self._counts = [0] * len(self._labels)
        self._sum = 0.0

    def observe(self, seconds: float, times: int = 1) -> None:
        """Count a time, or several of the same length. Called for each token."""
        self._counts[bisect_left(self._bounds, seconds)] += times
        self._sum += seconds * times

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        below = 0
        buckets: list[tuple[str, float]] = []
        for label, count in zip(self._labels, self._counts, strict=True):
            below += count
            buckets.append((label, below))
        return HistogramMetricFamily(self._name, self._meaning, buckets=buckets, sum_value=self._sum)


class Gauge:
    """A number that is known elsewhere, and read there whenever somebody looks.

    Args:
        name, meaning: as for `Counter`.
        counter: whether it only grows.
    """

    def __init__(self, name: str, meaning: str, *, counter: bool = False) -> None:
        self._name = name
        self._meaning = meaning
        self._family = CounterMetricFamily if counter else GaugeMetricFamily
        self.read: Callable[[], float] = lambda: 0
        """Returns the number, without waiting. Set by whoever knows it."""

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        return self._family(self._name, self._meaning, value=self.read())


class Gauges:
    """Numbers that are known elsewhere, one for each value of a label.

    Args:
        name, meaning, label, values: as for `Counters`; whatever else is read is left out.
    """

    def __init__(self, name: str, meaning: str, label: str, values: Iterable[str]) -> None:
        self._name = name
        self._meaning = meaning
        self._label = label
        self._values = tuple(values)
        self.read: Callable[[], Mapping[str, float]] = dict
        """Returns the numbers by the label's values, without waiting; one that is missing is 0. Set by whoever knows them."""

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        family = GaugeMetricFamily(self._name, self._meaning, labels=[self._label])
        read = self.read()
        for value in self._values:
            family.add_metric([value], read.get(value, 0))
        return family


M = TypeVar("M", bound=Counters | Histogram)


class ByKind(Generic[M]):
    """A metric of turns that is kept for each of `TURN_KINDS`, with the label ``kind``.

    Args:
        make: makes the metric of one kind; always the same one.
    """

    def __init__(self, make: Callable[[], M]) -> None:
        self._of: dict[str, M] = {kind: make() for kind in TURN_KINDS}

    def __getitem__(self, kind: str) -> M:
        """Return the metric of one kind."""
        return self._of[kind]

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        family, *_ = families = [metric.family() for metric in self._of.values()]
        family.samples = [
            sample._replace(labels={"kind": kind, **sample.labels})
            for kind, one in zip(self._of, families, strict=True)
            for sample in one.samples
        ]
        return family


class Build:
    """What runs: the version, the engine and the model.

    Args:
        engine: the engine's kind.
        model: the model's name.
    """

    def __init__(self, engine: str, model: str) -> None:
        self._labels = {"version": __version__, "engine": engine, "model": model}

    def family(self) -> Metric:
        """Return what Prometheus is told."""
        return InfoMetricFamily("loquent_build", "What runs here.", value=self._labels)


class Metrics(Collector):
    """All that is counted of one server. A server has its own; there is nothing global.

    Args:
        engine: the engine's kind.
        model: the model's name.
    """

    def __init__(self, engine: str, model: str) -> None:
        self.build = Build(engine, model)

        self.first_token = Histogram(
            "loquent_time_to_first_token_seconds",
            "From a say to the first text of its reply, the time in the queue included.",
            FIRST_TOKEN_BOUNDS,
        )
        self.inter_token = Histogram(
            "loquent_inter_token_latency_seconds",
            "From one token of a reply to the next, as the engine hands them out.",
            INTER_TOKEN_BOUNDS,
        )
        self.queue = Histogram(
            "loquent_queue_seconds", "How long turns waited for their place in the engine.", QUEUE_BOUNDS
        )
        self.turn = ByKind(
            lambda: Histogram(
                "loquent_turn_seconds", "From a say or decide to the end of its turn, however it ended.", TURN_BOUNDS
            )
        )
        self.turns = ByKind(lambda: Counters("loquent_turns", "Turns, by how they came out.", "outcome", OUTCOMES))
        self.tokens = Counters(
            "loquent_tokens",
            "Tokens of prompts, of those the ones found in the engine's cache, and of replies.",
            "kind",
            TOKEN_KINDS,
        )
        self.running = Gauge("loquent_turns_running", "Turns that have their place in the engine.")
        self.queued = Gauge("loquent_turns_queued", "Turns that wait for a place in the engine.")

        self.connections = Gauge("loquent_connections", "Open connections.")
        self.handshakes_refused = Counters(
            "loquent_handshakes_refused", "Connections refused at the door.", "reason", HANDSHAKE_REFUSALS
        )
        self.sessions = Gauges(
            "loquent_sessions", "Sessions, connected or waiting for their client.", "state", SESSION_STATES
        )
        self.resumes = Counters("loquent_resumes", "Attempts to resume a session.", "result", RESUME_RESULTS)
        self.faults = Counters("loquent_faults", "Faults told to clients, by their code.", "code", Code)
        self.sent_bytes = Counter("loquent_sent_bytes", "Bytes of messages given to sockets, replays included.")
        self.sent_messages = Counter("loquent_messages_sent", "Messages given to sockets.")
        self.pending_bytes = Gauge(
            "loquent_pending_bytes", "Bytes that wait for clients to read them, of all sessions."
        )
        self.window_bytes = Gauge(
            "loquent_replay_window_bytes", "Bytes sent and kept until they are acknowledged, of all sessions."
        )

        self.memory_waiting = Gauge(
            "loquent_memory_waiting", "Exchanges that wait to be stored because the memory's file can't be written."
        )
        self.engine_up = Gauge("loquent_engine_up", "1 while the engine can reply, else 0.")
        self.engine_restarts = Gauge(
            "loquent_engine_restarts", "How often an engine that died was started again.", counter=True
        )
        self.embeddings_up = Gauge(
            "loquent_embeddings_up", "1 while texts can be embedded, else 0, also where they never are."
        )
        self.embeddings_restarts = Gauge(
            "loquent_embeddings_restarts", "How often an embedder that died was started again.", counter=True
        )
        self.recognition_up = Gauge(
            "loquent_recognition_up", "1 while pictures can be recognised, else 0, also where they never are."
        )
        self.recognition_restarts = Gauge(
            "loquent_recognition_restarts", "How often a recogniser that died was started again.", counter=True
        )

        self.registry = CollectorRegistry(auto_describe=True)
        """Where all of this is registered, with the process's own figures."""
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def collect(self) -> Iterable[Metric]:
        """Yield everything, as of now."""
        for metric in vars(self).values():
            if not isinstance(metric, CollectorRegistry):
                yield metric.family()

    def render(self, accept: str | None) -> tuple[bytes, str]:
        """Write everything down, as of now.

        Args:
            accept: the ``Accept`` header of whoever asks: OpenMetrics or Prometheus's own text format.

        Returns:
            the text, and its content type.
        """
        try:
            encoder, content_type = choose_encoder(accept or "")
        except (TypeError, ValueError):  # a version that isn't a number
            encoder, content_type = generate_latest, CONTENT_TYPE_PLAIN_0_0_4
        return encoder(self.registry), content_type
