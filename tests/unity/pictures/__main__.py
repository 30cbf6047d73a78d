"""Draws a strip of pictures from a record: see --help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from unity.build import BuildError
from unity.pictures import book, fonts, record, strip


def main(arguments: Sequence[str]) -> int:
    """Draw what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="pictures",
        description="Draws what canvases showed, from a record that the engine double's Recorder wrote.",
    )
    parser.add_argument("record", type=Path, nargs="?", help="what the Recorder wrote, a .jsonl file")
    parser.add_argument("picture", type=Path, nargs="?", help="the .png file to write")
    parser.add_argument("--book", action="store_true", help="instead: draw all of the documentation's pictures anew")
    parser.add_argument(
        "--at", type=_times, default=None, help="times in seconds, such as 0.5,1,2; or =6 for six evenly apart (=5)"
    )
    parser.add_argument(
        "--views",
        type=_views,
        default=("reader", "top"),
        help=f"of {', '.join(strip.VIEWS)}: from above to below (reader,top)",
    )
    parser.add_argument("--width", type=int, default=420, help="of each picture, in pixels (420)")
    parser.add_argument("--aim", default=None, help="the name of the canvas or figure to look at (all canvases)")
    options = parser.parse_args(arguments)
    if not options.book and (options.record is None or options.picture is None):
        parser.error("give a record and the picture to write, or --book")
    try:
        if options.book:
            print("\n".join(map(str, book.draw())))
            return 0
        moments = record.read(options.record)
        chosen = [record.at(moments, time) for time in _spread(options.at, moments)]
        picture = strip.draw(chosen, options.views, options.width, options.aim)
    except (OSError, ValueError, BuildError, fonts.MissingGlyphError) as error:
        print(f"pictures: {error}", file=sys.stderr)
        return 1
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    picture.save(options.picture, optimize=True)
    print(f"{options.picture}: {picture.width} × {picture.height}")
    return 0


def _times(text: str) -> tuple[float, ...] | int:
    return int(text[1:]) if text.startswith("=") else tuple(float(part) for part in text.split(","))


def _views(text: str) -> tuple[str, ...]:
    views = tuple(text.split(","))
    for view in views:
        if view not in strip.VIEWS:
            raise argparse.ArgumentTypeError(f"{view!r} is no view: there are {', '.join(strip.VIEWS)}")
    return views


def _spread(chosen: tuple[float, ...] | int | None, moments: list[record.Moment]) -> tuple[float, ...]:
    if isinstance(chosen, tuple):
        return chosen
    count = 5 if chosen is None else chosen
    first, last = moments[0].time, moments[-1].time
    return tuple(first + (last - first) * i / max(1, count - 1) for i in range(count))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
