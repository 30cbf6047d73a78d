"""The laws of SPEC.md, sections 4 and 5, over every order of events: a session, a client, and a network that fails between them.

The network carries messages whole and in order, as a WebSocket does. It's cut at any byte: what went through before counts, the
rest is lost, in both directions, and neither side knows how much arrived.
"""

from __future__ import annotations

import functools
from collections import deque
from typing import Any

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

from loquent.wire.codec import decode, encode
from loquent.wire.frames import (
    SERVER_FRAMES,
    Begin,
    Cue,
    Decision,
    End,
    Fault,
    Frame,
    Limits,
    Refers,
    Resume,
    Text,
    Usage,
    Welcome,
)
from loquent.wire.outbox import Outbox
from loquent.wire.session import Session

# What a turn is, as one text: these stand for its frames, everything else is text that was said.
BEGIN, CUE, FAULT, END, DECISION = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"

CHANCES = (0.1, 0.7, 0.2)


class Client:
    """A client as the specification wants it; it fails on whatever it mustn't see."""

    def __init__(self) -> None:
        self.session = ""
        self.epoch = 0
        self.seq = 0
        self.turns: dict[int, str] = {}
        self.tokens: dict[int, int] = {}
        self.awaits_welcome = True

    def hello(self) -> Resume | None:
        """Return what it says of the session that it had."""
        self.awaits_welcome = True
        return Resume(self.session, self.epoch, self.seq) if self.session else None

    def receive(self, message: bytes) -> None:
        """Process a message."""
        for frame in decode(message, SERVER_FRAMES):
            assert isinstance(frame, Frame), frame
            self.process(frame)

    def process(self, frame: Frame) -> None:
        """Process a frame."""
        if isinstance(frame, Welcome):
            assert self.awaits_welcome, "a second welcome"
            self.awaits_welcome = False
            if frame.resumed:
                assert frame.session == self.session
                assert frame.epoch == self.epoch + 1, "the epoch grows by one"
            else:
                assert frame.session != self.session
                assert frame.epoch == 1
                self.seq, self.turns, self.tokens = 0, {}, {}
            self.session, self.epoch = frame.session, frame.epoch
            return
        assert not self.awaits_welcome, "something came before welcome"
        seq = frame.to_wire()[1]
        assert seq == self.seq + 1, "a gap, a repeat or a wrong order"
        self.seq = seq
        match frame:
            case Begin():
                assert frame.turn not in self.turns, "a second begin"
                self.turns[frame.turn] = BEGIN
                self.tokens[frame.turn] = 0
            case Text():
                assert frame.text
                self.turns[frame.turn] += frame.text
                self.tokens[frame.turn] += frame.tokens
            case Cue():
                self.turns[frame.turn] += CUE
            case Decision():
                assert (frame.index, frame.probabilities) == (1, CHANCES)
                self.turns[frame.turn] += DECISION
            case Fault(refers=Refers(number=turn)):
                self.turns[turn] += FAULT
            case End():
                self.turns[frame.turn] += END
            case _:
                raise AssertionError(frame)


class Window:
    """Which frames a server must still have: a model that knows nothing but the sizes of what was sent."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.frames: list[int] = []
        self.acknowledged = 0

    def reaches(self, seq: int) -> bool:
        """Whether all frames behind ``seq`` are there."""
        return self.acknowledged <= seq <= len(self.frames) and sum(self.frames[seq:]) <= self.limit

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        start = next(seq for seq in range(len(self.frames) + 1) if self.reaches(seq))
        return sum(self.frames[start:])


class Wire(RuleBasedStateMachine):
    """Server and client with the network between them."""

    @initialize(window=st.sampled_from([0, 20, 60, 200, 1 << 20]), start=st.sampled_from([0, 120, 65_530]))
    def start(self, window: int, start: int) -> None:
        """Connect for the first time; in some runs the numbers of the turns are about to take more bytes."""
        self.window_limit = window
        self.last_turn = start
        self.client = Client()
        self.to_client: deque[bytes] | None = None  # None: not connected
        self.to_server: deque[int] = deque()  # acks on their way
        self.connect(welcome_arrives=True)

    # --- the server ------------------------------------------------------------------------------

    def new_session(self) -> None:
        """Begin with nothing, as the server does where it can't resume."""
        self.session = Session(Outbox(self.window_limit))
        self.window = Window(self.window_limit)
        self.said: dict[int, str] = {}
        self.tokens: dict[int, int] = {}
        self.heard = True  # whether a frame behind hello has come on the current connection

    @property
    def outbox(self) -> Outbox:
        """The outbox of the session that there is."""
        return self.session.outbox

    @property
    def running(self) -> list[int]:
        """The turns that have begun and not ended."""
        return [turn for turn, said in self.said.items() if not said.endswith(END)]

    def tell(self, what: str) -> None:
        """Count something that happened, for hypothesis' statistics."""
        event(what)

    @rule(step=st.integers(1, 3))
    def begin(self, step: int) -> None:
        """A turn begins, in whichever conversation."""
        self.last_turn += step
        assert self.session.take_turn(self.last_turn)
        self.outbox.put(Begin(0, 1, self.last_turn))
        self.said[self.last_turn] = BEGIN
        self.tokens[self.last_turn] = 0

    @precondition(lambda self: self.running)
    @rule(data=st.data(), text=st.text(min_size=1, max_size=12), tokens=st.integers(0, 3))
    def more(self, data: st.DataObject, text: str, tokens: int) -> None:
        """The engine has more of a turn's reply."""
        self.say(data, text.translate(dict.fromkeys(map(ord, BEGIN + CUE + FAULT + END + DECISION), "?")), tokens)

    def say(self, data: st.DataObject, text: str, tokens: int) -> None:
        """Say text in one of the turns that are running."""
        turn = data.draw(st.sampled_from(self.running))
        self.outbox.text(turn, text, tokens)
        self.said[turn] += text
        self.tokens[turn] += tokens

    @precondition(lambda self: self.running)
    @rule(data=st.data(), argument=st.none() | st.text(max_size=4))
    def cue(self, data: st.DataObject, argument: str | None) -> None:
        """The character does something at this point of the reply."""
        turn = data.draw(st.sampled_from(self.running))
        self.outbox.put(Cue(0, turn, "nod", argument))
        self.said[turn] += CUE

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        """A turn comes to its decision."""
        turn = data.draw(st.sampled_from(self.running))
        self.outbox.put(Decision(0, turn, 1, CHANCES))
        self.said[turn] += DECISION

    @precondition(lambda self: self.running)
    @rule(data=st.data(), fails=st.booleans())
    def end(self, data: st.DataObject, fails: bool) -> None:
        """A turn ends, with a fault or without."""
        turn = data.draw(st.sampled_from(self.running))
        if fails:
            self.outbox.put(Fault(0, Refers(3, turn), "engine_failed", "Say it again.", None))
            self.said[turn] += FAULT
        self.outbox.put(End(0, turn, "fault" if fails else "stop", Usage()))
        self.said[turn] += END

    @precondition(lambda self: self.to_client is not None)
    @rule()
    def flush(self) -> None:
        """The socket takes what is pending."""
        assert self.to_client is not None
        message = self.outbox.flush()
        if message:
            self.window.frames += [len(encode(frame)) for frame in self.frames_of(message)]
            self.to_client.append(message)

    @precondition(lambda self: self.to_client is not None and self.running)
    @rule(data=st.data(), count=st.integers(1, 6))
    def stream(self, data: st.DataObject, count: int) -> None:
        """The engine has more for several turns, and the socket takes each piece at once."""
        for text in ("a", "bc", "d", "é", "f", "gh")[:count]:
            self.say(data, text, 1)
            self.flush()

    def frames_of(self, message: bytes) -> list[Frame]:
        """Return the frames of a message of the server."""
        found = list(decode(message, SERVER_FRAMES))
        return [frame for frame in found if isinstance(frame, Frame)]

    # --- the network -----------------------------------------------------------------------------

    @precondition(lambda self: self.to_client)
    @rule(count=st.integers(1, 3))
    def deliver(self, count: int) -> None:
        """Messages arrive at the client."""
        assert self.to_client is not None
        for _ in range(min(count, len(self.to_client))):
            self.client.receive(self.to_client.popleft())

    @precondition(lambda self: self.to_server)
    @rule()
    def deliver_ack(self) -> None:
        """An ack arrives at the server."""
        self.acknowledge(self.to_server.popleft())

    def acknowledge(self, seq: int) -> None:
        """Let the server have an ack."""
        self.session.heard()
        self.heard = True
        self.outbox.acknowledge(seq)
        if seq <= len(self.window.frames):
            self.window.acknowledged = max(self.window.acknowledged, seq)

    @precondition(lambda self: self.to_client is not None)
    @rule(data=st.data())
    def cut(self, data: st.DataObject) -> None:
        """The connection is lost at some byte of what is on its way."""
        assert self.to_client is not None
        left = data.draw(st.integers(0, sum(map(len, self.to_client))), label="bytes that get through")
        while self.to_client and len(self.to_client[0]) <= left:
            message = self.to_client.popleft()
            left -= len(message)
            self.client.receive(message)
        self.tell("cut with messages lost" if self.to_client else "cut with nothing lost")
        for _ in range(data.draw(st.integers(0, len(self.to_server)), label="acks that get through")):
            self.acknowledge(self.to_server.popleft())
        self.to_client = None
        self.to_server.clear()

    # --- the client ------------------------------------------------------------------------------

    @precondition(lambda self: self.to_client is not None and not self.client.awaits_welcome)
    @rule()
    def ack(self) -> None:
        """The client acknowledges what it has processed."""
        self.to_server.append(self.client.seq)

    @precondition(lambda self: self.to_client is not None and not self.client.awaits_welcome)
    @rule(back=st.integers(0, 30), ahead=st.integers(1, 2**53 - 1 - 10_000))
    def ack_nonsense(self, back: int, ahead: int) -> None:
        """The client acknowledges what it had acknowledged, and what was never sent. Neither changes anything for it."""
        self.to_server.append(max(0, self.client.seq - back))
        self.acknowledge(len(self.window.frames) + ahead)

    @precondition(lambda self: self.to_client is not None)
    @rule(lies=st.integers(0, 7))
    def ack_unseen(self, lies: int) -> None:
        """The client acknowledges what it hasn't processed: it may lose the session by that, but never a part of it."""
        if lies == 7:
            self.acknowledge(len(self.window.frames))

    @precondition(lambda self: self.to_client is None)
    @rule(welcome_arrives=st.integers(0, 4).map(bool))
    def connect(self, welcome_arrives: bool) -> None:
        """The client connects, again if it had a session."""
        self.shake_hands()
        if welcome_arrives:
            self.deliver(count=1)

    def shake_hands(self) -> None:
        """Send hello, and have the server answer."""
        self.to_client = deque()
        resume = self.client.hello()
        replay = None
        if resume is not None:
            expected = (
                resume.session == self.session.id
                and (resume.epoch == self.session.epoch or (resume.epoch == self.session.epoch - 1 and not self.heard))
                and self.window.reaches(resume.seq)
            )
            before = self.session.epoch
            replay = self.session.resume(resume)
            assert (replay is not None) == expected
            assert self.session.epoch == (resume.epoch + 1 if expected else before)
            if resume.session == self.session.id and resume.epoch < before:
                self.tell("asked again for a welcome that was lost")
        if replay is None:
            self.tell("resume refused" if resume is not None else "first connection")
            self.new_session()
            self.to_client.append(encode(Welcome(1, self.session.id, self.session.epoch, False, Limits())))
            return
        assert resume is not None
        self.tell("resumed with a replay" if replay else "resumed with nothing to replay")
        self.heard = False
        self.window.acknowledged = max(self.window.acknowledged, resume.seq)
        behind = [frame.to_wire()[1] for message in replay for frame in self.frames_of(message)]
        assert behind == list(range(resume.seq + 1, len(self.window.frames) + 1))
        self.to_client.append(encode(Welcome(1, self.session.id, self.session.epoch, True, Limits())))
        self.to_client.extend(replay)

    @rule(
        name=st.none() | st.text(max_size=40),
        epoch=st.integers(-1, 1) | st.just(2**53 - 1),
        seq=st.integers(0, 2**53 - 1),
    )
    def stranger(self, name: str | None, epoch: int, seq: int) -> None:
        """Somebody wants to resume who doesn't know the session, or its epoch, or what was sent: refused, and nothing changes."""
        if name is None and (epoch == 0 or (epoch == -1 and not self.heard)):
            seq += len(self.window.frames) + 1
        wanted = Resume(self.session.id if name is None else name, max(0, self.session.epoch + epoch), seq)
        before = self.session.epoch, self.outbox.window_bytes, self.outbox.last_seq
        assert self.session.resume(wanted) is None
        assert (self.session.epoch, self.outbox.window_bytes, self.outbox.last_seq) == before

    # --- the laws --------------------------------------------------------------------------------

    @invariant()
    def the_window_is_bounded_and_holds_what_it_must(self) -> None:
        """Memory of a session that doesn't acknowledge."""
        assert self.outbox.window_bytes == self.window.size <= self.window_limit
        assert self.outbox.last_seq == len(self.window.frames)

    @invariant()
    def the_epoch_is_the_clients_or_one_ahead(self) -> None:
        """One ahead while the welcome that tells it is on its way, or lost."""
        if self.client.session == self.session.id:
            ahead = self.session.epoch - self.client.epoch
            assert ahead == 0 or (ahead == 1 and (not self.heard or self.client.awaits_welcome))

    @invariant()
    def the_client_has_a_beginning_of_what_was_said(self) -> None:
        """Per turn, frames and text in order; nothing is ever taken back."""
        if self.client.session == self.session.id:
            for turn, seen in self.client.turns.items():
                assert self.said[turn].startswith(seen)
                assert self.tokens[turn] >= self.client.tokens[turn]

    def teardown(self) -> None:
        """Whatever happened: once all turns have ended and the network holds, the client has everything, each turn with one end."""
        if not hasattr(self, "session"):
            return
        for turn in self.running:
            self.outbox.put(End(0, turn, "cancelled", Usage()))
            self.said[turn] += END
        if self.to_client is None:
            self.connect(welcome_arrives=False)
        while self.outbox.pending_bytes:
            self.flush()
        while self.to_client:
            self.deliver(count=1)
        assert self.client.turns == self.said
        assert self.client.tokens == self.tokens
        assert self.client.seq == self.outbox.last_seq
        assert all(seen.count(BEGIN) == seen.count(END) == 1 for seen in self.client.turns.values())
        self.acknowledge(self.client.seq)
        assert self.outbox.window_bytes == 0


TestWire = Wire.TestCase
TestWire.settings = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=300, stateful_step_count=40
)


class Told(Wire):
    """The machine, driven by a test and not by hypothesis."""

    def tell(self, what: str) -> None:
        """Nobody counts."""


def loses_connection_and_resumes(window: int, frames: int) -> Wire:
    """Send frames of which the client processes two, cut the connection, connect again, and check the laws."""
    wire = Told()
    wire.start(window=window, start=0)
    for count in range(frames):
        wire.begin(step=1)
        wire.flush()
        if count < 2:
            wire.deliver(count=1)
    wire.to_client = None
    wire.connect(welcome_arrives=True)
    return wire


def test_the_machine_resumes_within_the_window() -> None:
    """So that the machine above can't pass by never resuming."""
    wire = loses_connection_and_resumes(window=50, frames=10)
    assert wire.session.epoch == 2
    wire.teardown()
    assert len(wire.client.turns) == 10


def test_the_machine_is_refused_beyond_the_window() -> None:
    """So that the machine above can't pass by never being refused."""
    wire = loses_connection_and_resumes(window=20, frames=10)
    assert wire.session.epoch == 1
    wire.teardown()
    assert wire.client.turns == {}


def _resume_with_a_frame_missing(outbox: Outbox, seq: int) -> list[bytes]:
    frames = [frame for message in _replay(outbox, seq) for frame in decode(message, SERVER_FRAMES)]
    return [encode(frame) for frame in frames[1:] if isinstance(frame, Frame)]


def _resume_with_a_frame_twice(outbox: Outbox, seq: int) -> list[bytes]:
    messages = _replay(outbox, seq)
    return messages and [*messages, bytes(outbox._window[-outbox._window_lengths[-1] :])]


def _keep_everything(outbox: Outbox, message: bytes, frames: list[bytes]) -> None:
    outbox._window += message
    outbox._window_lengths.extend(map(len, frames))


def _merge_over_cues(outbox: Outbox, frame: Frame) -> None:
    open_text = dict(outbox._open_text)
    _put(outbox, frame)
    outbox._open_text.update(open_text)


_replay, _put = Outbox.replay, Outbox.put
MISTAKES: dict[str, tuple[str, Any]] = {
    "a frame missing from the replay": ("replay", _resume_with_a_frame_missing),
    "a frame replayed twice": ("replay", _resume_with_a_frame_twice),
    "a window without bound": ("_keep", _keep_everything),
    "text merged over cues and ends": ("put", _merge_over_cues),
    "acks that free nothing": ("acknowledge", lambda outbox, seq: None),
    "acks of what wasn't sent that free all": ("acknowledge", lambda outbox, seq: outbox._window.clear()),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_finds_mistakes(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each law is broken in turn: a machine that looked away would still pass."""
    name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(Outbox, name, functools.wraps(getattr(Outbox, name))(wrong))
    quick = settings(
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        max_examples=300,
        stateful_step_count=40,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises((AssertionError, IndexError)):
        run_state_machine_as_test(Wire, settings=quick)
