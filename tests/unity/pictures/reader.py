"""What the player reads: figures and canvases, as they look from the player's eyes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PIL import Image, ImageDraw

from unity.pictures import flat
from unity.pictures.geometry import Vector, View, add, dot, homography, subtract, times, unit
from unity.pictures.record import Canvas, Figure, Moment

FINENESS = 2
"""All is drawn so many times as large, and made smaller."""

SKY = ((28, 33, 52), (66, 60, 78))
GROUND = ((52, 46, 56), (30, 28, 38))
LINE = (255, 255, 255, 22)
BODY = (104, 112, 138)
HEAD = (196, 168, 146)
EYE = (30, 30, 40)


def views(moments: Iterable[Moment], size: tuple[int, int], aim: str | None) -> list[View]:
    """Return a view for each moment, all of the same width: towards the canvases, or towards what has the name.

    Raises:
        ValueError: there is no camera, or nothing has the name.
    """
    narrow = [View(_eye(moment), _target(moment, aim), 1, size) for moment in moments]
    tangent = math.tan(math.radians(8))
    for moment, view in zip(moments, narrow, strict=True):
        for place in _interesting(moment, aim):
            spread = view.spread(place)
            if spread:
                tangent = max(tangent, abs(spread[1]) * 1.15, abs(spread[0]) * 1.15 * size[1] / size[0])
    tangent = min(tangent, math.tan(math.radians(38)))
    return [View(view.eye, view.target, tangent, size) for view in narrow]


def draw(moment: Moment, view: View) -> Image.Image:
    """Draw a moment."""
    large = View(view.eye, view.target, view.tangent, (view.size[0] * FINENESS, view.size[1] * FINENESS))
    picture = _scenery(large)
    things: list[tuple[float, Figure | Canvas]] = [(_distance(large, one.center), one) for one in moment.figures]
    things += [(_distance(large, one.pose.position) - 0.01 - one.order, one) for one in moment.canvases]
    for _, thing in sorted(things, key=lambda pair: -pair[0]):
        if isinstance(thing, Figure):
            _figure(picture, thing, large)
        else:
            _canvas(picture, thing, large)
    return picture.convert("RGB").resize(view.size, Image.Resampling.LANCZOS)


def _eye(moment: Moment) -> Vector:
    if moment.camera is None:
        raise ValueError(f"At {moment.time} s there is no camera tagged MainCamera, and so nobody who reads.")
    return moment.camera.pose.position


def _named(moment: Moment, aim: str | None) -> list[Canvas | Figure]:
    shown: list[Canvas | Figure] = [one for one in moment.canvases if one.bounds]
    if aim is None:
        return shown or list(moment.figures)
    return [one for one in (*shown, *moment.figures) if one.name == aim]


def _target(moment: Moment, aim: str | None) -> Vector:
    assert moment.camera
    found = _named(moment, aim)
    if not found:
        return add(moment.camera.pose.position, moment.camera.pose.forward)
    places = _interesting(moment, aim)
    return times((sum(p[0] for p in places), sum(p[1] for p in places), sum(p[2] for p in places)), 1 / len(places))


def _interesting(moment: Moment, aim: str | None) -> list[Vector]:
    places: list[Vector] = []
    for one in _named(moment, aim):
        places += one.corners() if isinstance(one, Canvas) else []
    for figure in moment.figures:
        if aim is None or figure.name == aim:
            height = figure.size[1]
            places += [add(figure.feet, (0, height, 0)), add(figure.feet, (0, height * 0.78, 0))]
    return places


def _distance(view: View, place: Vector) -> float:
    way = subtract(place, view.eye)
    return math.sqrt(dot(way, way))


def _scenery(view: View) -> Image.Image:
    width, height = view.size
    forward = view.axes[2]
    horizon_point = view.pixel(add(view.eye, times(unit((forward[0], 0, forward[2])), 1000)))
    horizon = round(horizon_point[1]) if horizon_point else height
    column = Image.new("RGBA", (1, height))
    for y in range(height):
        above = y < horizon
        share = (y / max(1, horizon)) if above else min(1.0, (y - horizon) / max(1, height - horizon))
        top, bottom = SKY if above else GROUND
        column.putpixel((0, y), (*(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)), 255))
    picture = column.resize((width, height))
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    lines = ImageDraw.Draw(layer)
    ground = (round(view.eye[0]), round(view.eye[2]))
    for step in range(-12, 13):
        _line(lines, view, (ground[0] + step, 0, ground[1] - 12), (ground[0] + step, 0, ground[1] + 12))
        _line(lines, view, (ground[0] - 12, 0, ground[1] + step), (ground[0] + 12, 0, ground[1] + step))
    picture.alpha_composite(layer)
    return picture


def _line(lines: ImageDraw.ImageDraw, view: View, start: Vector, end: Vector) -> None:
    """Draw what of a line on the ground is ahead."""
    count = 24
    before = None
    for i in range(count + 1):
        here = view.pixel(add(start, times(subtract(end, start), i / count)))
        if before and here:
            lines.line((before, here), fill=LINE, width=FINENESS)
        before = here


def _figure(picture: Image.Image, figure: Figure, view: View) -> None:
    """Draw a body, a head and, if they can be seen, two eyes: enough to see who stands where and looks where."""
    height = figure.size[1]
    neck = add(figure.feet, (0, height * 0.845, 0))
    middle = add(figure.feet, (0, height * 0.925, 0))
    points = view.pixel(figure.feet), view.pixel(neck), view.pixel(middle)
    if not all(points):
        return
    feet, shoulder, head = (point for point in points if point)
    metre = view.pixels_per_metre(middle)
    half = max(figure.size[0], figure.size[2]) / 2 * metre
    drawing = ImageDraw.Draw(picture)
    drawing.rounded_rectangle(
        (shoulder[0] - half, shoulder[1], shoulder[0] + half, max(feet[1], shoulder[1] + 2)),
        radius=half * 0.8,
        fill=BODY,
    )
    radius = height * 0.065 * metre
    drawing.ellipse((head[0] - radius, head[1] - radius * 1.15, head[0] + radius, head[1] + radius * 1.15), fill=HEAD)
    right, _, forward = view.axes
    ahead = unit((figure.pose.forward[0], 0, figure.pose.forward[2]))
    towards = -dot(ahead, unit((forward[0], 0, forward[2])))
    aside = dot(ahead, right)
    if towards > 0.15:
        size = max(1.0, radius * 0.12)
        for side in (-1, 1):
            x = head[0] + radius * (aside * 0.75 + side * 0.36 * towards)
            drawing.ellipse(
                (x - size, head[1] - size - radius * 0.15, x + size, head[1] + size - radius * 0.15), fill=EYE
            )


def _canvas(picture: Image.Image, canvas: Canvas, view: View) -> None:
    bounds = canvas.bounds
    if bounds is None:
        return
    pixels = [view.pixel(place) for place in canvas.corners()]
    quad = [point for point in pixels if point]
    if len(quad) < 4:
        return
    length = max(math.dist(quad[1], quad[2]), math.dist(quad[0], quad[3]), 1)
    surface = flat.draw(canvas, bounds, min(8.0, max(length / (bounds[2] - bounds[0]) * 1.5, 0.02)))
    width, height = surface.size
    source = [(0, height), (0, 0), (width, 0), (width, height)]
    warped = surface.transform(
        picture.size, Image.Transform.PERSPECTIVE, homography(quad, source), Image.Resampling.BICUBIC
    )
    picture.alpha_composite(warped)
