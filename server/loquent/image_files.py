"""What a picture's file says before any of it is decoded, and the least file that holds the same pixels.

A JPEG, PNG or WebP may carry much besides one picture: texts and profiles that unpack to a thousand times their size, previews,
further frames, EXIF. All of it is left out here, and the size is known, before a decoder sees a byte. The walks allocate nothing by
an announced length, and take time in proportion to the file.

Formats: ITU-T T.81 annex B (JPEG), https://www.w3.org/TR/png-3/ (PNG), RFC 9649 (WebP), CIPA DC-008 (EXIF).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Format = Literal["JPEG", "PNG", "WebP"]

_MOST_SCANS: Final = 100
"""In a JPEG. A progressive one has some ten; each costs a pass over the whole picture (7 ms at 16 million pixels), and 20 bytes."""


class ImageError(Exception):
    """A picture that isn't taken. The text is a sentence for people: what is wrong, and what to send instead."""


class _CutError(Exception):
    """The file ends before it should."""


class _DamagedError(Exception):
    """The file breaks its format's rules."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A picture's file with nothing in it but one picture."""

    format: Format
    width: int
    """In pixels, as stored: before it's turned. 0 if the file says so."""
    height: int
    orientation: int
    """How it's to be turned to stand upright, as EXIF counts: 1 (not at all) to 8."""
    content: bytes
    """The file that a decoder is to be given."""


def read(data: bytes) -> ImageFile:
    """Return what is in a file; what format it has is told by its content.

    Raises:
        ImageError: it's no JPEG, PNG or WebP, is cut off or damaged, or of a kind that isn't taken.
    """
    name: Format
    if data[:3] == b"\xff\xd8\xff":
        name, walk = "JPEG", _jpeg
    elif data[:8] == _PNG_HEAD:
        name, walk = "PNG", _png
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        name, walk = "WebP", _webp
    else:
        raise ImageError("This is no JPEG, PNG or WebP: send one of those. Its content decides, not its name.")
    try:
        return walk(data)
    except (_CutError, struct.error, IndexError):
        raise ImageError(f"The {name} ends too early: send the whole file.") from None
    except _DamagedError:
        raise ImageError(f"The {name} is damaged: save it anew and send that.") from None


# --- JPEG ----------------------------------------------------------------------------------------

_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive; all with Huffman codes
_TABLES = frozenset({0xC4, 0xDB, 0xDD})  # Huffman, quantization, restart interval
_SCAN = 0xDA


def _jpeg(data: bytes) -> ImageFile:
    """Keep what decoding needs: tables, frame, scans, and the two segments that say what the colours are."""
    kept = bytearray(data[:2])
    size: tuple[int, int] | None = None
    orientation = 1
    at = 2
    while True:
        while data[at] == data[at + 1] == 0xFF:  # fill bytes
            at += 1
        if data[at] != 0xFF:
            raise _DamagedError
        marker = data[at + 1]
        if marker == _SCAN:
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if end > len(data):
            raise _CutError
        segment = data[at + 4 : end]
        if marker in _FRAMES:
            if size is not None:
                raise _DamagedError
            height, width = struct.unpack_from(">HH", segment, 1)
            size = (width, height)
            kept += data[at:end]
        elif (
            marker in _TABLES
            or (marker == 0xE0 and segment[:5] == b"JFIF\0")
            or (marker == 0xEE and segment[:5] == b"Adobe")
        ):
            kept += data[at:end]
        elif marker == 0xE1 and segment[:6] == b"Exif\0\0":
            orientation = _orientation(segment[6:])
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            raise ImageError("This kind of JPEG isn't taken: save it as a baseline or progressive one.")
        at = max(end, at + 2)
    if size is None:
        raise _DamagedError
    # Each scan begins with these two bytes, which can't stand in a scan's data: so there are at most this many.
    if data.count(b"\xff\xda", at) > _MOST_SCANS:
        raise ImageError(f"The JPEG has more than {_MOST_SCANS} scans: save it as a baseline one.")
    kept += data[at:]
    return ImageFile("JPEG", *size, orientation, bytes(kept))


# --- PNG -----------------------------------------------------------------------------------------

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PALETTE = 3


def _png(data: bytes) -> ImageFile:
    """Keep header, palette, transparency and image data. Of an animation that is the picture which other viewers show."""
    kept = bytearray(_PNG_HEAD)
    size: tuple[int, int] | None = None
    keyed = False
    orientation = 1
    at = len(_PNG_HEAD)
    kind = b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _CutError
        content = at + 8
        if kind == b"IHDR":
            if size is not None or length != 13:
                raise _DamagedError
            width, height, depth, colours = struct.unpack_from(">IIBB", data, content)
            size = (width, height)
            # Pillow compares a transparent grey or colour with 8-bit samples; at other depths it would meet the wrong ones.
            keyed = colours == _PALETTE or depth == 8
        elif size is None:
            raise _DamagedError
        elif kind == b"eXIf":
            orientation = _orientation(data[content : content + length])
        if kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND") or (kind == b"tRNS" and keyed):
            (crc,) = struct.unpack_from(">I", data, end - 4)
            if crc != zlib.crc32(memoryview(data)[at + 4 : end - 4]):
                raise _DamagedError
            kept += memoryview(data)[at:end]
        at = end
    if size is None:
        raise _DamagedError
    return ImageFile("PNG", *size, orientation, bytes(kept))


# --- WebP ----------------------------------------------------------------------------------------


def _webp(data: bytes) -> ImageFile:
    """Keep one lossy picture, and its transparency; of an animation, the first frame.

    What is compressed losslessly isn't taken: it may declare 65,536 sets of Huffman tables, of some 6 kB each, in a file of 300 kB,
    whatever the picture's size.
    """
    (length,) = struct.unpack_from("<I", data, 4)
    end = 8 + length
    if end > len(data):
        raise _CutError
    pixels = alpha = b""
    orientation = 1
    for kind, content in _chunks(data, 12, end):
        if kind == b"EXIF":
            orientation = _orientation(content.removeprefix(b"Exif\0\0"))
        if pixels:
            continue
        for inner, part in _chunks(content, 16, len(content)) if kind == b"ANMF" else ((kind, content),):
            if inner == b"VP8L" or (inner == b"ALPH" and part[0] & 3):
                raise ImageError(
                    "A WebP that is lossless, or whose transparency is compressed, isn't taken: its memory can't be bounded. "
                    "Send a PNG, a JPEG, or a lossy WebP without transparency."
                )
            if inner == b"ALPH":
                alpha = part
            elif inner == b"VP8 " and not pixels:
                pixels = part
    if pixels[3:6] != b"\x9d\x01\x2a":
        raise _DamagedError
    width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", pixels, 6))
    kept = _chunk(b"VP8 ", pixels)
    if alpha and width and height:
        head = struct.pack("<B3x", 0x10) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        kept = _chunk(b"VP8X", head) + _chunk(b"ALPH", alpha) + kept
    return ImageFile("WebP", width, height, orientation, _chunk(b"RIFF", b"WEBP" + kept))


def _chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each chunk."""
    while at < end:
        kind, length = struct.unpack_from("<4sI", data, at)
        content = at + 8
        if content + length > end:
            raise _CutError
        yield kind, data[content : content + length]
        at = content + length + (length & 1)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(content)) + content + b"\0" * (len(content) & 1)


# --- EXIF ----------------------------------------------------------------------------------------

_ORIENTATION = 0x0112
_SHORT = 3


def _orientation(exif: bytes) -> int:
    """Return what EXIF data says of it; 1 if that can't be found, since pictures with broken EXIF are common and no worse."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (entries,) = struct.unpack_from(order + "H", exif, start)
        for entry in range(entries):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * entry)
            if tag == _ORIENTATION:
                return value if kind == _SHORT and 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
