"""Decisions: chosen among what the game offers, about the conversation and no part of it, ended once whatever happens."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from loquent.dialogue.decisions import ChoiceError, asked, check_options, shares
from loquent.dialogue.store import Spoken
from loquent.engines.base import Choice, EngineFailed, EngineLacks, Message, Request, RequestRefused, Verdict
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.images import Picture
from loquent.settings import Settings
from loquent.wire.codec import decode
from loquent.wire.frames import (
    SERVER_FRAMES,
    Begin,
    Cancel,
    Close,
    Decide,
    Decision,
    End,
    Fault,
    Frame,
    Open,
    Options,
    Refers,
    Say,
)
from support.house import Line, house
from support.pictures import encoded, quarters
from support.table import Table, open_, say
from support.virtual_time import virtual_time

OPTIONS = ("accepts", "refuses", "asks for the price")
PNG = encoded(quarters(64, 48), "PNG")


def decide(turn: int, options: Sequence[str] = OPTIONS, question: str = "What does the player do?") -> Decide:
    """Make a decide frame."""
    return Decide(1, turn, question, tuple(options), ())


class Asked:
    """Weights that keep what they were asked for."""

    def __init__(self, *weights: float) -> None:
        self.weights = weights
        self.choices: list[Choice] = []

    def __call__(self, choice: Choice) -> Sequence[float]:
        self.choices.append(choice)
        return self.weights


async def laid(weights: Asked, settings: Settings | None = None) -> Table:
    """Lay a table with an engine that chooses by these weights."""
    made = Table(ScriptedEngine(lambda _: "Two silver.", weights=weights, tokens_per_second=10), settings)
    await made.keeper.start()
    return made


# --- what comes of one -----------------------------------------------------------------------------------------


@virtual_time
async def test_a_decision_begins_is_told_once_and_ends() -> None:
    t = await laid(Asked(1, 2, 5))
    t.act(open_(), decide(1))
    await asyncio.sleep(1)
    t.flush()
    begin, decision, end = t.frames[1:]
    assert isinstance(begin, Begin)
    assert isinstance(decision, Decision)
    assert isinstance(end, End)
    assert (decision.turn, decision.index, decision.probabilities) == (1, 2, (0.125, 0.25, 0.625))
    assert end.reason == "stop"
    assert end.usage.prompt_tokens
    await t.close()


@virtual_time
async def test_it_is_asked_behind_the_conversation_so_that_its_prefix_is_cached() -> None:
    weights, prompts = Asked(1, 1, 1), list[Request]()
    engine = ScriptedEngine(lambda request: prompts.append(request) or "Two silver.", weights=weights)  # type: ignore[func-returns-value]
    t = Table(engine)
    await t.keeper.start()
    t.act(open_(), say(1, "A bed, please."))
    await asyncio.sleep(1)
    t.act(decide(2))
    await asyncio.sleep(1)
    (choice,), (request,) = weights.choices, prompts
    reply = Message("assistant", "Two silver.")
    assert list(choice.messages[:-1]) == [*request.messages, reply]
    assert choice.messages[-1] == Message("user", asked("What does the player do?", OPTIONS))
    assert choice.options == OPTIONS
    assert choice.key == request.key
    await t.close()


@virtual_time
async def test_nothing_of_it_is_remembered() -> None:
    t = await laid(Asked(1, 1, 1))
    t.act(open_(player="p"), decide(1))
    await asyncio.sleep(1)
    t.act(decide(2), Cancel(2, 0), say(3))
    await asyncio.sleep(5)
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "Two silver."),)
    await t.close()


def test_the_message_names_the_options_in_their_order() -> None:
    text = asked(" Did he?\n", check_options(["yes ", "no,  never\n"], Settings()))
    assert text.endswith("Did he?\nAnswer with one of these only: yes; no, never")


@virtual_time
async def test_options_are_judged_as_the_model_is_told_them() -> None:
    """White space around them would be tokens that no model answers with."""
    weights = Asked(1, 1)
    t = await laid(weights)
    t.act(open_(), decide(1, [" yes", "not\n yet "]))
    await asyncio.sleep(1)
    (choice,) = weights.choices
    assert choice.options == ("yes", "not yet")
    await t.close()


@given(st.lists(st.floats(0, 1e3, width=32), min_size=2, max_size=64).filter(any))
def test_probabilities_sum_to_1_whatever_they_were_computed_with(weights: list[float]) -> None:
    found = shares(Verdict(weights), len(weights))
    assert math.fsum(found) == pytest.approx(1, abs=1e-15)
    assert found.index(max(found)) == weights.index(max(weights))


@pytest.mark.parametrize(
    "wrong", [(), (1.0,), (0.5, 0.25, 0.25), (math.nan, 1.0), (math.inf, 0.0), (0.0, 0.0), (1.5, -0.5)]
)
def test_an_engine_that_gives_no_probabilities_has_failed(wrong: tuple[float, ...]) -> None:
    with pytest.raises(EngineFailed):
        shares(Verdict(wrong), 2)


# --- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "at least 2 options to choose from; this one has 0."),
        (["yes"], "at least 2 options to choose from; this one has 1."),
        (["yes", "no", "yes"], "Options 1 and 3 are the same; each must differ"),
        (["yes", " yes\n"], "Options 1 and 2 are the same"),
        (["yes", " \t"], "Option 2 is empty"),
        (["yes", ""], "Option 2 is empty"),
        (["yes", "é" * 129], "Option 2 has 258 bytes; at most 256 are taken."),
        ([str(number) for number in range(10_000)], "may have 64 options; this one has 10000."),
    ],
)
def test_options_that_cannot_be_chosen_from_are_refused(options: list[str], says: str) -> None:
    @virtual_time
    async def check() -> None:
        t = await laid(Asked(1, 1))
        fault = t.act(open_(), decide(1, options))[-1]
        assert isinstance(fault, Fault)
        assert (fault.code, fault.refers) == ("choices_invalid", Refers(Decide.KIND, 1))
        assert says in fault.message
        t.act(decide(2, ["yes", "no"]))
        await asyncio.sleep(1)
        assert t.ends(1) == []
        assert t.ends(2) == ["stop"]
        await t.close()

    check()


@given(st.lists(st.text(max_size=12), max_size=8))
def test_what_is_taken_can_be_told_apart(options: list[str]) -> None:
    try:
        check_options(options, Settings())
    except ChoiceError:
        return
    names = [" ".join(option.split()) for option in options]
    assert len(names) == len(set(names)) >= 2
    assert all(names)


@pytest.mark.parametrize("question", ["", " \n"])
def test_a_question_of_nothing_is_refused(question: str) -> None:
    @virtual_time
    async def check() -> None:
        t = await laid(Asked(1, 1))
        fault = t.act(open_(), Decide(1, 1, question, ("a", "b"), ()))[-1]
        assert isinstance(fault, Fault)
        assert (fault.code, fault.refers) == ("text_empty", Refers(Decide.KIND, 1))
        await t.close()

    check()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineFailed("It tripped."), "engine_failed"),
        (EngineLacks("This server gives no probabilities."), "unsupported"),
        (RequestRefused("The prompt is too long."), "text_too_long"),
    ],
)
def test_an_engine_that_cannot_decide_ends_the_turn_with_a_fault_that_refers_to_decide(
    error: Exception, code: str
) -> None:
    class Failing(ScriptedEngine):
        async def decide(self, choice: Choice) -> Verdict:
            raise error

    @virtual_time
    async def check() -> None:
        t = Table(Failing())
        await t.keeper.start()
        t.act(open_(), decide(1))
        await asyncio.sleep(1)
        t.flush()
        (fault,) = [frame for frame in t.frames if isinstance(frame, Fault)]
        assert (fault.code, fault.refers) == (code, Refers(Decide.KIND, 1))
        assert t.ends(1) == ["fault"]
        await t.close()

    check()


# --- races -----------------------------------------------------------------------------------------------------

EVENTS = ("cancel", "decide", "close", "lose", "verdict")
DISTANCES = {"in one breath": 0, "a tick apart": 1, "settled": 20}


class DictatedEngine(ScriptedEngine):
    """Decides when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.verdicts: list[asyncio.Future[Verdict]] = []

    async def decide(self, choice: Choice) -> Verdict:
        """See `Engine`."""
        mine: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self.verdicts.append(mine)
        self.running += 1
        try:
            return await mine
        finally:
            self.running -= 1


async def settle() -> None:
    """Let everything that can happen happen."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("order", list(permutations(EVENTS)), ids=" then ".join)
def test_every_order_of_events_ends_each_decision_once(order: tuple[str, ...], distance: str) -> None:
    @virtual_time
    async def check() -> None:
        engine = DictatedEngine()
        h = await house(engine=engine)
        line = Line()
        live = h.sessions.begin(line, None)
        act = live.conversations.act
        act(Open(1, "innkeeper", Options(player="p")))
        act(decide(1))
        await settle()
        for event in order:
            match event:
                case "cancel":
                    act(Cancel(1, 0))
                case "decide":
                    act(decide(2))
                case "close":
                    act(Close(1))
                case "lose":
                    h.sessions.lose(live, line)
                case "verdict" if not engine.verdicts[0].done():
                    engine.verdicts[0].set_result(Verdict([0.2, 0.3, 0.5]))
            for _ in range(DISTANCES[distance]):
                await asyncio.sleep(0)
        await settle()
        replay, _ = h.resume(live, 0)
        assert replay is not None
        h.sessions.end(live, "the test is over")
        frames: list[Frame] = []
        for message in [*replay, live.wire.outbox.flush()]:
            for frame in decode(message, SERVER_FRAMES):
                assert isinstance(frame, Frame)
                frames.append(frame)
        await h.sessions.close()

        def of(turn: int, kind: type[Frame]) -> list[Frame]:
            return [frame for frame in frames if isinstance(frame, kind) and getattr(frame, "turn", None) == turn]

        for turn in (1, 2):
            assert len(of(turn, Begin)) == len(of(turn, End)) <= 1
            assert len(of(turn, Decision)) <= 1
            places = [frames.index(frame) for kind in (Begin, Decision, End) for frame in of(turn, kind)]
            assert places == sorted(places)
            reasons = [end.reason for end in of(turn, End) if isinstance(end, End)]
            assert (reasons == ["stop"]) == bool(of(turn, Decision))
        refused = [frame for frame in frames if isinstance(frame, Fault) and frame.refers == (Decide.KIND, 2)]
        assert len(refused) + len(of(2, Begin)) == 1, "a decide is answered once"
        assert (engine.running, h.admission.running, h.admission.queued) == (0, 0, 0)
        assert h.store.last("p", "innkeeper", 9) == ()

    check()


@virtual_time
async def test_a_decision_in_between_keeps_no_late_cancel_from_cutting() -> None:
    """A player reads for long after the reply has come, and games decide meanwhile."""
    t = await laid(Asked(1, 1, 1))
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(5)
    t.act(decide(2))
    await asyncio.sleep(1)
    t.act(Cancel(1, 3))
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "Two"),)
    await t.close()


@virtual_time
async def test_a_late_cancel_cuts_nothing_once_something_else_was_said_whatever_became_of_that() -> None:
    """SPEC 5.9: the model may have been reminded of the reply as it was."""

    class Failing(ScriptedEngine):
        fails = False

        def count_tokens(self, messages: Sequence[Message]) -> int:
            if self.fails:
                raise EngineFailed("It tripped.")
            return super().count_tokens(messages)

    engine = Failing(lambda _: "One two three.", tokens_per_second=0)
    t = Table(engine)
    await t.keeper.start()
    t.act(open_(player="p"), say(1))
    await asyncio.sleep(1)
    engine.fails = True
    t.act(say(2))
    await asyncio.sleep(1)
    assert t.ends(2) == ["fault"]
    t.act(Cancel(1, 3))
    assert t.store.last("p", "innkeeper", 9) == (Spoken("Hello", "One two three."),)
    await t.close()


# --- pictures --------------------------------------------------------------------------------------------------


class Blind(ScriptedEngine):
    """Sees nothing."""

    @property
    def sees(self) -> bool:
        """See `Engine`."""
        return False


class Recogniser:
    """Knows a picture by its colour: the test is about who is asked, and a real one has tests of its own."""

    model = "by colour"
    alive = True

    async def start(self) -> None:
        """See `Recogniser`."""

    async def wait_dead(self) -> str:
        """See `Recogniser`."""
        await asyncio.Event().wait()
        return ""

    async def recognise(self, picture: Picture, labels: Sequence[str]) -> Verdict:
        """See `Recogniser`."""
        red, green, blue = picture.pixels.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        weights = [{"red": red, "green": green, "blue": blue}[label] + 1 for label in labels]
        return Verdict([weight / sum(weights) for weight in weights])

    async def make_way(self) -> None:
        """See `Recogniser`."""

    async def close(self) -> None:
        """See `Recogniser`."""


async def with_a_recogniser() -> Table:
    """Lay a table whose engine sees nothing, beside which something recognises."""
    keeper = Keeper(Recogniser, restarts=0, within_seconds=600)
    await keeper.start()
    t = Table(Blind(), recogniser=keeper)
    await t.keeper.start()
    return t


async def test_where_the_model_sees_nothing_the_recogniser_tells_what_a_picture_shows() -> None:
    t = await with_a_recogniser()
    assert t.conversations.images == 1
    t.act(open_())
    for turn, (colour, name) in enumerate({(200, 10, 10): "red", (10, 10, 200): "blue"}.items(), 1):
        shown = encoded(Image.new("RGB", (64, 48), colour), "PNG")
        t.act(Decide(1, turn, "What is it?", ("red", "green", "blue"), (shown,)))
        async with asyncio.timeout(10):
            while not t.ends(turn):
                await asyncio.sleep(0.001)
        (decision,) = [frame for frame in t.frames if isinstance(frame, Decision) and frame.turn == turn]
        assert ("red", "green", "blue")[decision.index] == name
        assert sum(decision.probabilities) == pytest.approx(1)
    await t.close()


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (Say(1, 1, "What is this?", (PNG,)), "ask by decide"),
        (Decide(1, 1, "Which?", ("a", "b"), (PNG, PNG)), "looks at one picture"),
    ],
)
async def test_what_a_recogniser_cannot_do_is_refused(frame: Say | Decide, says: str) -> None:
    t = await with_a_recogniser()
    fault = t.act(open_(), frame)[-1]
    assert isinstance(fault, Fault)
    assert fault.code == "images_refused"
    assert says in fault.message
    await t.close()


async def test_a_recogniser_that_still_loads_is_waited_for() -> None:
    keeper = Keeper(Recogniser, restarts=0, within_seconds=600)
    t = Table(Blind(), recogniser=keeper)
    await t.keeper.start()
    t.act(open_())
    for turn, (images, code) in enumerate([((PNG,), "engine_starting"), ((PNG, PNG), "images_refused")], 1):
        fault = t.act(Decide(1, turn, "Which?", ("red", "blue"), images))[-1]
        assert isinstance(fault, Fault)
        assert fault.code == code
        assert (fault.retry_after_ms is not None) == (code == "engine_starting")
    await keeper.start()
    t.act(Decide(1, 3, "Which?", ("red", "blue"), (PNG,)))
    async with asyncio.timeout(10):
        while not t.ends(3):
            await asyncio.sleep(0.001)
    assert t.ends(3) == ["stop"]
    await t.close()
    await keeper.close()


async def test_without_eyes_there_are_no_pictures() -> None:
    t = Table(Blind())
    await t.keeper.start()
    assert t.conversations.images == 0
    fault = t.act(open_(), Decide(1, 1, "Which?", ("a", "b"), (PNG,)))[-1]
    assert isinstance(fault, Fault)
    assert fault.code == "images_refused"
    await t.close()


async def test_a_model_that_sees_is_shown_the_pictures_with_the_question() -> None:
    weights = Asked(1, 3)
    t = Table(ScriptedEngine(weights=weights))
    await t.keeper.start()
    t.act(open_(), Decide(1, 1, "Which?", ("a", "b"), (PNG, PNG)))
    async with asyncio.timeout(10):
        while not t.ends(1):
            await asyncio.sleep(0.001)
    (choice,) = weights.choices
    assert [(picture.width, picture.height) for picture in choice.messages[-1].images] == [(64, 48)] * 2
    await t.close()
