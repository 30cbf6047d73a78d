"""What the engine double's Recorder wrote: a line of JSON for each moment."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unity.pictures.geometry import Point, Quaternion, Vector, add, rotate

Colour = tuple[float, float, float, float]


@dataclass(frozen=True)
class Pose:
    """Where something is, and how it's turned."""

    position: Vector
    rotation: Quaternion

    @property
    def forward(self) -> Vector:
        """Where it points."""
        return rotate(self.rotation, (0, 0, 1))


@dataclass(frozen=True)
class Camera:
    """The player's eyes."""

    pose: Pose
    fov: float
    """The upright field of view, in degrees."""
    aspect: float


@dataclass(frozen=True)
class Figure:
    """Somebody who stands there."""

    name: str
    pose: Pose
    center: Vector
    size: Vector

    @property
    def feet(self) -> Vector:
        """The middle of its lower end."""
        return self.center[0], self.center[1] - self.size[1] / 2, self.center[2]


@dataclass(frozen=True)
class Glyph:
    """A character that can be seen, in its canvas's space."""

    text: str
    x: float
    baseline: float
    advance: float
    size: float
    """An em."""
    colour: Colour


@dataclass(frozen=True)
class Plate:
    """A plain shape of four corners."""

    corners: tuple[Point, ...]
    radius: float
    colour: Colour


@dataclass(frozen=True)
class Canvas:
    """A canvas in the world, with what is drawn on it, from behind."""

    name: str
    id: int
    pose: Pose
    scale: Vector
    order: int
    graphics: tuple[Plate | tuple[Glyph, ...], ...]

    @property
    def glyphs(self) -> list[Glyph]:
        """All characters."""
        return [glyph for graphic in self.graphics if isinstance(graphic, tuple) for glyph in graphic]

    @property
    def text(self) -> str:
        """The characters in the order in which they were set, without spaces; lines are parted by their baselines."""
        result = ""
        baseline = None
        for glyph in self.glyphs:
            result += "\n" if baseline is not None and abs(glyph.baseline - baseline) > glyph.size / 2 else ""
            result += glyph.text
            baseline = glyph.baseline
        return result

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, bottom, right and top of what is on it; None for nothing."""
        points = [corner for one in self.graphics if isinstance(one, Plate) for corner in one.corners]
        for glyph in self.glyphs:
            points += [
                (glyph.x, glyph.baseline - glyph.size * 0.3),
                (glyph.x + glyph.advance, glyph.baseline + glyph.size),
            ]
        if not points:
            return None
        return (
            min(x for x, _ in points),
            min(y for _, y in points),
            max(x for x, _ in points),
            max(y for _, y in points),
        )

    def place(self, point: Point) -> Vector:
        """Return where a point of the canvas is in the world."""
        local = (point[0] * self.scale[0], point[1] * self.scale[1], 0.0)
        return add(self.pose.position, rotate(self.pose.rotation, local))

    def corners(self) -> list[Vector]:
        """Return where the corners of what is on it are: lower left, upper left, upper right, lower right."""
        left, bottom, right, top = self.bounds or (0, 0, 0, 0)
        return [self.place(point) for point in ((left, bottom), (left, top), (right, top), (right, bottom))]


@dataclass(frozen=True)
class Moment:
    """All that could be seen at a time."""

    time: float
    note: str
    values: dict[str, str] = field(default_factory=dict)
    camera: Camera | None = None
    figures: tuple[Figure, ...] = ()
    canvases: tuple[Canvas, ...] = ()


def read(path: Path) -> list[Moment]:
    """Read a record.

    Raises:
        ValueError: it has no moments.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    moments = [_moment(json.loads(line)) for line in lines if line]
    if not moments:
        raise ValueError(f"{path} has no moments: did the Recorder begin before the frames that you want to see?")
    return moments


def at(moments: list[Moment], time: float) -> Moment:
    """Return the moment that is nearest to a time."""
    return min(moments, key=lambda moment: abs(moment.time - time))


def _moment(data: dict[str, Any]) -> Moment:
    camera = data.get("camera")
    return Moment(
        time=data["time"],
        note=data.get("note", ""),
        values=data.get("values", {}),
        camera=Camera(_pose(camera), camera["fov"], camera["aspect"]) if camera else None,
        figures=tuple(
            Figure(one["name"], _pose(one), _vector(one["center"]), _vector(one["size"])) for one in data["figures"]
        ),
        canvases=tuple(_canvas(one) for one in data["canvases"]),
    )


def _canvas(data: dict[str, Any]) -> Canvas:
    graphics: list[Plate | tuple[Glyph, ...]] = []
    for one in data["graphics"]:
        if one["kind"] == "plate":
            graphics.append(Plate(tuple(map(tuple, one["corners"])), one["radius"], tuple(one["colour"])))
        else:
            graphics.append(tuple(_glyph(*glyph) for glyph in one["glyphs"]))
    return Canvas(data["name"], data["id"], _pose(data), _vector(data["scale"]), data["order"], tuple(graphics))


def _glyph(text: str, x: float, baseline: float, advance: float, size: float, *colour: float) -> Glyph:
    red, green, blue, alpha = colour
    return Glyph(text, x, baseline, advance, size, (red, green, blue, alpha))


def _pose(data: dict[str, Any]) -> Pose:
    x, y, z, w = data["rotation"]
    return Pose(_vector(data["position"]), (x, y, z, w))


def _vector(data: list[float]) -> Vector:
    x, y, z = data
    assert all(map(math.isfinite, data)), data
    return x, y, z
