"""The command as its user meets it: real processes, real signals, a real terminal."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import tomllib
from pathlib import Path

import msgpack
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from loquent.client import Client
from loquent.wire.frames import Limits
from support.command import COMMAND, run, server


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
