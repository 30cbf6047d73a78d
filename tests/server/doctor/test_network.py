"""A port that can't be had, a server that is there already, and the addresses that others may type."""

from __future__ import annotations

import asyncio
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loquent.certificates import load_certificate
from loquent.doctor.finding import Finding, Mark
from loquent.doctor.network import Address, Server, ask_health, examine_port, own_addresses, reachable
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from support.certificates import make_certificate
from support.running import running


@contextmanager
def taken() -> Iterator[int]:
    """Hold a port of the loopback."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def look(**settings: object) -> tuple[Finding, Server | None]:
    """Look at a port of the loopback."""
    return examine_port(Settings(**settings))  # type: ignore[arg-type]


def test_a_port_that_another_program_has_is_a_problem() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        threading.Thread(target=hang_up, args=(held, 2), daemon=True).start()
        finding, server = look(port=held.getsockname()[1])
    assert finding.mark is Mark.PROBLEM
    assert "in use by another program" in finding.text
    assert "--port" in finding.text
    assert server is None


def hang_up(held: socket.socket, times: int) -> None:
    """Take connections and end them without a word, as a program does that speaks something else."""
    for _ in range(times):
        held.accept()[0].close()


def test_a_free_port_is_well_and_still_free_afterwards() -> None:
    with taken() as port:
        pass
    finding, _ = look(port=port)
    assert str(finding) == f"ok       port: {port} is free on 127.0.0.1."
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_port_that_is_chosen_at_the_start_is_well_for_this_machine_alone() -> None:
    assert look(port=0)[0].mark is Mark.OK
    assert look(port=0, host="0.0.0.0")[0].mark is Mark.WARNING


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid", "no..host"])
def test_an_address_of_another_machine_is_a_problem(host: str) -> None:
    finding, _ = look(host=host)
    assert finding.mark is Mark.PROBLEM
    assert f"no address {host}" in finding.text


async def test_a_server_that_runs_already_is_recognised_and_said_to_be_well() -> None:
    async with running() as server:
        finding, found = await asyncio.to_thread(look, port=server.port)
    assert finding.mark is Mark.OK
    assert found is not None
    assert (found.model, found.status) == ("script", "ok")
    assert f"a Loquent server {found.version} with script runs at port {server.port} already" in finding.text


async def test_a_server_whose_model_is_loading_or_has_died_says_so() -> None:
    async with running(started=False) as server:
        finding, _ = await asyncio.to_thread(look, port=server.port)
        assert finding.mark is Mark.WARNING
        assert "it says that it is starting" in finding.text
    engine = ScriptedEngine()
    async with running(engine) as server:
        engine.die("the process was killed")
        await asyncio.sleep(0.01)
        finding, _ = await asyncio.to_thread(look, port=server.port)
        assert finding.mark is Mark.WARNING
        assert "(the process was killed)" in finding.text


class Pretender(http.server.BaseHTTPRequestHandler):
    """Answers every question with the server's `body`."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.body)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(body: object, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answer with this body, over TLS if there is a context; gives the port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pretender) as server:
        server.body = body if isinstance(body, bytes) else json.dumps(body).encode()  # type: ignore[attr-defined]
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_server_with_tls_is_recognised_whoever_made_its_certificate(tmp_path: Path) -> None:
    context, _ = load_certificate(*make_certificate(tmp_path))
    health = {"status": "ok", "version": "9", "model": "m"}
    with answering(health, context) as port:
        assert ask_health("127.0.0.1", port) == Server("9", "m", "ok", None)


@pytest.mark.parametrize("body", [b"hello", b"\xff\xfe", [], {}, {"status": "ok"}, b"[" * 100_000])
def test_what_answers_something_else_is_no_loquent_server(body: object) -> None:
    with answering(body) as port:
        assert ask_health("127.0.0.1", port) is None


def test_what_another_program_says_cannot_take_the_terminal_over() -> None:
    with answering({"status": "\x1b[2J", "version": "1\n2", "model": "m" * 1000}) as port:
        server = ask_health("127.0.0.1", port)
    assert server is not None
    assert server.status == "?[2J"
    assert server.version == "1?2"
    assert len(server.model) == 200


# --- addresses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ipv6", [False, True])
def test_the_addresses_found_are_this_machines_own_and_no_loopback(ipv6: bool) -> None:
    for address in own_addresses(ipv6=ipv6):
        assert not address.ip.startswith(("127.", "169.254.", "::1", "fe80"))
        with socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET) as trial:
            trial.bind((address.ip, 0))


@pytest.mark.skipif(shutil.which("ip") is None, reason="compares with what the program `ip` says")
def test_every_address_that_the_system_lists_is_found() -> None:
    listed = json.loads(subprocess.run(["ip", "-json", "-4", "address"], check=True, capture_output=True).stdout)
    expected = {
        Address(info["local"], link["ifname"])
        for link in listed
        for info in link["addr_info"]
        if info["scope"] == "global" and not info.get("secondary")
    }
    assert set(own_addresses()) >= {address for address in expected if reachable(address)}


@pytest.mark.parametrize(
    ("ip", "interface", "expected"),
    [
        ("192.168.1.5", "wlan0", True),
        ("10.0.0.5", "eth0", True),
        ("192.168.1.5", "br0", True),
        ("192.168.1.5", "", True),
        ("fd00::5", "wlan0", True),
        ("127.0.0.2", "lo", False),
        ("169.254.3.4", "eth0", False),
        ("fe80::1", "eth0", False),
        ("172.17.0.1", "docker0", False),
        ("172.18.0.1", "br-0123456789ab", False),
        ("192.168.122.1", "virbr0", False),
    ],
)
def test_a_headset_is_not_sent_to_a_container(ip: str, interface: str, expected: bool) -> None:
    assert reachable(Address(ip, interface)) is expected
