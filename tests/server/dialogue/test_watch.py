"""What is seen of turns: their times and tokens by virtual time, how they came out, and their lines in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from loquent.dialogue.admission import Admission
from loquent.engines.base import Delta, Finish, Request
from loquent.engines.scripted import ScriptedEngine
from loquent.logs import FIELDS
from loquent.metrics import Metrics
from loquent.settings import Settings
from loquent.wire.frames import Cancel, Close, Decide
from support.table import REPLY, Table, open_, say, table
from support.virtual_time import virtual_time


def read(metrics: Metrics) -> dict[str, float]:
    """Return what isn't 0 of the metrics about turns, by name and label's value, without ``loquent_``."""
    text = metrics.render(None)[0].decode()
    return {
        " ".join([sample.name.removeprefix("loquent_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("loquent_") and sample.value and not sample.name.startswith("loquent_build")
    }


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, object]]]:
    """Return the lines of the log, with their fields."""
    return [
        (
            record.getMessage(),
            {name: vars(record)[name] for name in FIELDS if vars(record).get(name) is not None},
        )
        for record in caplog.records
        if record.name == "loquent.turn"
    ]


@virtual_time
async def test_a_reply_is_measured_from_the_say_to_its_end() -> None:
    at = await table(first_token_seconds=0.5)
    at.act(open_(), say(1))
    await asyncio.sleep(10)
    seen = read(at.metrics)
    assert seen["turns_total say stop"] == 1
    assert seen["tokens_total reply"] == 10
    assert seen["tokens_total prompt"] > 0
    assert seen["time_to_first_token_seconds_count"] == 1
    assert seen["time_to_first_token_seconds_sum"] == pytest.approx(0.5)
    assert seen["inter_token_latency_seconds_count"] == 9
    assert seen["inter_token_latency_seconds_sum"] == pytest.approx(0.9)
    assert seen["turn_seconds_sum say"] == pytest.approx(1.4)
    assert seen["queue_seconds_count"] == 1
    assert "queue_seconds_sum" not in seen
    await at.close()


@virtual_time
async def test_a_delta_of_several_tokens_counts_for_each() -> None:
    """So that the sum stays the time that the reply took, however an engine cuts it."""

    class InThrees(ScriptedEngine):
        async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
            for text in ("one two three", "", " four five six"):
                yield Delta(text, 3)
                await asyncio.sleep(0.3)
            yield Delta("", 0, Finish("stop"))

    at = Table(InThrees())
    await at.keeper.start()
    at.act(open_(), say(1))
    await asyncio.sleep(10)
    seen = read(at.metrics)
    assert seen["inter_token_latency_seconds_count"] == 6
    assert seen["inter_token_latency_seconds_sum"] == pytest.approx(0.6)
    assert seen["inter_token_latency_seconds_bucket 0.1"] == 6
    assert seen["tokens_total reply"] == 9
    await at.close()


@virtual_time
async def test_the_time_in_the_queue_counts_as_waiting_for_the_first_token() -> None:
    settings = Settings(running_turns=1)
    at = await table(settings=settings)
    at.act(open_(1), open_(2), say(1, conversation=1), say(2, conversation=2))
    await asyncio.sleep(0.5)
    assert (at.admission.running, at.admission.queued) == (1, 1)
    await asyncio.sleep(10)
    seen = read(at.metrics)
    assert seen["queue_seconds_count"] == 2
    assert seen["queue_seconds_sum"] == pytest.approx(0.9)
    assert seen["time_to_first_token_seconds_sum"] == pytest.approx(0.9)
    await at.close()


@virtual_time
async def test_a_turn_that_waited_in_vain_counts_with_the_time_it_waited() -> None:
    settings = Settings(running_turns=1, queue_seconds=0.25)
    at = await table(settings=settings)
    at.act(open_(1), open_(2), say(1, conversation=1), say(2, conversation=2))
    await asyncio.sleep(10)
    seen = read(at.metrics)
    assert seen["turns_total say fault"] == seen["turns_total say stop"] == seen["faults_total busy"] == 1
    assert seen["queue_seconds_sum"] == pytest.approx(0.25)
    await at.close()


@virtual_time
async def test_tokens_of_a_cancelled_reply_count_though_the_engine_never_says_how_many() -> None:
    at = await table()
    at.act(open_(), say(1))
    await asyncio.sleep(0.35)
    at.act(Cancel(1, 3))
    seen = read(at.metrics)
    assert seen["turns_total say cancelled"] == 1
    assert seen["tokens_total reply"] == 4
    assert "tokens_total prompt" not in seen
    at.act(Cancel(1, 3), Close(1))
    assert read(at.metrics)["turns_total say cancelled"] == 1
    await at.close()


@virtual_time
async def test_faults_count_by_their_code_and_turns_that_never_began_as_refused() -> None:
    engine = ScriptedEngine(lambda _: REPLY)
    at = Table(engine)
    await at.keeper.start()
    at.act(open_(), say(1), say(1), say(2), say(3, " "), Decide(1, 4, "Well?", ("yes", "no"), ()), open_(1))
    engine.die("the process was killed")
    await asyncio.sleep(1)
    at.act(say(9))
    seen = read(at.metrics)
    assert {name: count for name, count in seen.items() if name.startswith(("turns_total", "faults_total"))} == {
        "turns_total say fault": 1,
        "turns_total say refused": 4,
        "turns_total decide refused": 1,
        "faults_total turn_order": 1,
        "faults_total turn_running": 3,
        "faults_total conversation_open": 1,
        "faults_total engine_down": 2,
    }
    await at.close()


@virtual_time
async def test_decisions_count_as_what_they_are() -> None:
    at = await table(first_token_seconds=0.25)
    at.act(open_(), Decide(1, 1, "Well?", ("yes", "no"), ()))
    await asyncio.sleep(1)
    at.act(Decide(1, 2, "Well?", ("yes", "no"), ()), Cancel(2, 0))
    seen = read(at.metrics)
    assert seen["turns_total decide stop"] == seen["turns_total decide cancelled"] == 1
    assert seen["turn_seconds_sum decide"] == pytest.approx(0.25)
    assert seen["queue_seconds_count"] == 2
    assert seen["tokens_total prompt"] > 0
    assert not [name for name in seen if " say" in name or "first_token" in name or "inter_token" in name]
    await at.close()


def test_what_is_said_of_a_decision_is_the_games(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("loquent.spoken"), "disabled", False)
    caplog.set_level(logging.INFO)

    @virtual_time
    async def decides() -> None:
        at = await table()
        at.act(open_(), Decide(1, 1, "Will it be the bed?", ("bed", "road"), ()))
        await asyncio.sleep(1)
        await at.close()

    decides()
    spoken = [(vars(r)["who"], vars(r)["text"], vars(r)["kind"]) for r in caplog.records if r.name == "loquent.spoken"]
    assert spoken == [("game", "Will it be the bed?", "decide"), ("character", "bed", "decide")]


@virtual_time
async def test_a_flood_is_counted_too() -> None:
    at = await table()
    at.conversations.refuse_early(say(1), 0.5)
    seen = read(at.metrics)
    assert seen == {"turns_total say refused": 1, "faults_total busy": 1}
    await at.close()


def test_a_turn_leaves_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    @virtual_time
    async def turns() -> None:
        at = await table(settings=Settings(running_turns=1), first_token_seconds=0.5)
        at.act(open_(1), open_(2, "guard"), say(1, conversation=1), say(2, conversation=2))
        await asyncio.sleep(1.95)
        at.act(Cancel(2, 0))
        await at.close()
        session = at.session.name
        assert lines(caplog) == [
            (
                "turn ended",
                {
                    "session": session,
                    "conversation": 1,
                    "turn": 1,
                    "kind": "say",
                    "character": "innkeeper",
                    "outcome": "stop",
                    "prompt_tokens": 4,
                    "cached_tokens": 0,
                    "reply_tokens": 10,
                    "queue_ms": 0,
                    "first_ms": 500,
                    "total_ms": 1400,
                },
            ),
            (
                "turn ended",
                {
                    "session": session,
                    "conversation": 2,
                    "turn": 2,
                    "kind": "say",
                    "character": "guard",
                    "outcome": "cancelled",
                    "reply_tokens": 1,
                    "queue_ms": 1400,
                    "first_ms": 1900,
                    "total_ms": 1950,
                },
            ),
        ]

    turns()


def test_a_refusal_leaves_one_line_that_says_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    @virtual_time
    async def refusals() -> None:
        at = await table()
        at.act(say(1), open_(3, "nobody"), Cancel(7, 0), Close(4))
        about = {"session": at.session.name}
        assert lines(caplog) == [
            (
                "say refused: Conversation 1 isn't open; open it first.",
                about | {"code": "conversation_unknown", "conversation": 1, "turn": 1},
            ),
            (
                "open refused: There is no character 'nobody' here; this server has guard, innkeeper.",
                about | {"code": "character_unknown", "conversation": 3},
            ),
            (
                "close refused: Conversation 4 isn't open; open it first.",
                about | {"code": "conversation_unknown", "conversation": 4},
            ),
        ]
        await at.close()

    refusals()


def test_a_mistake_in_the_server_is_logged_where_it_happened(caplog: pytest.LogCaptureFixture) -> None:
    @virtual_time
    async def mistake() -> None:
        def broken(_: object) -> str:
            raise RuntimeError("a mistake")

        at = Table(ScriptedEngine(broken))
        await at.keeper.start()
        at.act(open_(), say(1))
        await asyncio.sleep(1)
        assert at.ends(1) == ["fault"]
        assert read(at.metrics)["faults_total internal"] == 1
        await at.close()

    mistake()
    ((message, about),) = lines(caplog)
    assert message == "a mistake in the server ended the turn"
    assert (about["conversation"], about["turn"], about["character"]) == (1, 1, "innkeeper")
    assert "RuntimeError: a mistake" in caplog.text


@virtual_time
async def test_admission_is_read_as_it_stands() -> None:
    admission = Admission(Settings())
    metrics = Metrics("scripted", "script")
    metrics.running.read = lambda: admission.running
    place = admission.enter()
    assert read(metrics)["turns_running"] == 1
    place.leave()
    assert "turns_running" not in read(metrics)
