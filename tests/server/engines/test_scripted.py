"""The scripted engine: deterministic text at a set pace, and the manners of a real one."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from loquent.engines.base import EngineDead, Message, Request, Sampling
from loquent.engines.scripted import ScriptedEngine
from support.virtual_time import virtual_time

REQUEST = Request([Message("system", "You are Marta."), Message("user", "Hello")])


@virtual_time
async def test_it_says_what_the_script_says_at_the_pace_that_was_set() -> None:
    engine = ScriptedEngine(lambda _: "one two  three\n", tokens_per_second=4, first_token_seconds=1)
    await engine.start()
    loop = asyncio.get_running_loop()
    said = [(delta.text, delta.tokens, round(loop.time(), 3)) async for delta in engine.generate(REQUEST)]
    assert said == [("one", 1, 1.0), (" two", 1, 1.25), ("  three", 1, 1.5), ("\n", 1, 1.75), ("", 0, 1.75)]


@virtual_time
async def test_the_last_delta_tells_how_it_ended_and_what_it_took() -> None:
    engine = ScriptedEngine(lambda _: "one two three", tokens_per_second=0)
    await engine.start()
    deltas = [delta async for delta in engine.generate(REQUEST)]
    assert [delta.finish for delta in deltas[:-1]] == [None] * 3
    finish = deltas[-1].finish
    assert finish is not None
    assert (finish.reason, finish.prompt_tokens, finish.reply_tokens) == ("stop", 4, 3)
    assert engine.count_tokens(REQUEST.messages) == 4


@pytest.mark.parametrize(("max_tokens", "context", "said"), [(2, 4096, "one two"), (256, 6, "one two"), (0, 4096, "")])
def test_it_stops_at_the_longest_reply_or_the_end_of_the_context(max_tokens: int, context: int, said: str) -> None:
    @virtual_time
    async def check() -> None:
        engine = ScriptedEngine(lambda _: "one two three", tokens_per_second=0, context_tokens=context)
        await engine.start()
        request = Request(REQUEST.messages, Sampling(max_tokens=max_tokens))
        deltas = [delta async for delta in engine.generate(request)]
        assert "".join(delta.text for delta in deltas) == said
        assert deltas[-1].finish is not None
        assert deltas[-1].finish.reason == "length"

    check()


@virtual_time
async def test_closing_the_generator_aborts_the_request() -> None:
    engine = ScriptedEngine(lambda _: "one two three", tokens_per_second=1)
    await engine.start()
    async with aclosing(engine.generate(REQUEST)) as deltas:
        async for _ in deltas:
            assert engine.running == 1
            break
    assert (engine.running, engine.aborted) == (0, 1)


@virtual_time
async def test_it_dies_as_a_real_engine_does() -> None:
    engine = ScriptedEngine(lambda _: "one two three", tokens_per_second=1)
    await engine.start()
    assert engine.alive
    watch = asyncio.create_task(engine.wait_dead())
    said: list[str] = []

    async def listen() -> None:
        async for delta in engine.generate(REQUEST):
            said[:] = [*said, delta.text]

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.5)
    engine.die("killed")
    assert await watch == "killed"
    assert not engine.alive
    with pytest.raises(EngineDead):
        await listening
    assert said == ["one"]
