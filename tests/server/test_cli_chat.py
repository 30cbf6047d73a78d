"""The terminal chat as its user meets it: a real terminal, real Ctrl-C, and a server that may go."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.command import COMMAND, Terminal, run, server
from support.pictures import encoded, quarters
from support.scripted_server import ScriptedServer


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
