"""Spans, as a real collector gets them: named as the field has them, without what people say, and never in anybody's way."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from loquent import __version__
from loquent.engines.base import Message
from loquent.tracing.tracer import Tracer, TurnSpan, tracer
from support.collector import ERROR, INTERNAL, UNSET, Collector, attributes, collecting, needs_opentelemetry

pytestmark = needs_opentelemetry

PROMPT = [Message("system", "You keep an inn."), Message("user", "my secret")]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's own variables: a batch leaves after 20 ms, and an attempt to send gives up after a second."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1")


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@asynccontextmanager
async def tracing(address: str, *, texts: bool = False) -> AsyncIterator[Tracer]:
    """Make a tracer, and close it."""
    sending = tracer(address, engine="vllm", model="Qwen/Qwen3-1.7B", texts=texts)
    try:
        yield sending
    finally:
        await sending.close(10)


def begun(sending: Tracer, turn: int = 7) -> TurnSpan:
    """Begin the span of a turn, as far as what the engine is asked."""
    span = sending.turn(session="1a2b3c4d", conversation=2, turn=turn, kind="say", character="innkeeper")
    span.admitted()
    span.asks(256, PROMPT)
    return span


async def until(condition: Any) -> None:
    """Wait until something has come true."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_turn_is_a_span_named_as_the_conventions_have_it(collector: Collector) -> None:
    async with tracing(collector.address) as sending:
        sending.listens("127.0.0.1", 8765)
        span = begun(sending)
        span.first_token(0.125)
        span.ended("stop", "a reply", prompt_tokens=80, cached_tokens=64, reply_tokens=12)
    (sent,) = collector.spans
    assert (sent.name, sent.kind) == ("chat Qwen/Qwen3-1.7B", INTERNAL)
    assert sent.parent_span_id == b""
    assert sent.status.code == UNSET
    assert [event.name for event in sent.events] == ["loquent.admitted", "loquent.first_token"]
    times = [sent.start_time_unix_nano, *(event.time_unix_nano for event in sent.events), sent.end_time_unix_nano]
    assert times == sorted(times)
    assert attributes(sent.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "vllm",
        "gen_ai.request.model": "Qwen/Qwen3-1.7B",
        "gen_ai.request.stream": True,
        "gen_ai.request.max_tokens": 256,
        "gen_ai.conversation.id": "1a2b3c4d/2",
        "gen_ai.response.time_to_first_chunk": 0.125,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 80,
        "gen_ai.usage.cache_read.input_tokens": 64,
        "gen_ai.usage.output_tokens": 12,
        "server.address": "127.0.0.1",
        "server.port": 8765,
        "loquent.session": "1a2b3c4d",
        "loquent.conversation": 2,
        "loquent.turn": 7,
        "loquent.kind": "say",
        "loquent.character": "innkeeper",
        "loquent.outcome": "stop",
    }
    assert collector.resource["service.name"] == "loquent"
    assert collector.resource["service.version"] == __version__


async def test_a_decision_is_a_span_too_that_streams_nothing(collector: Collector) -> None:
    async with tracing(collector.address) as sending:
        span = sending.turn(session="1a2b3c4d", conversation=2, turn=8, kind="decide", character="innkeeper")
        span.asks(None, PROMPT)
        span.ended("stop", "yes", prompt_tokens=80, cached_tokens=64, reply_tokens=0)
    (sent,) = collector.spans
    what = attributes(sent.attributes)
    assert (what["loquent.kind"], what["gen_ai.request.stream"]) == ("decide", False)
    assert "gen_ai.request.max_tokens" not in what


async def test_each_turn_is_a_trace_of_its_own(collector: Collector) -> None:
    async with tracing(collector.address) as sending:
        first, second = begun(sending, 1), begun(sending, 2)
        second.ended("stop", "")
        first.ended("stop", "")
    assert [attributes(span.attributes)["loquent.turn"] for span in collector.spans] == [2, 1]
    assert len({span.trace_id for span in collector.spans}) == 2


async def test_a_fault_is_an_error_and_a_cancel_is_none(collector: Collector) -> None:
    async with tracing(collector.address) as sending:
        begun(sending, 1).ended("fault", "", code="engine_failed")
        begun(sending, 2).ended("cancelled", "some words")
    failed, cancelled = collector.spans
    assert (failed.status.code, failed.status.message) == (ERROR, "engine_failed")
    assert attributes(failed.attributes)["error.type"] == "engine_failed"
    assert cancelled.status.code == UNSET
    what = attributes(cancelled.attributes)
    assert what["loquent.outcome"] == "cancelled"
    assert not {"error.type", "gen_ai.response.finish_reasons", "gen_ai.usage.output_tokens"} & set(what)


async def test_what_people_say_is_not_sent_unless_asked_for(collector: Collector) -> None:
    async with tracing(collector.address) as sending:
        begun(sending).ended("stop", "another secret")
    assert "secret" not in str(collector.spans)
    assert "inn." not in str(collector.spans)


async def test_what_people_say_is_sent_if_asked_for(collector: Collector) -> None:
    async with tracing(collector.address, texts=True) as sending:
        begun(sending).ended("length", "another secret")
    what = attributes(collector.spans[0].attributes)
    assert json.loads(what["gen_ai.input.messages"]) == [
        {"role": "system", "parts": [{"type": "text", "content": "You keep an inn."}]},
        {"role": "user", "parts": [{"type": "text", "content": "my secret"}]},
    ]
    assert json.loads(what["gen_ai.output.messages"]) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "another secret"}],
            "finish_reason": "length",
        }
    ]


@pytest.mark.parametrize(
    ("path", "expected"), [("", "/v1/traces"), ("/", "/v1/traces"), ("/v1/traces", "/v1/traces"), ("/mine", "/mine")]
)
async def test_an_address_without_a_path_means_the_usual_one(collector: Collector, path: str, expected: str) -> None:
    async with tracing(collector.address + path) as sending:
        begun(sending).ended("stop", "")
    assert collector.paths == [expected]


async def test_the_users_own_name_for_the_service_counts(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "the-inn")
    async with tracing(collector.address) as sending:
        begun(sending).ended("stop", "")
    assert collector.resource["service.name"] == "the-inn"


async def test_a_collector_that_is_down_is_told_once_and_again_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    async with tracing(f"http://user:password@127.0.0.1:{port}") as sending:
        for turn in range(3):
            begun(sending, turn).ended("stop", "")
            await asyncio.sleep(0.1)
        await until(lambda: caplog.records)
        with collecting(port) as collector:
            turn = 100
            while not collector.spans:
                turn += 1
                begun(sending, turn).ended("stop", "")
                await asyncio.sleep(0.05)
            await until(lambda: len(caplog.records) > 1)
        (lost, back) = caplog.records
        assert (lost.name, lost.levelname) == ("loquent.tracing", "WARNING")
        assert lost.getMessage().startswith(f"Traces don't arrive at 127.0.0.1:{port} and are lost until they do;")
        assert back.getMessage() == f"Traces arrive at 127.0.0.1:{port} again."


async def test_a_collector_that_refuses_is_told_once(collector: Collector, caplog: pytest.LogCaptureFixture) -> None:
    collector.answer = 404
    async with tracing(collector.address) as sending:
        for turn in range(3):
            begun(sending, turn).ended("stop", "")
            await until(lambda turn=turn: len(collector.paths) > turn)
    assert len(caplog.records) == 1


async def test_a_collector_that_stalls_holds_up_neither_turns_nor_the_end(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    """A watchdog ends the stall, so that a server that waited for the collector would be seen, and not hang."""
    collector.stalls.clear()
    watchdog = threading.Timer(20, collector.stalls.set)
    watchdog.start()
    sending = tracer(collector.address, engine="vllm", model="m", texts=False)
    for turn in range(5000):  # more than wait in the SDK's queue
        begun(sending, turn).ended("stop", "")
    await sending.close(0.2)
    assert not collector.stalls.is_set(), "the server waited for the collector"
    watchdog.cancel()
    watchdog.join()
    assert [r.getMessage() for r in caplog.records] == ["The last traces weren't sent within 0.2 s and are lost."]


async def test_spans_that_are_lost_at_the_end_are_not_told_of_again(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    sending = tracer(f"http://127.0.0.1:{port}", engine="vllm", model="m", texts=False)
    begun(sending).ended("stop", "")
    await until(lambda: caplog.records)
    begun(sending).ended("stop", "")
    await sending.close(0.01)
    assert len(caplog.records) == 1


async def test_the_event_loop_goes_on_while_the_last_spans_are_sent(collector: Collector) -> None:
    collector.stalls.clear()
    sending = tracer(collector.address, engine="vllm", model="m", texts=False)
    begun(sending).ended("stop", "")
    closing = asyncio.create_task(sending.close(20))
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert not closing.done()
    collector.stalls.set()
    await closing
    assert len(collector.spans) == 1


def test_a_collector_is_named_without_the_password_in_its_address() -> None:
    from loquent.tracing.otlp import _Exporter

    for address, name in (
        ("https://user:password@collector.example/v1/traces", "collector.example"),
        ("https://user:password@collector.example:4318/v1/traces", "collector.example:4318"),
    ):
        exporter = _Exporter(address)
        assert exporter._where == name
        exporter.shutdown()
