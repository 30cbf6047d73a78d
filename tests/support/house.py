"""The sessions of a server with a scripted engine: no socket, and time may be virtual."""

from __future__ import annotations

from typing import Any

from loquent.access import Visitor
from loquent.dialogue.admission import Admission
from loquent.dialogue.conversations import Conversations
from loquent.dialogue.store import MemoryStore
from loquent.dialogue.watch import Watch
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.metrics import Metrics
from loquent.sessions import LiveSession, Sessions
from loquent.settings import Settings
from loquent.tracing.tracer import NoTracer
from loquent.wire.frames import Open, Options, Resume, Say
from support.table import CHARACTERS, REPLY


class Line:
    """A connection, as far as a session knows it."""

    def __init__(self) -> None:
        self.woken = 0
        self.closes = False
        self.cut_for: str | None = None

    def wake(self) -> None:
        """See `Link`."""
        self.woken += 1

    def cut(self, why: str) -> None:
        """See `Link`."""
        self.cut_for = why


class House:
    """The sessions of a server with a scripted engine."""

    def __init__(self, script: str = REPLY, engine: ScriptedEngine | None = None, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.engine = engine or ScriptedEngine(lambda _: script, tokens_per_second=10)
        self.keeper = Keeper(lambda: self.engine, restarts=0, within_seconds=600)
        self.store = MemoryStore()
        self.admission = Admission(self.settings)
        self.watch = Watch(Metrics("scripted", "script"), NoTracer())
        self.sessions = Sessions(
            self.settings,
            lambda wire, _: Conversations(
                wire, self.keeper, CHARACTERS, self.store, self.settings, self.admission, self.watch
            ),
        )

    def begin(self, owner: Visitor | None = None) -> tuple[LiveSession, Line]:
        """Begin a session that speaks: conversation 1, turn 1."""
        line = Line()
        live = self.sessions.begin(line, owner)
        live.conversations.act(Open(1, "innkeeper", Options(player="p")))
        live.conversations.act(Say(1, 1, "Hello", ()))
        return live, line

    def resume(
        self, live: LiveSession, seq: int, owner: Visitor | None = None, epoch: int | None = None
    ) -> tuple[list[bytes] | None, Line]:
        """Ask for a session on a new connection; returns what is replayed, or None, and the connection."""
        line = Line()
        asked = Resume(live.wire.id, live.wire.epoch if epoch is None else epoch, seq)
        resumed = self.sessions.resume(asked, line, owner)
        if resumed is None:
            return None, line
        assert resumed[0] is live
        return resumed[1], line


async def house(script: str = REPLY, engine: ScriptedEngine | None = None, **settings: Any) -> House:
    """Make a house whose engine has started; by default it says a word every tenth of a second."""
    made = House(script, engine, **settings)
    await made.keeper.start()
    return made
