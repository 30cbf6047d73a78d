"""Pictures drawn for tests: good ones by Pillow, hostile ones by hand."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from typing import Any, Final

from PIL import Image

Colour = tuple[int, int, int]

RED: Final = (200, 30, 30)
GREEN: Final = (30, 170, 30)
BLUE: Final = (30, 30, 200)
YELLOW: Final = (220, 200, 40)
QUARTERS: Final = (RED, GREEN, BLUE, YELLOW)
"""What `quarters` shows: top left, top right, bottom left, bottom right."""


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Draw a picture of four colours: what is turned or swapped shows."""
    small = Image.new("RGB", (2, 2))
    for place, colour in enumerate(QUARTERS):
        small.putpixel((place % 2, place // 2), colour)
    return small.resize((width, height), Image.Resampling.NEAREST)


def corners(picture: Image.Image) -> tuple[Colour, ...]:
    """Return the colours in the middle of each quarter, in the order of `QUARTERS`."""
    found = []
    for place in range(4):
        x = picture.width * (1 + 2 * (place % 2)) // 4
        y = picture.height * (1 + 2 * (place // 2)) // 4
        pixel = picture.getpixel((x, y))
        assert isinstance(pixel, tuple)
        found.append((int(pixel[0]), int(pixel[1]), int(pixel[2])))
    return tuple(found)


def alike(some: Iterable[Colour], others: Iterable[Colour], apart: int = 12) -> bool:
    """Whether colours are the same, but for what compression changes."""
    pairs = zip(some, others, strict=True)
    return all(abs(a - b) <= apart for one, other in pairs for a, b in zip(one, other, strict=True))


def encoded(picture: Image.Image, name: str, **options: Any) -> bytes:
    """Save a picture with Pillow."""
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def exif(orientation: int) -> bytes:
    """Make EXIF data as Pillow writes it, ``Exif`` and two zeros in front."""
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


# --- PNG -----------------------------------------------------------------------------------------

PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """Make a chunk, with its length and its sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    colours: int = 2,
    rows: bytes = b"",
    interlaced: bool = False,
    before: bytes = b"",
) -> bytes:
    """Make a PNG by hand.

    Args:
        width, height: what its header says.
        depth: bits of a sample.
        colours: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.
        rows: its data before compression.
        interlaced: what its header says.
        before: chunks in front of its data.
    """
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, int(interlaced))
    return (
        PNG_HEAD + png_chunk(b"IHDR", head) + before + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    )


def black_png(width: int, height: int, *, depth: int = 8, colours: int = 2, before: bytes = b"") -> bytes:
    """Make a PNG of these many pixels, all of whose samples are 0."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours]
    row = 1 + (width * samples * depth + 7) // 8
    return png(width, height, depth=depth, colours=colours, rows=bytes(row * height), before=before)


# --- JPEG ----------------------------------------------------------------------------------------


def jpeg_of_scans(side: int, scans: int) -> bytes:
    """Make a progressive JPEG, grey, with so many scans of some 20 bytes that say nothing, but cost a pass over the picture each."""
    frame = struct.pack(">BHHB3B", 8, side, side, 1, 1, 0x11, 0)
    runs = -(-(((side + 7) // 8) ** 2) // 32767)
    bits = ("0" + "1" * 14) * runs  # the one code that the table has: the longest run of blocks without anything
    bits += "1" * (-len(bits) % 8)
    nothing = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xDB, bytes([0]) + bytes([1] * 64)),
            _segment(0xC2, frame),
            _segment(0xC4, bytes([0x00, 1]) + bytes(15) + bytes([0])),
            _segment(0xC4, bytes([0x10, 1]) + bytes(15) + bytes([0xE0])),
            (_segment(0xDA, bytes([1, 1, 0x00, 1, 63, 0])) + nothing) * scans,
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


# --- WebP ----------------------------------------------------------------------------------------


def webp_chunk(kind: bytes, content: bytes) -> bytes:
    """Make a chunk, with its length and its padding."""
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def webp(*chunks: bytes) -> bytes:
    """Make a WebP of these chunks."""
    return webp_chunk(b"RIFF", b"WEBP" + b"".join(chunks))


def webp_canvas(width: int, height: int, *, alpha: bool = False) -> bytes:
    """Make the chunk that gives the canvas its size."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp_chunk(b"VP8X", struct.pack("<B3x", 0x10 if alpha else 0) + sides)


def webp_pixels(picture: Image.Image) -> bytes:
    """Return the one chunk of a lossy WebP that holds the pixels."""
    data = encoded(picture, "WEBP", quality=90)
    assert data[12:16] == b"VP8 "
    return data[12:]


def webp_of_tables(side: int = 1024) -> bytes:
    """Make a lossless WebP, 295 kB, that has 65,536 sets of Huffman tables: libwebp takes 364 MB for its million pixels."""
    sets = (side // 4) ** 2
    bits: list[str] = []  # last bit first, as the format has them

    def put(value: int, count: int) -> None:
        bits.append(f"{value:0{count}b}"[::-1])

    put(side - 1, 14)
    put(side - 1, 14)
    put(0b0_000_0, 5)  # no alpha, version 0, no transform
    put(0b000_1_0, 5)  # no colour cache; sets of tables, chosen for each square of 4 pixels
    put(0, 1)  # which is a picture again, without a colour cache
    for symbols in (280, 256):  # of green and of red, all bytes take 8 bits
        put(0b1000_0, 5)
        for code in range(12):
            put(int(code in (2, 11)), 3)
        put(0, 1)
        for symbol in range(symbols):
            put(int(symbol < 256), 1)
    put(0b0001_0001_0001, 12)  # of blue, alpha and distance there is one value, which takes none
    for number in range(sets):
        put(int(f"{number % 256:08b}"[::-1], 2), 8)
        put(int(f"{number // 256:08b}"[::-1], 2), 8)
    for _ in range(sets):
        put(0b0001_0001_0001_0001_0001, 20)
    stream = "".join(bits) + "0" * 64
    stream += "0" * (-len(stream) % 8)
    data = bytes(int(stream[at : at + 8][::-1], 2) for at in range(0, len(stream), 8))
    return webp(webp_chunk(b"VP8L", b"\x2f" + data))
