"""The oracles of fuzzing on every message known, that they see mistakes, and a bounded run of the fuzzer itself."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import pytest

from fuzz import corpus, oracles
from loquent.wire import codec, frames, framing, reception

ROOT = Path(__file__).parents[2]
KNOWN = [*corpus.seeds(), *corpus.found()]
PROMISED = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 14)
"""Where server/locks/dev.txt has atheris."""

fuzzes = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None and not (PROMISED and os.environ.get("CI") == "true"),
    reason="atheris isn't installed: it has builds for Linux on x86_64 with Python 3.11 to 3.13 only",
)


@pytest.mark.parametrize("message", KNOWN, ids=lambda message: message[:12].hex() or "empty")
def test_what_must_hold_for_every_message_holds_for_those_known(message: bytes) -> None:
    oracles.check(message)
    oracles.check_memory(message)


def test_what_was_found_is_kept_once_and_short() -> None:
    assert len(KNOWN) == len(set(KNOWN))
    assert max(map(len, corpus.found()), default=0) <= corpus.LONGEST_KEPT


def check_all() -> None:
    """Check every message known."""
    for message in KNOWN:
        oracles.check(message)
        oracles.check_memory(message)


# Filling its array with as many nils as it announces is what a decoder must not do.
def _reserve(data: bytes, start: int, exts: list[int] | None = None) -> int:
    if data[start] == 0xDD:
        [None] * min(int.from_bytes(data[start + 1 : start + 5], "big"), 10**6)
    return _walk(data, start, exts)


_walk = framing.end_of_value
_answer = reception.fault
MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "a level too many": (framing, "MAX_DEPTH", 17),
    "a level too few": (framing, "MAX_DEPTH", 15),
    "a frame that is unknown": (frames, "CLIENT_FRAMES", {k: v for k, v in frames.CLIENT_FRAMES.items() if k != 5}),
    "a value that changes on its way": (codec, "encode", lambda frame: msgpack.packb(frame.to_wire()[:-1])),
    "memory by an announced length": (codec, "end_of_value", _reserve),
    "one fault too many": (reception, "FAULTS_PER_MESSAGE", 17),
    "a fault that refers to nothing": (reception, "fault", lambda code, message, *more: _answer(code, message)),
    "a fault without bound": (reception, "fault", lambda code, message, *more: _answer(code, message * 9, *more)),
    "a version that isn't spoken": (reception, "VERSIONS", (1, 2, 99)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_oracles_see_mistakes(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong = MISTAKES[mistake]
    for user in (module, oracles, codec, reception):
        if hasattr(user, name):
            monkeypatch.setattr(user, name, wrong)
    if name == "CLIENT_FRAMES":
        monkeypatch.setitem(oracles._KINDS, "client", wrong)
    with pytest.raises((AssertionError, ValueError)):
        check_all()


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        ("uint", lambda value: value),
        ("u32", frames.uint),
        ("number", lambda value: value),
        ("text", lambda value: value),
        ("data", lambda value: value),
        ("boolean", bool),
    ],
)
def test_the_oracles_see_a_check_that_takes_too_much(
    check: str, wrong: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = getattr(frames, check)
    for cls in (frames.CLIENT_FRAMES | frames.SERVER_FRAMES).values():
        monkeypatch.setattr(cls, "CHECKS", tuple(wrong if own is right else own for own in cls.CHECKS))
    if check == "number":
        monkeypatch.setattr(frames.Decision, "CHECKS", (*frames.Decision.CHECKS[:3], frames.array(wrong)))
    if check == "data":
        monkeypatch.setattr(frames.Say, "CHECKS", (*frames.Say.CHECKS[:3], frames.array(wrong)))
    with pytest.raises((AssertionError, TypeError, UnicodeEncodeError)):
        check_all()


# --- the fuzzer ---------------------------------------------------------------------------------------


def fuzz(server: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `make fuzz` without make."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (server, ROOT / "tests")))}
    command = [sys.executable, "-m", "fuzz", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)


@fuzzes
def test_a_bounded_run_finds_nothing(tmp_path: Path) -> None:
    """The same messages each time. If it fails, its output has the message: add it to found.txt, and mend what it breaks."""
    run = fuzz(ROOT / "server", "--runs", "10000", "--seed", "1", "--folder", str(tmp_path / "fuzz"))
    assert run.returncode == 0, run.stdout + run.stderr
    words = run.stdout.split()
    assert int(words[0]) >= 10_000
    assert int(words[4]) > 150, "the decoder wasn't instrumented: the fuzzer saw nothing of it"


@fuzzes
def test_a_mistake_that_no_known_message_shows_is_found_and_kept(tmp_path: Path) -> None:
    """Every 16th ack is refused, for nothing that a vector shows."""
    shutil.copytree(ROOT / "server" / "loquent", tmp_path / "server" / "loquent")
    wrong = tmp_path / "server" / "loquent" / "wire" / "codec.py"
    text = wrong.read_text(encoding="utf-8")
    assert text.count("    return cls(*values)\n") == 1
    planted = "    if kind == 6 and values[0] % 16 == 9:\n        raise Malformed('No.')\n    return cls(*values)\n"
    wrong.write_text(text.replace("    return cls(*values)\n", planted), encoding="utf-8")
    found = tmp_path / "found.txt"
    found.write_text("# the vectors alone\n", encoding="utf-8")
    where = ("--folder", str(tmp_path / "fuzz"), "--found", str(found), "--keep")
    run = fuzz(tmp_path / "server", "--runs", "50000", "--seed", "1", *where)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "This message broke it: " in run.stdout
    (kept,) = corpus.found(found)
    acks = [f for f in codec.decode(kept, frames.CLIENT_FRAMES) if isinstance(f, frames.Ack)]
    assert any(ack.seq % 16 == 9 for ack in acks)
    oracles.check(kept)


@fuzzes
def test_what_reaches_something_new_is_kept_once(tmp_path: Path) -> None:
    found = tmp_path / "found.txt"
    found.write_text("# nothing yet\n", encoding="utf-8")
    for _ in range(2):
        where = ("--folder", str(tmp_path / "fuzz"), "--found", str(found), "--keep")
        run = fuzz(ROOT / "server", "--runs", "2000", "--seed", "1", *where)
        assert run.returncode == 0, run.stdout + run.stderr
        kept = corpus.found(found)
        assert kept
        assert len(kept) == len(set(kept))
        assert not set(kept) & set(corpus.seeds())
