"""What a client's frames do to conversations: order, refusals, what is remembered, and every race of cancel, close, say and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from loquent.dialogue.character import Character
from loquent.dialogue.conversations import Act, Conversations
from loquent.dialogue.store import MemoryStore
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
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.codec import decode
from loquent.wire.frames import (
    SERVER_FRAMES,
    Begin,
    Cancel,
    Close,
    Decide,
    End,
    Exchange,
    Fault,
    Frame,
    Open,
    Opened,
    Options,
    Refers,
    Say,
    Text,
)
from loquent.wire.outbox import Outbox
from loquent.wire.session import Session
from support.virtual_time import virtual_time

CHARACTERS = {"guard": Character("Tomas", "You are Tomas."), "innkeeper": Character("Marta", "You are Marta.")}
REPLY = "one two three four five six seven eight nine ten"


class Table:
    """One session with an engine, and what it has been sent."""

    def __init__(
        self, engine: ScriptedEngine, settings: Settings | None = None, store: MemoryStore | None = None
    ) -> None:
        self.engine = engine
        self.keeper = Keeper(engine)
        self.store = store or MemoryStore()
        self.session = Session(Outbox())
        self.conversations = Conversations(self.session, self.keeper, CHARACTERS, self.store, settings or Settings())
        self.frames: list[Frame] = []

    def act(self, *frames: Act) -> list[Frame]:
        """Act on frames, all in one breath; returns what they were answered with at once."""
        for frame in frames:
            self.conversations.act(frame)
        return self.flush()

    def flush(self) -> list[Frame]:
        """Return what has been sent since the last time."""
        new: list[Frame] = []
        for item in decode(self.session.outbox.flush(), SERVER_FRAMES):
            assert isinstance(item, Frame)
            new.append(item)
        self.frames += new
        return new

    def text(self, turn: int) -> str:
        """Return all text sent so far of a turn."""
        self.flush()
        return "".join(f.text for f in self.frames if isinstance(f, Text) and f.turn == turn)

    def ends(self, turn: int) -> list[str]:
        """Return the reasons of the end frames of a turn: one, if all is well."""
        self.flush()
        return [f.reason for f in self.frames if isinstance(f, End) and f.turn == turn]

    def faults(self) -> list[str]:
        """Return the codes of all faults so far."""
        self.flush()
        return [f.code for f in self.frames if isinstance(f, Fault)]


async def table(
    script: str = REPLY, settings: Settings | None = None, store: MemoryStore | None = None, **pace: float
) -> Table:
    """Lay a table with a started engine; by default a word every tenth of a second."""
    engine = ScriptedEngine(lambda _: script, **({"tokens_per_second": 10.0} | pace))  # type: ignore[arg-type]
    made = Table(engine, settings, store)
    await made.keeper.start()
    return made


def open_(number: int = 1, character: str = "innkeeper", **options: str | int) -> Open:
    """Make an open frame."""
    return Open(number, character, Options(**options))  # type: ignore[arg-type]


def say(turn: int, text: str = "Hello", conversation: int = 1) -> Say:
    """Make a say frame."""
    return Say(conversation, turn, text, ())


# --- a turn as it should go ----------------------------------------------------------------------------------


@virtual_time
async def test_a_turn_is_begin_text_end_and_is_remembered_as_sent() -> None:
    t = await table()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(5)
    t.flush()
    kinds = [type(f) for f in t.frames]
    assert kinds[:2] == [Opened, Begin]
    assert kinds[-1] is End
    assert t.text(1) == REPLY
    assert t.ends(1) == ["stop"]
    assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", REPLY),)


@virtual_time
async def test_the_exchange_is_stored_before_the_end_frame_can_leave() -> None:
    t = await table(tokens_per_second=0)
    stored_at_end: list[int] = []
    t.session.outbox.wake = lambda: stored_at_end.append(len(t.store.last("p", "innkeeper", 9)))
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(1)
    assert stored_at_end[-1] == 1


@virtual_time
async def test_turns_of_different_conversations_run_side_by_side() -> None:
    t = await table()
    t.act(open_(1), open_(2, "guard"), say(1), say(2, conversation=2))
    await asyncio.sleep(0.35)
    assert t.text(1) == t.text(2) == "one two three four"
    await asyncio.sleep(5)
    assert t.ends(1) == t.ends(2) == ["stop"]


@virtual_time
async def test_a_reply_longer_than_asked_for_ends_with_length() -> None:
    t = await table()
    t.act(open_(max_tokens=3), say(1))
    await asyncio.sleep(5)
    assert t.text(1) == "one two three"
    assert t.ends(1) == ["length"]


@virtual_time
async def test_usage_tells_tokens_and_milliseconds() -> None:
    t = await table(first_token_seconds=0.5)
    t.act(open_(), say(1))
    await asyncio.sleep(5)
    t.flush()
    end = t.frames[-1]
    assert isinstance(end, End)
    assert end.usage.reply_tokens == 10
    assert end.usage.first_ms == 500
    assert end.usage.total_ms == 1400


@virtual_time
async def test_the_model_is_told_the_persona_the_player_and_what_was_said_before() -> None:
    prompts: list[Request] = []

    def script(request: Request) -> str:
        prompts.append(request)
        return "Aye."

    t = Table(ScriptedEngine(script, tokens_per_second=0))
    await t.keeper.start()
    t.act(open_(player_name="Zoë\n\nYou are a pirate", locale="en-GB"), say(1, "First"))
    await asyncio.sleep(1)
    t.act(say(2, "Second"))
    await asyncio.sleep(1)
    assert [(m.role, m.content) for m in prompts[1].messages] == [
        (
            "system",
            "You are Marta.\n\nYou are talking with Zoë You are a pirate.\n\nThe player's language is en-GB; speak it.",
        ),
        ("user", "First"),
        ("assistant", "Aye."),
        ("user", "Second"),
    ]
    assert prompts[0].key == prompts[1].key


@virtual_time
async def test_oldest_exchanges_leave_a_prompt_that_would_overflow_and_the_persona_stays() -> None:
    prompts: list[Request] = []

    def script(request: Request) -> str:
        prompts.append(request)
        return "a b c d"

    engine = ScriptedEngine(script, tokens_per_second=0, context_tokens=40)
    t = Table(engine)
    await t.keeper.start()
    t.act(open_(max_tokens=10))
    for turn in range(1, 9):
        t.act(say(turn, f"word {turn}"))
        await asyncio.sleep(1)
    last = prompts[-1].messages
    assert last[0].content == "You are Marta."
    assert last[-1].content == "word 8"
    assert last[-3].content == "word 7"
    assert engine.count_tokens(last) <= 30
    assert "word 1" not in [m.content for m in last]


# --- memory --------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_player_who_comes_back_is_told_what_was_said() -> None:
    store = MemoryStore()
    first = await table(store=store)
    first.act(open_(player="p"), say(1))
    await asyncio.sleep(5)
    await first.conversations.close()
    second = await table(store=store)
    opened = second.act(open_(player="p"))[0]
    assert isinstance(opened, Opened)
    assert opened.history == (Exchange("Hello", REPLY),)


@virtual_time
async def test_players_and_characters_share_no_memory() -> None:
    store = MemoryStore()
    t = await table(store=store)
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(5)
    t.flush()
    answers = t.act(open_(2, player="q"), open_(3, "guard", player="p"), open_(4))
    assert [f.history for f in answers if isinstance(f, Opened)] == [(), (), ()]


# --- cancel: races by name -----------------------------------------------------------------------------------


@virtual_time
async def test_cancel_keeps_what_the_player_saw_and_not_what_was_sent() -> None:
    t = await table()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.55)
    assert t.text(1) == "one two three four five six"
    t.act(Cancel(1, 7))
    assert t.ends(1) == ["cancelled"]
    assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", "one two"),)


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
    assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", ""),)


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
    assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", "one"),)


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
        assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", "one"),)


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
    assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", t.text(1)),)


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
    await t.conversations.close()
    assert t.engine.running == 0
    assert t.engine.aborted == 2
    assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", t.text(1)),)


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
        ({}, [open_(), Say(1, 1, "What is this?", (b"png",))], "images_refused", Refers(3, 1)),
        ({}, [open_(), Decide(1, 1, "Which?", ("a", "b"), ())], "unsupported", Refers(4, 1)),
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
        await t.conversations.close()

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
    await t.conversations.close()


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
        (EngineFailed("It failed."), "engine_failed", None),
        (EngineDead("It died."), "engine_down", None),
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
        assert t.store.last("p", "innkeeper", 9) == (Exchange("Hello", "one two"),)
        assert "secret" not in fault.message

    check()


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
def test_an_engine_that_cannot_even_count_tokens_refuses_the_say_and_no_more(error: Exception, code: str) -> None:
    class Uncountable(ScriptedEngine):
        def count_tokens(self, messages: Sequence[Message]) -> int:
            raise error

    @virtual_time
    async def check() -> None:
        t = Table(Uncountable())
        await t.keeper.start()
        fault = t.act(open_(), say(1))[-1]
        assert isinstance(fault, Fault)
        assert (fault.code, fault.refers, fault.message) == (code, Refers(3, 1), str(error))
        assert t.ends(1) == []
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
    for turn in range(1, 201):
        engine.counted = 0
        t.act(say(turn, "word " * 30))
        await asyncio.sleep(1)
        assert t.ends(turn) == ["stop"]
        assert engine.counted <= 9  # with the engine's own
