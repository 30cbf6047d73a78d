"""The vLLM engine on a real model, the embedded one, on the CPU."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from loquent.engines import embedded_model
from loquent.engines.base import (
    Delta,
    EngineBusy,
    EngineDead,
    EngineFailed,
    EngineStartError,
    Finish,
    Message,
    Request,
    RequestRefused,
    Sampling,
)
from loquent.engines.vllm import engine as module
from loquent.engines.vllm.engine import VllmEngine
from support.leftovers import children, left_in, session
from support.real_vllm import MARKS, interrupt_start

pytestmark = MARKS

SERVER = Path(module.__file__).parents[3]
SMITH = Message("system", "You are Osric, a blacksmith in a small village. Answer in short sentences.")


def asks(text: str, *, max_tokens: int = 24, temperature: float | None = 0.0, seed: int | None = None) -> Request:
    return Request((SMITH, Message("user", text)), Sampling(max_tokens, temperature, seed=seed))


async def reply(engine: VllmEngine, request: Request) -> list[Delta]:
    return [delta async for delta in engine.generate(request)]


def text_of(deltas: Sequence[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


def finish_of(deltas: Sequence[Delta]) -> Finish:
    assert [delta.finish for delta in deltas[:-1]] == [None] * (len(deltas) - 1)
    assert deltas[-1].finish is not None
    return deltas[-1].finish


def unfinished(engine: VllmEngine) -> int:
    number: int = engine._llm.get_num_unfinished_requests()
    return number


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[VllmEngine]:
    lines: list[str] = []
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)

    heart = asyncio.create_task(beat())
    engine = VllmEngine(None, ["--max-num-queued-reqs", "4"], lines.append)
    await engine.start()
    heart.cancel()
    assert lines[-3:-1] == ["Importing vLLM", "Loading SmolLM2-135M-Instruct"]
    assert lines[-1].startswith("SmolLM2-135M-Instruct is ready after ")
    # Health checks were answered meanwhile. What holds the loop up at all is the loading of large libraries.
    assert longest < 5
    yield engine
    await engine.close()


async def test_started_engine_says_what_it_is(engine: VllmEngine) -> None:
    assert engine.alive
    assert (engine.name, engine.model, engine.context_tokens) == ("vllm", "SmolLM2-135M-Instruct", 4096)
    with pytest.raises(EngineStartError, match="started before"):
        await engine.start()


async def test_pieces_make_the_reply_and_counts_add_up(engine: VllmEngine) -> None:
    request = asks("What do you sell?", max_tokens=40)
    deltas = await reply(engine, request)
    finish = finish_of(deltas)
    assert len(deltas) > 5
    assert sum(delta.tokens for delta in deltas) == finish.reply_tokens
    assert finish.prompt_tokens == engine.count_tokens(request.messages)
    # The same reply in one piece, from vLLM itself.
    from vllm import SamplingParams
    from vllm.renderers.params import ChatParams

    params = ChatParams(chat_template_kwargs={"add_generation_prompt": True})
    conversation = [{"role": message.role, "content": message.content} for message in request.messages]
    _, (prompt,) = await engine._llm.renderer.render_chat_async([conversation], params)
    final = None
    async for output in engine._llm.generate(prompt, SamplingParams(temperature=0, max_tokens=40), "whole"):
        final = output
    assert final is not None
    assert text_of(deltas) == final.outputs[0].text
    assert finish.reply_tokens == len(final.outputs[0].token_ids)


async def test_greedy_replies_are_the_same(engine: VllmEngine) -> None:
    first, second = [text_of(await reply(engine, asks("Who are you?"))) for _ in range(2)]
    assert first == second


async def test_a_seed_does_not_kill_the_engine(engine: VllmEngine) -> None:
    """As it does in vLLM 0.32 on the CPU, when the prompt takes more than one step to read: 512 tokens are one."""
    for number in range(2):
        request = asks(f"{number} " + "iron and coal " * 300, max_tokens=2, temperature=0.9, seed=7)
        assert engine.count_tokens(request.messages) > 600
        assert finish_of(await reply(engine, request)).reply_tokens
    assert engine.alive


async def test_the_models_own_sampling_is_the_default(engine: VllmEngine) -> None:
    params = engine._sampling(Sampling(), 1000)
    assert (params.temperature, params.top_p, params.max_tokens) == (0.2, 0.9, 256)
    params = engine._sampling(Sampling(max_tokens=9, temperature=1.5, top_p=0.5, seed=3), 7)
    assert (params.temperature, params.top_p, params.max_tokens) == (1.5, 0.5, 7)


async def test_end_at_the_limit_and_end_by_the_model(engine: VllmEngine) -> None:
    cut = finish_of(await reply(engine, asks("Tell me a long story about iron.", max_tokens=5)))
    assert (cut.reason, cut.reply_tokens) == ("length", 5)
    done = finish_of(await reply(engine, asks("Say only: yes.", max_tokens=200)))
    assert done.reason == "stop"
    assert done.reply_tokens is not None
    assert done.reply_tokens < 200


async def test_two_replies_stream_at_once(engine: VllmEngine) -> None:
    order: list[int] = []

    async def one(number: int) -> None:
        async for _ in engine.generate(asks(f"Tell me story {number}.", max_tokens=20)):
            order.append(number)  # noqa: PERF401 - as they come

    await asyncio.gather(one(1), one(2))
    # Neither waited for the other.
    assert order.index(2) < len(order) - 1 - order[::-1].index(1)
    assert order.index(1) < len(order) - 1 - order[::-1].index(2)


async def test_closing_the_generator_aborts(engine: VllmEngine) -> None:
    deltas = engine.generate(asks("Tell me a very long story.", max_tokens=2000, temperature=1.0))
    await anext(deltas)
    assert unfinished(engine) == 1
    await deltas.aclose()
    assert unfinished(engine) == 0
    # Gone from the engine core as well: it comes to rest at once, where 2,000 tokens would take a minute.
    assert finish_of(await reply(engine, asks("Hello.", max_tokens=3))).reply_tokens == 3
    async with asyncio.timeout(5):
        while engine._llm.output_processor.has_unfinished_requests():
            await asyncio.sleep(0.05)


async def test_cancelling_the_reader_aborts(engine: VllmEngine) -> None:
    task = asyncio.create_task(reply(engine, asks("Tell me a very long story.", max_tokens=2000, temperature=1.0)))
    async with asyncio.timeout(30):
        while not unfinished(engine):
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert unfinished(engine) == 0


async def test_a_full_queue_is_busy(engine: VllmEngine) -> None:
    streams = [engine.generate(asks(f"Story {number}, long.", max_tokens=500)) for number in range(4)]
    async with contextlib.AsyncExitStack() as stack:
        for stream in streams:
            await stack.enter_async_context(contextlib.aclosing(stream))
            await anext(stream)
        with pytest.raises(EngineBusy, match="no room for another reply") as caught:
            await reply(engine, asks("Me too!"))
        assert caught.value.retry_after > 0
    assert unfinished(engine) == 0
    assert text_of(await reply(engine, asks("And now?")))


async def test_a_prompt_longer_than_the_context_is_refused(engine: VllmEngine) -> None:
    request = asks("iron " * 5000)
    assert engine.count_tokens(request.messages) > 4096
    with pytest.raises(RequestRefused, match=r"The prompt has \d+ tokens and the model's context only 4096"):
        await reply(engine, request)
    assert engine.alive


async def test_a_reply_ends_where_the_context_does(engine: VllmEngine) -> None:
    few = engine.count_tokens(asks("iron " * 100).messages)
    request = asks("iron " * (100 + 4096 - few - 6), max_tokens=100)
    prompt_tokens = engine.count_tokens(request.messages)
    assert prompt_tokens == 4090
    finish = finish_of(await reply(engine, request))
    assert finish.prompt_tokens == prompt_tokens
    assert finish.reply_tokens is not None
    assert finish.reply_tokens <= 6


async def test_the_second_turn_finds_the_first_in_the_cache(engine: VllmEngine) -> None:
    persona = Message("system", "You are Maud, a healer. " + "You know every herb of the valley and its use. " * 40)
    first = Message("user", "What helps against a cough?")
    opening = await reply(engine, Request((persona, first), Sampling(16, 0.0)))
    history = (persona, first, Message("assistant", text_of(opening)), Message("user", "And against fever?"))
    second = finish_of(await reply(engine, Request(history, Sampling(4, 0.0))))
    before = finish_of(opening).cached_tokens
    assert before is not None
    assert second.cached_tokens is not None
    assert second.prompt_tokens is not None
    assert before < second.cached_tokens < second.prompt_tokens
    assert second.cached_tokens >= 384


async def test_emoji_arrive_whole(engine: VllmEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Emoji are several tokens each here. Whatever the model makes of their parts, no player sees half of one."""
    tokenizer = engine._llm.get_tokenizer()
    parts = sorted({token for emoji in "🐉🧙🔥⚔🙂" for token in tokenizer.encode(emoji, add_special_tokens=False)})
    original = engine._sampling

    def only_parts(sampling: Sampling, room: int, grammar: str | None) -> object:
        params = original(sampling, room, grammar)
        params.allowed_token_ids = parts
        params.ignore_eos = True
        return params

    monkeypatch.setattr(engine, "_sampling", only_parts)
    whole = 0
    for seed in range(3):
        deltas = await reply(engine, asks("🐉🧙🔥", max_tokens=120, temperature=1.5, seed=seed))
        assert sum(delta.tokens for delta in deltas) == 120
        for delta in deltas:
            assert "\ufffd" not in delta.text
            delta.text.encode()  # Whole code points only.
        assert any(delta.text == "" for delta in deltas)
        whole += sum(character in "🐉🧙🔥⚔🙂" for character in text_of(deltas))
    assert whole > 0


async def test_template_errors_are_refusals(engine: VllmEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    template = "{{ raise_exception('Roles must alternate') }}"
    monkeypatch.setattr(engine._llm.get_tokenizer(), "chat_template", template)
    with pytest.raises(RequestRefused, match="Roles must alternate"):
        await reply(engine, asks("Hello."))
    with pytest.raises(RequestRefused, match="Roles must alternate"):
        engine.count_tokens(asks("Hello.").messages)


async def test_a_failure_in_one_request_is_that_requests_alone(
    engine: VllmEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = engine._sampling
    monkeypatch.setattr(engine, "_sampling", lambda sampling, room, grammar: object())
    with pytest.raises(EngineFailed, match=r"^The model failed in this reply: "):
        await reply(engine, asks("Hello."))
    monkeypatch.setattr(engine, "_sampling", original)
    assert engine.alive
    assert text_of(await reply(engine, asks("Hello.")))
    assert unfinished(engine) == 0


async def test_counting_is_cheap(engine: VllmEngine) -> None:
    messages = asks("iron and coal " * 250).messages
    engine.count_tokens(messages)
    began = time.perf_counter()
    for _ in range(10):
        engine.count_tokens(messages)
    assert (time.perf_counter() - began) / 10 < 0.1


async def test_killed_engine_core_is_noticed(engine: VllmEngine, caplog: pytest.LogCaptureFixture) -> None:
    """Last of those that share the engine: it is dead afterwards."""
    stream = engine.generate(asks("Tell me a very long story.", max_tokens=2000, temperature=1.0))
    await anext(stream)
    waiting = asyncio.create_task(engine.wait_dead())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    (process,) = engine._core._processes
    assert process.pid is not None
    with caplog.at_level(logging.CRITICAL, "vllm"):
        os.kill(process.pid, signal.SIGKILL)
        began = time.monotonic()
        with pytest.raises(EngineDead, match=r"was killed \(signal 9\)"):
            async for _ in stream:
                pass
        cause = await waiting
    assert time.monotonic() - began < 2
    assert "was killed (signal 9)" in cause
    assert not engine.alive
    with pytest.raises(EngineDead, match="was killed"):
        await reply(engine, asks("Hello?"))
    with pytest.raises(EngineDead):
        engine.count_tokens((SMITH,))
    await engine.close()
    await engine.close()
    assert not engine.alive
    assert children() == []


# Starts that fail. Those that get as far as vLLM take the time of its import in this process just once.


async def refused(model: str | None, *arguments: str) -> str:
    engine = VllmEngine(model, arguments, lambda line: None)
    with pytest.raises(EngineStartError) as caught:
        await engine.start()
    assert not engine.alive
    await engine.close()
    assert children() == []
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A copy of the embedded model that a test may change; the weights are a link."""
    source = embedded_model.prepare(lambda line: None)
    target = tmp_path / "model"
    shutil.copytree(source, target, copy_function=lambda a, b: Path(b).symlink_to(a))
    return target


async def test_an_unknown_argument(model_folder: Path) -> None:
    assert await refused(str(model_folder), "--max-model-length", "100") == (
        "vLLM has no argument --max-model-length: did you mean --max-model-len?"
    )


async def test_an_argument_with_a_wrong_value(model_folder: Path) -> None:
    assert (await refused(str(model_folder), "--max-num-seqs", "many")).startswith("vLLM refuses an argument: ")
    assert "max_model_len" in (await refused(str(model_folder), "--max-model-len", "1000000"))


async def test_a_model_named_twice(model_folder: Path) -> None:
    assert "named twice" in await refused(str(model_folder), "--model", "other/model")


async def test_more_cache_than_there_is_memory(model_folder: Path) -> None:
    sentence = await refused(str(model_folder), "--kv-cache-memory-bytes", "100000G")
    assert (
        "GiB are free: close other programs, choose a smaller model, or a smaller --kv-cache-memory-bytes." in sentence
    )


async def test_an_architecture_that_vllm_does_not_know(model_folder: Path) -> None:
    config = json.loads((model_folder / "config.json").read_bytes())
    config["architectures"] = ["GrandLlamaForCausalLM"]
    (model_folder / "config.json").unlink()
    (model_folder / "config.json").write_text(json.dumps(config))
    assert "can't run the architecture GrandLlamaForCausalLM" in await refused(str(model_folder))


async def test_a_hub_name_that_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    # No network, said in the way that users say it; the constant was read when the library was imported.
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert await refused("no-such-people/no-such-model") == (
        "The model no-such-people/no-such-model is no folder here and can't be fetched from the hub, "
        "which can't be reached: check the network, or give --model a folder."
    )


@pytest.mark.parametrize(("stage", "delay"), [("Importing vLLM", 0.2), ("Loading model", 0.1), ("Loading model", 4.0)])
async def test_an_interrupted_start_leaves_nothing(stage: str, delay: float, model_folder: Path) -> None:
    reached = asyncio.Event()
    engine = VllmEngine(str(model_folder), report=lambda line: reached.set() if line == stage else None)
    await interrupt_start(engine, reached, delay)


async def test_a_failure_inside_the_engine_core_comes_back_as_its_own_words(model_folder: Path) -> None:
    # A context for which the cache that was asked for is too small: only the engine core finds out.
    sentence = await refused(
        str(model_folder), "--max-model-len", "8192", "--kv-cache-memory-bytes", str(64 << 20), "--max-num-seqs", "2"
    )
    assert "of key-value cache and has" in sentence
    assert sentence.endswith("give vLLM a smaller --max-model-len or more --kv-cache-memory-bytes.")


# Ends of the whole process, in one of its own.

SCRIPT = """
import asyncio, os, sys
from loquent.engines.vllm.engine import VllmEngine
async def main():
    engine = VllmEngine(None, sys.argv[2:])
    await engine.start()
    print("started", flush=True)
    if sys.argv[1] == "kill":
        os.kill(os.getpid(), 9)
    await engine.close()
    print("closed", flush=True)
if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("end", "arguments"),
    [
        ("kill", []),
        ("close", []),
        # Spawned, as it is on the GPU, and with a worker process behind the engine core.
        ("kill", ["--distributed-executor-backend", "mp"]),
    ],
)
async def test_nothing_is_left_behind(end: str, arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    scratch = Path(tempfile.mkdtemp())  # Not below tmp_path: the paths of sockets must be short.
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(tmp_path / "script.py"),
        end,
        *arguments,
        env={**os.environ, "PYTHONPATH": str(SERVER), "TMPDIR": str(scratch)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    # The pipes close when the last process that holds them has ended, the engine core among them.
    async with asyncio.timeout(120):
        out, err = await child.communicate()
    lines = out.decode().split()
    assert lines[0] == "started"
    async with asyncio.timeout(3):
        while session(child.pid):
            await asyncio.sleep(0.05)
    if end == "close":
        assert child.returncode == 0
        assert lines[1:] == ["closed"]
        assert err.decode() == ""
        assert left_in(scratch) == []
    shutil.rmtree(scratch, ignore_errors=True)
