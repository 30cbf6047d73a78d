"""The vLLM engine's engine core is killed, and another engine takes its place in the same process, again and again."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from loquent.engines.base import EngineDead, EngineStartError, Message, Request, Sampling
from loquent.engines.vllm import core
from loquent.engines.vllm.engine import VllmEngine
from support.leftovers import children, open_descriptors, private_bytes, runs, shared_memory
from support.real_vllm import MARKS, interrupt_start
from support.server_process import processes_below

pytestmark = MARKS

STORY = Request((Message("user", "Tell me a very long story."),), Sampling(max_tokens=2000))
GREETING = Request((Message("user", "Hello!"),), Sampling(max_tokens=4))


async def started(*arguments: str) -> VllmEngine:
    engine = VllmEngine(None, arguments, lambda line: None)
    await engine.start()
    assert [delta async for delta in engine.generate(GREETING)][-1].finish is not None
    return engine


def files_of(engine: VllmEngine) -> set[str]:
    """What lies in the file system for an engine that runs: its sockets, and what its core has in shared memory."""
    (process,) = engine._core._processes
    assert process.pid is not None
    assert core._COMMON.sockets is not None
    return {core._COMMON.sockets} | shared_memory(process.pid)


def still_there(names: set[str]) -> list[str]:
    """Those of these files and folders that exist."""
    return [name for name in names if Path(name).exists()]


async def killed_in_mid_reply(engine: VllmEngine) -> str:
    """Kill an engine's core while it replies; returns what is said of its death."""
    stream = engine.generate(STORY)
    await anext(stream)
    (process,) = engine._core._processes
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(EngineDead):
        async for _ in stream:
            pass
    return await engine.wait_dead()


async def test_another_engine_takes_its_place_and_nothing_piles_up() -> None:
    memory, descriptors, environments = [], [], []
    for _ in range(4):
        engine = await started()
        used = files_of(engine)
        assert used
        assert "was killed (signal 9)" in await killed_in_mid_reply(engine)
        await engine.make_way()
        assert still_there(used) == []
        # The fork server stays for the next engine: of what it had to import, there is nothing left to do.
        assert len(children()) == 1
        memory.append(private_bytes())
        descriptors.append(open_descriptors())
        environments.append(dict(os.environ))
    await engine.close()
    assert children() == []
    # Each engine's front end has about 80 MB here, and some 40 of them were once kept by vLLM for ever.
    assert memory[3] - memory[0] < 60 << 20, memory
    assert descriptors[3] <= descriptors[1], descriptors
    assert environments[3] == environments[0]


async def test_workers_and_their_shared_memory_go_with_a_killed_core() -> None:
    """Worker processes are the core's: when it's killed nobody tells them, and on a GPU they'd keep its memory from the next engine."""
    engine = await started("--distributed-executor-backend", "mp")
    (process,) = engine._core._processes
    assert process.pid is not None
    workers = processes_below(process.pid)
    assert workers
    used = files_of(engine)
    assert any("/psm_" in name for name in used)
    await killed_in_mid_reply(engine)
    await engine.make_way()
    assert not any(map(runs, workers))
    assert still_there(used) == []
    await engine.close()
    assert children() == []


async def test_the_fork_server_is_killed_and_takes_the_engine_along() -> None:
    """Where memory runs out, the system may choose this process of ours as well: nobody would hear of the core's end any more."""
    engine = await started()
    (core,) = engine._core._processes
    (fork_server,) = [pid for pid in processes_below(os.getpid()) if core.pid in processes_below(pid)]
    assert core.pid is not None
    os.kill(fork_server, signal.SIGKILL)
    await asyncio.wait_for(engine.wait_dead(), 10)
    await engine.make_way()
    assert not runs(core.pid)
    second = await started()
    await second.close()
    assert children() == []


async def test_a_core_that_is_killed_while_it_loads_is_a_start_that_failed_for_that_reason() -> None:
    """Where memory is short, that is when the system kills it."""
    engine = VllmEngine(report=lambda line: None)
    start = asyncio.create_task(engine.start())
    async with asyncio.timeout(60):
        while not engine._core._processes or engine._core._processes[0].pid is None:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    os.kill(engine._core._processes[0].pid, signal.SIGKILL)
    with pytest.raises(EngineStartError, match=r"was killed \(signal 9\).*ran out of memory"):
        await start
    assert children() == []


@pytest.mark.parametrize("delay", [0.05, 0.5, 1.5])
async def test_a_restart_that_is_interrupted_leaves_nothing(delay: float) -> None:
    engine = await started()
    await killed_in_mid_reply(engine)
    await engine.make_way()
    reached = asyncio.Event()
    second = VllmEngine(report=lambda line: reached.set() if line.startswith("Loading") else None)
    await interrupt_start(second, reached, delay)
