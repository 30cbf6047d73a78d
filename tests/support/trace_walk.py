"""A walk by chance through what a network and a player can do to a session, recorded as a trace.

The server's end is the real wire code. A model of a client checks, as the trace is made, that the server keeps the laws; another client
is then tested by replaying the trace. The same scenario and seed give the same trace each time.
"""

from __future__ import annotations

import json
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from loquent.wire.codec import decode, encode
from loquent.wire.frames import SERVER_FRAMES, Ack, Beat, Fault, Frame, Goaway, Welcome
from support.trace_client import Player
from support.trace_server import BEAT_MS, RETRY_MS, Link, Server
from support.vectors import PROTOCOL, as_json

FOLDER: Final = PROTOCOL / "vectors" / "traces"
CONNECT_MS: Final = 10_000
"""How long a client waits for the welcome."""
GOAWAY_MS: Final = 500
WHOLE: Final = 256
"""A budget that no update of a trace uses up."""

SAID: Final = ("Good evening!", "Grüß Gott! Was gibt's?", "你好", 'Say "tab\there".')
REPLIES: Final = (
    "Welcome to the Crooked Lantern, stranger. The stew is hot, the ale is not, and the door stays shut after midnight.",
    "Grüß Gott! Ein Krug Bier, ein Stück Brot; 5 € für beides. Und Vorsicht: <size=900>der Wirt schläft nie</size>!",
    "你好，旅行者。今晚没有空房间，但是火炉旁边还有一个位子。👩‍👩‍👧 坐吧！",
    "One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten. That was the whole count, é included.",
)


@dataclass(frozen=True)
class Scenario:
    """How likely each step is, and how often one is made; what isn't named doesn't happen."""

    seed: int
    steps: int
    weights: dict[str, int]
    window_bytes: int = 1 << 20


_TALK: Final = {"talk": 12, "say": 4}

_EVERYTHING: Final = {
    **_TALK,
    **dict.fromkeys(("cancel", "barge", "close", "forget", "refuse", "unreachable", "give_up", "mention"), 1),
    "cut": 3,
    "deafen": 1,
    "silence": 2,
    "late": 4,
}

SCENARIOS: Final = {
    "cuts": Scenario(21, 50, {**_TALK, "cut": 4}),
    "lost_welcomes": Scenario(7, 70, {**_TALK, "cut": 4, "deafen": 2, "give_up": 6, "late": 5}),
    "takeovers": Scenario(23, 50, {**_TALK, "silence": 3, "late": 6, "give_up": 1}),
    "commands": Scenario(20, 70, {**_TALK, "cut": 3, "deafen": 1, "cancel": 3, "barge": 3, "close": 1}),
    "forgotten": Scenario(15, 60, {**_TALK, "cut": 2, "forget": 1, "refuse": 1, "unreachable": 1}),
    "small_window": Scenario(48, 50, {**_TALK, "cut": 2, "silence": 2, "deafen": 2}, window_bytes=60),
    "everything": Scenario(9, 120, _EVERYTHING),
    "everything_again": Scenario(39, 120, _EVERYTHING),
}


@dataclass
class Trace:
    """A recorded trace: its lines, and how often what happened in it."""

    lines: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        """The file."""
        return "\n".join(self.lines) + "\n"

    def note(self, step: str, *values: Any) -> None:
        """Add a line."""
        self.happened[step] += 1
        self.lines.append("\t".join([step, *(_field(value) for value in values)]))


class Walk:
    """A walk by chance through what may happen to a session.

    Args:
        scenario: what is likely.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.trace = Trace()
        self.server = Server(scenario.window_bytes)
        self.player = Player()
        self._scenario = scenario
        self._chance = random.Random(scenario.seed)
        self._link: Link | None = None  # the client's, as it believes
        self._adopted = False
        self._broken = False
        self._arrived: deque[Frame] = deque()  # over the client's connection, and not processed
        self._abandoned: list[Link] = []  # by the client; to the server they may look open
        self._connections = 0
        self._wait_ms = 0  # before the next attempt
        self._now_ms = 0
        self._back_at_ms = 0

    def run(self) -> Trace:
        """Walk, then let everything come to its end."""
        self._connect()
        self._arrive_all()
        weights = self._scenario.weights
        steps: dict[str, Callable[[], None]] = {name: getattr(self, f"_{name}") for name in weights}
        for name in self._chance.choices(list(weights), list(weights.values()), k=self._scenario.steps):
            if self._link is None and self._chance.random() < 0.4:
                self._connect()
            steps[name]()
        self._come_to_an_end()
        return self.trace

    # --- the model and the server ---------------------------------------------------------------------------------------

    def _talk(self) -> None:
        """Let the model say something, and some of it come and be seen."""
        for _ in range(self._chance.randrange(1, 4)):
            self._speak()
            self.server.send()
        for _ in range(self._chance.randrange(4)):
            self._arrive()
        if self._chance.random() < 0.7:
            self._update()

    def _speak(self) -> None:
        for turn in self.server.speaking:
            for _ in range(self._chance.randrange(4)):
                if turn in self.server.speaking:
                    self.server.speak(turn)

    def _mention(self) -> None:
        self.server.mention(Beat() if self._chance.random() < 0.5 else Goaway(GOAWAY_MS))

    def _forget(self) -> None:
        self._be_apart()
        self.server.forget()
        self.trace.happened["forgotten"] += 1

    # --- the network ----------------------------------------------------------------------------------------------------

    def _arrive(self) -> None:
        link = self._link
        if link is not None and link.in_flight and not self._broken:
            message = link.in_flight.popleft()
            self.trace.note("message", link.number, message)
            self._arrived.extend(_frames(message))
            if self.player.resume is None:  # the first welcome is taken as it comes
                self._adopt()

    def _arrive_all(self) -> None:
        while self.server.send() and self._link is self.server.link:
            self._arrive()

    def _cut(self) -> None:
        link = self._link
        if link is None or self._broken:
            return
        if link.in_flight and self._chance.random() < 0.7:
            message = link.in_flight[0]
            self.trace.note("part", link.number, message[: self._chance.randrange(1, len(message))])
            self.trace.happened["lost welcome"] += not self._adopted
        self.trace.note("cut", link.number)
        link.up = False
        self._broken = True

    def _deafen(self) -> None:
        """What the client sends doesn't arrive any more, without anybody's noticing."""
        if self._link is not None:
            self._link.up = False

    def _late(self) -> None:
        """What still comes over a connection that the client has given up means nothing."""
        waiting = [link for link in self._abandoned if link.in_flight]
        if waiting:
            link = self._chance.choice(waiting)
            self.trace.note("message", link.number, link.in_flight.popleft())
            self.trace.happened["late"] += 1

    # --- the client -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        if self._link is not None:
            return
        self._wait()
        self._connections += 1
        self._link = link = Link(self._connections)
        self._adopted = self._broken = False
        self._arrived.clear()
        self.trace.note("connect", link.number, self.player.resume)
        if self._chance.random() < 0.9 or self._connections == 1:
            self.server.receive(link, encode(self.player.hello()))
        else:
            link.up = False

    def _unreachable(self) -> None:
        self._be_apart()
        self._wait()
        self._connections += 1
        self.trace.note("unreachable", self._connections)

    def _refuse(self) -> None:
        self._be_apart()
        self.server.refuses = True
        self._connect()
        self.server.refuses = False
        self.trace.happened["refused"] += self._link is not None and bool(self._link.in_flight)
        self._arrive()
        self._update()

    def _be_apart(self) -> None:
        while self._link is not None:
            self._cut()
            self._update()

    def _give_up(self) -> None:
        """The welcome doesn't come in time; the server's end of the connection stays."""
        if self._link is not None and not self._adopted and not self._broken and not self._arrived:
            self._pass(CONNECT_MS)
            self._abandoned.append(self._link)
            self._leave()
            self.trace.note("update", WHOLE, 0, self.player.chars)
            self.trace.happened["lost welcome"] += 1

    def _update(self) -> None:
        if self._arrived or self._broken:
            self._update_by(WHOLE if self._chance.random() < 0.7 else self._chance.randrange(1, 4))

    def _update_by(self, budget: int) -> None:
        again: list[Frame] = []
        if self._link is not None and not self._adopted:
            again = self._welcomed()
        frames = 0
        while self._adopted and frames < budget:
            if not self._arrived:
                if self._broken:
                    self._leave()
                break
            self.player.apply(self._arrived.popleft())
            frames += 1
            if self.player.goaway_ms:
                self._back_at_ms, self.player.goaway_ms = self._now_ms + self.player.goaway_ms, 0
        self.trace.note("update", budget, frames, self.player.chars)
        self._sent(again)
        if self._chance.random() < 0.5:
            self._acknowledge()

    def _welcomed(self) -> list[Frame]:
        """Take the welcome or the refusal, or notice that neither comes any more."""
        if self._arrived and isinstance(self._arrived[0], Welcome):
            return self._adopt()
        if self._arrived or self._broken:
            refused = bool(self._arrived)
            assert not refused or isinstance(self._arrived[0], Fault)
            self._leave()
            self._wait_ms = RETRY_MS if refused else 0
        return []

    def _adopt(self) -> list[Frame]:
        welcome = self._arrived.popleft()
        assert isinstance(welcome, Welcome)
        self.trace.happened["resumed" if welcome.resumed else "anew"] += 1
        self._adopted = True
        self._back_at_ms = 0
        return self.player.adopt(welcome)

    def _silence(self) -> None:
        """Nothing more comes, without anybody's closing: the client gives the connection up with what it hasn't processed."""
        if self._link is None or not self._adopted or self._broken:
            return
        for _ in range(3):
            self._speak()
            self.server.send()
            self._arrive()
        self._update_by(1)
        self._link.up = False
        for _ in range(3):
            self._pass(BEAT_MS)
            self._update_by(1)
        self.trace.happened["unprocessed"] += bool(self._arrived)
        self._abandoned.append(self._link)
        self._leave()

    def _leave(self) -> None:
        self._link = None
        self._adopted = self._broken = False
        self._arrived.clear()
        self._wait_ms = max(0, self._back_at_ms - self._now_ms)
        self._back_at_ms = 0

    def _wait(self) -> None:
        if self._wait_ms:
            self._pass(self._wait_ms)
            self._wait_ms = 0

    def _pass(self, milliseconds: int) -> None:
        self._now_ms += milliseconds
        self.trace.note("pass", milliseconds)

    # --- the player -----------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        if len(self.player.open) < 3:
            character = self._chance.choice(["innkeeper", "guard"])
            asked = self.player.ask_to_open(character)
            self.trace.note("open", asked.conversation, character)
            self._sent([asked])

    def _say(self) -> None:
        free = [number for number in self.player.open if not self._is_speaking(number)]
        if free:
            self._say_to(self._chance.choice(free))
        elif len(self.player.open) < 3:
            self._open()

    def _say_to(self, conversation: int) -> None:
        reply = self._chance.choice(REPLIES)
        said = self.player.say(conversation, self._chance.choice(SAID), reply)
        self.server.replies[said.turn] = _pieces(reply, self._chance)
        self.trace.note("say", conversation, said.turn, said.text, reply)
        self._sent([said])

    def _cancel(self) -> None:
        running = self.player.running()
        if running:
            turn = self._chance.choice(running)
            cancel = self.player.cancel(turn)
            self.trace.note("cancel", turn, cancel.shown)
            self._sent([cancel])

    def _barge(self) -> None:
        """The player interrupts: a cancel, and at once something else said."""
        running = self.player.running()
        if running:
            turn = self._chance.choice(running)
            cancel = self.player.cancel(turn)
            self.trace.note("cancel", turn, cancel.shown)
            self._sent([cancel])
            self._say_to(self.player.turns[turn].conversation)

    def _close(self) -> None:
        if self.player.open:
            close = self.player.close(self._chance.choice(self.player.open))
            self.trace.note("close", close.conversation)
            self._sent([close])

    def _is_speaking(self, conversation: int) -> bool:
        return any(turn.conversation == conversation and turn.end is None for turn in self.player.turns.values())

    def _sent(self, frames: Sequence[Frame]) -> None:
        """Note what the client must have sent; without a connection it keeps it for the next one."""
        link = self._link
        if frames and link is not None and self._adopted and not self._broken:
            self.trace.note("sent", link.number, [as_json(frame.to_wire()) for frame in frames])
            if link.up:
                self.server.receive(link, b"".join(map(encode, frames)))

    def _acknowledge(self) -> None:
        """Acks aren't part of the trace: a client may send them when it likes."""
        link = self._link
        if link is not None and self._adopted and not self._broken and link.up:
            self.server.receive(link, encode(Ack(self.player.processed)))

    # --- the end --------------------------------------------------------------------------------------------------------

    def _come_to_an_end(self) -> None:
        """Let the network be well again and the model finish; then every turn has its end."""
        self.trace.lines.append("# The network is well again.")
        while self._link is None or any(turn.end is None for turn in self.player.turns.values()):
            if self._link is not None and not self._link.up:
                self._cut()
            self._connect()
            self._speak()
            self._arrive_all()
            while self._link is not None and self._link.in_flight and not self._broken:
                self._arrive()
            self._update()
        for number, turn in self.player.turns.items():
            self.trace.note("shown", number, turn.end, turn.shown)
        self.trace.happened["repeated welcome"] = self.server.welcomes_repeated


def record(name: str, seed: int | None = None) -> Trace:
    """Record a trace, with its own seed or another.

    Raises:
        AssertionError: the server's wire code broke a law.
    """
    scenario = SCENARIOS[name]
    trace = Walk(scenario if seed is None else replace(scenario, seed=seed)).run()
    trace.lines.insert(0, f"# {name}: recorded by tests/protocol/record_traces.py, which says how. Don't edit.")
    return trace


def path_of(name: str) -> Path:
    """Return the file of a trace."""
    return FOLDER / f"{name}.txt"


def _frames(message: bytes) -> list[Frame]:
    frames = [item for item in decode(message, SERVER_FRAMES) if isinstance(item, Frame)]
    return [frame for frame in frames if not isinstance(frame, Beat)]


def _pieces(reply: str, chance: random.Random) -> list[str]:
    """Cut a reply into what a model would give as tokens, with a cue at some places."""
    pieces: list[str] = []
    start = 0
    while start < len(reply):
        length = chance.randrange(1, 9)
        pieces.append(reply[start : start + length])
        start += length
        if chance.random() < 0.05:
            pieces.append("[nod]")
    return pieces


def _field(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex(" ")
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
