"""The pictures that small models are trained and measured with: the same everywhere, never shared, and truly what they're said to be."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from models import cases, prose, questions
from models.captions import GROUPS, caption, groups_of
from models.shapes import COLOURS, LABELS, NOTHING, PLACES, Kind, distractors, draw

KINDS: tuple[Kind, ...] = ("one", "placed", "pair", "several", "blank")


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_the_same_each_time_and_no_other_is(kind: Kind) -> None:
    assert draw("train", 7, kind).file() == draw("train", 7, kind).file()
    files = {draw(split, number, kind).file() for split in ("train", "held out") for number in range(40)}
    assert len(files) == 80


@pytest.mark.parametrize("kind", KINDS)
def test_things_are_where_they_are_said_to_be_in_their_colour(kind: Kind) -> None:
    for number in range(60):
        drawing = draw("held out", number, kind)
        for thing in drawing.things:
            x, y = round(thing.x * drawing.image.width), round(thing.y * drawing.image.height)
            near = drawing.image.crop((x - 2, y - 2, x + 3, y + 3)).resize((1, 1), Image.Resampling.BOX)
            pixel = near.getpixel((0, 0))
            assert isinstance(pixel, tuple)
            apart = {
                name: sum(abs(a - b) for a, b in zip(pixel, colour, strict=True)) for name, colour in COLOURS.items()
            }
            assert min(apart, key=apart.__getitem__) == thing.colour


def test_each_kind_of_picture_has_what_it_is_to_have() -> None:
    drawn = {kind: [draw("train", number, kind) for number in range(200)] for kind in KINDS}
    assert {len(drawing.things) for drawing in drawn["one"] + drawn["placed"]} == {1}
    assert {len(drawing.things) for drawing in drawn["pair"]} == {2}
    assert {len(drawing.things) for drawing in drawn["several"]} == {1, 2, 3, 4}
    assert {drawing.label for drawing in drawn["blank"]} == {NOTHING}
    assert {drawing.label for drawing in drawn["one"]} == set(LABELS)
    for drawing in drawn["placed"] + drawn["pair"]:
        for thing, place in zip(drawing.things, drawing.places, strict=True):
            away = {"left": thing.x, "right": 1 - thing.x, "top": thing.y, "bottom": 1 - thing.y}
            assert min(PLACES, key=away.__getitem__) == place


def test_a_drawing_can_be_sent_as_a_file() -> None:
    drawing = draw("train", 1, "one")
    for suffix in ("png", "jpeg", "webp"):
        assert Image.open(io.BytesIO(drawing.file(suffix))).size == drawing.image.size


def test_distractors_are_other_labels_and_half_of_them_are_near() -> None:
    for number, label in enumerate((*LABELS, NOTHING)):
        others = distractors(random.Random(number), label, 4)
        assert len({label, *others}) == 5
        near = [other for other in others if set(other.split()) & set(label.split())]
        assert len(near) == (0 if label == NOTHING else 2)


@pytest.mark.parametrize("kind", KINDS)
def test_questions_have_their_answer_among_their_options(kind: Kind) -> None:
    chance = random.Random(kind)
    for number in range(100):
        question = questions.ask(chance, draw("train", number, kind))
        assert question.text
        assert not question.options or (question.answer in question.options)
        assert len(set(question.options)) == len(question.options)
        assert question.text in questions.in_words(chance, question)


@pytest.mark.parametrize("kind", cases.KINDS)
def test_cases_are_the_same_each_time_and_no_answer_stands_out(kind: str) -> None:
    made = cases.cases(kind, 60)
    assert [case.said for case in made] == [case.said for case in cases.cases(kind, 60)]
    places = [case.question.right for case in made]
    # Whoever always names one option, or one place in the list, isn't right more often than chance would have it.
    assert max(map(places.count, set(places))) < 60 * (0.7 if kind == "is there" else 0.5)


def test_captions_say_what_a_picture_shows() -> None:
    for kind in ("one", "placed", "several", "blank"):
        for number in range(30):
            drawing = draw("train", number, kind)
            for group, name in groups_of(drawing):
                assert group in GROUPS
                assert name in group.names
    chance = random.Random(0)
    assert "red circle" in caption(chance, GROUPS[0], "red circle")


def test_personas_are_of_every_length() -> None:
    chance = random.Random(0)
    lengths = [len(prose.persona(chance).split()) for _ in range(300)]
    assert min(lengths) < 15
    assert max(lengths) > 150
