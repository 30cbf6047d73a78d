"""The whole report: its order, its end, its exit status."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from loquent.configuration.reading import Configuration, read
from loquent.configuration.sources import ConfigurationError
from loquent.doctor import examination
from loquent.doctor.examination import examine, examine_running
from loquent.doctor.network import Address
from support.certificates import make_certificate


def examined(**flags: Any) -> tuple[int, list[str]]:
    """Examine a machine for a server with a script; returns exit status and lines."""
    lines: list[str] = []
    status = examine(lambda: read({"engine": "scripted", "memory": "none", **flags}, file="", environ={}), lines.append)
    return status, "\n".join(lines).splitlines()


def free_port() -> str:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_a_machine_on_which_all_is_well_is_status_0_and_ends_with_what_to_type() -> None:
    port = free_port()
    status, lines = examined(port=port)
    assert status == 0
    marks = [line.split()[:2] for line in lines[: lines.index("")]]
    assert [about for _, about in marks] == [
        "settings:",
        "software:",
        "engine:",
        "characters:",
        "memory:",
        "open",
        "port:",
        "tokens:",
    ]
    assert {mark for mark, _ in marks} <= {"ok", "warning"}
    assert lines[lines.index("") + 1] == "Nothing stands in the way."
    assert f"  ws://127.0.0.1:{port}" in "\n".join(lines)


def test_what_is_in_the_way_is_status_1_and_all_of_it_is_told(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and doesn't listen, so that whoever asks is told at once
        status, lines = examined(
            port=str(held.getsockname()[1]), characters=str(tmp_path / "gone"), certificate=str(tmp_path / "gone.pem")
        )
    assert status == 1
    problems = [line.split(":")[0].split() for line in lines if line.startswith("problem ")]
    assert problems == [["problem", "characters"], ["problem", "port"], ["problem", "certificate"]]
    assert "3 problems to be solved first." in lines


def test_a_setting_that_is_wrong_is_the_one_thing_that_is_told() -> None:
    def wrong() -> Configuration:
        raise ConfigurationError("--port is x, and must be a whole number.")

    lines: list[str] = []
    assert examine(wrong, lines.append) == 1
    assert lines == ["problem  settings: --port is x, and must be a whole number.", "\n1 problem to be solved first."]


def test_for_a_headset_the_network_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "own_addresses", lambda *, ipv6: [Address("192.168.1.5", "wlan0")])
    made = make_certificate(tmp_path, names=["localhost", "192.168.1.5"])
    status, lines = examined(
        host="0.0.0.0",
        allow_anonymous=True,
        port=free_port(),
        certificate=str(made.chain),
        certificate_key=str(made.key),
    )
    assert status == 0
    text = "\n".join(lines)
    assert "other machines reach this one at 192.168.1.5 (wlan0)." in text
    assert " firewall: " in text
    assert "ok       certificate: for localhost, 192.168.1.5;" in text
    assert "  wss://192.168.1.5:" in text


def test_a_public_address_without_tls_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "own_addresses", lambda *, ipv6: [Address("8.8.8.8", "eth0")])
    _, lines = examined(host="0.0.0.0", allow_anonymous=True, port=free_port())
    (line,) = (line for line in lines if " network: " in line)
    assert line.startswith("warning ")
    assert "8.8.8.8 is public" in line


def test_a_machine_without_a_network_is_a_problem_for_a_headset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "own_addresses", lambda *, ipv6: [])
    status, lines = examined(host="0.0.0.0", allow_anonymous=True, port=free_port())
    assert status == 1
    assert any(line.startswith("problem  network: ") for line in lines)


def test_settings_are_told_with_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('engine = "scripted"\nturns = 4\n')
    lines: list[str] = []
    examine(lambda: read({"port": "0"}, file=str(tmp_path / "s.toml"), environ={}), lines.append)
    assert (
        lines[0] == f"ok       settings: engine, turns from {tmp_path}/s.toml; --port; all others have their defaults."
    )


def test_a_server_that_cannot_be_reached_is_status_1() -> None:
    lines: list[str] = []
    assert examine_running(f"ws://127.0.0.1:{free_port()}", lines.append) == 1
    assert lines[0].startswith("problem  connection: There is no Loquent server at ")
