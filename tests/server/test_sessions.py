"""Sessions without a connection: how long they wait, who may have them back, what they may cost, and what ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from loquent.access import Visitor
from loquent.dialogue.store import Spoken
from loquent.engines.base import Delta, Request
from loquent.engines.scripted import ScriptedEngine
from loquent.wire.frames import Open, Opened, Options, Resume, Say
from support.house import Line, house
from support.table import REPLY
from support.virtual_time import virtual_time


@virtual_time
async def test_a_session_whose_connection_is_lost_speaks_on_and_can_be_had_back() -> None:
    h = await house(grace_seconds=60)
    live, line = h.begin()
    live.wire.outbox.flush()
    h.sessions.lose(live, line)
    assert (h.sessions.connected, h.sessions.waiting) == (0, 1)
    await asyncio.sleep(30)
    replay, new = h.resume(live, seq=0)
    assert replay
    assert (h.sessions.connected, h.sessions.waiting) == (1, 0)
    assert REPLY.encode() in live.wire.outbox.flush(), "what was said meanwhile waits, as one text"
    await asyncio.sleep(100)
    assert not live.over, "the old timer is gone"
    live.conversations.act(Say(1, 2, "More", ()))
    assert new.woken > 0


@virtual_time
async def test_after_the_grace_period_the_turns_are_aborted_and_what_was_said_is_remembered() -> None:
    h = await house("word " * 1000, grace_seconds=2)
    live, line = h.begin()
    h.sessions.lose(live, line)
    await asyncio.sleep(1.9)
    assert h.engine.running == 1
    await asyncio.sleep(0.2)
    assert live.over
    assert (h.engine.running, h.engine.aborted, h.admission.running) == (0, 1, 0)
    (exchange,) = h.store.last("p", "innkeeper", 9)
    assert exchange.reply.startswith("word word")
    assert h.resume(live, seq=0)[0] is None


@virtual_time
async def test_a_turn_that_ends_while_nobody_is_there_is_stored_whole() -> None:
    h = await house(grace_seconds=60)
    live, line = h.begin()
    h.sessions.lose(live, line)
    await asyncio.sleep(30)
    assert h.store.last("p", "innkeeper", 9) == (Spoken("Hello", REPLY),)


@virtual_time
async def test_resume_from_elsewhere_takes_over_from_a_connection_that_looks_open() -> None:
    h = await house()
    live, old = h.begin()
    replay, new = h.resume(live, seq=0)
    assert replay is not None
    assert old.cut_for == "its client has come back on another connection"
    h.sessions.lose(live, old)  # the old socket is found dead at last
    assert (h.sessions.connected, h.sessions.waiting) == (1, 0), "the session stays with the new one"
    await asyncio.sleep(0.3)
    assert new.woken > 0
    assert new.cut_for is None


@virtual_time
async def test_a_session_belongs_to_the_token_it_was_begun_with() -> None:
    h = await house()
    quest = Visitor("quest")
    live, line = h.begin(owner=quest)
    h.sessions.lose(live, line)
    assert h.resume(live, seq=0, owner=Visitor("arcade"))[0] is None
    assert h.resume(live, seq=0, owner=Visitor("quest"))[0] is None, "a new token under the old one's name"
    assert h.resume(live, seq=0, owner=None)[0] is None
    assert not live.over, "who guesses does no harm"
    assert h.resume(live, seq=0, owner=quest)[0] is not None


@virtual_time
async def test_a_guess_of_the_epoch_or_the_id_does_no_harm() -> None:
    h = await house()
    live, line = h.begin()
    assert h.resume(live, seq=0, epoch=7)[0] is None
    assert h.sessions.resume(Resume(live.wire.id[:-1] + "?", 1, 0), Line(), None) is None
    assert (live.over, line.cut_for) == (False, None)


@virtual_time
async def test_who_has_missed_more_than_is_kept_gets_nothing_and_the_old_session_ends() -> None:
    h = await house(window_bytes=0)
    live, line = h.begin()
    live.wire.outbox.flush()
    h.sessions.lose(live, line)
    assert h.resume(live, seq=0)[0] is None
    assert live.over
    assert h.sessions.waiting == 0
    await asyncio.sleep(0)
    assert h.engine.running == 0


@virtual_time
async def test_a_second_attempt_after_a_lost_welcome_has_the_session() -> None:
    h = await house()
    live, line = h.begin()
    h.sessions.lose(live, line)
    _, first = h.resume(live, seq=0, epoch=1)
    replay, _ = h.resume(live, seq=0, epoch=1)
    assert replay is not None
    assert first.cut_for is not None
    assert live.wire.epoch == 2


@virtual_time
async def test_what_gathers_for_a_client_that_is_away_is_bounded() -> None:
    h = await house("x" * 600 + " " + "y" * 600 + " ", grace_seconds=60, pending_bytes=4096)
    live, line = h.begin()
    for number in range(2, 6):
        live.conversations.act(Open(number, "guard", Options()))
        live.conversations.act(Say(number, number, "Hello", ()))
    h.sessions.lose(live, line)
    await asyncio.sleep(1)
    assert live.over
    assert (h.engine.running, h.admission.running, h.sessions.waiting) == (0, 0, 0)


@virtual_time
async def test_what_gathers_is_bounded_however_fast_the_engine_is() -> None:
    """It has more to say in every breath, so that what is put off until the next is put off for ever."""
    engine = ScriptedEngine(lambda _: " ".join(["x" * 999] * 1000), tokens_per_second=0)
    h = await house(engine=engine, grace_seconds=60, pending_bytes=4096)
    live, line = h.begin()
    h.sessions.lose(live, line)
    most = 0
    while not live.over:
        await asyncio.sleep(0)
        most = max(most, live.wire.outbox.pending_bytes)
    assert most < 4096 + 3000
    assert live.waiting is None


@virtual_time
async def test_who_comes_back_in_the_breath_in_which_too_much_has_gathered_has_the_session() -> None:
    h = await house("x" * 600, grace_seconds=60, pending_bytes=4096)
    live, line = h.begin()
    h.sessions.lose(live, line)
    for number in range(2, 9):
        live.wire.outbox.put(Opened(0, number, "x" * 600, (), ()))
    assert live.wire.outbox.pending_bytes > 4096
    replay, new = h.resume(live, seq=0)
    await asyncio.sleep(1)
    assert replay is not None
    assert not live.over
    assert new.woken > 0, "the connection is the one that looks after it now"


@virtual_time
async def test_a_token_keeps_no_more_sessions_waiting_than_it_may_have_connections() -> None:
    h = await house(waiting_sessions=5)
    victim, mallory = Visitor("victim"), Visitor("mallory", connections=2)
    kept, line = h.begin(victim)
    h.sessions.lose(kept, line)
    made = [h.begin(mallory) for _ in range(5)]
    for live, line in made:
        h.sessions.lose(live, line)
    assert not kept.over
    assert [live.over for live, _ in made] == [True, True, True, False, False]


@virtual_time
async def test_of_whom_most_sessions_wait_loses_one_first() -> None:
    h = await house(waiting_sessions=5)
    victim, mallory = Visitor("victim"), Visitor("mallory")
    kept, line = h.begin(victim)
    h.sessions.lose(kept, line)
    for _ in range(20):
        live, line = h.begin(mallory)
        h.sessions.lose(live, line)
    assert not kept.over
    assert h.sessions.waiting == 5


@virtual_time
async def test_too_many_waiting_sessions_push_out_the_one_that_waits_longest() -> None:
    h = await house(waiting_sessions=2)
    made = [h.begin() for _ in range(3)]
    for live, line in made:
        h.sessions.lose(live, line)
    assert [live.over for live, _ in made] == [True, False, False]


@virtual_time
async def test_connecting_again_and_again_pushes_out_nobody_who_talks() -> None:
    h = await house(waiting_sessions=2)
    talking, line = h.begin()
    h.sessions.lose(talking, line)
    for _ in range(10):
        empty = Line()
        h.sessions.lose(h.sessions.begin(empty, None), empty)
    assert not talking.over
    assert h.sessions.waiting == 2


@virtual_time
async def test_without_grace_a_lost_connection_ends_its_session() -> None:
    h = await house(grace_seconds=0)
    live, line = h.begin()
    h.sessions.lose(live, line)
    await asyncio.sleep(0.01)
    assert live.over


@pytest.mark.parametrize("order", ["lose end", "end lose", "end end", "lose lose", "lose resume lose_old end"])
def test_losing_and_ending_in_any_order_ends_the_turn_once_and_leaks_nothing(order: str) -> None:
    @virtual_time
    async def check() -> None:
        h = await house(grace_seconds=1)
        live, line = h.begin()
        for step in order.split():
            match step:
                case "lose" | "lose_old":
                    h.sessions.lose(live, line)
                case "end":
                    h.sessions.end(live, "a test")
                case "resume":
                    assert h.resume(live, seq=0)[0] is not None
        await asyncio.sleep(3)
        assert live.over
        assert (h.sessions.connected, h.sessions.waiting) == (0, 0)
        assert (h.engine.running, h.admission.running) == (0, 0)
        assert len(h.store.last("p", "innkeeper", 9)) == 1

    check()


@virtual_time
async def test_sessions_that_wait_for_one_who_may_not_stay_end() -> None:
    """Those with a connection are left to it: it tells its client first."""
    h = await house()
    quest, arcade = Visitor("quest"), Visitor("arcade")
    (one, line), (connected, _), (other, other_line) = h.begin(quest), h.begin(quest), h.begin(arcade)
    h.sessions.lose(one, line)
    h.sessions.lose(other, other_line)
    h.sessions.end_unwelcome("its token was removed")
    assert not one.over
    quest.revoked = True
    h.sessions.end_unwelcome("its token was removed")
    assert (one.over, connected.over, other.over) == (True, False, False)


@virtual_time
async def test_whether_a_resume_takes_over_is_known_before() -> None:
    h = await house()
    quest = Visitor("quest")
    live, line = h.begin(quest)
    asked = Resume(live.wire.id, live.wire.epoch, 0)
    assert h.sessions.would_take_over(asked, quest)
    assert not h.sessions.would_take_over(asked, Visitor("quest"))
    assert not h.sessions.would_take_over(Resume(live.wire.id, 7, 0), quest)
    assert not h.sessions.would_take_over(Resume("guess", live.wire.epoch, 0), quest)
    h.sessions.lose(live, line)
    assert not h.sessions.would_take_over(asked, quest)


@virtual_time
async def test_close_ends_all_and_waits_for_the_engine() -> None:
    h = await house()
    (one, line), (two, _) = h.begin(), h.begin()
    h.sessions.lose(one, line)
    await asyncio.sleep(0.1)
    await h.sessions.close()
    assert one.over
    assert two.over
    assert h.engine.running == 0
    assert h.sessions.pending_bytes == h.sessions.window_bytes == 0


@virtual_time
async def test_close_does_not_wait_for_an_engine_that_never_lets_go(caplog: pytest.LogCaptureFixture) -> None:
    class Clinging(ScriptedEngine):
        async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
            try:
                async for delta in super().generate(request):
                    yield delta
            finally:
                await asyncio.sleep(3600)

    h = await house(engine=Clinging(lambda _: "word " * 100, tokens_per_second=10))
    h.begin()
    await asyncio.sleep(0.3)
    async with asyncio.timeout(10):
        await h.sessions.close()
    assert "hasn't let go" in caplog.text
