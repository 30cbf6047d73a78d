"""`make fuzz`: fuzz the decoder for a while, and say what came of it.

libFuzzer ends the process that it runs in, so it gets one of its own; this one prepares its folder and reads its end.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fuzz import corpus

BUILD: Final = Path(__file__).parents[2] / "build" / "fuzz"
_LONGEST: Final = 4096
"""Bytes of a message, at most: everything has been seen with fewer, and long ones are slow."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, 1 when a message broke something, 2 for a wrong command line."""
    options = _parser().parse_args(arguments)
    folder: Path = options.folder
    shutil.rmtree(folder, ignore_errors=True)
    corpus.write(folder / "seeds", options.found)
    (folder / "new").mkdir()
    (folder / "words.txt").write_text(corpus.dictionary(), encoding="utf-8")
    how = ["-use_value_profile=1", "-timeout=10", "-rss_limit_mb=512", "-dict=words.txt", "-artifact_prefix=failed-"]
    until = f"-runs={options.runs}" if options.runs else f"-max_total_time={options.seconds}"
    status, log = _libfuzzer(folder, *how, until, f"-seed={options.seed}", "new", "seeds")
    done = re.search(r"^Done (\d+) runs", log, re.MULTILINE)
    failed = sorted(folder.glob("failed-*"))
    if status or failed or not done:
        print(log[-4000:])
        for path in failed:
            print(f"This message broke it: {path.read_bytes().hex()}")
        if options.keep:
            corpus.keep((path.read_bytes() for path in failed), options.found)
        print("Fuzzing failed. The end of its log is above, all of it in", folder / "log.txt")
        return 1
    covered = re.findall(r" cov: (\d+) ", log)
    print(f"{done[1]} messages broke nothing; {covered[-1]} places of the decoder were reached.")
    if options.keep:
        print(f"{_keep(folder, options.found)} messages were added to {options.found}.")
    return 0


def _keep(folder: Path, found: Path) -> int:
    """Add those new messages to `found` that reach something; returns how many were."""
    before = {path.name for path in (folder / "seeds").iterdir()}
    status, log = _libfuzzer(folder, "-set_cover_merge=1", "seeds", "new")
    if status:
        raise SystemExit(f"What was found couldn't be merged:\n{log[-2000:]}")
    return corpus.keep((path.read_bytes() for path in (folder / "seeds").iterdir() if path.name not in before), found)


def _libfuzzer(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run libFuzzer in a folder; returns its status and what it said, which `log.txt` there has as well."""
    command = [sys.executable, "-m", "fuzz.target", f"-max_len={_LONGEST}", *arguments]
    paths = os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": "0"}
    with (folder / "log.txt").open("a+", encoding="utf-8", errors="replace") as log:
        start = log.tell()
        status = subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=False).returncode
        log.seek(start)
        return status, log.read()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make fuzz", description="Fuzz the decoder, from the vectors and what was found before."
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=int, default=60, help="how long (default: %(default)s)")
    length.add_argument("--runs", type=int, help="how many messages, instead")
    parser.add_argument(
        "--seed", type=int, default=0, help="the same seed and runs do the same; 0 takes another each time (default)"
    )
    parser.add_argument(
        "--keep", action="store_true", help="add what reaches something new, or breaks something, to found.txt"
    )
    parser.add_argument("--found", type=Path, default=corpus.FOUND, help=argparse.SUPPRESS)
    parser.add_argument(
        "--folder", type=Path, default=BUILD, help="where to work; emptied first (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
