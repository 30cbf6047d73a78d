"""Fonts to draw with: the first on this machine that has a character."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = (
    "LiberationSans-Regular.ttf",
    "DejaVuSansCondensed.ttf",
    "DejaVuSans.ttf",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansDevanagari-Regular.ttf",
    "Lohit-Devanagari.ttf",
)
"""By preference. Pillow's own font, which it always has, comes behind them."""

CELL = 64
"""Glyphs are drawn at so many pixels an em or more, and made smaller."""

Font = ImageFont.FreeTypeFont


class MissingGlyphError(Exception):
    """No font here has a character; the text says what to install."""


@cache
def names() -> tuple[str, ...]:
    """Return the fonts that are here; an empty name is Pillow's own."""
    return (*(name for name in FONTS if _load(name, CELL)), "")


@cache
def _load(name: str, size: int) -> Font | None:
    if not name:
        font = ImageFont.load_default(size)
        return font if isinstance(font, ImageFont.FreeTypeFont) else None
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        found = next(Path("/usr/share/fonts").rglob(name), None)
        return ImageFont.truetype(str(found), size) if found else None


@cache
def _has(name: str, character: str) -> bool:
    font = _load(name, CELL)
    assert font
    nothing = bytes(font.getmask("\U0010fffe"))
    return character.isspace() or bytes(font.getmask(character)) not in {nothing, b""}


def choose(text: str, size: int) -> Font:
    """Return the first font that has a cluster's first character.

    Raises:
        MissingGlyphError: none has.
    """
    for name in names():
        if _has(name, text[0]):
            font = _load(name, size)
            assert font
            return font
    raise MissingGlyphError(
        f"No font here has {text[0]!r} (U+{ord(text[0]):04X}). Install one that does: for Chinese, Japanese and Korean, "
        "Debian's fonts-wqy-microhei."
    )


@cache
def glyph(text: str, size: int, advance: int) -> tuple[Image.Image, int, int]:
    """Draw a cluster as a mask, no wider than its advance.

    Args:
        text: A base character and its marks.
        size: An em, in pixels.
        advance: In pixels; 0 for as wide as it is.

    Returns:
        The mask, and where its upper left corner is from the point on the baseline where the cluster begins.
    """
    font = choose(text, size)
    left, top, right, bottom = map(int, font.getbbox(text, anchor="ls"))
    left, right = left - 2, right + 2
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top + 4)), 0)
    ImageDraw.Draw(mask).text((-left, -top + 2), text, font=font, fill=255, anchor="ls")
    natural = font.getlength(text)
    if advance and natural > advance:
        # The double's glyphs are as wide as Liberation Sans's: another font's are pressed together.
        share = advance / natural
        mask = mask.resize((max(1, round(mask.width * share)), mask.height), Image.Resampling.BOX)
        left = round(left * share)
    return mask, left, top - 2


def label(size: int) -> Font:
    """Return the font for what is written beside pictures."""
    font = _load(names()[0], size)
    assert font
    return font
