"""The log: what a line shows in both formats, that nobody can forge one, and that nothing can go wrong by logging."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from loquent.logs import FIELDS, FORMATS, LEVELS, Log, set_up, spoken
from support.log import log_given_back

log = Log.named("loquent.turn")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with log_given_back():
        yield


def started(format_: str, level: str = "info", *, texts: bool = False) -> io.StringIO:
    """Set the log up, and return where it goes. Pytest's handlers come anew with each phase of a test."""
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if not type(handler).__module__.startswith("_pytest")]
    stream = io.StringIO()
    set_up(level, format_, texts=texts, stream=stream)
    return stream


def objects(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the objects that a machine reads."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_text_shows_when_who_what_and_about_what() -> None:
    stream = started("text")
    log.about(session="1a2b3c4d", turn=7).about(outcome="stop", first_ms=None).info("turn %s", "ended")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO    loquent\.turn: turn ended "
        r"\[session 1a2b3c4d turn 7 outcome stop\]\n",
        stream.getvalue(),
    )


def test_a_line_about_nothing_in_particular_has_no_brackets() -> None:
    stream = started("text")
    log.info("ready")
    assert stream.getvalue().endswith("loquent.turn: ready\n")


def test_json_is_one_object_a_line() -> None:
    stream = started("json")
    log.about(session="1a2b3c4d", turn=7, first_ms=None).warning("turn %s", "ended")
    log.info("ready")
    first, second = objects(stream)
    time = datetime.fromisoformat(first.pop("time"))
    assert time.tzinfo is UTC
    assert abs((datetime.now(UTC) - time).total_seconds()) < 300
    assert first == {
        "level": "warning",
        "logger": "loquent.turn",
        "message": "turn ended",
        "session": "1a2b3c4d",
        "turn": 7,
    }
    assert set(second) == {"time", "level", "logger", "message"}


def test_the_time_is_utc_with_milliseconds() -> None:
    stream = started("json")
    record = logging.LogRecord("loquent.x", logging.INFO, "", 0, "then", None, None)
    record.created = 1_785_586_500.0  # a whole second has its milliseconds too
    logging.getLogger("loquent.x").handle(record)
    assert objects(stream)[0]["time"] == "2026-08-01T12:15:00.000Z"


@pytest.mark.parametrize("format_", FORMATS)
def test_extra_of_the_standard_library_does_as_well(format_: str) -> None:
    stream = started(format_)
    logging.getLogger("loquent.x").info("hello", extra={"session": "1a2b3c4d", "unknown": "not shown"})
    assert "1a2b3c4d" in stream.getvalue()
    assert "not shown" not in stream.getvalue()


def test_no_field_has_a_name_that_records_have() -> None:
    """The library refuses such a field with an exception, where the line is made."""
    record = logging.LogRecord("x", logging.INFO, "", 0, "x", None, None)
    assert not set(FIELDS) & {*vars(record), "message", "asctime", "time", "level", "logger", "exception"}


FORGED = "Eve\n2026-08-01 12:00:00,000 ERROR   loquent.turn: the engine has died\r\x85\u2028\u2029\x0b\x1b[2J\u202eevE"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_name_with_newlines_forges_no_line(format_: str) -> None:
    stream = started(format_)
    log.about(client=FORGED).info("hello from %s", FORGED)
    written = stream.getvalue()
    assert len(written.splitlines()) == 1
    assert not set(written[:-1]) & set("\n\r\x85\u2028\u2029\x0b\x1b\u202e")
    assert "the engine has died" in written  # it's shown, as what it is


def test_a_name_forges_no_field() -> None:
    stream = started("text")
    log.about(client='Eve" turn 8] [session ffffffff', turn=7).info("hello")
    assert stream.getvalue().endswith(r'hello [turn 7 client "Eve\" turn 8] [session ffffffff"]' + "\n")


def test_what_an_exception_says_forges_no_line() -> None:
    stream = started("text")
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("a mistake in the server")
    first, *behind = stream.getvalue().splitlines()
    assert first.endswith("a mistake in the server")
    assert behind
    assert all(line.startswith("    ") for line in behind)
    assert "\x1b" not in stream.getvalue()


def test_an_exception_is_one_field() -> None:
    stream = started("json")
    try:
        raise ValueError("it broke")
    except ValueError:
        log.about(turn=7).exception("a mistake in the server")
    (entry,) = objects(stream)
    assert entry["exception"].startswith("Traceback (most recent call last):\n")
    assert entry["exception"].endswith("ValueError: it broke")
    assert (entry["level"], entry["turn"]) == ("error", 7)


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no words for it")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("value", [b"\xff", {1, 2}, float("nan"), float("inf"), "\ud800", Unspeakable()])
def test_whatever_a_value_is_the_line_gets_written(format_: str, value: Any) -> None:
    stream = started(format_)
    log.about(reason=value).info("value %s", value)
    assert "\n" in stream.getvalue()
    if format_ == "json":
        (entry,) = objects(stream)
        assert isinstance(entry["reason"], str)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_message_without_its_values_is_written_nevertheless(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    stream = started(format_)
    log.info("%d of %d", 1)
    assert "%d of %d (what belongs" in stream.getvalue()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("level", "written"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_obeyed(level: str, written: int) -> None:
    stream = started("text", level)
    for write in (log.debug, log.info, log.warning, log.error):
        write("hello")
    assert stream.getvalue().count("hello") == written


def test_other_libraries_are_heard_from_warnings_on() -> None:
    """At debug, some write down what they send and receive: what people say, and tokens."""
    stream = started("text", "debug")
    other = logging.getLogger("websockets.server")
    other.debug("> TEXT 'a secret'")
    other.info("connection open")
    other.warning("odd")
    assert stream.getvalue().count("\n") == 1
    set_up("error", "text", stream=stream)
    other.warning("odd")
    assert stream.getvalue().count("\n") == 1


def test_setting_up_again_replaces_what_was_and_leaves_other_handlers_alone() -> None:
    foreign = logging.NullHandler()
    logging.getLogger().addHandler(foreign)
    first, second = started("text"), started("json")
    log.info("hello")
    assert first.getvalue() == ""
    assert len(objects(second)) == 1
    assert foreign in logging.getLogger().handlers


@pytest.mark.parametrize(("level", "format_"), [("loud", "text"), ("info", "xml")])
def test_a_wrong_choice_is_told_with_the_right_ones(level: str, format_: str) -> None:
    with pytest.raises(ValueError, match=r"use one of (debug, info, warning, error|text, json)\.$"):
        set_up(level, format_)


# --- what people say --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
def test_what_people_say_is_not_written_unless_asked_for(format_: str) -> None:
    stream = started(format_, "debug")
    spoken(log, "player", "my secret")
    assert stream.getvalue() == ""


def test_before_anything_is_set_up_nothing_spoken_is_written() -> None:
    code = (
        "import logging; logging.basicConfig(level='DEBUG'); from loquent.logs import *; "
        "spoken(Log.named('x'), 'player', 'my secret')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""


@pytest.mark.parametrize("level", LEVELS)
def test_what_people_say_is_written_if_asked_for_whatever_the_level(level: str) -> None:
    stream = started("json", level, texts=True)
    spoken(log.about(session="1a2b3c4d", turn=7), "player", "Good\nevening!")
    (entry,) = objects(stream)
    del entry["time"]
    assert entry == {
        "level": "info",
        "logger": "loquent.spoken",
        "message": "said",
        "session": "1a2b3c4d",
        "turn": 7,
        "who": "player",
        "text": "Good\nevening!",
    }
    set_up(level, "json", stream=stream)
    spoken(log, "character", "my secret")
    assert len(objects(stream)) == 1


# --- a standard error that isn't well -------------------------------------------------------------------------------------------

LOGS_ON = """
import sys
from loquent.logs import Log, set_up
set_up("info", {format_!r})
log = Log.named("loquent.x")
print("go", flush=True)
sys.stdin.readline()
for _ in range(1000):
    log.about(turn=7).info("hello " + "x" * 100)
print("still here", flush=True)
"""


@pytest.mark.parametrize("format_", FORMATS)
def test_a_standard_error_that_nobody_reads_any_more_takes_nothing_down(format_: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LOGS_ON.format(format_=format_)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "go\n"
        process.stderr.close()
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.read() == "still here\n"
        assert process.wait(60) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a shell that closes file descriptors")
def test_a_standard_error_that_was_closed_takes_nothing_down() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, LOGS_ON.format(format_="text")],
        input="\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "go\nstill here\n")


def test_a_stream_that_was_closed_later_takes_nothing_down(capsys: pytest.CaptureFixture[str]) -> None:
    stream = started("text")
    stream.close()
    log.info("hello")
    assert capsys.readouterr().err == ""


def test_a_full_disk_takes_nothing_down(capsys: pytest.CaptureFixture[str]) -> None:
    class Full(io.StringIO):
        def write(self, text: str, /) -> int:
            raise OSError(28, "No space left on device")

    set_up("info", "text", stream=Full())
    log.info("hello")
    assert capsys.readouterr().err == ""
