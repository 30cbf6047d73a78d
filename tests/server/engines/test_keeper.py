"""What the keeper says of the engine, from its start to its death."""

from __future__ import annotations

import asyncio

import pytest

from loquent.engines.base import EngineStartError
from loquent.engines.keeper import Keeper, State
from loquent.engines.scripted import ScriptedEngine
from support.virtual_time import virtual_time


@virtual_time
async def test_starting_ready_down() -> None:
    engine = ScriptedEngine()
    keeper = Keeper(engine)
    states = [keeper.state]
    await keeper.start()
    states.append(keeper.state)
    engine.die("killed")
    await asyncio.sleep(0.1)
    states.append(keeper.state)
    assert states == [State.STARTING, State.READY, State.DOWN]
    assert keeper.cause == "killed"
    await keeper.close()


@virtual_time
async def test_an_engine_that_cannot_start_is_the_callers_to_know() -> None:
    class Broken(ScriptedEngine):
        async def start(self) -> None:
            raise EngineStartError("Too little memory; choose a smaller model.")

    keeper = Keeper(Broken())
    with pytest.raises(EngineStartError, match="smaller model"):
        await keeper.start()
    assert keeper.state is State.STARTING
    await keeper.close()


@virtual_time
async def test_close_stops_the_watch_and_the_engine() -> None:
    engine = ScriptedEngine()
    keeper = Keeper(engine)
    await keeper.start()
    await keeper.close()
    assert not engine.alive
    assert asyncio.all_tasks() == {asyncio.current_task()}
