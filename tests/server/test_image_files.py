"""What is left of a picture's file: one picture's pixels, its size and how it's turned; and what isn't taken at all."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from loquent.image_files import ImageError, read
from support import pictures
from support.pictures import encoded, png_chunk, quarters, webp, webp_canvas, webp_chunk, webp_pixels


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
def test_a_format_is_told_by_its_content(name: str) -> None:
    file = read(encoded(quarters(64, 48), name.upper()))
    assert (file.format, file.width, file.height, file.orientation) == (name, 64, 48, 1)


@pytest.mark.parametrize("name", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA"])
def test_other_formats_are_not_taken(name: str) -> None:
    with pytest.raises(ImageError, match="no JPEG, PNG or WebP: send one of those"):
        read(encoded(quarters(), name))


@pytest.mark.parametrize("data", [b"", b"\xff", b"RIFF", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe"])
def test_what_is_no_picture_is_told(data: bytes) -> None:
    with pytest.raises(ImageError, match="no JPEG, PNG or WebP"):
        read(data)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
def test_a_file_cut_in_its_head_is_told(name: str) -> None:
    with pytest.raises(ImageError, match=f"The {name} ends too early: send the whole file."):
        read(encoded(quarters(), name.upper())[:28])


# --- what is left out ----------------------------------------------------------------------------


def test_of_a_jpeg_only_what_makes_the_pixels_is_left() -> None:
    plain = encoded(quarters(), "JPEG")
    full = encoded(
        quarters(),
        "JPEG",
        exif=pictures.exif(3),
        comment=b"a comment",
        icc_profile=b"a profile",
        xmp=b"<x/>",
        dpi=(72, 72),
    )
    left = read(full).content
    for word in (b"Exif", b"a comment", b"a profile", b"<x/>"):
        assert word in full
        assert word not in left
    assert Image.open(io.BytesIO(left)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


def test_of_a_png_only_what_makes_the_pixels_is_left() -> None:
    extra = png_chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(1 << 20)))
    extra += png_chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(1 << 20))) + png_chunk(b"acTL", bytes(8))
    assert read(pictures.black_png(16, 16, before=extra)).content == pictures.black_png(16, 16)


def test_of_a_png_the_colours_keys_that_the_decoder_would_mistake_are_left_out() -> None:
    key = png_chunk(b"tRNS", bytes(2))
    assert key in read(pictures.black_png(16, 16, colours=0, before=key)).content
    assert key not in read(pictures.black_png(16, 16, colours=0, depth=2, before=key)).content
    assert key not in read(pictures.black_png(16, 16, colours=0, depth=16, before=key)).content


def test_of_a_webp_only_what_makes_the_pixels_is_left() -> None:
    pixels = webp_pixels(quarters())
    full = webp(webp_canvas(64, 48), webp_chunk(b"ICCP", b"profile"), pixels, webp_chunk(b"XMP ", b"<x/>"))
    assert read(full).content == webp(pixels)


def test_of_an_animated_webp_the_first_frame_is_left() -> None:
    turned = quarters().rotate(180)
    animated = encoded(quarters(), "WEBP", save_all=True, append_images=[turned], duration=100, quality=90)
    assert b"ANMF" in animated
    left = Image.open(io.BytesIO(read(animated).content))
    assert not getattr(left, "is_animated", True)
    assert pictures.alike(pictures.corners(left.convert("RGB")), pictures.QUARTERS)


def test_the_transparency_of_a_webp_is_kept() -> None:
    alpha = webp_chunk(b"ALPH", b"\0" + bytes([255] * (32 * 48) + [0] * (32 * 48)))
    file = read(webp(webp_canvas(64, 48, alpha=True), alpha, webp_pixels(quarters())))
    assert Image.open(io.BytesIO(file.content)).mode == "RGBA"
    assert (file.width, file.height) == (64, 48)


def test_a_padded_jpeg_is_taken() -> None:
    data = encoded(quarters(), "JPEG")
    assert read(data[:2] + b"\xff\xff\xff" + data[2:]).content == data


# --- how it's turned -----------------------------------------------------------------------------


def with_exif(name: str, tiff: bytes) -> bytes:
    """Make a picture that carries this EXIF data."""
    if name == "PNG":
        return pictures.black_png(16, 16, before=png_chunk(b"eXIf", tiff))
    if name == "WebP":
        return webp(webp_canvas(64, 48), webp_pixels(quarters()), webp_chunk(b"EXIF", tiff))
    return encoded(quarters(), "JPEG", exif=b"Exif\0\0" + tiff)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_orientation_is_read_in_either_byte_order(name: str, order: str) -> None:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    entries = struct.pack(order + "HHHIHH", 2, 0x0100, 3, 1, 64, 0) + struct.pack(order + "HHIHH", 0x0112, 3, 1, 6, 0)
    assert read(with_exif(name, head + entries)).orientation == 6


def test_the_orientation_of_a_webp_is_read_behind_the_word_that_some_put_first() -> None:
    assert read(encoded(quarters(), "WEBP", exif=pictures.exif(8))).orientation == 8
    assert read(with_exif("WebP", pictures.exif(8))).orientation == 8


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II*\0",
        b"XX*\0\x08\0\0\0\x01\0",
        b"II*\0\xff\xff\xff\xff",  # its table is beyond its end
        b"II*\0\x08\0\0\0\xff\xff",  # 65,535 entries, and none there
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x0112, 3, 1, 9, 0),
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x0112, 4, 1, 6, 0),
    ],
    ids=["nothing", "head", "order", "beyond", "entries", "value", "type"],
)
def test_broken_exif_turns_nothing(tiff: bytes) -> None:
    assert read(with_exif("WebP", tiff)).orientation == 1
    assert read(with_exif("JPEG", tiff)).orientation == 1


# --- what isn't taken ----------------------------------------------------------------------------


def test_a_jpeg_of_a_thousand_scans_is_not_taken() -> None:
    assert read(pictures.jpeg_of_scans(64, 100)).width == 64
    with pytest.raises(ImageError, match="more than 100 scans"):
        read(pictures.jpeg_of_scans(64, 101))


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCA, 0xDE], ids=hex)
def test_a_jpeg_of_a_rare_kind_is_not_taken(marker: int) -> None:
    data = encoded(quarters(), "JPEG").replace(b"\xff\xc0", bytes([0xFF, marker]))
    with pytest.raises(ImageError, match="save it as a baseline or progressive one"):
        read(data)


def test_a_jpeg_of_two_sizes_is_not_taken() -> None:
    data = encoded(quarters(), "JPEG")
    start = data.index(b"\xff\xc0")
    frame = data[start : start + 19]
    with pytest.raises(ImageError, match="damaged"):
        read(data[:start] + frame + data[start:])


def test_a_jpeg_without_a_size_is_not_taken() -> None:
    data = encoded(quarters(), "JPEG")
    start = data.index(b"\xff\xc0")
    with pytest.raises(ImageError, match="damaged"):
        read(data[:start] + data[start + 19 :])


def test_a_png_with_a_wrong_sum_is_not_taken() -> None:
    data = bytearray(pictures.black_png(16, 16))
    data[data.index(b"IDAT") + 8] ^= 1
    with pytest.raises(ImageError, match="damaged"):
        read(bytes(data))


def test_a_png_that_begins_with_something_else_or_twice_is_not_taken() -> None:
    good = pictures.black_png(16, 16)
    head = good[8:33]
    with pytest.raises(ImageError, match="damaged"):
        read(good[:8] + good[33:])
    with pytest.raises(ImageError, match="damaged"):
        read(good[:8] + head + good[8:])


def test_a_webp_with_nothing_or_something_else_in_it_is_not_taken() -> None:
    for data in (webp(), webp(webp_canvas(64, 48)), webp(webp_chunk(b"VP8 ", bytes(40)))):
        with pytest.raises(ImageError, match="damaged"):
            read(data)


def test_a_lossless_webp_is_not_taken_wherever_it_is() -> None:
    lossless = encoded(quarters(), "WEBP", lossless=True)
    framed = webp(webp_canvas(64, 48), webp_chunk(b"ANMF", bytes(16) + lossless[12:]))
    for data in (lossless, framed):
        with pytest.raises(ImageError, match=r"lossless.*isn't taken"):
            read(data)


def test_compressed_transparency_is_not_taken() -> None:
    picture = quarters().convert("RGBA")
    picture.putalpha(120)
    with pytest.raises(ImageError, match="transparency is compressed"):
        read(encoded(picture, "WEBP"))
