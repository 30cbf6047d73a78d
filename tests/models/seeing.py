"""How a vision encoder learns to see within minutes: it tells, for each part of a picture, which colour and shape is there.

A few numbers at the end of a long chain (an answer's tokens, a caption that fits) teach an encoder little per picture; this teaches it
something in every part. What tells it is thrown away afterwards.
"""

from __future__ import annotations

import math
from typing import Any, Final

import torch
from torch.nn import functional

from models.shapes import COLOURS, SHAPES, Drawing

GRID: Final = 4
"""Parts of a picture, along each side."""

_IGNORED: Final = -100
_KINDS: Final = (1 + len(COLOURS), 1 + len(SHAPES), 2)


def parts(drawing: Drawing) -> torch.Tensor:
    """Return what is in each part: its colour and its shape, from 1, 0 for none; and whether a thing's centre is there, 1 or 0."""
    return torch.tensor([_part(drawing, row, column) for row in range(GRID) for column in range(GRID)])


def _part(drawing: Drawing, row: int, column: int) -> tuple[int, int, int]:
    """Return what is in one part; what is hard to say isn't asked."""
    width, height = drawing.image.size
    found = (0, 0, 0)
    for thing in drawing.things:
        known = 1 + list(COLOURS).index(thing.colour), 1 + SHAPES.index(thing.shape)
        if (int(thing.y * GRID), int(thing.x * GRID)) == (row, column):
            return *known, 1
        across, down = (thing.x - (column + 0.5) / GRID) * width, (thing.y - (row + 0.5) / GRID) * height
        away = math.hypot(across, down) / (thing.size * min(width, height))
        if away < 0.7:
            return *known, 0
        if away < 1.7:
            found = (_IGNORED, _IGNORED, 0)
    return found


_Linear: Any = torch.nn.Linear


class Teller(_Linear):  # type: ignore[misc]
    """Tells what is in a part of a picture, from the vector that the encoder has made of it."""

    def __init__(self, width: int) -> None:
        super().__init__(width, sum(_KINDS))

    def loss(self, features: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
        """Return how far off it is. Features: pictures x parts x width; true: pictures x parts x 3, see `parts`."""
        loss = torch.zeros(())
        for told, kind in zip(self(features).float().split(_KINDS, -1), true.unbind(-1), strict=True):
            loss = loss + functional.cross_entropy(told.flatten(0, 1), kind.flatten())
        return loss

    def right(self, features: torch.Tensor, true: torch.Tensor) -> float:
        """Return the share of things whose colour and shape are both told right where their centre is."""
        colours, shapes, _ = self(features).split(_KINDS, -1)
        right = (colours.argmax(-1) == true[..., 0]) & (shapes.argmax(-1) == true[..., 1])
        return float(right[true[..., 2] == 1].float().mean())


class Placer(_Linear):  # type: ignore[misc]
    """Tells in which row and column a part of a picture is: what the encoder knows anyway, and may have let go of."""

    def __init__(self, width: int) -> None:
        super().__init__(width, 2 * GRID)

    def loss(self, features: torch.Tensor) -> torch.Tensor:
        """Return how far off it is, of pictures x parts x width."""
        rows, columns = self(features).float().split(GRID, -1)
        number = torch.arange(GRID)
        true = torch.cartesian_prod(number, number).expand(len(features), -1, -1)
        of_rows = functional.cross_entropy(rows.flatten(0, 1), true[..., 0].flatten())
        return of_rows + functional.cross_entropy(columns.flatten(0, 1), true[..., 1].flatten())


def turned(flips: tuple[bool, bool], pixels: torch.Tensor, true: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Put pictures (… x height x width) on their head or make them their mirror image, and what is true of their parts with them."""
    sides = [side for side, flip in zip((-2, -1), flips, strict=True) if flip]
    grid = true.unflatten(1, (GRID, GRID)).flip([side + 3 for side in sides])
    return pixels.flip(sides), grid.flatten(1, 2)
