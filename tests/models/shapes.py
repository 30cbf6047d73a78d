"""Drawn pictures of coloured shapes, and what is true of each: what the models of this folder are trained and measured with.

A picture is made by a split and a number alone, the same on every machine. Splits share no seed, so that what a model is
measured with is nothing that it has been trained with.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from PIL import Image, ImageDraw

Split = Literal["train", "held out"]
Kind = Literal["one", "placed", "pair", "several", "blank"]
"""What is drawn: one thing anywhere; one at a side; two at opposite sides; one to four anywhere; nothing."""

COLOURS: Final = {
    "red": (214, 38, 38),
    "green": (40, 160, 60),
    "blue": (44, 84, 214),
    "yellow": (240, 214, 40),
    "purple": (142, 54, 178),
    "orange": (244, 140, 30),
}
SHAPES: Final = ("circle", "square", "triangle", "star", "cross")
PLACES: Final = ("left", "right", "top", "bottom")
NUMBERS: Final = ("one", "two", "three", "four")
NOTHING: Final = "nothing"
"""The label of a picture with a background alone."""
LABELS: Final = tuple(f"{colour} {shape}" for colour in COLOURS for shape in SHAPES)

_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
_GREYS: Final = ((246, 246, 244), (205, 208, 212), (150, 150, 150), (92, 92, 98), (38, 40, 44), (10, 10, 12))
_TINTS: Final = ((232, 220, 200), (206, 222, 232), (118, 104, 90), (70, 84, 96), (212, 226, 208), (228, 210, 220))


@dataclass(frozen=True, slots=True)
class Thing:
    """A shape in a picture."""

    colour: str
    shape: str
    x: float
    """Of its centre; 0 is the left edge, 1 the right one."""
    y: float
    """0 is the top edge, 1 the bottom one."""
    size: float
    """Its radius as a share of the picture's shorter side."""

    @property
    def label(self) -> str:
        """Such as "red circle"."""
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture, and what it shows."""

    kind: Kind
    image: Image.Image
    things: tuple[Thing, ...]
    places: tuple[str, ...]
    """Where each of the things is, if the picture is of things at the sides."""

    @property
    def label(self) -> str:
        """What it shows, if that is one thing or nothing."""
        return self.things[0].label if self.things else NOTHING

    def file(self, suffix: Literal["png", "jpeg", "webp"] = "png") -> bytes:
        """The picture as a file has it."""
        written = io.BytesIO()
        self.image.save(written, suffix)
        return written.getvalue()


def draw(split: Split, number: int, kind: Kind) -> Drawing:
    """Draw a picture.

    Args:
        split: what it's for.
        number: which of that split's; pictures of one number and different kinds differ as those of different numbers do.
        kind: what is on it.
    """
    chance = random.Random(f"{split}/{kind}/{number}")
    width, height = chance.randint(96, 224), chance.randint(96, 224)
    ratio = width / height
    if not 0.7 < ratio < 1.4:
        height = width
    image = _background(chance, width, height)
    things, places = _things(chance, kind, width, height)
    pen = ImageDraw.Draw(image)
    for thing in things:
        pen.polygon(_outline(chance, thing, width, height), fill=_jittered(chance, COLOURS[thing.colour], 18))
    return Drawing(kind, _worn(chance, image), things, places)


def distractors(chance: random.Random, label: str, count: int) -> list[str]:
    """Return labels other than the right one, all different; as many as possible differ from it in only colour or only shape."""
    words = label.split()
    near = [other for other in LABELS if other != label and set(other.split()) & set(words)]
    far = [other for other in LABELS if other != label and other not in near]
    chance.shuffle(near)
    chance.shuffle(far)
    half = (count + 1) // 2
    return (near[:half] + far)[:count] if near else far[:count]


def _things(chance: random.Random, kind: Kind, width: int, height: int) -> tuple[tuple[Thing, ...], tuple[str, ...]]:
    if kind == "blank":
        return (), ()
    if kind == "one":
        size = chance.uniform(0.18, 0.36)
        return (_thing(chance, *_anywhere(chance, size, width, height), size),), ()
    if kind == "several":
        return _several(chance, chance.randint(1, 4), width, height), ()
    places = [chance.choice(PLACES)]
    if kind == "pair":
        places.append(_OPPOSITE[places[0]])
    things: list[Thing] = []
    for place in places:
        along, across = chance.uniform(0.21, 0.28), chance.uniform(0.38, 0.62)
        x, y = (along, across) if place in ("left", "right") else (across, along)
        if place in ("right", "bottom"):
            x, y = (1 - x, y) if place == "right" else (x, 1 - y)
        thing = _thing(chance, x, y, chance.uniform(0.15, 0.2))
        while things and thing.label == things[0].label:
            thing = _thing(chance, x, y, thing.size)
        things.append(thing)
    return tuple(things), tuple(places)


def _several(chance: random.Random, count: int, width: int, height: int) -> tuple[Thing, ...]:
    shorter = min(width, height)
    things: list[Thing] = []
    tries = 0
    while len(things) < count:
        tries += 1
        if tries % 100 == 0:
            things.clear()  # there is no room left
        size = chance.uniform(0.14, 0.19)
        x, y = _anywhere(chance, size, width, height)
        if all(
            math.hypot((x - other.x) * width, (y - other.y) * height) > 1.1 * (size + other.size) * shorter
            for other in things
        ):
            things.append(_thing(chance, x, y, size))
    return tuple(things)


def _thing(chance: random.Random, x: float, y: float, size: float) -> Thing:
    return Thing(chance.choice(list(COLOURS)), chance.choice(SHAPES), x, y, size)


def _anywhere(chance: random.Random, size: float, width: int, height: int) -> tuple[float, float]:
    """Return where a thing may be without being cut off."""
    shorter = min(width, height)
    across, down = size * shorter / width, size * shorter / height
    return chance.uniform(across, 1 - across), chance.uniform(down, 1 - down)


def _outline(chance: random.Random, thing: Thing, width: int, height: int) -> Sequence[tuple[float, float]]:
    radius = thing.size * min(width, height)
    turned = chance.uniform(-0.26, 0.26)
    if thing.shape == "circle":
        points = _regular(40, radius * 0.92)
    elif thing.shape == "square":
        points = [(x * radius * 0.8, y * radius * 0.8) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    elif thing.shape == "triangle":
        points = _regular(3, radius * 1.05)
    elif thing.shape == "star":
        points = [
            (x * (1.05 if index % 2 == 0 else 0.45), y * (1.05 if index % 2 == 0 else 0.45))
            for index, (x, y) in enumerate(_regular(10, radius))
        ]
    else:
        arm = 0.3
        corners = ((-arm, -1), (arm, -1), (arm, -arm), (1, -arm), (1, arm), (arm, arm))
        points = [(x * radius, y * radius) for x, y in (*corners, *((-x, -y) for x, y in corners))]
    sine, cosine = math.sin(turned), math.cos(turned)
    return [(thing.x * width + x * cosine - y * sine, thing.y * height + x * sine + y * cosine) for x, y in points]


def _regular(corners: int, radius: float) -> list[tuple[float, float]]:
    angles = [2 * math.pi * corner / corners - math.pi / 2 for corner in range(corners)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def _background(chance: random.Random, width: int, height: int) -> Image.Image:
    """Return a background: one colour, or one that fades into another; never one of the shapes' colours."""
    first = _jittered(chance, chance.choice(_GREYS + _TINTS), 12)
    if chance.random() < 0.5:
        return Image.new("RGB", (width, height), first)
    second = _jittered(chance, first, 40)
    ramp = np.linspace(0, 1, width if chance.random() < 0.5 else height)
    grid = np.broadcast_to(ramp if len(ramp) == width and width != height else ramp[:, None], (height, width))
    colours = np.asarray(first) + grid[..., None] * (np.asarray(second) - np.asarray(first))
    return Image.fromarray(colours.astype(np.uint8))


def _jittered(chance: random.Random, colour: tuple[int, int, int], most: int) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, part + chance.randint(-most, most))) for part in colour)
    return red, green, blue


def _worn(chance: random.Random, image: Image.Image) -> Image.Image:
    """Add what a camera and a JPEG add."""
    noise = np.random.Generator(np.random.PCG64(chance.getrandbits(64)))
    pixels = np.asarray(image).astype(np.float64) * chance.uniform(0.9, 1.06)
    pixels += noise.normal(0, chance.uniform(0, 7), pixels.shape)
    worn = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if chance.random() < 0.3:
        file = io.BytesIO()
        worn.save(file, "jpeg", quality=chance.randint(60, 95))
        worn = Image.open(file).convert("RGB")
    return worn
