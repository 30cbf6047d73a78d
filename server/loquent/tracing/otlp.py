"""Sends the spans of turns to a collector, by OTLP over HTTP: the only module that imports OpenTelemetry.

Names are those of OpenTelemetry's semantic conventions for generative AI, version 1.41 (in development), and ``loquent.*`` for what
they have no name for. The SDK's own variables count as well: ``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_TRACES_SAMPLER`` and others.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import Span, SpanKind, StatusCode

from .. import __version__
from ..logs import Log
from .tracer import Said

log = Log.named("loquent.tracing")

_TOLD_BY_US = ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk._shared_internal")
"""Loggers of the SDK that repeat with each batch what `_Exporter` says once."""


class _Exporter(OTLPSpanExporter):
    """Sends batches of spans, in a thread of the SDK's, and says once that they don't arrive."""

    def __init__(self, url: str) -> None:
        super().__init__(endpoint=url)
        parts = urlsplit(url)
        self._where = f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"  # without a password
        self.failing = False
        """Whether the last batch didn't arrive; who reads the log has been told."""
        self._closed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch; called by the SDK's thread."""
        if self._closed:
            return SpanExportResult.FAILURE
        result = super().export(spans)
        failing = result is not SpanExportResult.SUCCESS
        if failing and not self.failing:
            log.warning(
                "Traces don't arrive at %s and are lost until they do; is an OTLP/HTTP collector there, and is the path right?",
                self._where,
            )
        elif self.failing and not failing:
            log.info("Traces arrive at %s again.", self._where)
        self.failing = failing
        return result

    def shutdown(self) -> None:
        """Send no more. Idempotent, and from any thread."""
        if not self._closed:
            self._closed = True
            super().shutdown()  # type: ignore[no-untyped-call]


class OtlpTracer:
    """See `Tracer`.

    Args:
        url: the collector's, with its path.
        engine: the engine's kind.
        model: the model's name.
        texts: whether what people say is sent.
    """

    def __init__(self, url: str, *, engine: str, model: str, texts: bool) -> None:
        for name in _TOLD_BY_US:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        named = Resource({"service.name": "loquent", "service.version": __version__})
        self._exporter = _Exporter(url)
        self._provider = TracerProvider(
            resource=Resource.create().merge(named).merge(OTELResourceDetector().detect()), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("loquent", __version__)
        self._name = f"chat {model}"
        self._texts = texts
        self._attributes: dict[str, str | int] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": engine,
            "gen_ai.request.model": model,
        }

    def listens(self, host: str, port: int) -> None:
        """See `Tracer`."""
        self._attributes |= {"server.address": host, "server.port": port}

    def turn(self, *, session: str, conversation: int, turn: int, kind: str, character: str) -> OtlpTurn:
        """See `Tracer`."""
        attributes = self._attributes | {
            "gen_ai.request.stream": kind == "say",
            "gen_ai.conversation.id": f"{session}/{conversation}",
            "loquent.session": session,
            "loquent.conversation": conversation,
            "loquent.turn": turn,
            "loquent.kind": kind,
            "loquent.character": character,
        }
        # A root of its own: the model runs here, and no client tells us of a trace that this would be a part of.
        span = self._tracer.start_span(self._name, Context(), SpanKind.INTERNAL, attributes)
        return OtlpTurn(span, texts=self._texts)

    async def close(self, seconds: float) -> None:
        """See `Tracer`."""
        loop = asyncio.get_running_loop()
        sent = asyncio.Event()

        def shut_down() -> None:  # it may take the SDK half a minute, and nothing can interrupt it
            self._provider.shutdown()
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waited for so long
                loop.call_soon_threadsafe(sent.set)

        threading.Thread(target=shut_down, name="last traces", daemon=True).start()
        try:
            async with asyncio.timeout(seconds):
                await sent.wait()
        except TimeoutError:
            self._exporter.shutdown()
            if not self._exporter.failing:
                log.warning("The last traces weren't sent within %g s and are lost.", seconds)


class OtlpTurn:
    """See `TurnSpan`.

    Args:
        span: the SDK's.
        texts: whether what people say is sent.
    """

    def __init__(self, span: Span, *, texts: bool) -> None:
        self._span = span
        self._texts = texts

    def admitted(self) -> None:
        """See `TurnSpan`."""
        self._span.add_event("loquent.admitted")

    def asks(self, max_tokens: int | None, prompt: Sequence[Said]) -> None:
        """See `TurnSpan`."""
        if max_tokens is not None:
            self._span.set_attribute("gen_ai.request.max_tokens", max_tokens)
        if self._texts:
            messages = [_message(said.role, said.content) for said in prompt]
            self._span.set_attribute("gen_ai.input.messages", json.dumps(messages))

    def first_token(self, seconds: float) -> None:
        """See `TurnSpan`."""
        self._span.add_event("loquent.first_token")
        self._span.set_attribute("gen_ai.response.time_to_first_chunk", seconds)

    def ended(
        self,
        outcome: str,
        reply: str,
        *,
        code: str | None = None,
        prompt_tokens: int | None = None,
        cached_tokens: int | None = None,
        reply_tokens: int | None = None,
    ) -> None:
        """See `TurnSpan`."""
        span = self._span
        span.set_attribute("loquent.outcome", outcome)
        if outcome in ("stop", "length"):
            span.set_attribute("gen_ai.response.finish_reasons", [outcome])
        for name, tokens in (
            ("gen_ai.usage.input_tokens", prompt_tokens),
            ("gen_ai.usage.cache_read.input_tokens", cached_tokens),
            ("gen_ai.usage.output_tokens", reply_tokens),
        ):
            if tokens is not None:
                span.set_attribute(name, tokens)
        if self._texts:
            said = _message("assistant", reply) | {"finish_reason": outcome}
            span.set_attribute("gen_ai.output.messages", json.dumps([said]))
        if code is not None:
            span.set_attribute("error.type", code)
            span.set_status(StatusCode.ERROR, code)
        span.end()


def _message(role: str, content: str) -> dict[str, object]:
    return {"role": role, "parts": [{"type": "text", "content": content}]}
