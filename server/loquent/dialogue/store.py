"""Where exchanges are kept, by player and character."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from typing import Protocol

REMEMBERED = 50
"""How many of the last exchanges are kept: more than fit into most contexts, and a bound on what a player can make us keep."""
REMEMBERED_BYTES = 1 << 16
"""How much of them is kept, in bytes of UTF-8: some 16,000 tokens. What a player says may be long, and costs no reply if it's cancelled."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One exchange, as it's remembered."""

    said: str
    """What the player said; empty if the character spoke first."""
    reply: str
    """What the player saw of the reply."""
    marked: str | None = None
    """The same with the marks of its cues, as the model wrote it; ``None`` where it has none."""

    @property
    def size(self) -> int:
        """How much there is to keep, in bytes of UTF-8."""
        return len(self.said.encode()) + len(self.reply.encode()) + len((self.marked or "").encode())


def latest(exchanges: Collection[Spoken], most_bytes: int) -> tuple[Spoken, ...]:
    """Return the last exchanges, oldest first: as many whole ones as fit into so many bytes of UTF-8."""
    found: list[Spoken] = []
    for exchange in reversed(tuple(exchanges)):
        most_bytes -= exchange.size
        if most_bytes < 0:
            break
        found.append(exchange)
    return tuple(reversed(found))


class Follower(Protocol):
    """Who holds what was remembered of a player."""

    def forget(self) -> None:
        """Let go of it: the player has been erased. What is being said now isn't stored."""


class Store(Protocol):
    """What was said, and what players saw of the replies."""

    @property
    def waiting(self) -> int:
        """How many exchanges wait to be stored, because they can't be at the moment."""

    def last(self, player: str, character: str, most: int) -> tuple[Spoken, ...]:
        """Return the last exchanges, at most ``most``, oldest first."""

    def append(self, player: str, character: str, exchange: Spoken) -> int:
        """Keep an exchange; returns a key for `amend`. When this returns, the exchange is stored."""

    def amend(self, player: str, character: str, key: int, exchange: Spoken) -> None:
        """Put another exchange in a kept one's place."""

    def follow(self, player: str, follower: Follower) -> None:
        """Have somebody told when the player is erased, for as long as they are there."""

    def look(self) -> None:
        """Do what can't wait for the next exchange; to be called every second or so."""

    def close(self) -> None:
        """Write what waits, and let go of what is held. Idempotent."""


class MemoryStore(Store):
    """Keeps the last exchanges for as long as the server runs.

    Args:
        exchanges: how many are kept of each player with each character, within `REMEMBERED_BYTES`.
        pairs: of how many players with characters; who has been silent longest is forgotten first.
    """

    def __init__(self, exchanges: int = REMEMBERED, pairs: int = 10_000) -> None:
        self._exchanges = exchanges
        self._pairs = pairs
        self._kept: OrderedDict[tuple[str, str], OrderedDict[int, Spoken]] = OrderedDict()
        self._keys = count()

    @property
    def waiting(self) -> int:
        """See `Store`."""
        return 0

    def last(self, player: str, character: str, most: int) -> tuple[Spoken, ...]:
        """See `Store`."""
        kept = list(self._kept.get((player, character), {}).values())
        return tuple(kept[-most:]) if most else ()

    def append(self, player: str, character: str, exchange: Spoken) -> int:
        """See `Store`."""
        key = next(self._keys)
        kept = self._kept.setdefault((player, character), OrderedDict())
        kept[key] = exchange
        fit = len(latest(kept.values(), REMEMBERED_BYTES)) or 1  # the last one in any case
        while len(kept) > min(self._exchanges, fit):
            kept.popitem(last=False)
        self._kept.move_to_end((player, character))
        if len(self._kept) > self._pairs:
            self._kept.popitem(last=False)
        return key

    def amend(self, player: str, character: str, key: int, exchange: Spoken) -> None:
        """See `Store`; what has been forgotten stays so."""
        kept = self._kept.get((player, character))
        if kept is not None and key in kept:
            kept[key] = exchange

    def follow(self, player: str, follower: Follower) -> None:
        """See `Store`; from here nobody is erased but by the end of the server."""

    def look(self) -> None:
        """See `Store`; here everything is done at once."""

    def close(self) -> None:
        """See `Store`; there is nothing to let go of."""
