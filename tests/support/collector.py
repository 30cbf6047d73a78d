"""A collector of spans, as OpenTelemetry has it: a real HTTP server of the loopback that reads what it's sent."""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

needs_opentelemetry = pytest.mark.skipif(
    "CI" not in os.environ and importlib.util.find_spec("opentelemetry") is None,
    reason="OpenTelemetry comes with vLLM, or with the extra otel",
)

INTERNAL = 1
"""A span's kind, as in OTLP's trace.proto."""
UNSET, ERROR = 0, 2
"""A span's status, likewise."""


class Collector:
    """What has arrived."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.paths: list[str] = []
        self.spans: list[Any] = []
        """Spans, as OTLP's own message."""
        self.resource: dict[str, Any] = {}
        self.answer = 200
        """The status that it answers with."""
        self.stalls = threading.Event()
        """Cleared while it answers nobody."""
        self.stalls.set()

    def take(self, path: str, body: bytes) -> int:
        """Read a request; returns the status to answer with."""
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        self.stalls.wait(30)
        self.paths.append(path)
        if self.answer == 200:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resource = attributes(resource.resource.attributes)
                for scope in resource.scope_spans:
                    self.spans.extend(scope.spans)
        return self.answer


def attributes(pairs: Any) -> dict[str, Any]:
    """Return attributes by their names."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind or "")


@contextmanager
def collecting(port: int = 0) -> Iterator[Collector]:
    """Run a collector on a port of the loopback, any that is free unless told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = collector.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        collector = Collector(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            collector.stalls.set()
            server.shutdown()
            thread.join()
