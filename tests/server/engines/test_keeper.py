"""What the keeper makes of an engine's deaths: restarts, how long they wait, when it gives up, and every race on the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from loquent.engines.base import EngineDead, EngineStartError, Message, Request
from loquent.engines.keeper import Keeper, State
from loquent.engines.scripted import ScriptedEngine
from support.virtual_time import virtual_time

LOAD = 10.0
"""How long an engine here takes to load, in seconds."""


class Loading(ScriptedEngine):
    """An engine that takes a while to load, and maybe can't."""

    def __init__(
        self, *, load: float = LOAD, refuses: str | Exception | None = None, dies_at_once: bool = False
    ) -> None:
        super().__init__(lambda _: "word " * 1000, tokens_per_second=10)
        self.loading = False
        self.closed = 0
        self.made_way = 0
        self._load = load
        self._refuses = refuses
        self._dies_at_once = dies_at_once

    async def start(self) -> None:
        self.loading = True
        await asyncio.sleep(self._load)
        if isinstance(self._refuses, Exception):
            raise self._refuses
        if self._refuses:
            raise EngineStartError(self._refuses)
        await super().start()
        self.loading = False
        if self._dies_at_once:
            self.die("It died at once.")

    async def make_way(self) -> None:
        self.made_way += 1
        self._alive = False

    async def close(self) -> None:
        self.closed += 1
        await super().close()


class Yard:
    """A keeper, and all the engines that it had made."""

    def __init__(
        self,
        make: Callable[[int], Loading] | None = None,
        *,
        restarts: int = 5,
        within_seconds: float = 600,
    ) -> None:
        self.engines: list[Loading] = []

        def another() -> Loading:
            self.engines.append(make(len(self.engines)) if make else Loading())
            return self.engines[-1]

        self.keeper = Keeper(another, restarts=restarts, within_seconds=within_seconds)

    @property
    def state(self) -> State:
        """The keeper's."""
        return self.keeper.state

    async def kill(self, why: str = "It was killed.") -> None:
        """Let the engine of now die, and the keeper hear of it."""
        self.engines[-1].die(why)
        await asyncio.sleep(0.001)

    async def until(self, state: State) -> float:
        """Wait for a state; returns how long that took, in seconds."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(1000):
            while self.keeper.state is not state:
                await asyncio.sleep(0.01)
        return loop.time() - began


async def started(
    make: Callable[[int], Loading] | None = None, *, restarts: int = 5, within_seconds: float = 600
) -> Yard:
    """Return a yard with an engine that runs."""
    yard = Yard(make, restarts=restarts, within_seconds=within_seconds)
    await yard.keeper.start()
    return yard


def about(seconds: float) -> object:
    """A time that may be longer by what tests wait between two looks."""
    return pytest.approx(seconds, abs=0.05)


# --- the first start -------------------------------------------------------------------------------------------


@virtual_time
async def test_starting_then_ready() -> None:
    yard = Yard()
    starting = asyncio.create_task(yard.keeper.start())
    await asyncio.sleep(1)
    assert (yard.state, yard.keeper.retry_seconds) == (State.STARTING, None)
    await starting
    assert (yard.state, yard.keeper.cause, yard.keeper.retry_seconds) == (State.READY, None, None)
    assert yard.keeper.engine is yard.keeper.ready is yard.engines[0]
    await yard.keeper.close()
    assert yard.state is State.DOWN


@virtual_time
async def test_an_engine_that_cannot_start_the_first_time_is_the_callers_to_know() -> None:
    yard = Yard(lambda _: Loading(refuses="Too little memory; choose a smaller model."))
    with pytest.raises(EngineStartError, match="smaller model"):
        await yard.keeper.start()
    assert (yard.state, yard.keeper.ready) == (State.DOWN, None)
    assert yard.keeper.cause == "Too little memory; choose a smaller model."
    with pytest.raises(RuntimeError):
        await yard.keeper.gave_up()
    await yard.keeper.close()
    assert len(yard.engines) == 1


@virtual_time
async def test_close_stops_the_watch_and_the_engine() -> None:
    yard = await started()
    await yard.keeper.close()
    assert yard.engines[0].closed == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


# --- deaths and restarts ---------------------------------------------------------------------------------------


@virtual_time
async def test_an_engine_that_dies_is_replaced_at_once() -> None:
    yard = await started()
    await yard.kill("It was killed.")
    assert (yard.state, yard.keeper.cause) == (State.RESTARTING, "It was killed.")
    assert await yard.until(State.READY) == about(LOAD)
    first, second = yard.engines
    assert yard.keeper.engine is second
    assert (first.made_way, second.made_way) == (1, 0)
    assert (yard.keeper.restarts, yard.keeper.cause) == (1, None)
    await yard.keeper.close()
    assert second.closed == 1


@virtual_time
async def test_a_death_counts_before_the_keeper_has_heard_of_it() -> None:
    """Whoever asks in that moment isn't told that all is well, nor that all is lost."""
    yard = await started(restarts=1)
    yard.engines[0].die("It was killed.")
    assert (yard.state, yard.keeper.cause) == (State.RESTARTING, None)
    assert yard.keeper.retry_seconds == LOAD
    await yard.until(State.READY)
    yard.engines[1].die("It was killed again.")
    assert yard.state is State.DOWN
    await yard.keeper.close()


@virtual_time
async def test_each_restart_waits_longer_than_the_one_before() -> None:
    yard = await started(lambda _: Loading(load=0), restarts=9, within_seconds=6000)
    waits = []
    for _ in range(9):
        await yard.kill()
        waits.append(round(await yard.until(State.READY)))
    assert waits == [0, 1, 2, 4, 8, 16, 30, 30, 30]
    await yard.keeper.close()


@virtual_time
async def test_when_to_come_back_is_what_is_left_of_waiting_and_loading() -> None:
    yard = await started()
    for wait in (0, 1, 2):
        await yard.kill()
        assert yard.keeper.retry_seconds == about(wait + LOAD)
        await asyncio.sleep(wait + LOAD - 4)
        assert yard.keeper.retry_seconds == about(4)
        await yard.until(State.READY)
        assert yard.keeper.retry_seconds is None
    await yard.keeper.close()


@virtual_time
async def test_loading_that_takes_longer_than_last_time_is_asked_for_every_second() -> None:
    yard = await started(lambda number: Loading(load=60 if number else LOAD))
    await yard.kill()
    await asyncio.sleep(LOAD + 5)
    assert (yard.state, yard.keeper.retry_seconds) == (State.RESTARTING, 1)
    await yard.until(State.READY)
    await yard.kill()  # now it's known
    assert yard.keeper.retry_seconds == about(61)
    await yard.keeper.close()


# --- starts again that fail ------------------------------------------------------------------------------------


@virtual_time
async def test_a_restart_that_fails_is_a_death_and_tried_again() -> None:
    """The first start was the user's to mend; now the memory may be short for a moment only."""
    yard = await started(lambda number: Loading(refuses="Too little memory." if number in (1, 2) else None))
    await yard.kill()
    await asyncio.sleep(LOAD + 0.5)
    assert (yard.state, yard.keeper.cause) == (State.RESTARTING, "Too little memory.")
    assert await yard.until(State.READY) == about(0.5 + LOAD + 2 + LOAD)
    assert (yard.keeper.restarts, yard.keeper.cause) == (3, None)
    assert [engine.made_way for engine in yard.engines] == [1, 1, 1, 0]
    await yard.keeper.close()


@virtual_time
async def test_a_mistake_in_an_engines_start_is_a_death_too(caplog: pytest.LogCaptureFixture) -> None:
    yard = await started(lambda number: Loading(refuses=ValueError("secret") if number == 1 else None))
    await yard.kill()
    await asyncio.sleep(LOAD + 0.5)
    assert yard.state is State.RESTARTING
    assert yard.keeper.cause is not None
    assert "ValueError" in yard.keeper.cause
    assert "secret" not in yard.keeper.cause
    assert "secret" in caplog.text
    await yard.until(State.READY)
    await yard.keeper.close()


@virtual_time
async def test_an_engine_that_dies_right_after_it_is_ready_is_replaced_again() -> None:
    yard = await started(lambda number: Loading(dies_at_once=number == 1))
    await yard.kill()
    await asyncio.sleep(LOAD + 0.5)
    assert (yard.state, yard.keeper.cause) == (State.RESTARTING, "It died at once.")
    assert await yard.until(State.READY) == about(0.5 + LOAD)
    assert len(yard.engines) == 3
    await yard.keeper.close()


@virtual_time
async def test_a_death_while_starting_again_belongs_to_the_engine_that_is_gone() -> None:
    yard = await started()
    await yard.kill()
    yard.engines[0].die("Again.")
    await asyncio.sleep(1)
    yard.engines[0].die("And again.")
    assert await yard.until(State.READY) == about(LOAD - 1)
    assert len(yard.engines) == 2
    assert yard.keeper.restarts == 1
    await yard.keeper.close()


@virtual_time
async def test_two_deaths_at_once_are_one() -> None:
    yard = await started(restarts=1)
    yard.engines[0].die("It was killed.")
    yard.engines[0].die("It was killed again.")
    await yard.until(State.READY)
    assert len(yard.engines) == 2
    await yard.keeper.close()


# --- giving up -------------------------------------------------------------------------------------------------


@virtual_time
async def test_one_death_too_many_and_the_keeper_gives_up() -> None:
    yard = await started(restarts=2)
    giving_up = asyncio.create_task(yard.keeper.gave_up())
    for _ in range(2):
        await yard.kill()
        await yard.until(State.READY)
    assert not giving_up.done()
    await yard.kill("The GPU fell off.")
    assert await giving_up == (
        "The engine has died 3 times within 600 s, so the server gives up on it and stops: The GPU fell off."
    )
    assert (yard.state, yard.keeper.cause) == (State.DOWN, "The GPU fell off.")
    assert yard.keeper.retry_seconds is None
    await asyncio.sleep(1000)
    assert len(yard.engines) == 3
    await yard.keeper.close()
    assert yard.engines[-1].closed == 1


@virtual_time
async def test_without_restarts_the_first_death_is_the_last() -> None:
    yard = await started(restarts=0)
    yard.engines[0].die("It was killed.")
    assert yard.state is State.DOWN
    assert await yard.keeper.gave_up() == (
        "The engine has died and isn't to be started again, so the server stops: It was killed."
    )
    assert yard.state is State.DOWN
    await yard.keeper.close()


@virtual_time
async def test_restarts_that_never_succeed_are_given_up_as_well() -> None:
    yard = await started(lambda number: Loading(refuses="Too little memory." if number else None), restarts=3)
    await yard.kill()
    async with asyncio.timeout(3 * LOAD + 3 + 1):
        assert (await yard.keeper.gave_up()).endswith(
            "4 times within 600 s, so the server gives up on it and stops: Too little memory."
        )
    assert len(yard.engines) == 4
    await yard.keeper.close()


@virtual_time
async def test_rare_deaths_never_give_up() -> None:
    yard = await started(restarts=1, within_seconds=60)
    for _ in range(20):
        await asyncio.sleep(60)
        await yard.kill()
        assert await yard.until(State.READY) == about(LOAD)  # and none of them waits for the one before
    assert yard.keeper.restarts == 20
    await yard.keeper.close()


@virtual_time
async def test_the_window_slides() -> None:
    """Three deaths in any 100 s are too many, wherever the 100 s begin; two and then two more aren't."""
    yard = await started(lambda _: Loading(load=1), restarts=2, within_seconds=100)
    for pause in (0, 40, 61, 40):  # the first has been forgotten when the third comes, the second when the fourth does
        await asyncio.sleep(pause)
        await yard.kill()
        await yard.until(State.READY)
    await asyncio.sleep(10)
    await yard.kill()
    assert yard.state is State.DOWN
    await yard.keeper.close()


# --- close, whenever -------------------------------------------------------------------------------------------


@virtual_time
async def test_closed_while_it_waits_to_start_again() -> None:
    yard = await started()
    await yard.kill()
    await yard.until(State.READY)
    await yard.kill()
    await asyncio.sleep(0.5)
    assert len(yard.engines) == 2
    await yard.keeper.close()
    assert yard.state is State.DOWN
    await asyncio.sleep(100)
    assert len(yard.engines) == 2
    assert yard.engines[1].closed == 1  # frees what it had kept for the next
    assert asyncio.all_tasks() == {asyncio.current_task()}


@virtual_time
async def test_closed_while_another_engine_starts() -> None:
    yard = await started()
    await yard.kill()
    await asyncio.sleep(LOAD / 2)
    assert yard.engines[1].loading
    await yard.keeper.close()
    assert yard.engines[1].closed == 1
    await asyncio.sleep(100)
    assert (yard.state, len(yard.engines)) == (State.DOWN, 2)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@virtual_time
async def test_closed_while_the_dead_engine_makes_way() -> None:
    class Slow(Loading):
        async def make_way(self) -> None:
            await asyncio.sleep(5)

    yard = await started(lambda _: Slow())
    await yard.kill()
    await asyncio.sleep(1)
    await yard.keeper.close()
    assert (len(yard.engines), yard.engines[0].closed) == (1, 1)
    await asyncio.sleep(100)
    assert len(yard.engines) == 1


@virtual_time
async def test_closed_in_the_moment_of_a_death() -> None:
    yard = await started()
    yard.engines[0].die("It was killed.")
    await yard.keeper.close()
    await asyncio.sleep(100)
    assert (yard.state, len(yard.engines)) == (State.DOWN, 1)


@virtual_time
async def test_closed_twice() -> None:
    yard = await started()
    await yard.kill()
    await asyncio.gather(yard.keeper.close(), yard.keeper.close())
    assert yard.state is State.DOWN
    assert asyncio.all_tasks() == {asyncio.current_task()}


# --- requests and the log --------------------------------------------------------------------------------------


@virtual_time
async def test_a_request_that_runs_while_the_engine_dies_hears_of_it_and_the_next_engine_takes_the_next() -> None:
    yard = await started()
    request = Request((Message("user", "Hello"),))
    deltas = yard.keeper.engine.generate(request)
    await anext(deltas)
    await yard.kill()
    with pytest.raises(EngineDead):
        async for _ in deltas:
            pass
    await yard.until(State.READY)
    again = yard.keeper.engine.generate(request)
    assert (await anext(again)).text == "word"
    await again.aclose()
    await yard.keeper.close()


@virtual_time
async def test_the_log_tells_the_story_in_a_line_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "loquent.engine")
    yard = await started(lambda number: Loading(refuses="Too little memory." if number == 1 else None), restarts=2)
    await yard.kill("It was killed.")
    await yard.until(State.READY)
    await yard.kill("It was killed again.")
    await yard.keeper.close()
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "The engine has died: It was killed."),
        ("WARNING", "The engine is started again: attempt 1 of at most 2 within 600 s."),
        ("ERROR", "The engine can't start: Too little memory."),
        ("WARNING", "The engine is started again in 1 s: attempt 2 of at most 2 within 600 s."),
        ("WARNING", "The engine is ready again, 21.0 s after it died."),
        ("ERROR", "The engine has died: It was killed again."),
    ]
