"""One character talking with one player: its history, and the prompt that the history makes."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence

from ..engines.base import Message
from ..images import Picture
from ..wire.frames import Exchange, Options
from .character import Character
from .store import REMEMBERED, REMEMBERED_BYTES, Spoken, Store, latest

TOLD_BYTES = 1 << 15
"""How much of them the client is told in opened, in bytes of UTF-8, so that the frame stays small."""

_TRIED_BYTES = 1 << 13
"""How much of the history is tried first: some 2,000 tokens. Then twice as much, and so on, until it doesn't fit or is all there is."""

_UNSEEN = "…"
"""Stands in the prompt for a reply of which the player saw nothing: chat templates want the roles in turn."""


class Conversation:
    """An open conversation.

    Args:
        number: the client's number for it.
        character_id: the name under which the server knows the character.
        character: who talks.
        options: what the client asked for when it opened.
        store: where exchanges go, if the options name a player.
    """

    def __init__(self, number: int, character_id: str, character: Character, options: Options, store: Store) -> None:
        self.number = number
        self.character_id = character_id
        self.character = character
        self.options = options
        self._store = store
        stored = store.last(options.player, character_id, REMEMBERED) if options.player else ()
        self._history = deque(stored, maxlen=REMEMBERED)
        self._last_turn: int | None = None
        self._last_key: int | None = None
        self.running: int | None = None
        """The turn that is running, if one is."""
        self._latest: int | None = None
        self._unkept: int | None = None
        if options.player:
            store.follow(options.player, self)

    @property
    def history(self) -> tuple[Spoken, ...]:
        """What has been said, oldest first."""
        return tuple(self._history)

    def told(self) -> tuple[Exchange, ...]:
        """Return the last exchanges, oldest first: as many whole ones as fit into `TOLD_BYTES`."""
        return tuple(Exchange(spoken.said, spoken.reply) for spoken in latest(self._history, TOLD_BYTES))

    def prompt(
        self, said: str, fits: Callable[[Sequence[Message]], bool], pictures: tuple[Picture, ...] = ()
    ) -> list[Message]:
        """Return the messages for a reply to what the player has ``said``, and shown in ``pictures``.

        The persona always comes first and the player's words last; of the history, as many of the oldest exchanges are left out as
        must be for ``fits`` to say that the rest does. It may have to count tokens, while everybody waits: so it's asked a logarithmic
        number of times, and never of much more than does fit, however long the history is. Pictures aren't remembered: what is left of
        them is what the character said.
        """
        exchanges = list(self._history)

        def messages(kept: int) -> list[Message]:
            middle = [
                message
                for exchange in exchanges[len(exchanges) - kept :]
                for message in (Message("user", exchange.said), Message("assistant", exchange.reply or _UNSEEN))
            ]
            return [Message("system", self._system()), *middle, Message("user", said, pictures)]

        def fail(kept: int) -> bool:
            return not fits(messages(kept))

        fit, most, tried = 0, len(exchanges), _TRIED_BYTES
        while fit < most:
            kept = max(fit + 1, len(latest(exchanges, tried)))
            if fail(kept):
                most = kept - 1
                break
            fit, tried = kept, 2 * tried
        return messages(fit + bisect_left(range(fit + 1, most + 1), True, key=fail))

    def _system(self) -> str:
        """Return what the model is told before the conversation. What the game sets is put on one line: it can't add instructions."""
        told = [self.character.persona]
        if self.options.player_name:
            told.append(f"You are talking with {' '.join(self.options.player_name.split())}.")
        if self.options.locale:
            told.append(f"The player's language is {self.options.locale}; speak it.")
        return "\n\n".join(told)

    def begin(self, turn: int) -> None:
        """See that a turn begins."""
        self.running = self._latest = turn

    def remember(self, turn: int, exchange: Spoken) -> None:
        """Keep the exchange of a turn that is over; when this returns, it's stored.

        But not that of a turn that ran when the player was erased.
        """
        if turn == self._unkept:
            return
        self._history.append(exchange)
        while len(self._history) > max(1, len(latest(self._history, REMEMBERED_BYTES))):
            self._history.popleft()
        self._last_turn = turn
        if self.options.player:
            self._last_key = self._store.append(self.options.player, self.character_id, exchange)

    def cut(self, turn: int, shown: int) -> None:
        """Remember of a turn's reply no more than the first ``shown`` Unicode scalar values.

        Only the last turn can be cut, while no later one has begun; for any other, nothing happens: the model has been reminded
        of it as it was.
        """
        if turn != self._last_turn or turn != self._latest:
            return
        exchange = self._history[-1]
        seen = Spoken(exchange.said, exchange.reply[:shown])
        if seen == exchange:
            return
        self._history[-1] = seen
        if self.options.player and self._last_key is not None:
            self._store.amend(self.options.player, self.character_id, self._last_key, seen)

    def forget(self) -> None:
        """Let go of everything: the player has been erased. What is being said now won't be remembered."""
        self._history.clear()
        self._last_turn = self._last_key = None
        self._unkept = self.running
