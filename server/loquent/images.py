"""Untrusted bytes to a safe picture.

What comes out is small, upright, opaque and RGB, whatever came in; or an `ImageError`. Everything here takes its time (some 0.1 s
for a large picture) and so belongs into a thread; Pillow lets other threads run meanwhile.

**Memory.** `memory_bound` is what one call needs at most, its result included. So many calls at once need so many times that: whoever
calls must bound how many there are, by a pool of so many threads. (A semaphore isn't enough where callers can be cancelled: the
thread runs on.)

**Colours.** Profiles and gamma are ignored, pixels are taken for sRGB, and CMYK is converted by formula: a model doesn't see the
difference, and profiles are one more format to be attacked through. What is transparent is put on white, as vLLM does it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from .image_files import ImageError as ImageError
from .image_files import ImageFile, read

_WHITE: Final = (255, 255, 255)
_LEAST_SIDE: Final = 8
"""A picture's shorter side, in pixels, as it comes and as it goes. Models cut pictures into patches of 14 and more, and what prepares
pictures for them may take a side of 1 or 3 for the number of colours."""
_MOST_ELONGATED: Final = 64
"""Longer side by shorter side. Models refuse more than 200; scaled down, little would be left of the shorter one before that."""
_DECODERS: Final = {
    "JPEG": JpegImagePlugin.JpegImageFile.format,
    "PNG": PngImagePlugin.PngImageFile.format,
    "WebP": WebPImagePlugin.WebPImageFile.format,
}
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each of EXIF's orientations but the first."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a model can be shown. Equal pictures have equal keys, however their files differed."""

    pixels: Image.Image = field(compare=False, repr=False)
    """Mode RGB, upright."""
    key: str
    """SHA-256 of the size and the pixels, in hex: under it an engine may keep what it has computed of the picture."""

    @property
    def width(self) -> int:
        """In pixels."""
        return self.pixels.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.pixels.height


def admit(images: Sequence[bytes], *, most: int, most_bytes: int) -> None:
    """Check what can be checked before any work is done.

    Args:
        images: the files of one say or decide.
        most: how many there may be.
        most_bytes: the size that each may have.

    Raises:
        ImageError: there are too many, or one is too large or empty.
    """
    if images and not most:
        raise ImageError("This server takes no pictures: send text alone.")
    if len(images) > most:
        raise ImageError(f"{len(images)} pictures are too many: send at most {most} at a time.")
    for image in images:
        if not image:
            raise ImageError("A picture is empty: it has 0 bytes.")
        if len(image) > most_bytes:
            raise ImageError(
                f"A picture has {len(image)} bytes; at most {most_bytes} are taken: scale it down, or save it as a JPEG."
            )


def memory_bound(*, most_bytes: int, most_pixels: int, longest_side: int) -> int:
    """Return how many bytes of memory one call of `make_safe` takes at most, beside the file; what it returns is included.

    - 8 for each pixel of a picture as it's sent. A JPEG's decoder keeps 2 for each of up to 4 components; a PNG is 4, and 4 again
      where it's converted; a WebP is twice that, and so may have half as many pixels.
    - 16 for each pixel of a square of ``longest_side``: what is made of it, and what a JPEG's decoder gives, which scales by powers
      of two and so is up to twice as wide and high.
    - 8 for each byte of the file: its copies, and what the decoders keep of it.
    - 4 MiB for all that doesn't grow.
    """
    return 8 * most_pixels + 16 * longest_side**2 + 8 * most_bytes + (4 << 20)


def make_safe(data: bytes, *, most_pixels: int, longest_side: int) -> Picture:
    """Decode a JPEG, PNG or WebP, and scale it down where it's larger than a model needs.

    Args:
        data: the file. Its content decides what it is.
        most_pixels: width times height that it may have; a WebP half as many.
        longest_side: of the result, in pixels; at least 16.

    Raises:
        ImageError: it can't be taken. Nothing else is raised for whatever bytes, and nothing is warned of.
    """
    file = read(data)
    _check_size(file, most_pixels)
    try:
        pixels = _decode(file, longest_side)
    except MemoryError:
        raise ImageError("The server has no memory for this picture at the moment: send a smaller one.") from None
    except Exception:  # noqa: BLE001  # whatever a decoder may raise about bytes that it can't make sense of
        raise ImageError(
            f"The {file.format} can't be decoded, it's damaged or incomplete: save it anew and send that."
        ) from None
    if file.orientation in _UPRIGHT:
        pixels = pixels.transpose(_UPRIGHT[file.orientation])
    digest = hashlib.sha256(f"{pixels.width}x{pixels.height}:".encode())
    digest.update(pixels.tobytes())
    return Picture(pixels, digest.hexdigest())


def _check_size(file: ImageFile, most_pixels: int) -> None:
    """Refuse what is too large, too small or too narrow, by what the file says of itself.

    Raises:
        ImageError: it is.
    """
    most = most_pixels // 2 if file.format == "WebP" else most_pixels
    if Image.MAX_IMAGE_PIXELS is not None:  # beyond it Pillow warns
        most = min(most, Image.MAX_IMAGE_PIXELS)
    what = f"The {file.format} has {file.width} x {file.height} pixels"
    if file.width * file.height > most:
        raise ImageError(f"{what}; at most {most} are taken: scale it down first.")
    shorter, longer = sorted((file.width, file.height))
    if shorter < _LEAST_SIDE:
        raise ImageError(f"{what}, too few to see anything: each side must have at least {_LEAST_SIDE}.")
    if longer > shorter * _MOST_ELONGATED:
        raise ImageError(
            f"{what}: a side may be at most {_MOST_ELONGATED} times as long as the other. Send a part of it."
        )


def _decode(file: ImageFile, longest_side: int) -> Image.Image:
    """Return the picture in RGB, not yet turned, its longer side at most ``longest_side``, and its shorter one at least `_LEAST_SIDE`.

    Each step lets go of what it was made from: a large picture is never there three times.
    """
    scale = min(1.0, longest_side / max(file.width, file.height))
    size = (max(_LEAST_SIDE, round(file.width * scale)), max(_LEAST_SIDE, round(file.height * scale)))
    image: Image.Image = Image.open(io.BytesIO(file.content), formats=[_DECODERS[file.format]])
    if image.size != (file.width, file.height):
        raise ValueError("the decoder reads another size in it")
    image.draft(None, size)  # a JPEG is decoded at a half, a quarter or an eighth, where that is enough
    image.load()
    transparent = image.has_transparency_data
    if image.mode == "I;16":  # Pillow would clip it
        image = image.point(lambda level: level / 256).convert("L")
    mode = "RGBA" if transparent else "L" if image.mode in ("1", "L") else "RGB"
    if image.mode != mode:
        image = image.convert(mode)
    if image.size != size:
        if transparent:  # so that what can't be seen doesn't colour its neighbours
            image = image.convert("RGBa")
        image = image.resize(size, Image.Resampling.LANCZOS)
        if transparent:
            image = image.convert("RGBA")
    opaque = Image.new("RGB", size, _WHITE)
    opaque.paste(image, mask=image if transparent else None)
    return opaque
