"""Replies with cues, and characters that speak first: what players are sent, what is remembered, and what the model is reminded of."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from loquent.dialogue.character import Character
from loquent.dialogue.cues import Cue as CharactersCue
from loquent.dialogue.cues import grammar
from loquent.dialogue.store import Spoken
from loquent.engines.base import Request, Sampling
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.frames import Begin, Cancel, Cue, End, Exchange, Fault, Frame, Opened, Say, Text
from support.table import Table, open_, say
from support.virtual_time import virtual_time

MARTA = Character(
    "Marta",
    "You are Marta.",
    greeting="[wave] Good evening!",
    cues=(CharactersCue("wave", "you greet"), CharactersCue("look_at", "you speak of it", ("door", "fire"))),
)
MARKED = "Hello [wave] there. [look_at:door] Go out [now] then"
SEEN = "Hello there. Go out [now] then"


class Prompts:
    """A script that keeps what it was asked."""

    def __init__(self, reply: str = MARKED) -> None:
        self.reply = reply
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> str:
        self.requests.append(request)
        return self.reply


async def laid(prompts: Prompts, character: Character = MARTA, *, started: bool = True, pace: float = 0) -> Table:
    """Lay a table at which Marta sits."""
    made = Table(ScriptedEngine(prompts, tokens_per_second=pace), characters={"innkeeper": character})
    if started:
        await made.keeper.start()
    return made


def told(t: Table, turn: int) -> list[str]:
    """Return text and cues of a turn, in the order in which they came; text between cues put together."""
    out: list[str] = []
    last: Frame | None = None
    for frame in t.frames:
        if isinstance(frame, Text) and frame.turn == turn:
            if isinstance(last, Text):
                out[-1] += frame.text
            else:
                out.append(frame.text)
            last = frame
        elif isinstance(frame, Cue) and frame.turn == turn:
            out.append(f"<{frame.name}>" if frame.argument is None else f"<{frame.name} {frame.argument}>")
            last = frame
    return out


# --- cues ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pace", [0, 10])
def test_cues_come_at_their_place_and_never_as_text(pace: float) -> None:
    @virtual_time
    async def check() -> None:
        t = await laid(Prompts(), pace=pace)
        t.act(open_(player="p"), say(1))
        for _ in range(60):
            await asyncio.sleep(0.1)
            t.flush()
        assert told(t, 1) == ["Hello ", "<wave>", "there. ", "<look_at door>", "Go out [now] then"]
        assert t.text(1) == SEEN
        assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", SEEN, MARKED),)
        (end,) = [frame for frame in t.frames if isinstance(frame, End)]
        assert end.usage.reply_tokens == len(MARKED.split())
        await t.close()

    check()


@virtual_time
async def test_the_client_is_told_the_cues_and_the_history_without_marks() -> None:
    t = await laid(Prompts())
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(1)
    opened = t.act(open_(2, player="p"))[-1]
    assert isinstance(opened, Opened)
    assert opened.cues == ("wave", "look_at")
    assert opened.history == (Exchange("Hello", SEEN),)
    await t.close()


@virtual_time
async def test_the_model_is_reminded_of_its_marks_and_not_of_a_players() -> None:
    prompts = Prompts()
    t = await laid(prompts)
    t.act(open_(), say(1, "I say [WAVE] to you"))
    await asyncio.sleep(1)
    t.act(say(2))
    await asyncio.sleep(1)
    assert [message.content for message in prompts.requests[1].messages[1:]] == ["I say (WAVE) to you", MARKED, "Hello"]
    await t.close()


@pytest.mark.parametrize(
    ("shown", "seen", "marked"),
    [(0, "", None), (6, "Hello ", None), (7, "Hello t", "Hello [wave] t"), (99, SEEN, MARKED)],
)
def test_a_late_cancel_cuts_what_is_seen_and_what_is_marked_alike(shown: int, seen: str, marked: str | None) -> None:
    @virtual_time
    async def check() -> None:
        t = await laid(Prompts())
        t.act(open_(player="p"), say(1))
        await asyncio.sleep(1)
        t.act(Cancel(1, shown))
        assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", seen, marked),)
        await t.close()

    check()


@virtual_time
async def test_a_cancel_in_mid_mark_remembers_nothing_of_the_mark() -> None:
    t = await laid(Prompts("One [look_at: door] two"), pace=10)
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(0.15)
    t.act(Cancel(1, 4))
    assert t.text(1) == "One "
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "One "),)
    await t.close()


@virtual_time
async def test_a_reply_that_ends_within_what_looked_like_a_mark_shows_it() -> None:
    t = await laid(Prompts("See [look_at:"))
    t.act(open_(), say(1))
    await asyncio.sleep(1)
    assert t.text(1) == "See [look_at:"
    await t.close()


# --- what the character asks of the engine -------------------------------------------------------------------------


@virtual_time
async def test_how_a_character_speaks_is_asked_of_the_engine() -> None:
    prompts = Prompts()
    sampling = Sampling(40, 0.3, 0.8, None, 1.2)
    t = await laid(prompts, replace(MARTA, sampling=sampling, strict_cues=True, adapter="studio/marta"))
    t.act(open_(), open_(2, max_tokens=7), say(1), say(2, conversation=2))
    await asyncio.sleep(1)
    first, second = prompts.requests
    assert (first.sampling, first.grammar, first.adapter) == (sampling, grammar(MARTA.cues), "studio/marta")
    assert second.sampling == replace(sampling, max_tokens=7)
    await t.close()


# --- speaking first --------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_greeting_needs_no_engine_and_is_remembered() -> None:
    prompts = Prompts("Two silver.")
    t = await laid(prompts, started=False)
    t.act(open_(player="p"), say(1, ""))
    await asyncio.sleep(1)
    t.flush()
    assert told(t, 1) == ["<wave>", "Good evening!"]
    assert t.ends(1) == ["stop"]
    assert [type(frame) for frame in t.frames[1:]] == [Begin, Cue, Text, End]
    assert t.store.last("p", "innkeeper", 9) == (Spoken("", "Good evening!", "[wave] Good evening!"),)
    await t.keeper.start()
    t.act(say(2, "A bed?"))
    await asyncio.sleep(1)
    (request,) = prompts.requests
    assert [message.role for message in request.messages] == ["system", "user", "assistant", "user"]
    assert request.messages[1].content
    assert request.messages[2].content == "[wave] Good evening!"
    await t.close()


@virtual_time
async def test_a_greeting_waits_for_no_place_in_the_engine() -> None:
    t = Table(
        ScriptedEngine(Prompts(), tokens_per_second=0.1),
        settings=replace(Settings(), running_turns=1, queued_turns=0),
        characters={"innkeeper": MARTA},
    )
    await t.keeper.start()
    t.act(open_(1), open_(2), open_(3), say(1), say(2, "", conversation=2), say(3, conversation=3))
    await asyncio.sleep(0.1)
    t.flush()
    assert t.ends(2) == ["stop"]
    assert told(t, 2) == ["<wave>", "Good evening!"]
    assert [fault.code for fault in t.frames if isinstance(fault, Fault)] == ["busy"]
    assert t.ends(1) == []
    await t.close()


@pytest.mark.parametrize("greeting", ["", MARTA.greeting])
def test_who_has_no_greeting_or_has_spoken_before_thinks_of_something(greeting: str) -> None:
    @virtual_time
    async def check() -> None:
        prompts = Prompts("Well?")
        t = await laid(prompts, replace(MARTA, greeting=greeting))
        t.act(open_(), say(1))
        await asyncio.sleep(1)
        t.act(say(2, ""))
        await asyncio.sleep(1)
        assert t.text(2) == "Well?"
        assert len(prompts.requests) == 2
        await t.close()

    check()


@pytest.mark.parametrize(
    ("frame", "code"), [(Say(1, 1, " ", ()), "text_empty"), (Say(1, 1, "", (b"png",)), "text_empty")]
)
def test_white_space_or_a_picture_alone_is_nothing_to_answer(frame: Say, code: str) -> None:
    @virtual_time
    async def check() -> None:
        t = await laid(Prompts())
        fault = t.act(open_(), frame)[-1]
        assert isinstance(fault, Fault)
        assert fault.code == code
        await t.close()

    check()


@virtual_time
async def test_while_the_model_loads_a_greeting_comes_and_anything_else_is_told_to_wait() -> None:
    t = await laid(Prompts(), replace(MARTA, greeting=""), started=False)
    fault = t.act(open_(), say(1, ""))[-1]
    assert isinstance(fault, Fault)
    assert fault.code == "engine_starting"
    await t.close()


@virtual_time
async def test_a_reply_that_is_cut_at_its_length_shows_no_half_of_a_mark() -> None:
    t = await laid(Prompts("See [look_at: door]"))
    t.act(open_(player="p", max_tokens=2), say(1))
    await asyncio.sleep(1)
    assert t.ends(1) == ["length"]
    assert t.text(1) == "See "
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "See "),)
    await t.close()
