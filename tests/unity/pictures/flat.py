"""A canvas as it is from straight ahead."""

from __future__ import annotations

from PIL import Image, ImageDraw

from unity.pictures import fonts
from unity.pictures.record import Canvas, Colour, Glyph, Plate

Bounds = tuple[float, float, float, float]


def draw(canvas: Canvas, bounds: Bounds, pixels_per_unit: float) -> Image.Image:
    """Draw a part of a canvas, with transparency.

    Args:
        canvas: The canvas.
        bounds: Left, bottom, right and top, in its units.
        pixels_per_unit: How large.
    """
    left, bottom, right, top = bounds
    size = (max(2, round((right - left) * pixels_per_unit)), max(2, round((top - bottom) * pixels_per_unit)))
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    for graphic in canvas.graphics:
        layer = Image.new("L", size, 0)
        if isinstance(graphic, Plate):
            _plate(layer, graphic, bounds, pixels_per_unit)
            _lay(picture, layer, graphic.colour)
        else:
            _text(picture, graphic, bounds, pixels_per_unit)
    return picture


def _plate(layer: Image.Image, plate: Plate, bounds: Bounds, scale: float) -> None:
    points = [((x - bounds[0]) * scale, (bounds[3] - y) * scale) for x, y in plate.corners]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    ImageDraw.Draw(layer).rounded_rectangle(
        (min(xs), min(ys), max(xs) - 1, max(ys) - 1),
        radius=min(plate.radius * scale, (max(xs) - min(xs)) / 2, (max(ys) - min(ys)) / 2),
        fill=255,
    )


def _text(picture: Image.Image, glyphs: tuple[Glyph, ...], bounds: Bounds, scale: float) -> None:
    for glyph in glyphs:
        mask, left, top = fonts.glyph(glyph.text, max(4, round(glyph.size * scale)), round(glyph.advance * scale))
        place = (round((glyph.x - bounds[0]) * scale) + left, round((bounds[3] - glyph.baseline) * scale) + top)
        layer = Image.new("L", picture.size, 0)
        layer.paste(mask, place)
        _lay(picture, layer, glyph.colour, (place[0], place[1], place[0] + mask.width, place[1] + mask.height))


def _lay(picture: Image.Image, mask: Image.Image, colour: Colour, box: tuple[int, int, int, int] | None = None) -> None:
    """Lay a colour over a picture where a mask is white."""
    red, green, blue, alpha = (round(255 * max(0.0, min(1.0, part))) for part in colour)
    area = box or (0, 0, *picture.size)
    area = (max(0, area[0]), max(0, area[1]), min(picture.width, area[2]), min(picture.height, area[3]))
    if area[0] >= area[2] or area[1] >= area[3]:
        return
    part = mask.crop(area).point([value * alpha // 255 for value in range(256)])
    layer = Image.new("RGBA", part.size, (red, green, blue, 0))
    layer.putalpha(part)
    picture.alpha_composite(layer, area[:2])
