"""Where exchanges are kept, by player and character."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from ..wire.frames import Exchange


class Store(Protocol):
    """What was said, and what players saw of the replies."""

    def last(self, player: str, character: str, most: int) -> tuple[Exchange, ...]:
        """Return the last exchanges, at most ``most``, oldest first."""

    def append(self, player: str, character: str, exchange: Exchange) -> int:
        """Keep an exchange; returns a key for `amend`. When this returns, the exchange is stored."""

    def amend(self, player: str, character: str, key: int, exchange: Exchange) -> None:
        """Put another exchange in a kept one's place."""


class MemoryStore(Store):
    """Keeps exchanges for as long as the server runs."""

    def __init__(self) -> None:
        self._kept: defaultdict[tuple[str, str], list[Exchange]] = defaultdict(list)

    def last(self, player: str, character: str, most: int) -> tuple[Exchange, ...]:
        """See `Store`."""
        kept = self._kept.get((player, character), [])
        return tuple(kept[-most:]) if most else ()

    def append(self, player: str, character: str, exchange: Exchange) -> int:
        """See `Store`."""
        kept = self._kept[player, character]
        kept.append(exchange)
        return len(kept) - 1

    def amend(self, player: str, character: str, key: int, exchange: Exchange) -> None:
        """See `Store`."""
        self._kept[player, character][key] = exchange
