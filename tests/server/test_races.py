"""Cancel, say, close, a lost connection and the reply's own end, in every order and with every distance between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import permutations

import pytest

from loquent.dialogue.store import Spoken
from loquent.engines.base import Delta, Finish, Request
from loquent.engines.scripted import ScriptedEngine
from loquent.wire.codec import decode
from loquent.wire.frames import (
    SERVER_FRAMES,
    Begin,
    Cancel,
    Close,
    End,
    Fault,
    Frame,
    Open,
    Options,
    Say,
    Text,
)
from support.house import House, house
from support.virtual_time import virtual_time

EVENTS = ("cancel", "say", "close", "lose", "end")
DISTANCES = {"in one breath": 0, "a tick apart": 1, "settled": 20}
SAID, SEEN = "one two three", "one"


class DictatedEngine(ScriptedEngine):
    """Says what the test dictates: each reply ends when it's told to."""

    def __init__(self) -> None:
        super().__init__()
        self.deltas: list[asyncio.Queue[Delta]] = []

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """See `Engine`."""
        mine: asyncio.Queue[Delta] = asyncio.Queue()
        self.deltas.append(mine)
        self.running += 1
        try:
            while True:
                delta = await mine.get()
                yield delta
                if delta.finish is not None:
                    return
        finally:
            self.running -= 1


class Race:
    """Turn 1 of conversation 1, of which the player has been sent `SAID`, and what happens to it."""

    def __init__(self, h: House, engine: DictatedEngine) -> None:
        self.house = h
        self.engine = engine
        self.live, self.line = h.begin()
        self.seq = 0
        self.frames: list[Frame] = []

    async def begin(self) -> None:
        """Let the reply come as far as it does."""
        await settle()
        self.engine.deltas[0].put_nowait(Delta(SAID, 3))
        await settle()
        self.take(self.live.wire.outbox.flush())

    def take(self, message: bytes) -> None:
        """Receive a message: no gap, no repeat."""
        for frame in decode(message, SERVER_FRAMES):
            assert isinstance(frame, Frame)
            assert frame.to_wire()[1] == self.seq + 1
            self.seq += 1
            self.frames.append(frame)

    def happen(self, event: str) -> None:
        """Let something happen."""
        act = self.live.conversations.act
        match event:
            case "cancel":
                act(Cancel(1, len(SEEN)))
            case "say":
                act(Say(1, 2, "Wait", ()))
            case "close":
                act(Close(1))
            case "lose":
                self.house.sessions.lose(self.live, self.line)
            case "end":
                self.engine.deltas[0].put_nowait(Delta("", 0, Finish("stop")))

    async def finish(self) -> None:
        """Come back, see everything, and be done."""
        await settle()
        replay, _ = self.house.resume(self.live, self.seq)
        assert replay is not None
        for message in replay:
            self.take(message)
        self.live.conversations.act(Open(2, "guard", Options()))
        self.house.sessions.end(self.live, "the test is over")
        self.take(self.live.wire.outbox.flush())
        await self.house.sessions.close()

    def of(self, turn: int, kind: type[Frame]) -> list[Frame]:
        """Return the frames of a kind of a turn."""
        return [f for f in self.frames if isinstance(f, kind) and getattr(f, "turn", None) == turn]


async def settle() -> None:
    """Let everything that can happen happen."""
    for _ in range(20):
        await asyncio.sleep(0)


def remembered(order: tuple[str, ...]) -> list[Spoken]:
    """Return what the character should remember where each event is over before the next comes."""
    kept: list[Spoken] = []
    running: int | None = 1
    opened = True
    for event in order:
        match event:
            case "cancel" if running == 1:
                running = None
                kept.append(Spoken("Hello", SEEN))
            case "cancel" if opened and kept and running is None:
                kept[0] = Spoken("Hello", SEEN)
            case "say" if opened and running is None:
                running = 2
            case "close" if opened:
                if running == 1:
                    kept.append(Spoken("Hello", SAID))
                if running == 2:
                    kept.append(Spoken("Wait", ""))
                running, opened = None, False
            case "end" if running == 1:
                running = None
                kept.append(Spoken("Hello", SAID))
    if running == 1:
        kept.append(Spoken("Hello", SAID))
    if running == 2:
        kept.append(Spoken("Wait", ""))
    return kept


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("order", list(permutations(EVENTS)), ids=" then ".join)
def test_every_order_ends_each_turn_once_and_remembers_what_was_seen(order: tuple[str, ...], distance: str) -> None:
    @virtual_time
    async def check() -> None:
        engine = DictatedEngine()
        race = Race(await house(engine=engine), engine)
        await race.begin()
        for event in order:
            race.happen(event)
            for _ in range(DISTANCES[distance]):
                await asyncio.sleep(0)
        await race.finish()
        for turn in (1, 2):
            assert len(race.of(turn, Begin)) == len(race.of(turn, End)) <= 1
        assert len(race.of(1, End)) == 1
        assert "".join(f.text for f in race.of(1, Text) if isinstance(f, Text)) == SAID
        refused = [f for f in race.frames if isinstance(f, Fault) and f.refers == (3, 2)]
        assert len(refused) + len(race.of(2, Begin)) == 1, "a say is answered once"
        assert (engine.running, race.house.admission.running, race.house.admission.queued) == (0, 0, 0)
        kept = list(race.house.store.last("p", "innkeeper", 9))
        if distance == "settled":
            assert kept == remembered(order)
        else:
            assert [exchange.said for exchange in kept] in (["Hello"], ["Hello", "Wait"])
            assert kept[0].reply in (SEEN, SAID)

    check()
