"""One session's conversations with a scripted engine, and what they send: no socket, and time may be virtual."""

from __future__ import annotations

from collections.abc import Mapping

from loquent.dialogue.admission import Admission
from loquent.dialogue.character import Character
from loquent.dialogue.conversations import Act, Conversations
from loquent.dialogue.recall import Recall
from loquent.dialogue.store import MemoryStore, Store
from loquent.dialogue.watch import Watch
from loquent.engines.base import Recogniser
from loquent.engines.keeper import Keeper
from loquent.engines.scripted import ScriptedEngine
from loquent.metrics import Metrics
from loquent.settings import Settings
from loquent.tracing.tracer import NoTracer, Tracer
from loquent.wire.codec import decode
from loquent.wire.frames import (
    SERVER_FRAMES,
    End,
    Fault,
    Frame,
    Open,
    Options,
    Say,
    Text,
)
from loquent.wire.outbox import Outbox
from loquent.wire.session import Session

CHARACTERS = {"guard": Character("Tomas", "You are Tomas."), "innkeeper": Character("Marta", "You are Marta.")}
REPLY = "one two three four five six seven eight nine ten"


class Table:
    """One session with an engine, and what it has been sent."""

    def __init__(
        self,
        engine: ScriptedEngine,
        settings: Settings | None = None,
        store: Store | None = None,
        admission: Admission | None = None,
        keeper: Keeper[ScriptedEngine] | None = None,
        tracer: Tracer | None = None,
        recogniser: Keeper[Recogniser] | None = None,
        characters: Mapping[str, Character] = CHARACTERS,
        recall: Recall | None = None,
    ) -> None:
        self.engine = engine
        self.keeper = keeper or Keeper(lambda: engine, restarts=0, within_seconds=600)
        self.store = store or MemoryStore()
        self.session = Session(Outbox())
        settings = settings or Settings()
        self.admission = admission or Admission(settings)
        self.metrics = Metrics("scripted", "script")
        self.conversations = Conversations(
            self.session,
            self.keeper,
            characters,
            self.store,
            settings,
            self.admission,
            Watch(self.metrics, tracer or NoTracer()),
            recogniser=recogniser,
            recall=recall,
        )
        self.frames: list[Frame] = []

    def act(self, *frames: Act) -> list[Frame]:
        """Act on frames, all in one breath; returns what they were answered with at once."""
        for frame in frames:
            self.conversations.act(frame)
        return self.flush()

    def refused(self, *frames: Act) -> Fault:
        """Act on frames of which the last is refused; returns the fault."""
        last = self.act(*frames)[-1]
        assert isinstance(last, Fault), last
        return last

    async def close(self) -> None:
        """End everything, as a session that ends does."""
        self.conversations.end()
        await self.conversations.wait_ended()

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
