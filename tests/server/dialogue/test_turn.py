"""A turn's races, by name: cancel, close, disconnect, say and the reply's own end, in every order."""

from __future__ import annotations

import asyncio

import pytest

from loquent.dialogue.store import MemoryStore, Spoken
from loquent.engines.base import (
    Request,
)
from loquent.engines.scripted import ScriptedEngine
from loquent.wire.faults import Code
from loquent.wire.frames import (
    Begin,
    Cancel,
    Close,
    End,
    Opened,
)
from loquent.wire.reception import fault
from support.table import REPLY, Table, open_, say, table
from support.virtual_time import virtual_time

# --- cancel: races by name -----------------------------------------------------------------------------------


@virtual_time
async def test_cancel_keeps_what_the_player_saw_and_not_what_was_sent() -> None:
    t = await table()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.55)
    assert t.text(1) == "one two three four five six"
    t.act(Cancel(1, 7))
    assert t.ends(1) == ["cancelled"]
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "one two"),)


@virtual_time
async def test_shown_counts_unicode_scalars() -> None:
    t = await table("👩‍👩‍👧 é a b c d")
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.15)
    t.act(Cancel(1, 6))
    assert t.store.last("p", "innkeeper", 9)[0].reply == "👩‍👩‍👧 "


@virtual_time
async def test_cancel_twice_ends_once() -> None:
    t = await table()
    t.act(open_(), say(1))
    await asyncio.sleep(0.2)
    t.act(Cancel(1, 3), Cancel(1, 3), Cancel(1, 0))
    await asyncio.sleep(5)
    assert t.ends(1) == ["cancelled"]
    assert t.faults() == []


@virtual_time
async def test_cancel_frees_the_engine_at_once() -> None:
    t = await table()
    t.act(open_(), say(1))
    await asyncio.sleep(0.2)
    assert t.engine.running == 1
    t.act(Cancel(1, 3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert t.engine.running == 0
    assert t.engine.aborted == 1


@virtual_time
async def test_a_turn_that_is_ended_with_a_fault_frees_the_engine_at_once() -> None:
    t = await table(first_token_seconds=60)
    t.act(open_(), say(1))
    await asyncio.sleep(0.2)
    t.conversations.end(fault(Code.DRAINING, "The server stops."))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (t.ends(1), t.faults()) == (["fault"], ["draining"])
    assert (t.engine.running, t.admission.running) == (0, 0)


@virtual_time
async def test_cancel_and_say_in_one_message() -> None:
    t = await table()
    t.act(open_(), say(1))
    await asyncio.sleep(0.2)
    t.act(Cancel(1, 3), say(2, "Wait"))
    await asyncio.sleep(5)
    assert t.faults() == []
    assert t.ends(1) == ["cancelled"]
    assert t.ends(2) == ["stop"]
    order = [type(f).__name__ + str(f.turn) for f in t.frames if isinstance(f, Begin | End)]
    assert order == ["Begin1", "End1", "Begin2", "End2"]


@virtual_time
async def test_say_and_cancel_in_one_message() -> None:
    t = await table()
    t.act(open_(player="p"), say(1), Cancel(1, 0))
    await asyncio.sleep(5)
    assert t.text(1) == ""
    assert t.ends(1) == ["cancelled"]
    assert t.engine.running == 0
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", ""),)


@virtual_time
async def test_no_text_comes_behind_the_end_of_a_cancelled_turn() -> None:
    t = await table(tokens_per_second=1000)
    t.act(open_(), say(1))
    await asyncio.sleep(0.004)
    t.act(Cancel(1, 1))
    await asyncio.sleep(5)
    t.flush()
    assert isinstance(t.frames[-1], End)


@virtual_time
async def test_cancel_after_the_end_still_cuts_what_is_remembered() -> None:
    t = await table()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(5)
    t.act(Cancel(1, 3))
    assert t.ends(1) == ["stop"]
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "one"),)


@virtual_time
async def test_cancel_after_the_end_and_a_later_turn_cuts_nothing() -> None:
    t = await table()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(5)
    t.act(say(2))
    await asyncio.sleep(0.1)
    t.act(Cancel(1, 3))
    await asyncio.sleep(5)
    assert [e.reply for e in t.store.last("p", "innkeeper", 9)] == [REPLY, REPLY]


@virtual_time
async def test_cancel_of_a_turn_that_never_was_does_nothing() -> None:
    t = await table()
    t.act(open_(), say(1))
    assert [type(f) for f in t.act(Cancel(77, 0))] == []
    await asyncio.sleep(5)
    assert t.ends(1) == ["stop"]


@virtual_time
async def test_cancel_in_the_tick_of_the_replys_own_end() -> None:
    """Whichever comes first, the turn ends once; the cancel's shown counts either way."""
    for delay in (0.8999, 0.9, 0.9001):
        t = await table()
        t.act(open_(player="p"), say(1))
        await asyncio.sleep(delay)
        t.act(Cancel(1, 3))
        await asyncio.sleep(5)
        assert len(t.ends(1)) == 1
        assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "one"),)


@virtual_time
async def test_the_model_is_reminded_that_it_was_cut_off_unheard() -> None:
    prompts: list[Request] = []

    def script(request: Request) -> str:
        prompts.append(request)
        return REPLY

    t = Table(ScriptedEngine(script, tokens_per_second=10))
    await t.keeper.start()
    t.act(open_(), say(1), Cancel(1, 0), say(2))
    await asyncio.sleep(5)
    assert [m.role for m in prompts[-1].messages] == ["system", "user", "assistant", "user"]
    assert prompts[-1].messages[2].content


@pytest.mark.parametrize("cancels", [False, True])
def test_a_turn_ends_although_what_was_said_cannot_be_stored(cancels: bool, caplog: pytest.LogCaptureFixture) -> None:
    class FullStore(MemoryStore):
        def append(self, player: str, character: str, exchange: Spoken) -> int:
            raise OSError("No space left on device")

    @virtual_time
    async def check() -> None:
        t = await table(store=FullStore())
        t.act(open_(player="p"), say(1))
        await asyncio.sleep(0.2)
        if cancels:
            t.act(Cancel(1, 3))
        await asyncio.sleep(5)
        assert t.ends(1) == ["cancelled" if cancels else "stop"]
        t.act(say(2))
        await asyncio.sleep(5)
        assert t.ends(2) == ["stop"]
        assert t.admission.running == 0

    check()
    assert "couldn't be stored" in caplog.text


# --- close, disconnect -----------------------------------------------------------------------------------------


@virtual_time
async def test_close_while_the_character_speaks() -> None:
    t = await table()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.25)
    t.act(Close(1))
    await asyncio.sleep(0.1)
    assert t.ends(1) == ["cancelled"]
    assert t.engine.running == 0
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", t.text(1)),)


@virtual_time
async def test_close_then_cancel_say_and_close_again() -> None:
    t = await table()
    t.act(open_(), say(1))
    await asyncio.sleep(0.25)
    t.act(Close(1), Cancel(1, 2), say(2), Close(1))
    await asyncio.sleep(5)
    assert t.ends(1) == ["cancelled"]
    assert t.ends(2) == []
    assert t.faults() == ["conversation_unknown", "conversation_unknown"]


@virtual_time
async def test_a_closed_number_can_be_opened_again() -> None:
    t = await table()
    answers = t.act(open_(5), Close(5), open_(5, "guard"))
    assert [type(f) for f in answers] == [Opened, Opened]


@virtual_time
async def test_a_disconnect_aborts_everything_and_keeps_what_was_sent() -> None:
    t = await table()
    t.act(open_(1, player="p"), open_(2, "guard"), say(1), say(2, conversation=2))
    await asyncio.sleep(0.25)
    await t.close()
    assert t.engine.running == 0
    assert t.engine.aborted == 2
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", t.text(1)),)
