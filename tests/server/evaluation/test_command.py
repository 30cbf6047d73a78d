"""`loquent evaluate` as its user meets it: real processes, a server of its own or one that runs, a real terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from support.server_process import ServerProcess, gone, processes_below

COMMAND = [sys.executable, "-m", "loquent", "evaluate"]
SCRIPTED = ("--engine", "scripted")
SUITE = """
character = "innkeeper"
[[reply]]
say = "Hello there"
contains_any = ["you said: hello"]
[[reply]]
say = "Good evening"
contains_any = ["nothing of the kind"]
"""


def suite(folder: Path, text: str = SUITE) -> str:
    path = folder / "toy.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def run(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def read(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def test_with_a_server_of_its_own(tmp_path: Path) -> None:
    """It takes the settings of serve, but nobody else's port, tokens and memory; and it leaves nothing running."""
    (tmp_path / "loquent.toml").write_text('port = 1\nreply_tokens = 4\nmemory = "m.sqlite3"\n', encoding="utf-8")
    result = run(suite(tmp_path), *SCRIPTED, cwd=tmp_path, LOQUENT_SETTINGS="", LOQUENT_PORT="2", LOQUENT_MEMORY="")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "Settings from loquent.toml."
    assert lines[1].startswith("2 attempts at 2 cases of toy. Ctrl-C")
    assert "answered   1.000 (n = 2)" in lines
    (found,) = re.findall(r"The report is (evaluations/toy-\S+)/report.md, for machines", lines[-1])
    report = read(tmp_path / found)
    assert report["server"]["engine"] == "scripted"
    assert report["server"]["url"] is None
    assert len(report["character"]["sha256"]) == 64
    assert report["cases"][0]["attempts"][0]["turns"][0]["text"] == "You said: Hello there"
    assert report["cases"][0]["attempts"][0]["turns"][0]["reason"] == "length"
    assert not (tmp_path / "m.sqlite3").exists()


def test_with_a_server_that_runs_and_thresholds(tmp_path: Path) -> None:
    server = ServerProcess(*SCRIPTED)
    try:
        arguments = (suite(tmp_path), "--url", server.url, "--out", "out")
        result = run(*arguments, "--fail-under", "replies=0.5", "--fail-under", "answered=1", cwd=tmp_path)
        assert (result.returncode, result.stderr) == (0, "")
        report = read(tmp_path / "out")
        assert report["server"] == {
            "url": server.url,
            "own": False,
            "version": "0.1.0",
            "engine": "scripted",
            "model": "script",
            "recognition": "off",
        }
        assert report["character"]["sha256"] is None
        result = run(*arguments, "--fail-under", "replies=0.51", "--repeat", "2", "--concurrency", "2", cwd=tmp_path)
        assert result.returncode == 1
        assert "replies is below 0.51: 0.500 (n = 2)." in result.stdout
        assert read(tmp_path / "out")["run"] | {"seconds": 0} == {
            "concurrency": 2,
            "seconds": 0,
            "attempts": 4,
            "stopped": None,
            "unknown_cues": [],
        }
        result = run(*arguments, "--character", "guard", cwd=tmp_path)
        assert read(tmp_path / "out")["character"]["name"] == "guard"
        result = run(*arguments, "--character", "nobody", cwd=tmp_path)
        assert (result.returncode, result.stderr.count("\n")) == (1, 1)
        assert "nobody" in result.stderr
    finally:
        server.kill()


def test_two_reports_compared(tmp_path: Path) -> None:
    for name, words in (("one", "hello"), ("two", "hello")):
        run(suite(tmp_path, SUITE.replace("hello", words)), *SCRIPTED, "--out", name, cwd=tmp_path)
    result = run("--compare", "one", "two/report.json", "--out", "compared", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Replies that pass all checks: 50 % and 50 % of 2; the same." in result.stdout
    assert (tmp_path / "compared" / "comparison.png").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, "Say which suite: a file, or one of bard, guard, innkeeper."),
        (("inkeeper",), 1, "did you mean innkeeper?"),
        (("toy.toml", "--url", "ws://127.0.0.1:1", *SCRIPTED), 2, "--engine is for a server of its own"),
        (("toy.toml", "--url", "ws://127.0.0.1:1"), 1, "127.0.0.1:1"),
        (("toy.toml", "--fail-under", "replys=0.5"), 2, "did you mean replies?"),
        (("toy.toml", "--fail-under", "accuracy=0.5"), 2, "which isn't measured in toy"),
        (("toy.toml", "--fail-under", "replies=50"), 2, "a share from 0 to 1"),
        (("toy.toml", "--repeat", "0"), 2, "0 isn't a number from 1 to 1000"),
        (("toy.toml", "--compare", "a", "b"), 2, "leave out suite"),
        (("--compare", "a", "b"), 1, "The report a can't be read"),
        (("toy.toml", "--characters", "nowhere", *SCRIPTED), 1, "nowhere"),
        (("toy.toml", "--engine", "none"), 2, "--engine is none"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    suite(tmp_path)
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == status
    assert words in result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert not (tmp_path / "evaluations").exists()


def test_without_its_libraries_it_says_what_to_install(tmp_path: Path) -> None:
    """As in an installation without the extra: an import of them fails there, and the other commands work all the same."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nfor name in ('sklearn', 'tqdm'):\n    sys.modules[name] = None\n", encoding="utf-8"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    install = "run `make setup`, or `pip install 'loquent[evaluate]'`.\n"
    result = run(suite(tmp_path), cwd=tmp_path, PYTHONPATH=path)
    assert (result.returncode, result.stderr) == (1, f"loquent: loquent evaluate needs scikit-learn, tqdm: {install}")
    result = run("--help", cwd=tmp_path, PYTHONPATH=path)
    assert (result.returncode, result.stderr) == (0, "")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['py3langid'] = None\n", encoding="utf-8")
    result = run("innkeeper", cwd=tmp_path, PYTHONPATH=path)
    assert (result.returncode, result.stderr) == (1, f"loquent: loquent evaluate needs py3langid: {install}")


def test_ctrl_c_at_a_terminal_writes_what_there_is_and_leaves_no_server(tmp_path: Path) -> None:
    cases = "".join(f'[[reply]]\nsay = "{n} {"word " * 20}"\nmax_words = 99\n' for n in range(40))
    path = suite(tmp_path, f'character = "guard"\n{cases}')
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 100))
    process = subprocess.Popen(
        [*COMMAND, path, *SCRIPTED, "--out", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    shown = ""
    try:
        deadline = time.monotonic() + 60
        while "2/40" not in shown and time.monotonic() < deadline:
            shown += os.read(master, 4096).decode(errors="replace")
        below = processes_below(process.pid)
        assert below
        process.send_signal(signal.SIGINT)
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:  # its end, on Linux
                break
            if not piece:
                break
            shown += piece.decode(errors="replace")
        assert process.wait(timeout=30) == 130
    finally:
        process.kill()
        process.wait()
        os.close(master)
    assert "2/40" in shown, "the progress bar"
    assert "Not everything was asked: it was interrupted." in shown
    assert "Traceback" not in shown
    report = read(tmp_path / "out")
    assert 2 <= report["run"]["attempts"] < 40
    assert report["run"]["stopped"] == "it was interrupted"
    assert gone(below)


def test_terminated_while_its_server_starts_it_leaves_none(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, suite(tmp_path), *SCRIPTED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 60
        while not (below := processes_below(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert below
        process.terminate()
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, output) == (130, b"")
    assert gone(below)
    assert not (tmp_path / "evaluations").exists()
