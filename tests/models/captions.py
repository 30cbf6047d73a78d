"""What is said of drawn pictures: captions in groups, of each of which one fits a picture and the others don't."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from models.shapes import COLOURS, LABELS, NOTHING, NUMBERS, PLACES, SHAPES, Drawing


@dataclass(frozen=True, slots=True)
class Group:
    """Names that exclude each other."""

    names: tuple[str, ...]
    sentences: tuple[str, ...]
    """What is said with them, {} standing for one."""


_PHOTO: Final = ("a photo of {}", "this is a photo of {}.", "{}", "a picture of {}", "it's {}")

THINGS: Final = Group((*LABELS, NOTHING), _PHOTO)
COLOUR: Final = Group(tuple(COLOURS), (*_PHOTO, "a photo of something {}", "something {}"))
SHAPE: Final = Group(SHAPES, _PHOTO)
PLACE: Final = Group(
    PLACES, ("a photo of a shape at the {}", "a shape at the {}", "a photo of something at the {}", "at the {}", "{}")
)
NUMBER: Final = Group(NUMBERS, ("a photo of {} shapes", "{} shapes", "{}", "a photo of {}"))
GROUPS: Final = (THINGS, COLOUR, SHAPE, PLACE, NUMBER)


def caption(chance: random.Random, group: Group, name: str) -> str:
    """Return a sentence with a name of a group, in words that vary."""
    if group in (THINGS, SHAPE) and name != NOTHING and chance.random() < 0.5:
        name = f"a{'n' if name.startswith('orange') else ''} {name}"
    if name == NOTHING and chance.random() < 0.3:
        name = chance.choice(("an empty wall", "nothing at all", "no shape", "an empty picture"))
    if name == NUMBERS[0] and group is NUMBER:
        return chance.choice(group.sentences).format(name).replace("shapes", "shape")
    return chance.choice(group.sentences).format(name)


def groups_of(drawing: Drawing) -> list[tuple[Group, str]]:
    """Return the groups that fit a picture, each with the right name."""
    if drawing.kind == "blank":
        return [(THINGS, NOTHING)]
    if drawing.kind == "several":
        return [(NUMBER, NUMBERS[len(drawing.things) - 1])]
    (thing,) = drawing.things
    found = [(THINGS, thing.label), (COLOUR, thing.colour), (SHAPE, thing.shape)]
    return [*found, (PLACE, drawing.places[0])] if drawing.places else found
