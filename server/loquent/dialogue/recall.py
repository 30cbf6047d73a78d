"""Long-term memory: what was said long ago comes to a character's mind when its player says something that is about the same.

An embedding model turns each exchange into a vector, after its turn has ended, and what a player says into another; near ones are about
the same. All of it is beside the conversation: without that model, or when it's slow, a character remembers what fits into its context.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..engines.base import Embedder, EngineError, EngineFailed
from ..logs import Log
from .memory_file import connect
from .sqlite_store import SqliteStore
from .store import Spoken
from .vectors import Row, keep, missing, missing_of, nearest

log = Log.named("loquent.recall")

_AMONG: Final = 5000
"""How many of the latest exchanges of a player with a character are looked at: some 4 MB, and 25 ms in a thread."""

_SIDE_BYTES: Final = 400
"""How much of each side of an exchange is recalled, in bytes of UTF-8: some 100 tokens. Who needs the rest can ask."""

_AT_A_TIME: Final = 4
"""So many exchanges are embedded at a time: what a player says now may have to wait for them."""

_LOOK_AT: Final = 200
"""So many rows are looked at in one go for what has no vector yet: less than a millisecond, while everybody waits."""

_AFTER_SECONDS: Final = 0.5
"""How long after an exchange it's embedded: who answers at once needs the model then, and what was just said recalled least."""

_REST_SECONDS: Final = 2.0
"""How long nothing is tried after the embedding model was found not to be there, or to have failed."""

_DAY: Final = 86_400


class Recall:
    """Recalls for all conversations of a server, and embeds what they say.

    Args:
        store: where exchanges are.
        embedder: returns the embedding model, if it can be asked now.
        most: how many exchanges are recalled for one thing said; 0 for none.
        similarity: the cosine from which on two texts count as being about the same, from -1 to 1.
        seconds: how long recalling may take; then nothing is recalled.
        clock: the time, in seconds since 1970.
    """

    def __init__(
        self,
        store: SqliteStore,
        embedder: Callable[[], Embedder | None],
        *,
        most: int,
        similarity: float,
        seconds: float = 0.25,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._most = most
        self._similarity = similarity
        self._seconds = seconds
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "memory recall")
        self._asking = 0
        self._nobody_asks = asyncio.Event()
        self._nobody_asks.set()

    # --- at a turn -------------------------------------------------------------------------------

    async def recall(
        self, player: str, character: str, said: str, shown: Collection[Spoken], recalled: set[int]
    ) -> tuple[str, ...]:
        """Return what comes to a character's mind, a line each, the oldest first. Never raises, and is soon back.

        Args:
            player: who says something,
            character: to whom.
            said: what.
            shown: what the model is reminded of anyway.
            recalled: what was recalled in this conversation already; what is now is added.
        """
        embedder = self._embedder()
        if embedder is None or not self._most or not said.strip():
            return ()
        self._asking += 1
        self._nobody_asks.clear()
        try:
            async with asyncio.timeout(self._seconds):
                (vector,) = await embedder.embed([said])
                search = (embedder.model, (player, character), vector, self._most + len(shown) + len(recalled))
                found = await asyncio.get_running_loop().run_in_executor(self._thread, self._search, *search)
        except (TimeoutError, EngineError, sqlite3.Error) as error:
            log.info("nothing is recalled: %s", str(error) or f"it would take more than {self._seconds:g} s")
            return ()
        except Exception:  # a player isn't left without a reply for it
            log.exception("a mistake in the server: nothing is recalled")
            return ()
        finally:
            self._asking -= 1
            if not self._asking:
                self._nobody_asks.set()
        texts = {(spoken.said, spoken.reply) for spoken in shown}
        found = [row for row in found if row.id not in recalled and (row.said, row.reply) not in texts][: self._most]
        recalled.update(row.id for row in found)
        now = self._clock()
        return tuple(_line(row, now) for row in sorted(found, key=lambda row: (row.said_at, row.id)))

    def _search(self, model: str, pair: tuple[str, str], vector: NDArray[np.float32], most: int) -> list[Row]:
        with closing(connect(self._store.file, wait_seconds=self._seconds)) as connection:
            return nearest(connection, model, pair, vector, least=self._similarity, most=most, among=_AMONG)

    # --- behind the turns ------------------------------------------------------------------------

    async def run(self) -> None:
        """Embed what is said, as long as the server runs; first what was left over when the last one stopped."""
        rows: set[int] | None = None  # any
        model = None
        while True:
            embedder = self._embedder()
            if embedder is None:
                await asyncio.sleep(_REST_SECONDS)
                continue
            if embedder.model != model:
                model, rows = embedder.model, None
            try:
                await self._embed_all(embedder) if rows is None else await self._embed_some(embedder, sorted(rows))
            except EngineError as error:
                log.info("what was said isn't embedded for now: %s", error)
            except Exception:
                log.exception("a mistake in the server: what was said isn't embedded")
            else:
                await self._store.wait_changed()
                await asyncio.sleep(_AFTER_SECONDS)
                rows = self._store.changed()
                continue
            rows = None
            await asyncio.sleep(_REST_SECONDS)

    async def _embed_all(self, embedder: Embedder) -> None:
        """Embed all that has no vector."""
        below = 1 << 62
        while below:
            looked = self._store.read(partial(missing, model=embedder.model, below=below, most=_LOOK_AT))
            if looked is None:
                raise EngineError("the file can't be read")
            rows, below = looked
            await self._embed_rows(embedder, rows)
            await asyncio.sleep(0)

    async def _embed_some(self, embedder: Embedder, wanted: Sequence[int]) -> None:
        """Embed exchanges that have no vector."""
        for start in range(0, len(wanted), _LOOK_AT):
            part = wanted[start : start + _LOOK_AT]
            rows = self._store.read(partial(missing_of, model=embedder.model, wanted=part))
            if rows is None:
                raise EngineError("the file can't be read")
            await self._embed_rows(embedder, rows)

    async def _embed_rows(self, embedder: Embedder, rows: Sequence[Row]) -> None:
        rows = [row for row in rows if row.about]
        for start in range(0, len(rows), _AT_A_TIME):
            await self._embed(embedder, rows[start : start + _AT_A_TIME])

    async def _embed(self, embedder: Embedder, rows: Sequence[Row]) -> None:
        await self._nobody_asks.wait()  # who speaks now goes first
        try:
            vectors = await embedder.embed([row.about for row in rows])
        except EngineFailed as error:
            if len(rows) > 1:  # one of them may have been too much for it
                for row in rows:
                    await self._embed(embedder, [row])
                return
            log.warning("The embedding model fails on something that was said, so that won't be recalled: %s", error)
            return
        self._store.write(lambda connection: keep(connection, embedder.model, rows, vectors))

    def close(self) -> None:
        """Let go of the thread. Idempotent."""
        self._thread.shutdown(wait=False, cancel_futures=True)


# --- in words ------------------------------------------------------------------------------------------------


def _line(row: Row, now: float) -> str:
    when, said, reply = _ago(now - row.said_at / 1000), _shortened(row.said), _shortened(row.reply)
    if not said:
        return f"{when} you said: {reply}"
    return f"{when} the player said: {said}" + (f" You answered: {reply}" if reply else "")


def _ago(seconds: float) -> str:
    """Say how long ago something was."""
    for length, unit in ((365 * _DAY, "year"), (30 * _DAY, "month"), (7 * _DAY, "week"), (_DAY, "day"), (3600, "hour")):
        number = int(seconds // length)
        if number:
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "A while ago"


def _shortened(text: str) -> str:
    """Put a text on one line, in quotation marks, and bound it; an empty one stays empty."""
    text = " ".join(text.replace('"', "'").split())
    data = text.encode()
    if len(data) > _SIDE_BYTES:
        text = f"{data[:_SIDE_BYTES].decode(errors='ignore').rstrip()} …"
    return f'"{text}"' if text else ""
