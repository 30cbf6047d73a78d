"""Whatever the bytes: a small, upright, opaque RGB picture or one sentence, within the stated memory, without a warning."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import support.msgpack_strategies  # noqa: F401  # sets hypothesis up
from loquent.dialogue.pictures import AT_ONCE
from loquent.images import ImageError, Picture, admit, make_safe, memory_bound
from loquent.settings import Settings
from support import pictures
from support.pictures import (
    QUARTERS,
    alike,
    black_png,
    corners,
    encoded,
    png_chunk,
    quarters,
    webp,
    webp_canvas,
    webp_chunk,
)

WHITE: Final = (255, 255, 255)


def safe(data: bytes, *, most_pixels: int = 1 << 20, longest_side: int = 256) -> Picture:
    """Make a picture, under limits that tests like."""
    return make_safe(data, most_pixels=most_pixels, longest_side=longest_side)


# --- every kind becomes RGB ----------------------------------------------------------------------

KINDS: Final[dict[str, bytes]] = {
    "jpeg": encoded(quarters(), "JPEG", quality=95),
    "jpeg, progressive": encoded(quarters(), "JPEG", quality=95, progressive=True),
    "jpeg, no subsampling": encoded(quarters(), "JPEG", quality=95, subsampling=0),
    "jpeg, cmyk": encoded(quarters().convert("CMYK"), "JPEG", quality=95),
    "jpeg, of a phone": encoded(quarters(), "MPO", save_all=True, append_images=[quarters().rotate(180)], quality=95),
    "png": encoded(quarters(), "PNG"),
    "png, palette": encoded(quarters().quantize(4), "PNG"),
    "png, two bits": encoded(quarters().quantize(4), "PNG", bits=2),
    "png, alpha": encoded(quarters().convert("RGBA"), "PNG"),
    "png, animated": encoded(quarters(), "PNG", save_all=True, append_images=[quarters().rotate(180)]),
    "webp": encoded(quarters(), "WEBP", quality=95),
    "webp, animated": encoded(quarters(), "WEBP", save_all=True, append_images=[quarters().rotate(180)], quality=95),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_becomes_the_same_rgb(kind: str) -> None:
    picture = safe(KINDS[kind])
    assert picture.pixels.mode == "RGB"
    assert (picture.width, picture.height) == (64, 48)
    assert alike(corners(picture.pixels), QUARTERS)


def test_grey_and_black_and_white_become_rgb() -> None:
    grey = quarters().convert("L")
    expected = corners(grey.convert("RGB"))
    for data in (encoded(grey, "JPEG", quality=95), encoded(grey, "PNG"), encoded(grey.convert("LA"), "PNG")):
        assert alike(corners(safe(data).pixels), expected, apart=4)
    white = encoded(Image.new("1", (16, 16), 1), "PNG")
    assert corners(safe(white).pixels) == (WHITE,) * 4


def test_sixteen_bits_are_scaled_to_eight() -> None:
    levels = (0, 255, 256, 32768, 65535)
    row = b"\0" + b"".join(struct.pack(">H", level) * 4 for level in levels)
    picture = safe(pictures.png(20, 16, depth=16, colours=0, rows=row * 16)).pixels
    assert [picture.getpixel((4 * place, 0)) for place in range(5)] == [(v,) * 3 for v in (0, 0, 1, 128, 255)]
    colour = b"\0" + struct.pack(">3H", 65535, 32768, 256) * 16
    assert corners(safe(pictures.png(16, 16, depth=16, colours=2, rows=colour * 16)).pixels)[0] == (255, 128, 1)


@pytest.mark.parametrize("longest_side", [256, 32], ids=["as large", "scaled down"])
def test_what_is_transparent_is_put_on_white(longest_side: int) -> None:
    half = quarters().convert("RGBA")
    half.paste((0, 0, 0, 0), (0, 0, 32, 48))  # black, and not to be seen
    shown = (WHITE, QUARTERS[1], WHITE, QUARTERS[3])
    for data in (encoded(half, "PNG"), encoded(half.quantize(8), "PNG")):
        assert alike(corners(safe(data, longest_side=longest_side).pixels), shown)
    alpha = b"\0" + (bytes(32) + b"\xff" * 32) * 48
    file = webp(webp_canvas(64, 48, alpha=True), webp_chunk(b"ALPH", alpha), pictures.webp_pixels(quarters()))
    assert alike(corners(safe(file, longest_side=longest_side).pixels), shown)


def test_what_cannot_be_seen_does_not_colour_its_neighbours() -> None:
    picture = Image.new("RGBA", (128, 128), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 63, 128))  # the border falls between two columns of the result
    small = safe(encoded(picture, "PNG"), longest_side=16).pixels
    border = small.getpixel((7, 8))
    assert isinstance(border, tuple)
    assert border[0] == border[1] < border[2] == 255, "more white than blue, and no red"


def test_a_transparent_grey_or_colour_is_seen_through() -> None:
    half = encoded(quarters(), "PNG", transparency=QUARTERS[0])
    assert alike(corners(safe(half).pixels), (WHITE, *QUARTERS[1:]))
    grey = black_png(16, 16, colours=0, before=png_chunk(b"tRNS", bytes(2)))
    assert corners(safe(grey).pixels) == (WHITE,) * 4


# --- turned and scaled ---------------------------------------------------------------------------

TURNED: Final[dict[int, tuple[int, int, int, int]]] = {
    1: (0, 1, 2, 3),
    2: (1, 0, 3, 2),
    3: (3, 2, 1, 0),
    4: (2, 3, 0, 1),
    5: (0, 2, 1, 3),
    6: (2, 0, 3, 1),
    7: (3, 1, 2, 0),
    8: (1, 3, 0, 2),
}
"""For each orientation, which quarter as stored is seen where (CIPA DC-008, 4.6.5.1.6)."""


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(name: str, orientation: int) -> None:
    picture = safe(encoded(quarters(), name, exif=pictures.exif(orientation)), longest_side=32)
    assert (picture.width, picture.height) == ((32, 24) if orientation < 5 else (24, 32))
    assert alike(corners(picture.pixels), [QUARTERS[place] for place in TURNED[orientation]])


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_is_scaled_down_to_the_side(name: str) -> None:
    picture = safe(encoded(quarters(400, 1001), name), longest_side=100)
    assert (picture.width, picture.height) == (40, 100)
    assert alike(corners(picture.pixels), QUARTERS)
    small = safe(encoded(quarters(99, 50), name), longest_side=100)
    assert (small.width, small.height) == (99, 50), "and a small one isn't scaled up"


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_a_picture_may_be_as_large_as_is_said(name: str) -> None:
    assert safe(encoded(quarters(128, 128), name), most_pixels=1 << 14).width == 128
    with pytest.raises(ImageError, match=r"128 x 129 pixels; at most 16384 are taken: scale it down first"):
        safe(encoded(quarters(128, 129), name), most_pixels=1 << 14)


def test_a_webp_may_have_half_as_many_pixels() -> None:
    assert safe(encoded(quarters(128, 128), "WEBP"), most_pixels=1 << 15).width == 128
    with pytest.raises(ImageError, match=r"128 x 129 pixels; at most 16384"):
        safe(encoded(quarters(128, 129), "WEBP"), most_pixels=1 << 15)


@pytest.mark.parametrize(
    ("width", "height", "why"),
    [
        (0, 0, "too few"),
        (0, 100, "too few"),
        (1, 1, "too few"),
        (1, 5000, "too few"),
        (65_500, 7, "too few"),
        (65_500, 9, "64 times"),
        (8, 513, "64 times"),
        (65_535, 65_535, "scale it down"),
        (2**31 - 1, 2**31 - 1, "scale it down"),
        (2**32 - 1, 2**32 - 1, "scale it down"),
    ],
)
def test_sizes_that_are_of_no_use_are_refused_by_the_header_alone(width: int, height: int, why: str) -> None:
    with pytest.raises(ImageError, match=why):
        safe(pictures.png(width, height))  # it has no data: what looked at any would say so


def test_a_jpeg_of_no_size_is_refused() -> None:
    data = bytearray(encoded(quarters(), "JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = bytes(4)
    with pytest.raises(ImageError, match="0 x 0 pixels, too few"):
        safe(bytes(data))


def test_the_most_narrow_picture_is_taken_and_keeps_a_side_that_models_take() -> None:
    for picture in (safe(black_png(8, 512)), safe(black_png(512, 8))):
        assert sorted((picture.width, picture.height)) == [8, 256]


def test_more_pixels_than_pillow_takes_without_a_warning_are_refused() -> None:
    with pytest.raises(ImageError, match=f"at most {Image.MAX_IMAGE_PIXELS}"):
        safe(pictures.png(12_000, 12_000), most_pixels=1 << 40)


# --- the key -------------------------------------------------------------------------------------


def test_the_key_is_of_what_is_seen() -> None:
    stored = encoded(quarters(), "PNG")
    same = encoded(quarters(), "PNG", compress_level=1, dpi=(72, 72))
    other = encoded(quarters().rotate(180), "PNG")
    assert stored != same
    assert safe(stored) == safe(same)
    assert len({safe(stored).key, safe(same).key, safe(other).key}) == 2
    assert safe(black_png(16, 32)).key != safe(black_png(32, 16)).key, "as many black pixels, but another shape"


# --- admission -----------------------------------------------------------------------------------


def test_count_and_sizes_are_checked_without_a_look_inside() -> None:
    admit([], most=0, most_bytes=1)
    admit([b"not a picture"] * 2, most=2, most_bytes=13)
    with pytest.raises(ImageError, match="3 pictures are too many: send at most 2"):
        admit([b"x"] * 3, most=2, most_bytes=13)
    with pytest.raises(ImageError, match="has 14 bytes; at most 13 are taken"):
        admit([b"x", b"not a picture!"], most=2, most_bytes=13)
    with pytest.raises(ImageError, match="0 bytes"):
        admit([b""], most=2, most_bytes=13)
    with pytest.raises(ImageError, match="takes no pictures: send text alone"):
        admit([b"x"], most=0, most_bytes=13)


# --- whatever the bytes --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_is_refused(kind: str) -> None:
    whole = KINDS[kind]
    if kind == "jpeg, of a phone":  # what stands behind its first picture isn't needed
        whole = whole[: whole.index(b"\xff\xd9", whole.index(b"\xff\xda")) + 2]
    for end in range(len(whole)):
        with pytest.raises(ImageError):
            safe(whole[:end])


def picture_or_sentence(data: bytes) -> None:
    """Check the law of this module: anything else that is raised, a warning too, fails the test."""
    try:
        picture = safe(data, longest_side=32)
    except ImageError:
        return
    assert picture.pixels.mode == "RGB"
    assert 0 < picture.width <= 32
    assert 0 < picture.height <= 32


@given(
    st.sampled_from([b"", b"\xff\xd8\xff", pictures.PNG_HEAD, b"RIFF\x40\0\0\0WEBP", b"RIFF\x40\0\0\0WEBPVP8 "]),
    st.binary(),
)
def test_any_bytes_give_a_picture_or_a_sentence(head: bytes, data: bytes) -> None:
    picture_or_sentence(head + data)


def overwrite(data: bytes, at: int, new: bytes) -> bytes:
    """Put other bytes over those that are there."""
    return data[:at] + new + data[at + len(new) :]


def insert(data: bytes, at: int, new: bytes) -> bytes:
    """Put bytes between those that are there."""
    return data[:at] + new + data[at:]


def cut_out(data: bytes, at: int, new: bytes) -> bytes:
    """Leave out as many bytes."""
    return data[:at] + data[at + len(new) :]


CHANGES: Final[list[Callable[[bytes, int, bytes], bytes]]] = [overwrite, overwrite, insert, cut_out]


@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(
        st.tuples(st.sampled_from(CHANGES), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=8)),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
    st.booleans(),
)
def test_any_change_of_a_good_file_gives_a_picture_or_a_sentence(
    kind: str, changes: list[tuple[Callable[[bytes, int, bytes], bytes], int, bytes]], early: bool, mended: bool
) -> None:
    data = KINDS[kind]
    for change, place, new in changes:
        data = change(data, place % min(len(data), 100 if early else len(data)) if data else 0, new)
    picture_or_sentence(with_right_sums(data) if mended else data)


def with_right_sums(data: bytes) -> bytes:
    """Give each chunk of a PNG the sum of its content: changed content is then looked at."""
    mended = bytearray(data)
    at = len(pictures.PNG_HEAD)
    while data.startswith(pictures.PNG_HEAD) and at + 12 <= len(mended):
        (length,) = struct.unpack_from(">I", mended, at)
        end = at + 8 + length
        if end + 4 > len(mended):
            break
        struct.pack_into(">I", mended, end, zlib.crc32(mended[at + 4 : end]))
        at = end + 4
    return bytes(mended)


# --- memory --------------------------------------------------------------------------------------

MEASURE: Final = """
import sys
from loquent.images import ImageError, make_safe

def memory(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith(name))

data, pixels, side = sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])
before = memory("VmRSS")
try:
    made = make_safe(data, most_pixels=pixels, longest_side=side)
    print("picture", memory("VmHWM") - before)
except ImageError as error:
    print("refused", memory("VmHWM") - before)
"""
"""Run in a process of its own: its peak is nobody else's."""


def measure(data: bytes, settings: Settings) -> tuple[str, int]:
    """Return whether a file became a picture or was refused, and how many bytes of memory that took."""
    command = [sys.executable, "-W", "error", "-c", MEASURE, str(settings.image_pixels), str(settings.image_side)]
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True)
    outcome, size = done.stdout.decode().split()
    return outcome, int(size)


def bound(settings: Settings) -> int:
    """Return what is stated."""
    return memory_bound(
        most_bytes=settings.image_bytes, most_pixels=settings.image_pixels, longest_side=settings.image_side
    )


def just_under_four_to_one(mode: str) -> Image.Image:
    """Draw the square that a JPEG's decoder makes the most of: it can halve it, and no more."""
    return Image.new(mode, (4095, 4095))


def many_chunks() -> bytes:
    """Make a PNG whose data is in as many chunks as fit."""
    return black_png(16, 16, before=png_chunk(b"IDAT", b"") * 43_000)


WORST: Final[dict[str, Callable[[], bytes]]] = {
    "jpeg, cmyk, progressive": lambda: encoded(
        just_under_four_to_one("CMYK"), "JPEG", progressive=True, subsampling=0, quality=50
    ),
    "jpeg, progressive": lambda: encoded(
        just_under_four_to_one("RGB"), "JPEG", progressive=True, subsampling=0, quality=50
    ),
    "jpeg, a hundred scans": lambda: pictures.jpeg_of_scans(4096, 100),
    "png, rgb": lambda: black_png(4096, 4096),
    "png, rgba, 16 bits": lambda: black_png(4096, 4096, depth=16, colours=6),
    "png, 16 bits": lambda: black_png(4096, 4096, depth=16, colours=0),
    "png, grey and alpha": lambda: black_png(4096, 4096, colours=4),
    "png, palette and transparency": lambda: black_png(
        4096, 4096, colours=3, before=png_chunk(b"PLTE", bytes(768)) + png_chunk(b"tRNS", bytes(range(256)))
    ),
    "png, a transparent colour": lambda: black_png(4096, 4096, before=png_chunk(b"tRNS", bytes(6))),
    "webp": lambda: encoded(Image.new("RGB", (4096, 2048)), "WEBP", method=0),
}


def test_the_documentation_states_the_same() -> None:
    page = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
    mebibytes = bound(Settings()) >> 20
    assert f"{mebibytes} MiB by default. Two are decoded at a time" in page
    assert AT_ONCE == 2
    assert f"so {AT_ONCE * mebibytes} MiB" in page


@pytest.mark.parametrize("kind", WORST)
def test_the_worst_picture_that_is_taken_costs_no_more_than_is_stated(kind: str) -> None:
    settings = Settings()
    data = WORST[kind]()
    assert len(data) <= settings.image_bytes
    outcome, size = measure(data, settings)
    assert outcome == "picture"
    assert size <= bound(settings)


@pytest.mark.parametrize("side", [16, 4096])
def test_the_statement_holds_for_other_sides_too(side: int) -> None:
    settings = Settings(image_side=side)
    for kind in ("jpeg, cmyk, progressive", "png, rgba, 16 bits"):
        outcome, size = measure(WORST[kind](), settings)
        assert outcome == "picture"
        assert size <= bound(settings)


BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    "png, four billion pixels": lambda: pictures.png(65_535, 65_535, rows=bytes(1 << 20)),
    "png, texts": lambda: black_png(
        16, 16, before=png_chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(1 << 20))) * 300
    ),
    "png, chunks": many_chunks,
    "jpeg, scans": lambda: pictures.jpeg_of_scans(4096, 14_000),
    "webp, tables": pictures.webp_of_tables,
    "webp, canvas": lambda: webp(webp_canvas(16_384, 16_384), pictures.webp_pixels(quarters())),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_costs_next_to_nothing(kind: str) -> None:
    settings = Settings()
    data = BOMBS[kind]()
    assert len(data) <= settings.image_bytes
    _, size = measure(data, settings)
    assert size <= bound(Settings(image_pixels=1 << 16, image_side=64))
