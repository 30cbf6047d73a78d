"""What players notice of an engine that dies and is started again: a fault, a moment's wait, and the same conversation."""

from __future__ import annotations

import asyncio

from loquent.engines.base import Request
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.frames import Begin, Close, End, Fault, Opened, Refers
from support.table import REPLY, Table, open_, say
from support.virtual_time import virtual_time


class Loading(ScriptedEngine):
    """Takes ten seconds to load, then says a word every tenth of a second."""

    prompts: list[Request]

    def __init__(self) -> None:
        self.prompts = []
        super().__init__(self._script, tokens_per_second=10)

    def _script(self, request: Request) -> str:
        self.prompts.append(request)
        return REPLY

    async def start(self) -> None:
        await asyncio.sleep(10)
        await super().start()


class Engines:
    """Makes engines, and knows the last one."""

    def __init__(self) -> None:
        self.made: list[Loading] = []

    def __call__(self) -> Loading:
        self.made.append(Loading())
        return self.made[-1]


async def laid(settings: Settings | None = None, restarts: int = 5) -> tuple[Table, list[Loading]]:
    """Lay a table whose engine is replaced when it dies; with the engines that have been made."""
    make = Engines()
    keeper = Keeper(make, restarts=restarts, within_seconds=600)
    t = Table(make.made[0], settings, keeper=keeper)
    await keeper.start()
    return t, make.made


@virtual_time
async def test_a_say_meanwhile_is_told_when_to_come_back_and_then_answered() -> None:
    t, engines = await laid()
    t.act(open_(), say(1))
    await asyncio.sleep(3)
    engines[0].die("The process was killed.")
    await asyncio.sleep(4)
    fault = t.refused(say(2))
    assert (fault.code, fault.refers) == ("engine_starting", Refers(3, 2))
    assert fault.retry_after_ms == 6000
    await asyncio.sleep(fault.retry_after_ms / 1000 + 0.1)
    assert isinstance(t.act(say(3))[0], Begin)
    await asyncio.sleep(5)
    assert (t.ends(1), t.ends(2), t.ends(3)) == (["stop"], [], ["stop"])
    assert t.text(3) == REPLY
    # The new engine is told what was said with the old one.
    (request,) = engines[1].prompts
    assert [m.content for m in request.messages[1:]] == ["Hello", REPLY, "Hello"]
    await t.keeper.close()


@virtual_time
async def test_every_turn_that_runs_or_waits_ends_once_with_a_fault() -> None:
    t, engines = await laid(Settings(running_turns=2))
    numbers = range(1, 6)
    for number in numbers:
        t.act(open_(number), say(number, conversation=number))
    await asyncio.sleep(0.35)
    assert engines[0].running == 2
    engines[0].die("The process was killed.")
    await asyncio.sleep(1)
    assert [t.ends(number) for number in numbers] == [["fault"]] * 5
    assert t.faults() == ["engine_down"] * 5
    assert (t.admission.running, t.admission.queued) == (0, 0)
    await asyncio.sleep(10)
    for number in numbers:
        t.act(say(number + 5, conversation=number))
    await asyncio.sleep(10)
    assert [t.ends(number + 5) for number in numbers] == [["stop"]] * 5
    await t.keeper.close()


@virtual_time
async def test_what_needs_no_engine_works_meanwhile() -> None:
    t, engines = await laid()
    t.act(open_())
    engines[0].die("The process was killed.")
    await asyncio.sleep(1)
    assert [type(f) for f in t.act(open_(2, "guard"), Close(1), open_(1, "guard"))] == [Opened, Opened]
    await t.keeper.close()


@virtual_time
async def test_what_the_player_saw_before_the_death_is_what_was_said() -> None:
    t, engines = await laid()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.25)
    engines[0].die("The process was killed.")
    await asyncio.sleep(11)
    t.act(say(2))
    await asyncio.sleep(5)
    seen = t.text(1)
    assert REPLY.startswith(seen)
    assert seen
    assert [e.reply for e in t.store.last("p", "innkeeper", 9)] == [seen, REPLY]
    await t.keeper.close()


@virtual_time
async def test_given_up_it_says_so_and_not_when_to_come_back() -> None:
    t, engines = await laid(restarts=0)
    t.act(open_(), say(1))
    await asyncio.sleep(0.25)
    engines[0].die("The process was killed.")
    await asyncio.sleep(1)
    fault = t.refused(say(2))
    assert (fault.code, fault.retry_after_ms) == ("engine_down", None)
    assert [type(f) for f in t.frames if isinstance(f, End | Fault)] == [Fault, End, Fault]
    await t.keeper.close()
