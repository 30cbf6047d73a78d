"""Who stands where, from above: the player with the field of view, figures with their noses, canvases with the side that can be read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from unity.pictures import fonts
from unity.pictures.geometry import Point, Vector, rotate
from unity.pictures.record import Camera, Canvas, Figure, Moment

FINENESS = 2
PAPER = (244, 242, 238)
GRID = (222, 218, 210)
PLAYER = (38, 92, 160)
SIGHT = (38, 92, 160, 28)
FIGURE = (120, 92, 70)
CANVAS = (24, 120, 96)
QUIET = (170, 180, 176)
INK = (60, 60, 66)


@dataclass(frozen=True)
class Map:
    """A piece of ground: z is up in the picture."""

    left: float
    near: float
    pixels_per_metre: float
    size: tuple[int, int]

    def pixel(self, place: Vector) -> Point:
        """Return where a place is in the picture."""
        return (place[0] - self.left) * self.pixels_per_metre, self.size[1] - (
            place[2] - self.near
        ) * self.pixels_per_metre


def fit(moments: Iterable[Moment], size: tuple[int, int]) -> Map:
    """Return the ground on which all of it stands, with a margin."""
    places: list[Vector] = []
    for moment in moments:
        places += [moment.camera.pose.position] if moment.camera else []
        places += [figure.feet for figure in moment.figures]
        places += [corner for canvas in moment.canvases for corner in (canvas.corners() if canvas.bounds else [])]
    xs = [place[0] for place in places] or [0]
    zs = [place[2] for place in places] or [0]
    margin = 0.6
    scale = min(size[0] / (max(xs) - min(xs) + 2 * margin), size[1] / (max(zs) - min(zs) + 2 * margin))
    width, depth = size[0] / scale, size[1] / scale
    return Map((min(xs) + max(xs) - width) / 2, (min(zs) + max(zs) - depth) / 2, scale, size)


def draw(moment: Moment, ground: Map) -> Image.Image:
    """Draw a moment."""
    large = Map(
        ground.left,
        ground.near,
        ground.pixels_per_metre * FINENESS,
        (ground.size[0] * FINENESS, ground.size[1] * FINENESS),
    )
    picture = Image.new("RGBA", large.size, (*PAPER, 255))
    _grid(picture, large)
    if moment.camera:
        _sight(picture, moment.camera, large)
    for figure in moment.figures:
        _head(picture, large.pixel(figure.feet), figure.pose.forward, 0.17 * large.pixels_per_metre, FIGURE)
        _name(picture, large.pixel(figure.feet), figure, large)
    for canvas in moment.canvases:
        _canvas(picture, canvas, large)
    if moment.camera:
        pose = moment.camera.pose
        _head(picture, large.pixel(pose.position), pose.forward, 0.15 * large.pixels_per_metre, PLAYER)
    return picture.convert("RGB").resize(ground.size, Image.Resampling.LANCZOS)


def _grid(picture: Image.Image, ground: Map) -> None:
    drawing = ImageDraw.Draw(picture)
    for x in range(math.floor(ground.left), math.ceil(ground.left + ground.size[0] / ground.pixels_per_metre) + 1):
        at = ground.pixel((x, 0, 0))[0]
        drawing.line(((at, 0), (at, ground.size[1])), fill=GRID, width=FINENESS)
    for z in range(math.floor(ground.near), math.ceil(ground.near + ground.size[1] / ground.pixels_per_metre) + 1):
        at = ground.pixel((0, 0, z))[1]
        drawing.line(((0, at), (ground.size[0], at)), fill=GRID, width=FINENESS)
    drawing.text(
        (6 * FINENESS, ground.size[1] - 6 * FINENESS),
        "1 m grid",
        font=fonts.label(11 * FINENESS),
        fill=(150, 146, 140),
        anchor="ls",
    )


def _sight(picture: Image.Image, camera: Camera, ground: Map) -> None:
    half = math.atan(math.tan(math.radians(camera.fov / 2)) * camera.aspect)
    ahead = math.atan2(camera.pose.forward[0], camera.pose.forward[2])
    reach = 20.0
    start = ground.pixel(camera.pose.position)
    edge = [
        ground.pixel(
            (
                camera.pose.position[0] + math.sin(ahead + half * side) * reach,
                0,
                camera.pose.position[2] + math.cos(ahead + half * side) * reach,
            )
        )
        for side in (-1, 1)
    ]
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    ImageDraw.Draw(layer).polygon([start, *edge], fill=SIGHT)
    picture.alpha_composite(layer)


def _head(picture: Image.Image, at: Point, forward: Vector, radius: float, colour: Sequence[int]) -> None:
    angle = math.atan2(forward[0], forward[2])

    def around(turn: float, reach: float) -> Point:
        return at[0] + math.sin(angle + turn) * reach, at[1] - math.cos(angle + turn) * reach

    drawing = ImageDraw.Draw(picture)
    drawing.polygon(
        [around(-0.45, radius * 0.98), around(0, radius * 1.55), around(0.45, radius * 0.98)], fill=tuple(colour)
    )
    drawing.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=tuple(colour))


def _name(picture: Image.Image, at: Point, figure: Figure, ground: Map) -> None:
    font = fonts.label(12 * FINENESS)
    place = (at[0], at[1] - 0.3 * ground.pixels_per_metre)
    ImageDraw.Draw(picture).text(place, figure.name, font=font, fill=INK, anchor="ms")


def _canvas(picture: Image.Image, canvas: Canvas, ground: Map) -> None:
    """A bar as wide as what is on it, with an arrow to the side from which it's read."""
    corners = canvas.corners() if canvas.bounds else [canvas.pose.position] * 4
    left, right = ground.pixel(corners[0]), ground.pixel(corners[3])
    colour = CANVAS if canvas.bounds else QUIET
    drawing = ImageDraw.Draw(picture)
    drawing.line((left, right), fill=colour, width=4 * FINENESS)
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    back = rotate(canvas.pose.rotation, (0, 0, -1))
    reach = 0.34 * ground.pixels_per_metre
    across = 0.06 * ground.pixels_per_metre

    def beside(far: float, aside: float) -> Point:
        return middle[0] + back[0] * far + back[2] * aside, middle[1] - back[2] * far + back[0] * aside

    drawing.line((middle, beside(reach * 0.8, 0)), fill=colour, width=2 * FINENESS)
    drawing.polygon([beside(reach, 0), beside(reach * 0.7, across), beside(reach * 0.7, -across)], fill=colour)
