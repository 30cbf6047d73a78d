"""The documentation's pictures: which scenes of tests/unity/Components/PictureTests.cs they show, and when."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unity import build, engine
from unity.pictures import record, strip

FOLDER = build.PACKAGE / "Documentation~" / "pictures"
FIXTURE = "Loquent.Components.Tests.PictureTests"


@dataclass(frozen=True)
class Picture:
    """A strip: what, when, and how it's looked at."""

    scene: str
    times: tuple[float, ...]
    views: tuple[str, ...] = ("reader", "top")
    aim: str | None = None
    width: int = 480


BOOK = (
    Picture("reply", (0.6, 3.0, 8.5, 17.0)),
    Picture("chinese", (0.9, 2.6, 6.0)),
    Picture("neighbours", (0.9, 3.5)),
    Picture("tavern", (2.0, 4.5, 9.5)),
    Picture("prompt", (0.4, 1.2, 5.6), views=("reader",), aim="Player prompt canvas"),
)


def records(release: engine.Release = engine.RELEASES[0]) -> dict[str, list[record.Moment]]:
    """Run the scenes, which have been compiled, and read what they wrote.

    Raises:
        BuildError: one of them failed.
    """
    results = engine.run_tests(release, "Loquent.Components.Tests", FIXTURE)
    if not results.good:
        raise build.BuildError(results.output)
    return {path.stem: record.read(path) for path in sorted((release.out / "pictures").glob("*.jsonl"))}


def draw(folder: Path = FOLDER) -> list[Path]:
    """Compile, run and draw everything; return the pictures' files.

    Raises:
        BuildError: something doesn't compile, or a scene failed.
        MissingGlyphError: no font here has what was written.
    """
    build.core()
    engine.compile_release(engine.RELEASES[0])
    scenes = records()
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for picture in BOOK:
        moments = [record.at(scenes[picture.scene], time) for time in picture.times]
        files.append(folder / f"{picture.scene}.png")
        sheet = strip.draw(moments, picture.views, picture.width, picture.aim)
        sheet.save(files[-1], optimize=True)
    return files
