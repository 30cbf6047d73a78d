"""What exchanges are about, as an embedding model has it: vectors in the memory's file, beside the exchanges they are of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_TYPE: Final = np.dtype("<f2")
"""How a number is kept: nearness to three digits is all that is asked of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """An exchange in the file."""

    id: int
    said: str
    reply: str
    said_at: int = 0
    """Milliseconds since 1970."""

    @property
    def about(self) -> str:
        """What is embedded of it: both sides, so that a question is understood by its answer."""
        return f"{self.said}\n{self.reply}".strip()


_MISSING: Final = """
    SELECT e.id, said, reply, m.name IS ? FROM exchanges e
    LEFT JOIN vectors v ON v.exchange = e.id LEFT JOIN models m ON m.id = v.model
"""


def missing(connection: sqlite3.Connection, model: str, below: int, most: int) -> tuple[list[Row], int]:
    """Look for exchanges without a vector of a model, the latest first.

    Args:
        connection: of the file.
        model: the model's name.
        below: only exchanges of lower rows are looked at,
        most: and so many of them.

    Returns:
        those that have none, and where to go on: 0 if there are no more.
    """
    rows = connection.execute(f"{_MISSING} WHERE e.id < ? ORDER BY e.id DESC LIMIT ?", (model, below, most)).fetchall()
    return [Row(row, said, reply) for row, said, reply, has in rows if not has], rows[-1][0] if len(rows) == most else 0


def missing_of(connection: sqlite3.Connection, model: str, wanted: Iterable[int]) -> list[Row]:
    """Return those of some exchanges that have no vector of a model."""
    found = []
    for each in wanted:
        rows = connection.execute(f"{_MISSING} WHERE e.id = ?", (model, each)).fetchall()
        found += [Row(row, said, reply) for row, said, reply, has in rows if not has]
    return found


def keep(connection: sqlite3.Connection, model: str, rows: Sequence[Row], vectors: NDArray[np.float32]) -> None:
    """Keep the vectors of exchanges, within a transaction; not of those that are gone, or were changed meanwhile."""
    connection.execute("INSERT INTO models (name) VALUES (?) ON CONFLICT DO NOTHING", (model,))
    (number,) = connection.execute("SELECT id FROM models WHERE name = ?", (model,)).fetchone()
    for row, vector in zip(rows, vectors, strict=True):
        connection.execute(
            "INSERT OR REPLACE INTO vectors (exchange, model, vector) "
            "SELECT id, ?, ? FROM exchanges WHERE id = ? AND said = ? AND reply = ?",
            (number, vector.astype(_TYPE).tobytes(), row.id, row.said, row.reply),
        )


def nearest(
    connection: sqlite3.Connection,
    model: str,
    pair: tuple[str, str],
    vector: NDArray[np.float32],
    *,
    least: float,
    most: int,
    among: int,
) -> list[Row]:
    """Return what a player and a character said that is nearest to a vector, the nearest first.

    It's exact, and compares with every vector of the two: they are few.

    Args:
        connection: of the file.
        model: the model that made the vector; those of others can't be compared.
        pair: the player and the character.
        vector: of length 1.
        least: the cosine from which on something is near.
        most: how many to return.
        among: how many of the latest are looked at.
    """
    rows = connection.execute(
        "SELECT v.exchange, v.vector FROM pairs p JOIN exchanges e ON e.pair = p.id JOIN vectors v ON v.exchange = e.id "
        "WHERE p.player = ? AND p.character = ? AND v.model = (SELECT id FROM models WHERE name = ?) "
        "ORDER BY e.said_at DESC LIMIT ?",
        (*pair, model, among),
    ).fetchall()
    size = vector.size * _TYPE.itemsize
    rows = [row for row in rows if len(row[1]) == size]  # a model may change under its name
    if not rows:
        return []
    kept = np.frombuffer(b"".join(blob for _, blob in rows), _TYPE).reshape(len(rows), vector.size).astype(np.float32)
    nearness = kept @ vector
    found = []
    for index in np.argsort(-nearness, kind="stable")[:most]:
        if not nearness[index] >= least:
            break
        (row,) = connection.execute(
            "SELECT id, said, reply, said_at FROM exchanges WHERE id = ?", (rows[index][0],)
        ).fetchall() or [None]
        if row is not None:
            found.append(Row(*row))
    return found
