"""What a character says to something that the player said, streamed as it comes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from ..engines.base import Delta, EngineFailed, Finish
from ..wire.frames import Say
from ..wire.outbox import Outbox
from .store import Spoken
from .turn import Work
from .watch import TurnWatch


class Reply(Work):
    """The work of a turn of say.

    Args:
        turn: the client's number for the turn.
        said: the player's words.
        ask: asks the engine for the reply; called when the turn has reached its place.
        outbox: where the text goes.
        watch: sees what happens.
    """

    kind = Say.KIND

    def __init__(
        self,
        turn: int,
        said: str,
        ask: Callable[[], Awaitable[AsyncGenerator[Delta, None]]],
        outbox: Outbox,
        watch: TurnWatch,
    ) -> None:
        self._turn = turn
        self._said = said
        self._ask = ask
        self._outbox = outbox
        self._watch = watch
        self._pieces: list[str] = []

    async def run(self) -> Finish:
        """See `Work`."""
        finish: Finish | None = None
        tokens = 0  # of deltas that completed no character: they count with the next piece of text
        async with aclosing(await self._ask()) as deltas:
            async for delta in deltas:
                self._watch.delta(delta)
                tokens += delta.tokens
                if delta.text:
                    self._pieces.append(delta.text)
                    self._outbox.text(self._turn, delta.text, tokens)
                    tokens = 0
                finish = delta.finish
        if finish is None:
            raise EngineFailed("The engine stopped in the middle of the reply.")
        return finish

    def spoken(self, shown: int | None) -> Spoken:
        """See `Work`."""
        return Spoken(self._said, "".join(self._pieces)[:shown])
