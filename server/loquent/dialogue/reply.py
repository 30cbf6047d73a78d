"""What a character says to something that the player said, streamed as it comes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from ..engines.base import Delta, EngineFailed, Finish
from ..wire import frames
from ..wire.outbox import Outbox
from .cues import Cue, CueParser, Piece
from .prompt import seen_of
from .store import Spoken
from .turn import Work
from .watch import TurnWatch


class Reply(Work):
    """The work of a turn of say.

    Args:
        turn: the client's number for the turn.
        said: the player's words.
        cues: what the character can do while it speaks.
        ask: asks the engine for the reply; called when the turn has reached its place.
        outbox: where text and cues go.
        watch: sees what happens.
    """

    kind = frames.Say.KIND

    def __init__(
        self,
        turn: int,
        said: str,
        cues: Sequence[Cue],
        ask: Callable[[], Awaitable[AsyncGenerator[Delta, None]]],
        outbox: Outbox,
        watch: TurnWatch,
    ) -> None:
        self._turn = turn
        self._said = said
        self._ask = ask
        self._outbox = outbox
        self._watch = watch
        self._parser = CueParser(cues)
        self._pieces: list[Piece] = []

    async def run(self) -> Finish:
        """See `Work`."""
        finish: Finish | None = None
        tokens = 0  # of deltas that completed nothing to show: they count with the next piece of text
        async with aclosing(await self._ask()) as deltas:
            async for delta in deltas:
                self._watch.delta(delta)
                tokens += delta.tokens
                for piece in self._parser.feed(delta.text):
                    tokens = self._tell(piece, tokens)
                finish = delta.finish
        if finish is None:
            raise EngineFailed("The engine stopped in the middle of the reply.")
        if finish.reason != "length":  # a reply that was cut may have been cut in the middle of a mark
            for piece in self._parser.finish():
                tokens = self._tell(piece, tokens)
        return finish

    def _tell(self, piece: Piece, tokens: int) -> int:
        """Send a piece; returns how many tokens still haven't been told."""
        self._pieces.append(piece)
        if piece.text:
            self._outbox.text(self._turn, piece.text, tokens)
            return 0
        if piece.mark is not None:
            self._outbox.put(frames.Cue(0, self._turn, piece.mark.name, piece.mark.argument))
        return tokens

    def spoken(self, shown: int | None) -> Spoken:
        """See `Work`."""
        return seen_of(self._said, self._pieces, shown)
