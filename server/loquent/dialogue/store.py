"""Where exchanges are kept, by player and character."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import Protocol

from ..wire.frames import Exchange

REMEMBERED = 50
"""How many of the last exchanges are kept: more than fit into most contexts, and a bound on what a player can make us keep."""


class Store(Protocol):
    """What was said, and what players saw of the replies."""

    def last(self, player: str, character: str, most: int) -> tuple[Exchange, ...]:
        """Return the last exchanges, at most ``most``, oldest first."""

    def append(self, player: str, character: str, exchange: Exchange) -> int:
        """Keep an exchange; returns a key for `amend`. When this returns, the exchange is stored."""

    def amend(self, player: str, character: str, key: int, exchange: Exchange) -> None:
        """Put another exchange in a kept one's place."""


class MemoryStore(Store):
    """Keeps the last exchanges for as long as the server runs.

    Args:
        exchanges: how many are kept of each player with each character.
        pairs: of how many players with characters; who has been silent longest is forgotten first.
    """

    def __init__(self, exchanges: int = REMEMBERED, pairs: int = 10_000) -> None:
        self._exchanges = exchanges
        self._pairs = pairs
        self._kept: OrderedDict[tuple[str, str], OrderedDict[int, Exchange]] = OrderedDict()
        self._keys = count()

    def last(self, player: str, character: str, most: int) -> tuple[Exchange, ...]:
        """See `Store`."""
        kept = list(self._kept.get((player, character), {}).values())
        return tuple(kept[-most:]) if most else ()

    def append(self, player: str, character: str, exchange: Exchange) -> int:
        """See `Store`."""
        key = next(self._keys)
        kept = self._kept.setdefault((player, character), OrderedDict())
        kept[key] = exchange
        if len(kept) > self._exchanges:
            kept.popitem(last=False)
        self._kept.move_to_end((player, character))
        if len(self._kept) > self._pairs:
            self._kept.popitem(last=False)
        return key

    def amend(self, player: str, character: str, key: int, exchange: Exchange) -> None:
        """See `Store`; what has been forgotten stays so."""
        kept = self._kept.get((player, character))
        if kept is not None and key in kept:
            kept[key] = exchange
