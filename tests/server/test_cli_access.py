"""Tokens and TLS as their user meets them: real processes, a real terminal, and a log that gives nothing away."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from loquent.tokens import digest, read_tokens
from support.certificates import Made, make_certificate
from support.running import Bare, bare
from support.server_process import ServerProcess

COMMAND = [sys.executable, "-m", "loquent"]


def run(*arguments: str, cwd: Path, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        cwd=cwd,
        env={**os.environ, "LOQUENT_SETTINGS": "", **environ},  # so that a loquent.toml in this folder counts
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def token_made(folder: Path, *arguments: str, **environ: str) -> str:
    """Make a token; returns it."""
    result = run("token", *arguments, cwd=folder, **environ)
    assert (result.returncode, result.stderr) == (0, "")
    (token,) = re.findall(r"^    (lq_\S+)$", result.stdout, re.MULTILINE)
    return str(token)


@contextmanager
def server(*arguments: str) -> Iterator[ServerProcess]:
    """Run a server with a script instead of a model."""
    started = ServerProcess("--engine", "scripted", *arguments)
    try:
        yield started
    finally:
        started.kill()


# --- token ---------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_its_hash_is_where_the_settings_say(tmp_path: Path) -> None:
    first = token_made(tmp_path, "one", "--connections", "2", "--turns", "3", "--expires", "2999-01-31")
    (entry,) = read_tokens(tmp_path / "tokens.toml")
    assert (entry.name, entry.digest, entry.connections, entry.turns) == ("one", digest(first), 2, 3)
    assert f"{entry.expires:%Y-%m-%d}" == "2999-01-31"
    token_made(tmp_path, "two", LOQUENT_TOKENS="by_variable.toml")
    token_made(tmp_path, "three", "--tokens", "by_flag.toml", LOQUENT_TOKENS="by_variable.toml")
    (tmp_path / "loquent.toml").write_text('tokens = "by_file.toml"')
    token_made(tmp_path, "four", LOQUENT_SETTINGS="")
    for file, name in (("by_variable", "two"), ("by_flag", "three"), ("by_file", "four")):
        assert [each.name for each in read_tokens(tmp_path / f"{file}.toml")] == [name]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["one", "--expires", "tomorrow"], 2, "tomorrow isn't a date, such as 2027-01-31"),
        (["a b"], 1, "loquent: A token can't be called 'a b'"),
        (["one", "--tokens", "none/tokens.toml"], 1, "make it, or give --tokens a file in another."),
    ],
)
def test_a_token_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    result = run("token", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (status, "")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


# --- chat ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def test_chat_shows_a_token_from_a_file_or_the_environment_over_tls(tmp_path: Path, certificate: Made) -> None:
    token = token_made(tmp_path, "quest")
    (tmp_path / "token").write_text(f"{token}\n")
    tokens, chain, key = str(tmp_path / "tokens.toml"), str(certificate.chain), str(certificate.key)
    with server("--tokens", tokens, "--certificate", chain, "--certificate-key", key) as started:
        chat = ["chat", "--url", started.url, "--ca", chain]
        by_file = run(*chat, "--token-file", "token", cwd=tmp_path, stdin="Hello\n")
        by_variable = run(*chat, cwd=tmp_path, stdin="Hello\n", LOQUENT_TOKEN=token)
        for result in (by_file, by_variable):
            assert (result.returncode, result.stderr) == (0, "")
            assert "You said: Hello" in result.stdout
        for result in (run(*chat, cwd=tmp_path), run(*chat, cwd=tmp_path, LOQUENT_TOKEN=token + "x")):
            assert (result.returncode, result.stdout) == (1, "")
            assert result.stderr.endswith("LOQUENT_TOKEN, or from a file: --token-file.\n")
        untrusted = run("chat", "--url", started.url, cwd=tmp_path, LOQUENT_TOKEN=token)
        assert untrusted.returncode == 1
        assert "--ca" in untrusted.stderr


def test_a_token_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    result = run("chat", "--token-file", "gone", cwd=tmp_path)
    assert result.returncode == 1
    assert "gone can't be read" in result.stderr


# --- serve ---------------------------------------------------------------------------------------------------


def test_a_terminal_that_is_closed_stops_the_server_although_its_signal_can_mean_to_read_again() -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, [*COMMAND, "serve", "--engine", "scripted", "--port", "0"])
    seen = b""
    while b"Ready at" not in seen:
        seen += os.read(terminal, 4096)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def test_the_signal_to_read_again_does_not_stop_a_server_without_a_terminal(tmp_path: Path) -> None:
    with server() as started:
        started.process.send_signal(signal.SIGHUP)
        result = run("chat", "--url", started.url, cwd=tmp_path, stdin="Hello\n")
        assert "You said: Hello" in result.stdout
        assert started.stop() == 0


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_nothing_secret_is_in_the_log_of_a_whole_life(tmp_path: Path, log_format: str) -> None:
    """Good tokens and wrong ones, in the header and in hello, a session that's lost and resumed, what is said, and a reload."""
    good, wrong = token_made(tmp_path, "quest"), "wrong-token-0123456789"
    plain = "plain-token-0123456789"
    file = tmp_path / "tokens.toml"
    file.write_text(f'{file.read_text()}[plain]\ntoken = "{plain}"\n')
    hashed = hashlib.sha256(good.encode()).hexdigest()
    ids: list[str] = []

    async def meet(client: Bare, token: str | None, resume: list[Any] | None = None) -> None:
        await client.send([1, [1], "test/1", token, resume], [2, 1, "guard", {"player": "Pomegranate"}])
        frame = await client.frame()
        ids.append(frame[2])

    with server("--tokens", str(file), "--log-level", "debug", "--log-format", log_format) as started:
        async with bare(started.url, hello=False) as client:
            await client.send([1, [1], "test/1", wrong, None])
            assert await client.fault() == "unauthorized"
        with pytest.raises(InvalidStatus):
            await connect(started.url, additional_headers={"Authorization": f"Bearer {wrong}"}, proxy=None)
        how = {"additional_headers": {"Authorization": f"Bearer {plain}"}}
        async with bare(started.url, hello=False, **how) as client:
            await meet(client, None)
        async with bare(started.url, hello=False) as client:
            await meet(client, good)
            await client.send([3, 1, 1, "Persimmon is the password", []])
            await client.until(lambda f: f[0] == 36)
            client.socket.transport.abort()
        async with bare(started.url, hello=False) as client:
            await client.send([1, [1], "test/1", good, [ids[-1], 1, 1]])
            assert (await client.frame())[2:5] == [ids[-1], 2, True]
            assert (await client.until(lambda f: f[0] == 39))[-1][3] == "stop"
            file.write_text(f'[plain]\ntoken = "{plain}"\nsha256 = "{hashed}"\n')
            started.process.send_signal(signal.SIGHUP)
            while "stay valid" not in "".join(started.lines):
                await asyncio.sleep(0.01)
            file.write_text(f'[plain]\ntoken = "{plain}"\n')
            started.process.send_signal(signal.SIGHUP)
            assert (await client.until(lambda f: f[0] == 40))[-1][3] == "unauthorized"
        assert started.stop() == 0
    log = "".join(started.lines)
    for expected in (
        "quest",
        "plain",
        "unauthorized",
        "resumed",
        "revoked",
        hashlib.sha256(ids[-1].encode()).hexdigest()[:8],
    ):
        assert expected in log
    for secret in (good, wrong, plain, hashed, *ids, "Persimmon", "password", "Pomegranate", "You said"):
        assert secret not in log
