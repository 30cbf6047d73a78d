"""What the models are measured with: questions about pictures that they were never shown, the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from loquent.dialogue.decisions import asked
from models import prose, questions
from models.questions import Question
from models.shapes import Drawing, Kind, draw

FIRST: Final = 100_000
"""Where the numbers of these pictures begin, within the held-out split: others of it are looked at while a model is trained."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question about a picture, and who is asked."""

    drawing: Drawing
    question: Question
    persona: str
    """None of those that were trained with."""

    @property
    def said(self) -> str:
        """The message that asks, as the server has it."""
        return asked(self.question.text, self.question.options)


_ASK: Final[dict[str, tuple[Kind, Callable[[random.Random, Drawing], Question]]]] = {
    "which of 5": ("one", lambda chance, drawing: questions.which(chance, drawing, 5)),
    "nothing of 5": ("blank", lambda chance, drawing: questions.which(chance, drawing, 5)),
    "colour": ("one", questions.colour),
    "shape": ("one", questions.shape),
    "where": ("placed", questions.where),
    "where of two": ("pair", questions.where),
    "how many": ("several", questions.many),
    "is there": ("one", questions.is_there),
}
KINDS: Final = tuple(_ASK)
"""The kinds of questions."""
LABELLED: Final = ("which of 5", "nothing of 5", "colour", "shape")
"""Those that can be put to a CLIP, which is told the options and no question."""


def cases(kind: str, count: int) -> list[Case]:
    """Return so many questions of a kind."""
    drawn, ask = _ASK[kind]
    made = []
    for number in range(FIRST, FIRST + count):
        chance = random.Random(f"case/{kind}/{number}")
        drawing = draw("held out", number, drawn)
        question = ask(chance, drawing)
        made.append(Case(drawing, question, prose.persona(chance)))
    return made
