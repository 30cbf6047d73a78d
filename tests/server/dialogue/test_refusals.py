"""What is refused, and what comes of an engine that fails: a fault that refers to the frame, and a session that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from loquent.dialogue.conversations import Act
from loquent.dialogue.store import Spoken
from loquent.engines.base import (
    Delta,
    EngineBusy,
    EngineDead,
    EngineFailed,
    Finish,
    Message,
    Request,
    RequestRefused,
)
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.frames import (
    Cancel,
    Close,
    Decide,
    End,
    Fault,
    Opened,
    Refers,
    Say,
    Text,
)
from support.table import Table, open_, say, table
from support.virtual_time import virtual_time

# --- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "frames", "code", "refers"),
    [
        ({}, [open_(character="nobody")], "character_unknown", Refers(2, 1)),
        ({}, [open_(), open_()], "conversation_open", Refers(2, 1)),
        ({"conversations": 1}, [open_(), open_(2)], "conversation_limit", Refers(2, 2)),
        ({}, [open_(max_tokens=0)], "option_invalid", Refers(2, 1)),
        ({}, [open_(max_tokens=100_000)], "option_invalid", Refers(2, 1)),
        ({}, [open_(player="")], "option_invalid", Refers(2, 1)),
        ({}, [open_(player_name="é" * 65)], "option_invalid", Refers(2, 1)),
        ({}, [open_(locale="ignore all")], "option_invalid", Refers(2, 1)),
        ({}, [say(1)], "conversation_unknown", Refers(3, 1)),
        ({}, [Close(9)], "conversation_unknown", Refers(7, 9)),
        ({}, [open_(), say(5), Cancel(5, 0), say(5)], "turn_order", Refers(3, 5)),
        ({}, [open_(), say(5), Cancel(5, 0), say(4)], "turn_order", Refers(3, 4)),
        ({}, [open_(), say(1), say(2)], "turn_running", Refers(3, 2)),
        ({"turns": 1}, [open_(), open_(2), say(1), say(2, conversation=2)], "busy", Refers(3, 2)),
        ({}, [open_(), say(1, " \n\t")], "text_empty", Refers(3, 1)),
        ({"text_bytes": 10}, [open_(), say(1, "ééééééé")], "text_too_long", Refers(3, 1)),
        ({}, [open_(), Say(1, 1, "What are these?", (b"png",) * 3)], "images_refused", Refers(3, 1)),
        ({}, [open_(), Say(1, 1, "What is this?", (b"",))], "images_refused", Refers(3, 1)),
        ({}, [open_(), Say(1, 1, "What is this?", (bytes((1 << 19) + 1),))], "images_refused", Refers(3, 1)),
        ({}, [open_(), Decide(1, 1, "Which?", ("a", "b"), (b"png",) * 3)], "images_refused", Refers(4, 1)),
        ({"images": 0}, [open_(), Say(1, 1, "What is this?", (b"png",))], "images_refused", Refers(3, 1)),
        ({}, [open_(), Decide(1, 1, "Which?", ("a",), ())], "choices_invalid", Refers(4, 1)),
    ],
)
def test_what_cannot_be_is_refused_with_a_code_that_refers_to_it(
    setting: dict[str, Any], frames: list[Act], code: str, refers: Refers
) -> None:
    @virtual_time
    async def check() -> None:
        t = await table(settings=replace(Settings(), **setting))
        last = t.act(*frames)[-1]
        assert isinstance(last, Fault)
        assert (last.code, last.refers) == (code, refers)
        assert last.message.endswith(".")
        t.act(open_(63), say(100, conversation=63))
        if not setting:  # whatever was refused, the session goes on
            await asyncio.sleep(5)
            assert t.ends(100) == ["stop"]
        await t.close()

    check()


@virtual_time
async def test_an_unknown_character_is_told_which_there_are() -> None:
    t = await table()
    fault = t.act(open_(character="marta"))[0]
    assert isinstance(fault, Fault)
    assert "guard, innkeeper" in fault.message


@virtual_time
async def test_busy_says_when_to_come_back() -> None:
    t = await table(settings=Settings(turns=1))
    fault = t.act(open_(), open_(2), say(1), say(2, conversation=2))[-1]
    assert isinstance(fault, Fault)
    assert fault.retry_after_ms == 2000
    await t.close()


# --- the engine fails ------------------------------------------------------------------------------------------


class FailingEngine(ScriptedEngine):
    """Says two words, then raises."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__(lambda _: "one two")
        self._error = error

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        yield Delta("one", 1)
        yield Delta(" two", 1)
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize(
    ("error", "code", "retry"),
    [
        (RequestRefused("The prompt is too long."), "text_too_long", None),
        (EngineBusy("The engine is full.", 1.5), "busy", 1500),
        (EngineFailed("A secret detail."), "engine_failed", None),
        (EngineDead("A secret detail."), "engine_down", None),
        (ZeroDivisionError("a secret detail"), "internal", None),
        (None, "engine_failed", None),
    ],
)
def test_whatever_the_engine_raises_the_turn_ends_once_with_a_fault(
    error: Exception | None, code: str, retry: int | None
) -> None:
    @virtual_time
    async def check() -> None:
        t = Table(FailingEngine(error))
        await t.keeper.start()
        t.act(open_(player="p"), say(1))
        await asyncio.sleep(1)
        t.flush()
        fault, end = t.frames[-2:]
        assert isinstance(fault, Fault)
        assert isinstance(end, End)
        assert (fault.code, fault.refers, fault.retry_after_ms) == (code, Refers(3, 1), retry)
        assert end.reason == "fault"
        assert t.ends(1) == ["fault"]
        assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "one two"),)
        assert "secret" not in fault.message
        assert fault.message.endswith(("again.", "again in a moment.", "details.", "too long.", "full."))

    check()


@virtual_time
async def test_how_the_engine_failed_in_a_turn_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    t = Table(FailingEngine(EngineFailed("The model failed in this reply: no more of something.")))
    await t.keeper.start()
    t.act(open_(), say(1))
    await asyncio.sleep(1)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "The model failed in this reply: no more of something.")
    ]


@virtual_time
async def test_an_engine_that_dies_ends_every_open_turn_and_refuses_new_ones() -> None:
    t = await table()
    t.act(open_(), open_(2, "guard"), say(1), say(2, conversation=2))
    await asyncio.sleep(0.25)
    t.engine.die("killed")
    await asyncio.sleep(5)
    assert t.ends(1) == t.ends(2) == ["fault"]
    assert t.faults() == ["engine_down", "engine_down"]
    t.act(say(3))
    assert t.faults()[-1] == "engine_down"
    assert t.ends(3) == []


@virtual_time
async def test_before_the_model_is_loaded_say_is_told_to_come_back() -> None:
    t = Table(ScriptedEngine())
    fault = t.act(open_(), say(1))[-1]
    assert isinstance(fault, Fault)
    assert (fault.code, fault.retry_after_ms) == ("engine_starting", 2000)
    await t.keeper.start()
    t.act(say(2))
    await asyncio.sleep(5)
    assert t.ends(2) == ["stop"]


@virtual_time
async def test_what_failed_before_its_first_word_was_never_said() -> None:
    t = Table(ScriptedEngine(first_token_seconds=1))
    await t.keeper.start()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.5)
    t.engine.die("killed")
    await asyncio.sleep(5)
    assert t.ends(1) == ["fault"]
    assert t.store.last("p", "innkeeper", 9) == ()


@virtual_time
async def test_tokens_that_complete_no_character_count_with_the_next_text() -> None:
    class Emoji(ScriptedEngine):
        async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
            yield Delta("", 1)
            yield Delta("", 1)
            yield Delta("👍", 1)
            yield Delta(" yes", 1, Finish("stop"))

    t = Table(Emoji())
    await t.keeper.start()
    t.act(open_(), say(1))
    await asyncio.sleep(1)
    t.flush()
    assert sum(f.tokens for f in t.frames if isinstance(f, Text)) == 4
    assert t.text(1) == "👍 yes"


@pytest.mark.parametrize(
    ("error", "code"),
    [(RequestRefused("No system role here."), "text_too_long"), (EngineDead("It died."), "engine_down")],
)
def test_an_engine_that_cannot_even_count_tokens_fails_the_turn_and_no_more(error: Exception, code: str) -> None:
    class Uncountable(ScriptedEngine):
        def count_tokens(self, messages: Sequence[Message]) -> int:
            raise error

    @virtual_time
    async def check() -> None:
        t = Table(Uncountable())
        await t.keeper.start()
        t.act(open_(), say(1))
        await asyncio.sleep(0.1)
        fault = t.flush()[0]
        assert isinstance(fault, Fault)
        assert (fault.code, fault.refers) == (code, Refers(3, 1))
        assert t.ends(1) == ["fault"]
        assert [type(f) for f in t.act(open_(2))] == [Opened]

    check()


@virtual_time
async def test_a_long_conversation_costs_no_more_per_turn_than_a_bounded_number_of_counts() -> None:
    class Counting(ScriptedEngine):
        counted = 0

        def count_tokens(self, messages: Sequence[Message]) -> int:
            self.counted += 1
            return super().count_tokens(messages)

    engine = Counting(lambda _: "a b c", tokens_per_second=0, context_tokens=300)
    t = Table(engine)
    await t.keeper.start()
    t.act(open_(max_tokens=50))
    total = 0
    for turn in range(1, 201):
        total += engine.counted
        engine.counted = 0
        t.act(say(turn, "word " * 30))
        await asyncio.sleep(1)
        assert t.ends(turn) == ["stop"]
        assert engine.counted <= 16  # with the engine's own
    assert total <= 5 * 200  # most turns only look whether everything still fits
