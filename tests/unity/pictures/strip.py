"""Moments side by side, views below one another."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from unity.pictures import flat, fonts, reader, top
from unity.pictures.record import Canvas, Moment

VIEWS = ("reader", "top", "page")
"""From the player's eyes; from above; each canvas from straight ahead."""

GAP = 6
HEADER = 24
PAPER = (255, 255, 255)
INK = (40, 40, 46)


def draw(moments: Sequence[Moment], views: Sequence[str], width: int = 420, aim: str | None = None) -> Image.Image:
    """Draw a strip.

    Args:
        moments: From left to right.
        views: From above to below: see VIEWS.
        width: Of each picture, in pixels.
        aim: The name of the canvas or figure to look at; None for all canvases.

    Raises:
        ValueError: there is nothing to look at.
        MissingGlyphError: no font here has what was written.
    """
    rows = [_row(moments, view, width, aim) for view in views]
    heights = [max(picture.height for picture in row) for row in rows]
    sheet = Image.new(
        "RGB",
        (len(moments) * (width + GAP) + GAP, HEADER + GAP + sum(height + GAP for height in heights)),
        PAPER,
    )
    drawing = ImageDraw.Draw(sheet)
    for column, moment in enumerate(moments):
        x = GAP + column * (width + GAP)
        y = HEADER + GAP
        drawing.text((x + 2, HEADER - 5), _title(moment), font=fonts.label(14), fill=INK, anchor="ls")
        for row, height in zip(rows, heights, strict=True):
            sheet.paste(row[column], (x, y))
            y += height + GAP
    return sheet


def _title(moment: Moment) -> str:
    values = "".join(f"   {name} {value}" for name, value in moment.values.items())
    return f"{moment.time:.1f} s{values}{'   ' + moment.note if moment.note else ''}"


def _row(moments: Sequence[Moment], view: str, width: int, aim: str | None) -> list[Image.Image]:
    if view == "reader":
        seen = reader.views(moments, (width, width * 5 // 8), aim)
        return [reader.draw(moment, one) for moment, one in zip(moments, seen, strict=True)]
    if view == "top":
        ground = top.fit(moments, (width, width * 5 // 8))
        return [top.draw(moment, ground) for moment in moments]
    return _pages(moments, width, aim)


def _pages(moments: Sequence[Moment], width: int, aim: str | None) -> list[Image.Image]:
    """Draw the canvas that is aimed at, or the first that shows anything, from straight ahead and always at the same scale."""
    shown = [_shown(moment, aim) for moment in moments]
    areas = [canvas.bounds for canvas in shown if canvas and canvas.bounds]
    if not areas:
        raise ValueError("No canvas shows anything at these times.")
    bounds = (
        min(area[0] for area in areas),
        min(area[1] for area in areas),
        max(area[2] for area in areas),
        max(area[3] for area in areas),
    )
    scale = width / (bounds[2] - bounds[0])
    pictures = []
    for canvas in shown:
        sheet = Image.new("RGB", (width, max(1, round((bounds[3] - bounds[1]) * scale))), (58, 60, 72))
        if canvas:
            surface = flat.draw(canvas, bounds, scale * 2).resize(sheet.size, Image.Resampling.LANCZOS)
            sheet.paste(surface, mask=surface.getchannel("A"))
        pictures.append(sheet)
    return pictures


def _shown(moment: Moment, aim: str | None) -> Canvas | None:
    named = [canvas for canvas in moment.canvases if canvas.bounds and aim in {None, canvas.name}]
    return named[0] if named else None
