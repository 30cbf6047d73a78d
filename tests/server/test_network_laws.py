"""The laws of SPEC.md, sections 3 to 5, with the real client and the real sessions, joined by a network that does its worst.

It drops, delays and cuts at any message, in one direction before the other, tells one end or both or nobody, and keeps what is on its
way over an old connection until the client has another one. Time is virtual, and passes when the machine says so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from websockets.asyncio.client import ClientConnection

from loquent.access import Access, Visitor
from loquent.client import Client, ClientError, FaultError, Reconnect, Reply
from loquent.connection import Connection
from loquent.dialing import Address, Item, UnreachableError, greet
from loquent.dialogue import decisions
from loquent.dialogue.store import Spoken
from loquent.engines.scripted import ScriptedEngine
from loquent.metrics import Metrics
from loquent.sessions import Link, LiveSession, Sessions
from loquent.sockets import Socket
from loquent.wire.frames import Begin, Decision, End, Hello, Options, Resume, Welcome
from loquent.wire.outbox import Outbox
from loquent.wire.session import Session
from support.house import House
from support.memory_network import Line
from support.virtual_time import VirtualLoop

NUMBERS = "one two three four five six seven eight nine ten"
LOST = ("doesn't have its session any more", "couldn't be made again")


def script(said: str) -> str:
    """Return the reply to what was said."""
    return f"{said}! {NUMBERS}"


OPTIONS = ("red", "green", "blue")
ASKED = "ask"
"""Begins what is asked for a decision, and not said."""


def chances(asked: str) -> tuple[float, ...]:
    """Return how likely each option is: for every question otherwise."""
    weights = [1.0 + (len(asked) + int(asked.removeprefix(ASKED))) % 7, 2.0, 4.0]
    return tuple(weight / sum(weights) for weight in weights)


class Talk:
    """What the player said, and what came of it."""

    def __init__(self, conversation: int, said: str) -> None:
        self.conversation = conversation
        self.said = said
        self.reply: Reply | None = None
        self.cancelled = False
        self.outcome: str | None = None
        """How the turn ended, the fault's code, or `lost`."""

    @property
    def is_decision(self) -> bool:
        """Whether it was asked for a decision."""
        return self.said.startswith(ASKED)

    @property
    def may_be_cancelled(self) -> bool:
        """Whether it runs, as far as the player knows."""
        return self.reply is not None and self.outcome is None and not self.cancelled

    async def listen(self) -> None:
        """Read the reply to its end."""
        assert self.reply is not None
        try:
            async for frame in self.reply.frames():
                assert isinstance(frame, Decision) == self.is_decision
                assert self.is_decision or script(self.said).startswith(self.reply.text)
        except FaultError as fault:
            self.outcome = fault.fault.code
        except ClientError as error:
            self.outcome = "lost" if any(why in str(error) for why in LOST) else str(error)
        else:
            assert self.reply.end is not None
            self.outcome = self.reply.end.reason


class Network(RuleBasedStateMachine):
    """A player, a server, and whatever happens between them."""

    @initialize(
        window=st.sampled_from([1 << 20, 1 << 20, 150, 0]),
        grace=st.sampled_from([60.0, 60.0, 3.0]),
        chance=st.sampled_from([0.1, 0.5, 1.0]),  # never 0: time would stand still while nothing can be reached
    )
    def start(self, window: int, grace: float, chance: float) -> None:
        """Begin, on a network that holds until the client is welcomed."""
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.how = Reconnect(give_up_seconds=60, chance=lambda: chance)
        self.window = window
        self.lines: list[Line] = []
        self.refuses = False
        self.asked = ""
        self.talks: list[Talk] = []
        self.frames: Counter[tuple[str, int, type]] = Counter()
        self.ended: dict[str, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.failures: list[BaseException | None] = []
        self.begun = 0
        self.client: Client | None = None
        self.connecting = False
        self.house = self.run(self.build(grace))
        self.connect()
        self.hold_well(1)
        self.open()
        self.hold_well(1)

    async def build(self, grace: float) -> House:
        """Make a server whose engine says a word every tenth of a second."""
        engine = ScriptedEngine(
            lambda request: script(request.messages[-1].content),
            weights=lambda choice: chances(choice.messages[-1].content.splitlines()[1]),
            tokens_per_second=10,
            first_token_seconds=0.1,
        )
        house = House(engine=engine, window_bytes=self.window, grace_seconds=grace)
        await house.keeper.start()
        end = house.sessions.end

        def noted(live: LiveSession, why: str) -> None:
            self.ended.setdefault(live.wire.id, why)
            end(live, why)

        resume = house.sessions.resume

        def counted(asked: Resume, link: Link, owner: Visitor | None) -> tuple[LiveSession, list[bytes]] | None:
            connected = house.sessions.connected
            resumed = resume(asked, link, owner)
            took_over = resumed is not None and house.sessions.connected == connected
            event("taken over" if took_over else "resumed" if resumed is not None else "refused")
            return resumed

        vars(house.sessions).update(end=noted, resume=counted)
        return house

    # --- how it runs ---------------------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something to its end."""
        return self.runner.run(work)

    def settle(self) -> None:
        """Let everybody do what there is to do now; no time passes."""

        async def rounds() -> None:
            for _ in range(12):
                await asyncio.sleep(0)

        self.run(rounds())

    def task(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run on beside all else."""

        async def begin() -> None:
            self.watch(asyncio.create_task(work))

        self.run(begin())
        self.settle()

    def watch(self, task: asyncio.Task[None]) -> None:
        """Note it if a task fails."""

        def done(task: asyncio.Task[None]) -> None:
            self.tasks.discard(task)
            if not task.cancelled() and task.exception() is not None:
                self.failures.append(task.exception())

        self.tasks.add(task)
        task.add_done_callback(done)

    async def dial(self, resume: Resume | None = None) -> tuple[ClientConnection, Welcome, list[Item]]:
        """Connect as `Address.dial` does, over this network."""
        if self.refuses:
            raise UnreachableError("The network refuses.")
        if resume is not None:
            self.asked = resume.session
        line = Line()
        self.lines.append(line)
        house = self.house
        socket = cast(Socket, line.server)
        connection = Connection(socket, house.settings, house.sessions, Metrics("scripted", "script"), Access.none())
        self.watch(asyncio.create_task(connection.run()))
        mine = cast(ClientConnection, line.client)
        return mine, *await greet(mine, Hello((1,), "test", None, resume), "memory")

    # --- the player ----------------------------------------------------------------------------------

    @precondition(lambda self: self.client is None or self.client._lost is not None)
    @rule()
    def connect(self) -> None:
        """Connect for the first time, or anew when the session is lost."""
        if self.connecting:
            return
        self.connecting = True

        async def begin() -> None:
            try:
                address = cast(Address, self)
                client = Client(address, self.how, *await self.dial())
            except ClientError:
                return
            finally:
                self.connecting = False
            take = client._take

            def tapped(item: Item) -> None:
                if isinstance(item, Begin | Decision | End):
                    self.frames[client.welcome.session, item.turn, type(item)] += 1
                take(item)

            vars(client)["_take"] = tapped
            self.client = client
            self.conversations: dict[int, bool] = {}

        self.task(begin())

    @property
    def can_speak(self) -> bool:
        """Whether there is a session to speak in."""
        return self.client is not None and self.client._lost is None

    @precondition(lambda self: self.can_speak and len(self.conversations) < 2)
    @rule()
    def open(self) -> None:
        """Open a conversation."""
        client = self.client
        assert client is not None

        async def begin() -> None:
            conversations = self.conversations
            try:
                number, _ = await client.open("guard", Options(player="p"))
            except ClientError as error:
                if isinstance(error, FaultError):
                    raise
                return
            conversations[number] = True

        self.task(begin())

    @precondition(lambda self: self.can_speak and self.silent())
    @rule(data=st.data())
    def say(self, data: st.DataObject) -> None:
        """Say something in a conversation in which nobody speaks, or in which the reply was just cancelled."""
        self.ask(data, "say")

    @precondition(lambda self: self.can_speak and self.silent())
    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        """The game asks for a decision, as the player might speak."""
        self.ask(data, ASKED)

    def ask(self, data: st.DataObject, kind: str) -> None:
        """Begin a turn of either kind."""
        client = self.client
        assert client is not None
        self.begun += 1
        talk = Talk(data.draw(st.sampled_from(self.silent())), f"{kind}{self.begun}")
        self.talks.append(talk)

        async def begin() -> None:
            try:
                if talk.is_decision:
                    talk.reply = await client.decide(talk.conversation, talk.said, OPTIONS)
                else:
                    talk.reply = await client.say(talk.conversation, talk.said)
            except ClientError:
                talk.outcome = "lost"
            else:
                await talk.listen()

        self.task(begin())

    def silent(self) -> list[int]:
        """Return the conversations in which something may be said."""
        busy = {talk.conversation for talk in self.current() if talk.outcome is None and not talk.cancelled}
        return [number for number in self.conversations if number not in busy]

    def current(self) -> list[Talk]:
        """Return what was said in the session there is."""
        return [talk for talk in self.talks if talk.reply is not None and talk.reply._client is self.client]

    @precondition(lambda self: self.can_speak and any(talk.may_be_cancelled for talk in self.current()))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Interrupt a reply."""
        talk = data.draw(st.sampled_from([talk for talk in self.current() if talk.may_be_cancelled]))
        talk.cancelled = True
        reply = talk.reply
        assert reply is not None

        async def interrupt() -> None:
            with suppress(ClientError):  # the session is lost, which the reply's listener hears too
                await reply.cancel()

        self.task(interrupt())

    # --- the network ---------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.05, 0.2, 0.2, 1.0, 1.0, 4.0, 12.0, 35.0, 70.0]))
    def time_passes(self, seconds: float) -> None:
        """Nothing arrives meanwhile."""
        self.run(asyncio.sleep(seconds))
        self.settle()

    @precondition(lambda self: any(line.busy for line in self.lines))
    @rule(data=st.data(), up=st.booleans(), count=st.integers(1, 4))
    def deliver(self, data: st.DataObject, up: bool, count: int) -> None:
        """Something arrives, over this connection or an older one."""
        line = data.draw(st.sampled_from([line for line in self.lines if line.busy]))
        for _ in range(count):
            if up and line.client.sent:
                line.deliver_up()
            elif not up and line.server.sent:
                line.deliver_down()
            self.settle()

    @rule(rounds=st.integers(1, 12))
    def hold_well(self, rounds: int) -> None:
        """The network works as it should, for so many tenths of a second."""
        for _ in range(rounds):
            for line in self.lines:
                while line.busy:
                    if line.client.sent:
                        line.deliver_up()
                    if line.server.sent:
                        line.deliver_down()
                    self.settle()
            self.run(asyncio.sleep(0.1))

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), client_knows=st.booleans(), server_knows=st.booleans())
    def cut(self, data: st.DataObject, client_knows: bool, server_knows: bool) -> None:
        """A connection is lost at some byte of what is on its way, in either direction; who knows hears of it."""
        line = data.draw(st.sampled_from(self.lines[-3:]))
        up = data.draw(st.integers(0, line.client.on_its_way), label="bytes that get through to the server")
        down = data.draw(st.integers(0, line.server.on_its_way), label="bytes that get through to the client")
        line.cut(up, down, client_knows=client_knows, server_knows=server_knows)
        self.settle()

    @precondition(lambda self: self.can_speak)
    @rule(
        data=st.data(),
        server_knows=st.booleans(),
        welcome=st.sampled_from(["arrives", "is lost", "is late"]),
        times=st.integers(1, 3),
        speaks=st.booleans(),
        heard=st.booleans(),
    )
    def walk_about(
        self, data: st.DataObject, server_knows: bool, welcome: str, times: int, speaks: bool, heard: bool
    ) -> None:
        """The player walks from one access point to the next, speaking or not: the client soon connects again, and its hello arrives."""
        for _ in range(times):
            if speaks and self.can_speak and self.silent():
                self.say(data)
            old = self.lines[-1]
            while heard and old.busy and old.client.sent:
                old.deliver_up()
                self.settle()
            up = data.draw(st.integers(0, old.client.on_its_way), label="bytes that get through to the server")
            down = data.draw(st.integers(0, old.server.on_its_way), label="bytes that get through to the client")
            old.cut(up, down, client_knows=True, server_knows=server_knows)
            self.time_passes(0.5)
            new = self.lines[-1]
            if new is not old and new.client.sent:
                new.deliver_up()
                self.settle()
                if welcome == "is lost":
                    new.cut(0, 0, client_knows=True, server_knows=server_knows)
        if welcome == "arrives":
            self.hold_well(2)

    @rule(refuses=st.booleans())
    def refuse(self, refuses: bool) -> None:
        """No new connection can be made, or again."""
        self.refuses = refuses

    # --- the laws --------------------------------------------------------------------------------

    @invariant()
    def nobody_made_a_mistake(self) -> None:
        """Neither the server nor the client, nor any reply holds what it mustn't."""
        assert self.failures == []
        for talk in self.talks:
            assert talk.outcome in (None, "stop", "cancelled", "lost"), talk.outcome
            assert talk.outcome != "cancelled" or talk.cancelled
            assert talk.outcome != "stop" or talk.reply is not None
            if talk.outcome == "stop" and not talk.cancelled:
                assert talk.reply is not None
                if talk.is_decision:
                    assert talk.reply.decision is not None
                    assert talk.reply.decision.probabilities == pytest.approx(chances(talk.said))
                else:
                    assert talk.reply.text == script(talk.said)

    @invariant()
    def each_turn_begins_and_ends_once(self) -> None:
        """Over all connections of its session."""
        assert all(count == 1 for count in self.frames.values()), self.frames

    @invariant()
    def memory_is_bounded(self) -> None:
        """Whatever waits, and for whom."""
        sessions = self.house.sessions
        assert sessions.window_bytes <= self.window * (sessions.connected + sessions.waiting)
        assert self.house.engine.running <= len(self.talks)

    @invariant()
    def a_session_is_lost_only_for_a_reason(self) -> None:
        """Because its client was away for too long, or has missed more than is kept."""
        if self.client is None or self.client._lost is None or LOST[0] not in str(self.client._lost):
            return
        why = self.ended.get(self.asked, "it goes on")
        event(why)
        assert why in ("its client didn't come back in time", "what its client has missed is no longer there")
        assert why.endswith("in time") or self.window < 1000

    def teardown(self) -> None:
        """Whatever happened: once the network holds, every reply comes to its end, and nothing is left behind."""
        if not hasattr(self, "house"):
            return
        try:
            self.refuses = False
            for _ in range(60):
                self.hold_well(20)
                if all(talk.outcome is not None for talk in self.talks):
                    break
            assert all(talk.outcome is not None for talk in self.talks), "a reply never ended"
            self.nobody_made_a_mistake()
            self.each_turn_begins_and_ends_once()
            self.what_is_remembered_is_what_was_seen()
            if self.client is not None:
                self.task(self.client.close())
            self.hold_well(5)
            for line in self.lines:
                line.server.take(None)  # what a ping finds out sooner or later
            self.time_passes(200.0)
            self.hold_well(5)
            assert (self.house.sessions.connected, self.house.sessions.waiting) == (0, 0)
            assert self.house.engine.running == 0
        finally:
            self.runner.close()

    def what_is_remembered_is_what_was_seen(self) -> None:
        """Each reply that ended is in the history once, as far as the player saw it.

        Unless the player interrupted it, and the session was lost before that could be told.
        """
        stored = self.house.store.last("p", "guard", 1000)
        remembered = Counter(exchange.said for exchange in stored)
        assert all(count == 1 for count in remembered.values())
        assert not [said for said in remembered if said.startswith(ASKED)], "a decision is no part of the talk"
        replies = {exchange.said: exchange.reply for exchange in stored}
        for talk in self.talks[-8:]:
            if talk.outcome in ("stop", "cancelled") and talk.said in replies:
                assert talk.reply is not None
                if talk.outcome == "stop" and talk.cancelled and talk.reply._client._lost is not None:
                    continue
                assert replies[talk.said] == talk.reply.text


TestNetwork = Network.TestCase
TestNetwork.settings = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200, stateful_step_count=40
)


async def _nothing_again(client: Client) -> None:
    client._away = False


def _wait_for_ever(sessions: Sessions, live: LiveSession, link: Link) -> None:
    if live.link is link:
        live.link = None
        sessions._waiting[live] = None


def _resume_what_waits(
    sessions: Sessions, asked: Resume, link: Link, owner: Visitor | None
) -> tuple[LiveSession, list[bytes]] | None:
    live = sessions._by_id.get(asked.session)
    return _resume_any(sessions, asked, link, owner) if live is not None and live.link is None else None


_resume_any = Sessions.resume
_resume = Session.resume
MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "a lost welcome isn't asked for again": (
        Session,
        "is_meant",
        lambda session, asked: (asked.session, asked.epoch) == (session.id, session.epoch),
    ),
    "a connection that looks open keeps its session": (Sessions, "resume", _resume_what_waits),
    "what was missed isn't replayed": (
        Session,
        "resume",
        lambda session, asked: None if _resume(session, asked) is None else [],
    ),
    "what may not have arrived isn't sent again": (Client, "_send_again", _nothing_again),
    "a turn begins once more": (Session, "take_turn", lambda session, turn: True),
    "a session waits for ever": (Sessions, "lose", _wait_for_ever),
    "a decision is remembered": (
        decisions.Decision,
        "spoken",
        lambda work, shown: Spoken(f"{ASKED}{work._turn}", ""),
    ),
    "acks that free what wasn't received": (Outbox, "acknowledge", lambda outbox, seq: outbox._window.clear()),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_finds_mistakes(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is made in turn: a machine that looked away would still pass."""
    where, name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(where, name, wrong)
    quick = settings(
        TestNetwork.settings,
        max_examples=1000,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises((AssertionError, IndexError, LookupError)):
        run_state_machine_as_test(Network, settings=quick)
