"""Who gets a place in the engine, who waits, and who is sent away: before any work, in order, with nothing leaked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from loquent.dialogue.admission import Admission, Full, Place
from loquent.engines.base import Message
from loquent.settings import Settings
from loquent.wire.frames import Begin, Cancel, End, Fault, Text
from support.table import REPLY, Table, open_, say, table
from support.virtual_time import virtual_time


def admission(running: int = 1, queued: int = 2, seconds: float = 10) -> Admission:
    """Make an admission with few places."""
    return Admission(Settings(running_turns=running, queued_turns=queued, queue_seconds=seconds))


def order(place: Place, name: str, into: list[str]) -> asyncio.Task[None]:
    """Wait for a place in a task of its own, and note when it's reached."""

    async def wait() -> None:
        await place.reached()
        into.append(name)

    return asyncio.create_task(wait())


@virtual_time
async def test_places_are_given_in_the_order_of_asking() -> None:
    a = admission()
    first, second, third = a.enter(), a.enter(), a.enter()
    reached: list[str] = []
    tasks = [order(first, "1", reached), order(second, "2", reached), order(third, "3", reached)]
    await asyncio.sleep(0)
    assert (reached, a.running, a.queued) == (["1"], 1, 2)
    first.leave()
    await asyncio.sleep(0.1)
    assert (reached, a.running, a.queued) == (["1", "2"], 1, 1)
    second.leave()
    third.leave()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (a.running, a.queued) == (0, 0)


@virtual_time
async def test_beyond_the_queue_is_full_and_says_when_to_come_back() -> None:
    a = admission(running=1, queued=1)
    a.enter()
    a.enter()
    with pytest.raises(Full, match=r"1 replies are being made and 1 more wait.*\.$") as full:
        a.enter()
    assert full.value.retry_after == Settings().retry_seconds


@virtual_time
async def test_the_time_to_come_back_is_learnt_from_how_long_turns_take() -> None:
    a = admission(running=1, queued=1)
    place = a.enter()
    await asyncio.sleep(1)
    await place.reached()
    await asyncio.sleep(8)
    place.leave()
    a.enter()
    a.enter()
    assert a.retry_after == 16, "one waits, so two turns of 8 s lie before the next"


@virtual_time
async def test_nobody_is_told_to_come_back_tomorrow() -> None:
    a = admission(running=1, queued=1)
    await asyncio.sleep(1)
    place = a.enter()
    await place.reached()
    await asyncio.sleep(100_000)
    place.leave()
    assert a.retry_after == 60


@virtual_time
async def test_who_waits_too_long_is_sent_away_and_frees_its_place_in_the_queue() -> None:
    a = admission(queued=1, seconds=3)
    a.enter()
    waiting = a.enter()
    with pytest.raises(Full, match="within 3 s"):
        await waiting.reached()
    waiting.leave()
    assert a.queued == 0
    a.enter()


@virtual_time
async def test_a_place_that_becomes_free_in_the_moment_the_wait_ends_is_not_lost() -> None:
    a = admission(seconds=3)
    first, second = a.enter(), a.enter()
    task = asyncio.create_task(second.reached())
    asyncio.get_running_loop().call_later(3, first.leave)
    await task  # it has the place, and nobody is sent away for nothing
    assert (a.running, a.queued) == (1, 0)
    second.leave()
    assert (a.running, a.queued) == (0, 0)
    a.enter()


@virtual_time
async def test_leaving_twice_frees_one_place() -> None:
    a = admission(running=2)
    first, _ = a.enter(), a.enter()
    first.leave()
    first.leave()
    assert a.running == 1


@virtual_time
async def test_who_leaves_between_being_called_and_coming_hands_the_place_on() -> None:
    a = admission()
    first, second, third = a.enter(), a.enter(), a.enter()
    first.leave()  # the second is called, and hasn't noticed
    second.leave()
    await asyncio.wait_for(third.reached(), 1)
    third.leave()
    assert (a.running, a.queued) == (0, 0)


@virtual_time
async def test_empty_is_told_when_the_last_has_left() -> None:
    a = admission()
    await a.empty()
    first, second = a.enter(), a.enter()
    empty = asyncio.create_task(a.empty())
    first.leave()
    await asyncio.sleep(1)
    assert not empty.done()
    second.leave()
    await asyncio.wait_for(empty, 1)


# --- turns and their places ------------------------------------------------------------------------------------


@virtual_time
async def test_a_turn_in_the_queue_has_begun_and_speaks_when_its_place_is_free() -> None:
    t = await table(settings=Settings(running_turns=1))
    t.act(open_(1), open_(2), say(1), say(2, conversation=2))
    await asyncio.sleep(0.5)
    t.flush()
    assert [f.turn for f in t.frames if isinstance(f, Begin)] == [1, 2]
    assert {f.turn for f in t.frames if isinstance(f, Text)} == {1}
    await asyncio.sleep(5)
    assert (t.ends(1), t.ends(2), t.text(2)) == (["stop"], ["stop"], REPLY)


@virtual_time
async def test_a_full_server_refuses_a_say_before_any_work() -> None:
    t = await table(settings=Settings(running_turns=1, queued_turns=0))
    t.act(open_(1), open_(2), say(1))
    await asyncio.sleep(0.1)

    def counts(messages: Sequence[Message]) -> int:
        raise AssertionError("a prompt was made")

    t.engine.count_tokens = counts  # type: ignore[method-assign]
    fault = t.refused(say(2, conversation=2))
    await asyncio.sleep(0.1)
    assert (fault.code, fault.retry_after_ms) == ("busy", 2000)
    await t.close()


@virtual_time
async def test_a_turn_that_waits_too_long_ends_once_with_busy() -> None:
    t = await table(settings=Settings(running_turns=1, queue_seconds=0.3))
    t.act(open_(1), open_(2), say(1), say(2, conversation=2))
    await asyncio.sleep(0.5)
    t.flush()
    fault = next(f for f in t.frames if isinstance(f, Fault))
    assert (fault.code, fault.refers) == ("busy", (3, 2))
    assert fault.retry_after_ms is not None
    assert t.ends(2) == ["fault"]
    await t.close()
    assert (t.admission.running, t.admission.queued) == (0, 0)


@virtual_time
async def test_cancel_in_the_queue_frees_the_place_in_it() -> None:
    t = await table(settings=Settings(running_turns=1, queued_turns=1))
    t.act(open_(1), open_(2), say(1), say(2, conversation=2))
    answers = t.act(Cancel(2, 0))
    assert [type(f) for f in answers] == [End]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert t.admission.queued == 0
    assert t.faults() == []
    await t.close()


@virtual_time
async def test_a_turn_cancelled_in_the_breath_it_began_leaks_no_place() -> None:
    t = await table(settings=Settings(running_turns=1, queued_turns=0))
    t.act(open_(1), say(1), Cancel(1, 0))
    await asyncio.sleep(0.1)
    assert t.admission.running == 0
    t.act(say(2))
    await asyncio.sleep(5)
    assert t.ends(2) == ["stop"]


@virtual_time
async def test_sessions_share_the_places() -> None:
    settings = Settings(running_turns=1, queued_turns=0)
    one = await table(settings=settings)
    other = Table(one.engine, settings, admission=one.admission)
    await other.keeper.start()
    one.act(open_(), say(1))
    assert other.refused(open_(), say(1)).code == "busy"
    await one.close()
    assert other.act(say(2)) == [Begin(3, 1, 2)]
    await other.close()


@pytest.mark.parametrize("queued", [False, True])
def test_who_interrupts_on_a_full_server_is_not_refused_for_the_place_being_left(queued: bool) -> None:
    """Cancel and say in one message: the engine hasn't let go of the one yet when the other is asked for."""

    @virtual_time
    async def check() -> None:
        t = await table(settings=Settings(running_turns=1, queued_turns=int(queued)))
        t.act(open_(1), open_(2), say(1))
        mine = 2 if queued else 1
        if queued:
            t.act(say(2, conversation=2))
        await asyncio.sleep(0.2)
        t.act(Cancel(mine, 0), say(3, conversation=mine))
        assert t.faults() == []
        if not queued:
            assert t.refused(say(4, conversation=2)).code == "busy", "one place is left, and one takes it"
        await asyncio.sleep(5)
        assert (t.ends(mine), t.ends(3), t.text(3)) == (["cancelled"], ["stop"], REPLY)
        assert (t.admission.running, t.admission.queued, t.admission.leaving) == (0, 0, 0)

    check()


@virtual_time
async def test_the_place_of_a_turn_that_is_over_is_not_given_away_before_the_engine_has_let_go() -> None:
    t = await table(settings=Settings(running_turns=1, queued_turns=0))
    t.act(open_(), say(1))
    await asyncio.sleep(0.2)
    t.act(Cancel(1, 0), say(2))
    most = 0
    for _ in range(20):
        await asyncio.sleep(0)
        most = max(most, t.engine.running)
    assert most == 1
    await t.close()


@virtual_time
async def test_a_draining_server_begins_no_turn_and_lets_those_it_has_finish() -> None:
    t = await table(settings=Settings(running_turns=1))
    t.act(open_(1), open_(2), open_(3), say(1), say(2, conversation=2))
    t.admission.draining = True
    assert t.refused(say(3, conversation=3)).code == "draining"
    await t.admission.empty()
    assert (t.ends(1), t.ends(2)) == (["stop"], ["stop"])


@virtual_time
async def test_what_is_asked_too_early_is_busy_and_uses_up_its_number() -> None:
    t = await table()
    t.act(open_())
    t.conversations.refuse_early(say(5), 0.25)
    t.conversations.refuse_early(open_(9), 0.0001)
    early, opening = t.flush()
    assert isinstance(early, Fault)
    assert isinstance(opening, Fault)
    assert (early.code, early.refers, early.retry_after_ms) == ("busy", (3, 5), 250)
    assert (opening.code, opening.refers, opening.retry_after_ms) == ("busy", (2, 9), 1)
    assert t.refused(say(5)).code == "turn_order"


@virtual_time
async def test_what_is_sent_again_too_early_is_told_that_it_had_arrived() -> None:
    """A client that resumes sends again what may be lost; `busy` would have it take for refused what runs."""
    t = await table()
    t.act(open_(9), say(5, conversation=9))
    t.conversations.refuse_early(open_(9), 0.25)
    t.conversations.refuse_early(say(5, conversation=9), 0.25)
    t.flush()
    assert t.faults() == ["conversation_open", "turn_order"]
    await t.close()
