"""The pictures show what was recorded, where it was; and what the components showed is as it should be, moment by moment."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from unity import build, engine
from unity.pictures import __main__ as command
from unity.pictures import book, flat, fonts, geometry, reader, record, strip, top
from unity.pictures.geometry import View
from unity.pictures.record import Canvas, Glyph, Moment, Plate, Pose

WHITE = (1.0, 1.0, 1.0, 1.0)
RED = (1.0, 0.0, 0.0, 1.0)
STRAIGHT = (0.0, 0.0, 0.0, 1.0)

Scenes = dict[str, list[Moment]]


@pytest.fixture(scope="module")
def scenes(engine_built: None) -> Scenes:
    """What Components/PictureTests.cs wrote."""
    return book.records()


def plate(left: float, bottom: float, right: float, top: float, colour: record.Colour = RED) -> Plate:
    return Plate(((left, bottom), (left, top), (right, top), (right, bottom)), 0, colour)


def canvas(*graphics: Plate | tuple[Glyph, ...], position: geometry.Vector = (0, 1.6, 2), turn: float = 0) -> Canvas:
    half = math.radians(turn) / 2
    pose = Pose(position, (0, math.sin(half), 0, math.cos(half)))
    return Canvas("Speech", 1, pose, (0.001, 0.001, 0.001), 0, graphics)


def moment(*canvases: Canvas, figures: tuple[record.Figure, ...] = ()) -> Moment:
    return Moment(0, "", {}, record.Camera(Pose((0, 1.6, 0), STRAIGHT), 60, 16 / 9), figures, canvases)


def pixel(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    value = picture.getpixel((round(x), round(y)))
    assert isinstance(value, tuple)
    return value


def test_a_view_sees_what_is_ahead_in_the_middle_and_what_is_to_the_right_at_the_right() -> None:
    view = View((0, 1, 0), (0, 1, 5), 0.5, (200, 100))
    assert view.pixel((0, 1, 3)) == (100, 50)
    assert view.pixel((1, 1, 2)) == (150, 50)
    assert view.pixel((0, 2, 2)) == (100, 0)
    assert view.pixel((0, 1, -1)) is None
    aside = View((0, 1, 0), (5, 1, 0), 0.5, (200, 100)).pixel((2, 1, 1))
    assert aside == pytest.approx((50, 50)), "who looks along x has z at the left"


def test_quaternions_turn_by_the_left_hand() -> None:
    half = math.sqrt(0.5)
    assert geometry.rotate((0, half, 0, half), (0, 0, 1)) == pytest.approx((1, 0, 0))
    assert geometry.rotate((half, 0, 0, half), (0, 1, 0)) == pytest.approx((0, 0, 1))


def test_a_homography_leads_corners_to_corners() -> None:
    quad = [(10.0, 90.0), (20.0, 10.0), (80.0, 20.0), (90.0, 95.0)]
    source = [(0.0, 50.0), (0.0, 0.0), (100.0, 0.0), (100.0, 50.0)]
    a, b, c, d, e, f, g, h = geometry.homography(quad, source)
    for (x, y), wanted in zip(quad, source, strict=True):
        depth = g * x + h * y + 1
        assert ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth) == pytest.approx(wanted, abs=1e-6)


def test_a_canvas_is_drawn_where_the_reader_sees_it() -> None:
    """A plate of 0.4 m by 0.2 m, 2 m ahead: its corners are where the arithmetic puts them, and nothing is beside it."""
    seen = moment(canvas(plate(-200, -100, 200, 100)))
    [view] = reader.views([seen], (400, 250), None)
    picture = reader.draw(seen, view)
    for place, inside in (
        ((0.19, 1.69, 2), True),
        ((-0.19, 1.51, 2), True),
        ((0.22, 1.6, 2), False),
        ((0, 1.72, 2), False),
    ):
        at = view.pixel(place)
        assert at
        red = pixel(picture, *at)[0]
        assert (red > 200) is inside, place


def test_what_is_on_a_turned_canvas_is_foreshortened_and_mirrored_from_behind() -> None:
    left_red = (plate(-200, -100, 0, 100, RED), plate(0, -100, 200, 100, WHITE))

    def halves(turn: float) -> tuple[int, int, int]:
        seen = moment(canvas(*left_red, turn=turn))
        picture = reader.draw(seen, View((0, 1.6, 0), (0, 1.6, 2), 0.15, (400, 250)))
        row = [pixel(picture, x, 125) for x in range(400)]
        red = [x for x, value in enumerate(row) if value[0] > 200 and value[1] < 60]
        white = [x for x, value in enumerate(row) if min(value) > 200]
        return len(red) + len(white), red[0], white[0]

    width, red, white = halves(0)
    assert red < white
    assert halves(60)[0] == pytest.approx(width / 2, rel=0.1)
    assert halves(180)[1] > halves(180)[2]


def test_nearer_canvases_cover_farther_ones() -> None:
    seen = moment(canvas(plate(-100, -100, 100, 100), position=(0, 1.6, 3)), canvas(plate(-100, -100, 100, 100, WHITE)))
    picture = reader.draw(seen, View((0, 1.6, 0), (0, 1.6, 2), 0.2, (200, 125)))
    assert min(pixel(picture, 100, 62)) > 200


def test_glyphs_are_drawn_with_their_alpha_on_their_baseline() -> None:
    glyphs = (Glyph("H", 0, 0, 100, 100, WHITE), Glyph("H", 100, 0, 100, 100, (1, 1, 1, 0.25)))
    picture = flat.draw(canvas(glyphs), (0, -50, 200, 150), 1)
    alpha = picture.getchannel("A")
    assert alpha.crop((0, 0, 100, 200)).getextrema() == (0, 255)
    assert alpha.crop((100, 0, 200, 200)).getextrema()[1] == pytest.approx(64, abs=4)
    box = alpha.getbbox()
    assert box
    assert box[3] == pytest.approx(150, abs=2), "it stands on the baseline"
    assert box[1] == pytest.approx(150 - 72, abs=6), "and is as high as a capital letter"


def test_a_wide_glyph_is_pressed_into_its_advance() -> None:
    assert fonts.glyph("W", 60, 20)[0].width < fonts.glyph("W", 60, 0)[0].width / 2


def test_what_no_font_has_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "names", lambda: ("",))
    with pytest.raises(fonts.MissingGlyphError, match=r"No font here has '你' \(U\+4F60\)\. Install"):
        fonts.choose("你", 20)


def test_from_above_left_is_left_and_far_is_up() -> None:
    figure = record.Figure("Marta", Pose((-1, 0, 3), STRAIGHT), (-1, 0.9, 3), (0.5, 1.8, 0.5))
    seen = moment(canvas(plate(-300, -50, 300, 50), position=(1, 2, 3)), figures=(figure,))
    ground = top.fit([seen], (300, 200))
    picture = top.draw(seen, ground)
    player, marta, bar = ground.pixel((0, 0, 0)), ground.pixel((-1, 0, 3)), ground.pixel((1.2, 2, 3))
    assert marta[0] < player[0] < bar[0]
    assert marta[1] < player[1]
    assert pixel(picture, *player) == top.PLAYER
    assert pixel(picture, *marta) == top.FIGURE
    assert pixel(picture, *bar) == pytest.approx(top.CANVAS, abs=6)


def test_a_strip_has_a_column_for_each_moment_and_a_row_for_each_view() -> None:
    seen = moment(canvas(plate(-200, -100, 200, 100)))
    sheet = strip.draw([seen, seen, seen], ("reader", "top", "page"), 160)
    assert sheet.width == 3 * 160 + 4 * strip.GAP
    assert sheet.height == strip.HEADER + 2 * 100 + 80 + 4 * strip.GAP


@pytest.mark.usefixtures("engine_built")
def test_the_command_draws_a_record_and_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine.run_tests(engine.RELEASES[0], "Loquent.Double.Tests", "Loquent.Double.Tests.RecorderTests")
    written = engine.RELEASES[0].out / "double.jsonl"
    picture = tmp_path / "folder" / "strip.png"
    done = subprocess.run(
        [sys.executable, build.HERE / "pictures", written, picture, "--at", "0.2,1", "--views", "reader,page"],
        check=False,
    )
    assert done.returncode == 0
    with Image.open(picture) as opened:
        assert opened.width == 2 * 420 + 3 * strip.GAP
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert command.main([str(empty), str(picture)]) == 1
    assert "has no moments" in capsys.readouterr().err
    assert command.main([str(tmp_path / "none.jsonl"), str(picture)]) == 1
    assert command.main([str(written), str(picture), "--views", "page", "--aim", "Nobody"]) == 1
    assert "No canvas shows anything" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main([str(written)])


def speech(at: Moment) -> Canvas | None:
    shown = [one for one in at.canvases if one.glyphs]
    return shown[0] if shown else None


def test_a_reply_appears_letter_by_letter_and_nothing_that_was_there_moves(scenes: Scenes) -> None:
    pages: dict[str, list[Canvas]] = {}
    for one in scenes["reply"]:
        now = speech(one)
        if now and one.values["state"] == "Speaking":
            pages.setdefault(one.values["page"], []).append(now)
    assert len(pages) == 2
    for page, canvases in pages.items():
        for before, now in itertools.pairwise(canvases):
            assert now.text.startswith(before.text), f"page {page}"
            for old, new in zip(before.glyphs, now.glyphs, strict=False):
                moved = abs(old.x - new.x) + abs(old.baseline - new.baseline)
                assert moved < 0.01, f"{old.text} jumped on page {page}"
    assert "Lantern" in pages["1"][-1].text
    assert pages["2"][-1].text.endswith("late!")


def test_the_canvas_faces_whoever_walks_and_stays_upright(scenes: Scenes) -> None:
    checked = 0
    for one in scenes["reply"]:
        now = speech(one)
        if now is None or one.camera is None:
            continue
        away = geometry.subtract(now.pose.position, one.camera.pose.position)
        flat_away = geometry.unit((away[0], 0, away[2]))
        assert now.pose.forward[1] == pytest.approx(0, abs=1e-3), "upright"
        assert geometry.dot(now.pose.forward, flat_away) > math.cos(math.radians(20)), f"turned away at {one.time}"
        checked += 1
    assert checked > 50


def apart(one: Sequence[geometry.Point], other: Sequence[geometry.Point]) -> float:
    """Return how far two convex shapes are from one another; negative if they overlap: the best of all lines along their edges."""
    best = -math.inf
    for shape in (one, other):
        for (x, y), (u, v) in itertools.pairwise([*shape, shape[0]]):
            length = math.hypot(u - x, v - y) or 1
            across = ((v - y) / length, (x - u) / length)
            shadows = [[px * across[0] + py * across[1] for px, py in points] for points in (one, other)]
            best = max(best, min(shadows[1]) - max(shadows[0]), min(shadows[0]) - max(shadows[1]))
    return best


def test_neighbours_dont_cover_each_other(scenes: Scenes) -> None:
    """As the player sees them, once they have settled."""
    for one in scenes["neighbours"][15:]:
        shown = [canvas for canvas in one.canvases if canvas.glyphs]
        assert len(shown) == 3
        [view] = reader.views([one], (800, 500), None)
        shapes = [[point for place in canvas.corners() if (point := view.pixel(place))] for canvas in shown]
        for first, second in itertools.combinations(shapes, 2):
            assert apart(first, second) > -2, f"at {one.time}"


def test_shapes_that_touch_are_told_from_shapes_that_overlap() -> None:
    square = [(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0)]
    assert apart(square, [(x + 3, y) for x, y in square]) == 1
    assert apart(square, [(x + 1, y + 1) for x, y in square]) == -1


def test_the_chinese_reply_stands_at_its_place(scenes: Scenes) -> None:
    last = next(one for one in reversed(scenes["chinese"]) if speech(one))
    now = speech(last)
    assert now
    assert "很高兴见到你" in now.text.replace("\n", "")
    assert now.pose.position == pytest.approx((0.5, 0.5, 0), abs=0.3)


def test_the_documentations_pictures_are_there() -> None:
    for picture in book.BOOK:
        with Image.open(book.FOLDER / f"{picture.scene}.png") as opened:
            assert opened.width == len(picture.times) * (picture.width + strip.GAP) + strip.GAP
