"""Suites against a real gateway over a real socket; only the engine follows a script."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loquent.client import Client, ClientError, FaultError
from loquent.engines.base import Choice, EngineFailed, Request
from loquent.engines.scripted import ScriptedEngine
from loquent.evaluation import runner
from loquent.evaluation.attempts import Run
from loquent.evaluation.checks import Checks
from loquent.evaluation.runner import LOST, TIMED_OUT, run_suite
from loquent.evaluation.suite import Case, Suite
from loquent.settings import Settings
from loquent.wire.frames import Options
from support.evaluations import asked, said
from support.pictures import black_png
from support.running import Running, running


def suite_of(*cases: Case, player: Options | None = None, character: str = "innkeeper") -> Suite:
    return Suite("toy", Path("toy.toml"), "", "", character, player or Options(), cases)


def script(request: Request) -> str:
    words = request.messages[-1].content
    if words == "fail":
        raise EngineFailed("It failed.")
    return f"{len(request.messages)} messages, you said {words}"


def weights(choice: Choice) -> list[float]:
    """Be sure of the option that the question names first."""
    _, question, _ = choice.messages[-1].content.splitlines()
    return [3.0 if question.startswith(option) else 1.0 for option in choice.options]


async def run(server: Running, suite: Suite, **how: Any) -> Run:
    return await run_suite(suite, partial(Client.connect, server.url, reconnect=None), **how)


def engine(**how: Any) -> ScriptedEngine:
    return ScriptedEngine(script, weights=weights, **({"tokens_per_second": 0} | how))


async def test_replies_are_heard_and_judged() -> None:
    case = said("Hello", Checks(contains_all=("2 messages", "Hello"), max_words=3))
    async with running(engine(tokens_per_second=50)) as server:
        (attempt,) = (await run(server, suite_of(case))).attempts
    (turn,) = attempt.turns
    assert (turn.text, turn.reason, turn.usage.reply_tokens) == ("2 messages, you said Hello", "stop", 5)
    assert attempt.judged == {"contains_all": True, "max_words": False}
    assert turn.first is not None
    assert turn.total is not None
    assert 0 < turn.first < turn.total
    assert sum(tokens for _, tokens in turn.gaps) == 4
    assert (attempt.fault, attempt.retries) == (None, 0)


async def test_decisions_are_taken_in() -> None:
    cases = [asked("yes", "yes or no?"), asked("no", "yes, or no?"), asked("no", "no or yes?", say=("Hello",))]
    async with running(engine()) as server:
        run_ = await run(server, suite_of(*cases))
    assert [attempt.probabilities for attempt in run_.attempts] == [(0.75, 0.25), (0.75, 0.25), (0.25, 0.75)]
    assert all(attempt.seconds for attempt in run_.attempts)
    assert [turn.text for turn in run_.attempts[2].turns] == ["2 messages, you said Hello"]
    assert [len(attempts) for _, attempts in run_.of_asked()] == [1, 1, 1]


async def test_a_picture_is_shown_with_its_question() -> None:
    shown: list[int] = []

    def look(choice: Choice) -> list[float]:
        shown.extend(picture.width for picture in choice.messages[-1].images)
        return [1.0, 3.0]

    case = asked("dog", "What is it?", kind="image", options=("cat", "dog"), images=(black_png(40, 30),))
    async with running(ScriptedEngine(weights=look)) as server:
        (attempt,) = (await run(server, suite_of(case))).attempts
    assert (shown, attempt.probabilities, attempt.fault) == ([40], (0.25, 0.75), None)


async def test_each_attempt_is_a_conversation_of_its_own_that_nobody_remembers() -> None:
    cases = [said("one", repeat=2), said("two")]
    async with running(engine()) as server:
        run_ = await run(server, suite_of(*cases))
        assert [turn.text[:10] for attempt in run_.attempts for turn in attempt.turns] == ["2 messages"] * 3
    assert [(attempt.case, attempt.number) for attempt in run_.attempts] == [
        (cases[0], 0),
        (cases[1], 0),
        (cases[0], 1),
    ]


async def test_a_player_is_remembered_where_the_suite_has_one() -> None:
    cases = [said("one"), said("two")]
    async with running(engine()) as server:
        run_ = await run(server, suite_of(*cases, player=Options(player="odo")))
    assert [attempt.turns[0].text[:10] for attempt in run_.attempts] == ["2 messages", "4 messages"]


async def test_what_was_said_before_is_part_of_the_conversation() -> None:
    case = said("three")
    case = type(case)(case.name, ("one", "two", "three"), case.checks, 1)
    async with running(engine()) as server:
        (attempt,) = (await run(server, suite_of(case))).attempts
    assert [turn.text[:10] for turn in attempt.turns] == ["2 messages", "4 messages", "6 messages"]


async def test_a_fault_is_a_failure_of_its_case_and_no_more() -> None:
    async with running(engine()) as server:
        run_ = await run(server, suite_of(said("fail"), said("Hello"), said("   ")))
    assert [attempt.fault for attempt in run_.attempts] == ["engine_failed", None, "text_empty"]
    assert run_.attempts[0].message
    assert run_.attempts[0].judged is None
    assert run_.stopped is None


async def test_what_takes_for_ever_is_a_failure_and_is_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_TURN_SECONDS", 0.1)
    slow = engine(tokens_per_second=0.5)
    async with running(slow) as server:
        run_ = await run(server, suite_of(said("Hello"), said("again")))
        assert [attempt.fault for attempt in run_.attempts] == [TIMED_OUT] * 2
        while slow.running:
            await asyncio.sleep(0.01)
        assert slow.aborted == 2


async def test_a_server_that_is_full_is_asked_again() -> None:
    settings = Settings(running_turns=1, queued_turns=0, retry_seconds=0.1)
    async with running(engine(tokens_per_second=20), settings) as server:
        run_ = await run(server, suite_of(*[said(f"{n} words to be said here") for n in range(4)]), concurrency=4)
    assert [attempt.fault for attempt in run_.attempts] == [None] * 4
    assert sum(attempt.retries for attempt in run_.attempts) > 0


async def test_a_server_that_takes_few_frames_a_second_hears_more_than_retries() -> None:
    """Asked again as soon as it says, it would refuse for ever: each retry is three frames more."""
    async with running(engine(), Settings(frames_per_second=20)) as server:
        async with asyncio.timeout(30):
            run_ = await run(server, suite_of(*[asked("yes", f"yes or no, {n}?") for n in range(30)]))
    assert [attempt.fault for attempt in run_.attempts] == [None] * 30
    assert 0 < sum(attempt.retries for attempt in run_.attempts) < 30


async def test_a_model_that_loads_is_waited_for() -> None:
    async with running(engine(), Settings(retry_seconds=0.1), started=False) as server:
        asking = asyncio.create_task(run(server, suite_of(said("Hello"))))
        await asyncio.sleep(0.3)
        assert not asking.done()
        await server.keeper.start()
        (attempt,) = (await asking).attempts
    assert attempt.fault is None
    assert attempt.retries > 0


async def test_several_at_once() -> None:
    beside: list[int] = []

    def say(_: Request) -> str:
        beside.append(slow.running)
        return "some words that take their time"

    slow = ScriptedEngine(say, tokens_per_second=20)
    async with running(slow) as server:
        run_ = await run(server, suite_of(*[said(f"case {n}") for n in range(6)]), concurrency=3)
    assert len({attempt.case.id for attempt in run_.attempts}) == 6
    assert max(beside) == 2, "so many ran already when another began"


async def test_an_engine_that_dies_fails_the_cases_that_are_left() -> None:
    def say(request: Request) -> str:
        if request.messages[-1].content == "die":
            dying.die("It was killed.")
        return "good"

    dying = ScriptedEngine(say, tokens_per_second=0)
    async with running(dying) as server:
        run_ = await run(server, suite_of(said("Hello"), said("die"), said("more")))
    first, second, third = run_.attempts
    assert first.fault is None
    assert (second.fault, third.fault) == ("engine_down", "engine_down")


async def test_a_server_that_is_lost_ends_the_run_with_what_there_is() -> None:
    async with running(engine()) as server:
        closing: list[asyncio.Task[None]] = []

        def told() -> None:
            if not closing:
                closing.append(asyncio.create_task(server.gateway.close()))

        dials = 0

        async def dial() -> Client:
            nonlocal dials
            dials += 1
            if dials > 1:
                raise ClientError("There is no server.")
            return await Client.connect(server.url, reconnect=None)

        run_ = await run_suite(suite_of(*[said(f"case {n}") for n in range(5)]), dial, told=told)
    assert [attempt.fault for attempt in run_.attempts] == [None, LOST]
    assert run_.stopped == "the server was lost: There is no server."


async def test_cues_are_heard_and_those_that_the_character_lacks_are_told() -> None:
    cases = [
        said("wave at me", Checks(cue=("wave", "fly:up"))),
        said("look", Checks(cue=("look_at:fire",), no_cue=("wave",))),
    ]
    replies = {"wave at me": "[wave] Good evening. [fly:up]", "look": "Over [look_at:fire] there!"}
    async with running(ScriptedEngine(lambda request: replies[request.messages[-1].content])) as server:
        run_ = await run(server, suite_of(*cases))
    assert run_.unknown_cues == ("fly",)
    assert [attempt.turns[0].cues for attempt in run_.attempts] == [["wave"], ["look_at:fire"]]
    assert [attempt.turns[0].text for attempt in run_.attempts] == ["Good evening. [fly:up]", "Over there!"]
    assert [attempt.judged for attempt in run_.attempts] == [{"cue": True}, {"cue": True, "no_cue": True}]


async def test_a_character_is_asked_to_speak_first() -> None:
    async with running(engine()) as server:
        (attempt,) = (await run(server, suite_of(said("", Checks(cue=("wave",)))))).attempts
    assert attempt.judged == {"cue": True}
    assert attempt.turns[0].text.startswith("Good evening, traveller!")


async def test_no_such_character_is_no_failure_of_cases() -> None:
    async with running(engine()) as server:
        with pytest.raises(FaultError, match="innkeepr"):
            await run(server, suite_of(said("Hello"), character="innkeepr"))


async def test_no_server_at_all() -> None:
    with pytest.raises(ClientError):
        await run_suite(suite_of(said("Hello")), partial(Client.connect, "ws://127.0.0.1:1"))


async def test_ctrl_c_ends_it_with_what_there_is() -> None:
    async with running(engine(tokens_per_second=2)) as server:
        asking = asyncio.create_task(run(server, suite_of(*[said(f"case {n}") for n in range(5)])))
        while not server.keeper.engine.running:
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        run_ = await asking
        assert (run_.attempts, run_.stopped) == ([], "it was interrupted")
        while server.keeper.engine.running:
            await asyncio.sleep(0.01)
