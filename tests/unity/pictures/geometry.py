"""Places in Unity's space, and how they look from somewhere: x to the right, y up, z forward, by the left hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Point = tuple[float, float]

UP: Vector = (0, 1, 0)


def add(a: Vector, b: Vector) -> Vector:
    """Return a + b."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def subtract(a: Vector, b: Vector) -> Vector:
    """Return a − b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def times(a: Vector, factor: float) -> Vector:
    """Return a, so many times as long."""
    return a[0] * factor, a[1] * factor, a[2] * factor


def dot(a: Vector, b: Vector) -> float:
    """Return the scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Return the vector product: right × up isn't forward, up × forward is right."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def unit(a: Vector) -> Vector:
    """Return the direction of a."""
    length = math.sqrt(dot(a, a))
    return times(a, 1 / length) if length else (0, 0, 1)


def rotate(q: Quaternion, v: Vector) -> Vector:
    """Return v, turned."""
    axis = (q[0], q[1], q[2])
    twice = times(cross(axis, v), 2)
    return add(add(v, times(twice, q[3])), cross(axis, twice))


@dataclass(frozen=True)
class View:
    """What is seen from a place, looking at another, upright."""

    eye: Vector
    target: Vector
    tangent: float
    """Half of the picture's height at distance 1."""
    size: tuple[int, int]
    """In pixels."""

    @property
    def axes(self) -> tuple[Vector, Vector, Vector]:
        """Right, up and forward."""
        forward = unit(subtract(self.target, self.eye))
        right = unit(cross(UP, forward))
        return right, cross(forward, right), forward

    def spread(self, place: Vector) -> Point | None:
        """Return how far aside and up a place is, at distance 1; None if it's behind."""
        right, up, forward = self.axes
        way = subtract(place, self.eye)
        depth = dot(way, forward)
        return (dot(way, right) / depth, dot(way, up) / depth) if depth > 0.05 else None

    def pixel(self, place: Vector) -> Point | None:
        """Return where a place is in the picture, from its upper left corner; None if it's behind."""
        found = self.spread(place)
        if found is None:
            return None
        width, height = self.size
        scale = height / 2 / self.tangent
        return width / 2 + found[0] * scale, height / 2 - found[1] * scale

    def pixels_per_metre(self, place: Vector) -> float:
        """Return how large a metre is there."""
        depth = dot(subtract(place, self.eye), self.axes[2])
        return self.size[1] / 2 / self.tangent / max(depth, 0.05)


def homography(to: Sequence[Point], source: Sequence[Point]) -> tuple[float, ...]:
    """Return the eight numbers by which four points of a picture lead to four of its source, for Pillow's PERSPECTIVE."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(to, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for pivot in range(8):
        best = max(range(pivot, 8), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        value = rows[pivot][pivot]
        rows[pivot] = [entry / value for entry in rows[pivot]]
        for row in range(8):
            if row != pivot:
                share = rows[row][pivot]
                rows[row] = [entry - share * other for entry, other in zip(rows[row], rows[pivot], strict=True)]
    return tuple(row[8] for row in rows)
