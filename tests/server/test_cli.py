"""The command as its user meets it: real processes, real signals, a real terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgpack
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from loquent.client import Client
from loquent.wire.frames import Limits
from support.pictures import encoded, quarters
from support.scripted_server import ScriptedServer

COMMAND = [sys.executable, "-m", "loquent"]


class Server:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], ready: str) -> None:
        self.process = process
        self.ready = ready
        found = re.search(r"ws://127\.0\.0\.1:(\d+)", ready)
        assert found, ready
        self.url = found.group()
        self.port = found.group(1)


@contextmanager
def server(*arguments: str) -> Iterator[Server]:
    """Start a server with a script instead of a model on a free port; wait until it says that it's ready."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--engine", "scripted", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Server(process, process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False)


class Terminal:
    """The command at a terminal, with somebody typing."""

    def __init__(self, *arguments: str) -> None:
        self._process, self._fd = pty.fork()
        if self._process == 0:
            os.execv(sys.executable, [*COMMAND, *arguments])
        self.seen = ""

    def until(self, wanted: str) -> None:
        """Read until something stands on the screen."""
        deadline = time.monotonic() + 30
        while wanted not in self.seen:
            if not select.select([self._fd], [], [], max(0, deadline - time.monotonic()))[0]:
                pytest.fail(f"{wanted!r} never came; the screen: {self.seen!r}")
            self.seen += self._read()

    def shows(self, wanted: str, seconds: float, after_typing: str) -> bool:
        """Type, and tell whether something then comes within so many seconds."""
        self.type(after_typing)
        while wanted not in self.seen:
            if not select.select([self._fd], [], [], seconds)[0]:
                return False
            self.seen += self._read()
        return True

    def _read(self) -> str:
        try:
            return os.read(self._fd, 4096).decode()
        except OSError:  # what a terminal gives when the program has gone
            pytest.fail(f"the program has ended; the screen: {self.seen!r}")

    def type(self, keys: str) -> None:
        """Type; what is on the screen so far is forgotten."""
        self.seen = ""
        os.write(self._fd, keys.encode())

    def ended(self, typing: str = "") -> int:
        """Wait for the program's end, typing whenever nothing has come for a while; returns its exit status."""
        while True:
            if typing and not select.select([self._fd], [], [], 0.5)[0]:
                self.type(typing)
            try:
                if not os.read(self._fd, 4096):
                    break
            except OSError:
                break
        status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        os.close(self._fd)
        return status


def ipv6() -> bool:
    """Tell whether this machine has IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


# --- serve ---------------------------------------------------------------------------------------------------


def test_serve_says_in_one_line_that_it_is_ready_where_and_with_what() -> None:
    with server() as started:
        assert re.fullmatch(
            r"Ready at ws://127\.0\.0\.1:\d+ with script \(scripted\); characters: bard, guard, innkeeper\.\n",
            started.ready,
        )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_with_status_0(number: signal.Signals) -> None:
    with server() as started:
        started.process.send_signal(number)
        output, _ = started.process.communicate(timeout=20)
        assert started.process.returncode == 0
        assert output == "Stopping.\n"


def test_a_port_in_use_is_one_sentence_and_status_1() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--engine", "scripted", "--port", str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"loquent: Port {port} is in use; stop what uses it (another Loquent server?), or choose another with --port.\n"
    )


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ('name = "X"\npersona = "Y"\nvoise = "Z"', "line 3: voise is no key here"),
        ('name = "X"\npersonna = "Y"', "did you mean persona?"),
        ('name = "X"', "the file needs persona"),
        ('name = "X"\npersona = 5', "line 2: persona must be a text"),
        ("name = ", "isn't valid TOML"),
        (None, "no character file"),
    ],
)
def test_a_character_file_that_is_wrong_is_named_with_what_to_change(
    tmp_path: Path, file: str | None, says: str
) -> None:
    if file is not None:
        (tmp_path / "wizard.toml").write_text(file)
    result = run("serve", "--engine", "scripted", "--port", "0", "--characters", str(tmp_path))
    assert result.returncode == 1
    assert says in result.stderr
    assert str(tmp_path) in result.stderr
    assert "Traceback" not in result.stderr


def test_serving_goes_on_when_nobody_reads_what_it_prints() -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--engine", "scripted", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize(("host", "which"), [("0.0.0.0", ""), ("::", "IPv6 ")])
def test_all_addresses_are_said_as_one_that_can_be_typed(host: str, which: str) -> None:
    if ":" in host and not ipv6():
        pytest.skip("this machine has no IPv6")
    with subprocess.Popen(
        [*COMMAND, "serve", "--engine", "scripted", "--port", "0", "--host", host, "--allow-anonymous"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
    assert re.match(rf"Ready at ws://localhost:\d+, and at all this machine's {which}addresses, with script", line)


def test_a_model_needs_vllm() -> None:
    result = run("serve", "--engine", "scripted", "--model", "x")
    assert result.returncode == 2
    assert "--model" in result.stderr


def test_arguments_for_vllm_need_vllm() -> None:
    result = run("serve", "--engine", "scripted", "--", "--max-model-len", "64")
    assert result.returncode == 2
    assert "vLLM" in result.stderr


# --- settings ------------------------------------------------------------------------------------------------


def test_serve_takes_its_settings_from_a_file_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "loquent.toml"
    file.write_text('engine = "scripted"\nport = 0\nconversations = 1\n')
    with subprocess.Popen([*COMMAND, "serve", "--settings", str(file)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Settings from {file}.\n"
        assert process.stdout.readline().startswith("Ready at ws://127.0.0.1:")
        process.send_signal(signal.SIGINT)


def test_what_a_session_may_have_is_what_was_set() -> None:
    """The settings reach the gateway, not the command line alone."""
    with server("--conversations", "3", "--turns", "2") as started:
        welcome = asyncio.run(welcomed(started.url))
    assert (welcome.conversations, welcome.turns) == (3, 2)


async def welcomed(url: str) -> Limits:
    """Return the limits that a server tells."""
    async with await Client.connect(url) as client:
        assert client.welcome is not None
        return client.welcome.limits


def test_the_settings_that_are_printed_start_the_same_server(tmp_path: Path) -> None:
    printed = run("serve", "--engine", "scripted", "--port", "0", "--no-log-texts", "--turns", "5", "--print-settings")
    assert (printed.returncode, printed.stderr) == (0, "")
    (tmp_path / "s.toml").write_text(printed.stdout)
    again = run("serve", "--settings", str(tmp_path / "s.toml"), "--print-settings")
    assert tomllib.loads(again.stdout) == tomllib.loads(printed.stdout)
    assert tomllib.loads(printed.stdout)["turns"] == 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--port", "x"], "loquent: --port is x, and must be a whole number from 0 to 65535.\n"),
        (["--prot", "1"], "there is no --prot: did you mean --port?\n"),
        (["--log_level=info"], "there is no --log_level: did you mean --log-level?\n"),
        (["--settings", "/gone"], "loquent: There is no settings file /gone, which --settings names.\n"),
        (["here"], "there is no here: loquent serve --help lists all.\n"),
    ],
)
def test_a_setting_that_is_wrong_is_a_sentence_and_status_2(arguments: list[str], says: str) -> None:
    result = run("serve", "--engine", "scripted", *arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.endswith(says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "0.0.0.0"], "loquent token NAME"),
        (["--host", "0.0.0.0", "--tokens", "/gone"], "There is no file /gone"),
    ],
)
def test_nobody_is_let_in_from_elsewhere_without_tokens(arguments: list[str], says: str) -> None:
    result = run("serve", "--engine", "scripted", "--port", "0", *arguments)
    assert result.returncode == 1
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_chat_has_no_settings_and_no_arguments_for_vllm() -> None:
    assert "there is no --prot" in run("chat", "--prot", "1").stderr
    assert "needs serve" in run("chat", "--", "--max-model-len", "64").stderr


# --- doctor --------------------------------------------------------------------------------------------------


def test_the_doctor_looks_at_the_same_settings_as_the_server() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        ill = run("doctor", "--engine", "scripted", "--port", str(port))
    assert ill.returncode == 1
    assert f"problem  port: port {port} is in use" in ill.stdout
    well = run("doctor", "--engine", "scripted", "--port", str(port))
    assert (well.returncode, well.stderr) == (0, "")
    assert "Nothing stands in the way." in well.stdout
    assert re.search(rf"^  ws://127\.0\.0\.1:{port} +on this machine$", well.stdout, re.MULTILINE)
    assert run("doctor", "--port", "x").returncode == 1


def test_the_doctor_knows_a_server_that_runs() -> None:
    with server() as started:
        beside = run("doctor", "--engine", "scripted", "--port", started.port)
        there = run("doctor", "--url", started.url)
    assert beside.returncode == 0
    assert "with script runs at port" in beside.stdout
    assert there.returncode == 0
    assert "ok       round trip: " in there.stdout
    assert run("doctor", "--url", started.url).returncode == 1


@pytest.mark.parametrize("command", ["chat", "doctor"])
async def test_a_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """And from no flag: whoever is on the machine sees the command lines of all programs."""
    shown: list[object] = []

    async def take_hello(socket: ServerConnection) -> None:
        shown.append(msgpack.unpackb(await socket.recv(decode=False))[3])

    (tmp_path / "token").write_text("from-a-file\n")
    async with serve(take_hello, "127.0.0.1", 0, subprotocols=[Subprotocol("loquent.v1")]) as there:
        arguments = [command, "--url", f"ws://127.0.0.1:{there.sockets[0].getsockname()[1]}"]
        await asyncio.to_thread(run, *arguments)
        await asyncio.to_thread(run, *arguments, "--token-file", str(tmp_path / "token"))
        monkeypatch.setenv("LOQUENT_TOKEN", "from-the-environment")
        await asyncio.to_thread(run, *arguments)
    assert shown == [None, "from-a-file", "from-the-environment"]


def test_a_tokens_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    gone = run("chat", "--token-file", str(tmp_path / "gone"))
    assert gone.returncode == 1
    assert f"loquent: The token's file {tmp_path}/gone can't be read" in gone.stderr


# --- chat ----------------------------------------------------------------------------------------------------


def test_chat_reads_lines_and_prints_replies() -> None:
    with server() as started:
        result = run("chat", "--url", started.url, stdin="Good evening!\nAnd you?\n")
    assert result.returncode == 0
    assert "talking with Marta" in result.stdout
    assert "‹wave› Good evening, traveller!" in result.stdout
    assert "You said: Good evening! That makes 4 messages between us.\n" in result.stdout
    assert "You said: And you? That makes 6 messages between us.\n" in result.stdout


def test_chat_shows_what_was_said_the_last_time() -> None:
    with server() as started:
        run("chat", "--url", started.url, "--player", "p", stdin="Remember me\n")
        result = run("chat", "--url", started.url, "--player", "p")
    assert "> Remember me\nYou said: Remember me" in result.stdout


def test_chat_without_a_server_says_how_to_start_one() -> None:
    result = run("chat", "--url", "ws://127.0.0.1:9")
    assert result.returncode == 1
    assert "make serve" in result.stderr
    assert result.stderr.count("\n") == 1


def test_chat_with_an_unknown_character_says_which_there_are() -> None:
    with server() as started:
        result = run("chat", "--url", started.url, "--character", "wizard")
    assert result.returncode == 1
    assert "bard, guard, innkeeper" in result.stderr


@pytest.mark.parametrize(
    ("redirect", "expected"), [("<&-", ""), ("< latin1.txt", "You said: h?llo"), ("< utf8.txt", "You said: h")]
)
def test_chat_takes_what_it_is_given(tmp_path: Path, redirect: str, expected: str) -> None:
    """No input at all, bytes that aren't UTF-8, a terminal that shows only ASCII: never a traceback."""
    (tmp_path / "latin1.txt").write_bytes(b"h\xe9llo\n")
    (tmp_path / "utf8.txt").write_text("h\u00e9llo\n", encoding="utf-8")
    with server() as started:
        result = subprocess.run(
            ["bash", "-c", f'"{sys.executable}" -m loquent chat --url {started.url} {redirect}'],
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "ascii"} if "utf8" in redirect else None,
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert result.stderr == b""
    assert result.returncode == 0
    assert expected in result.stdout.decode().replace("\ufffd", "?")


def test_ctrl_c_while_connecting_ends_the_program_quietly() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        process = subprocess.Popen(
            [*COMMAND, "chat", "--url", f"ws://127.0.0.1:{mute.getsockname()[1]}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        peer, _ = mute.accept()
        peer.recv(1)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
        peer.close()
    assert output == b""
    assert process.returncode == 130


def test_chat_asks_for_decisions_and_shows_pictures(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(encoded(quarters(64, 48), "PNG"))
    lines = [
        "/decide Will it be the bed, or the road? bed | duck",
        "/decide Will it be the bed? bed",
        f"/look {tmp_path / 'p.png'} What is this?",
        f"/look {tmp_path / 'p.png'} Which is it, the cup or the key? cup | sword",
        "/dance",
    ]
    with server() as started:
        result = run("chat", "--url", started.url, stdin="\n".join(lines) + "\n")
    assert result.returncode == 0
    assert "> bed    80.0%  ████████████████\n  duck   20.0%  ████\n" in result.stdout
    assert "Write it like this: /decide Did he agree? yes | no | not yet\n" in result.stdout
    assert "You showed me a picture of 64 x 48 pixels." in result.stdout
    assert "> cup     80.0%" in result.stdout
    assert "There is no command /dance; /help lists those there are.\n" in result.stdout


def test_ctrl_c_cancels_the_turn_and_not_the_program() -> None:
    with server() as started:
        terminal = Terminal("chat", "--url", started.url)
        terminal.until("> ")
        terminal.type("a b c d e f g h i j k l m n o p q r s t u v w x y z and so on for two seconds and more\r")
        terminal.until("You said: a b")
        terminal.type("\x03")
        terminal.until("…")
        terminal.until("> ")
        assert "That makes" not in terminal.seen
        terminal.type("Go on\r")
        terminal.until("That makes 6 messages")
        terminal.until("> ")
        # Python's own input() misses a Ctrl-C that comes while it prints its prompt.
        assert any(terminal.shows("> ", 0.5, after_typing="\x03") for _ in range(20)), terminal.seen
        terminal.type("\x04")
        assert terminal.ended() == 0


def test_ctrl_c_cancels_a_decision_and_not_the_program() -> None:
    started = ScriptedServer(first=60)
    try:
        terminal = Terminal("chat", "--url", started.url)
        terminal.until("> ")
        for outcome in (1, 2):
            terminal.type("/decide Is it so? yes | no\r")
            while asyncio.run(started.metrics())["loquent_turns_running"] == 0:
                time.sleep(0.01)
            terminal.type("\x03")
            terminal.until("…")
            terminal.until("> ")
            assert asyncio.run(started.metrics())['loquent_turns_total{kind="decide",outcome="cancelled"}'] == outcome
        terminal.type("\x04")
        assert terminal.ended() == 0
    finally:
        started.stop()


def test_chat_says_that_the_server_is_gone_and_can_be_given_up() -> None:
    with server() as started:
        terminal = Terminal("chat", "--url", started.url)
        terminal.until("> ")
        started.process.kill()
        started.process.wait()
        terminal.until("(the connection is lost; for 60 s it's tried to make it again, Ctrl-C twice gives up)")
        terminal.type("Hello?\r")
        terminal.until("Hello?\r\n")  # a Ctrl-C that comes before the Enter has been acted on takes the line back
        assert terminal.ended(typing="\x03") == 130


def test_chat_ends_with_a_sentence_when_a_server_stops_that_keeps_no_sessions() -> None:
    with server("--grace-seconds", "0") as started:
        terminal = Terminal("chat", "--url", started.url)
        terminal.until("> ")
        started.process.kill()
        started.process.wait()
        terminal.type("Hello?\r")
        terminal.until("loquent: The connection to the server is lost")
        assert terminal.ended() == 1
