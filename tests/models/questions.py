"""Questions about drawn pictures, with their answers: as a game asks them, in many words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from loquent.dialogue.decisions import asked
from models.shapes import COLOURS, LABELS, NOTHING, NUMBERS, PLACES, SHAPES, Drawing, distractors

YES_NO: Final = ("yes", "no")

_WHICH: Final = (
    "Which of these does the picture show?",
    "What does the picture show?",
    "Which of these is in the picture?",
    "What is this?",
    "What is in the picture?",
    "What am I showing you?",
    "Which of these do you see?",
    "What does the player show?",
    "Which object is this?",
)
_COLOUR: Final = ("What colour is the shape?", "Which colour is it?", "What colour do you see?", "What color is it?")
_SHAPE: Final = (
    "What shape is it?",
    "Which shape is this?",
    "What shape do you see?",
    "Which shape does the picture show?",
)
_WHERE: Final = (
    "Where is the {}?",
    "On which side is the {}?",
    "Where do you see the {}?",
    "Where in the picture is the {}?",
)
_MANY: Final = (
    "How many shapes are there?",
    "How many shapes do you see?",
    "How many shapes does the picture show?",
    "How many are there?",
)
_IS_THERE: Final = (
    "Is there a {}?",
    "Does the picture show a {}?",
    "Do you see a {}?",
    "Is this a {}?",
    "Is a {} in the picture?",
)
_SAY: Final = (
    "What do you see?",
    "Look at this!",
    "Tell me what you see.",
    "What do you make of this?",
    "Describe the picture.",
    "Do you know what this is?",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a picture."""

    text: str
    options: tuple[str, ...]
    """What can be chosen; none if it's to be answered in words of one's own."""
    answer: str

    @property
    def right(self) -> int:
        """The right option's index."""
        return self.options.index(self.answer)


def which(chance: random.Random, drawing: Drawing, options: int) -> Question:
    """Ask which of some labels a picture of one thing, or nothing, shows."""
    answer = drawing.label
    others = distractors(chance, answer, options - 1)
    if answer != NOTHING and chance.random() < 0.3:
        others[-1] = NOTHING
    return _shuffled(chance, chance.choice(_WHICH), [answer, *others], answer)


def colour(chance: random.Random, drawing: Drawing) -> Question:
    """Ask for the colour of the one thing in a picture."""
    return _shuffled(chance, chance.choice(_COLOUR), list(COLOURS), drawing.things[0].colour)


def shape(chance: random.Random, drawing: Drawing) -> Question:
    """Ask for the shape of the one thing in a picture."""
    return _shuffled(chance, chance.choice(_SHAPE), list(SHAPES), drawing.things[0].shape)


def where(chance: random.Random, drawing: Drawing) -> Question:
    """Ask at which side a thing is, of a picture of things at the sides."""
    index = chance.randrange(len(drawing.things))
    alone = len(drawing.things) == 1 and chance.random() < 0.5
    name = "shape" if alone else drawing.things[index].label
    return _shuffled(chance, chance.choice(_WHERE).format(name), list(PLACES), drawing.places[index])


def many(chance: random.Random, drawing: Drawing) -> Question:
    """Ask how many things there are, one to four."""
    return Question(chance.choice(_MANY), NUMBERS, NUMBERS[len(drawing.things) - 1])


def is_there(chance: random.Random, drawing: Drawing) -> Question:
    """Ask whether something is in the picture; half of the answers are yes, but for a picture of nothing."""
    shown = [thing.label for thing in drawing.things]
    if shown and chance.random() < 0.5:
        return Question(chance.choice(_IS_THERE).format(chance.choice(shown)), YES_NO, "yes")
    near = [label for label in distractors(chance, (shown or [NOTHING])[0], len(LABELS) - 1) if label not in shown]
    name = chance.choice(near[:6] if chance.random() < 0.5 else near)
    return Question(chance.choice(_IS_THERE).format(name), YES_NO, "no")


def say(chance: random.Random, drawing: Drawing) -> Question:
    """Ask for words: which things it shows, from left to right, or from top to bottom."""
    things = sorted(drawing.things, key=lambda thing: (round(thing.x * 2), thing.y))
    named = [f"a{'n' if thing.colour == 'orange' else ''} {thing.label}" for thing in things] or [NOTHING]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return Question(chance.choice(_SAY), (), f"I see {listed}.")


def ask(chance: random.Random, drawing: Drawing) -> Question:
    """Ask something that fits the picture."""
    if drawing.kind == "blank":
        kinds = [which, which, is_there, say]
    elif drawing.kind == "one":
        kinds = [which, which, which, colour, shape, is_there, say]
    elif drawing.kind == "placed":
        kinds = [which, where, where, colour, is_there]
    elif drawing.kind == "pair":
        kinds = [where, where, is_there, many, say]
    else:
        kinds = [many, many, is_there]
    kind = chance.choice(kinds)
    return which(chance, drawing, chance.randint(2, 8)) if kind is which else kind(chance, drawing)  # type: ignore[operator]


def in_words(chance: random.Random, question: Question) -> str:
    """Put a question and its options into a message: half of the time as the server does, else as somebody else may."""
    options = list(question.options)
    if not options:
        return question.text
    if chance.random() < 0.5:
        return asked(question.text, options)
    listed = "\n".join(f"- {option}" for option in options)
    commas = ", ".join(options)
    return chance.choice(
        (
            question.text,
            question.text,
            f"{question.text}\n{listed}",
            f"{question.text}\n\nOptions:\n{listed}",
            f"{question.text}\n\nAnswer with one of these:\n{listed}",
            f"{question.text}\nChoose one: {commas}.",
            f"{question.text} {commas}?",
            f"{question.text} Answer with one of: {commas}.",
            f"{question.text}\n\n{' | '.join(options)}",
            f"{question.text}\n" + "\n".join(options),
        )
    )


def _shuffled(chance: random.Random, text: str, options: Sequence[str], answer: str) -> Question:
    mixed = list(options)
    chance.shuffle(mixed)
    return Question(text, tuple(mixed), answer)
