"""Firewalls, WSL2 and containers: the files and programs by which they are recognised are made for the test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loquent.doctor.finding import Finding, Mark
from loquent.doctor.firewall import examine_surroundings, wsl_networking
from support.checkout import program

WSL_KERNEL = "5.15.167.4-microsoft-standard-WSL2\n"


class Machine:
    """A machine with nothing in the way."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.programs = folder / "bin"
        self.root.mkdir()
        self.programs.mkdir()
        for name in ("ufw", "firewall-cmd", "nft", "wslinfo"):
            self.has(name, "exit 1")

    def has(self, name: str, body: str) -> None:
        """Install a program."""
        program(self.programs / name, body)

    def holds(self, path: str, text: str) -> None:
        """Have a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def look(self) -> dict[str, Finding]:
        """Look around; returns what is found by what it's about."""
        return {finding.about: finding for finding in examine_surroundings(8765, root=self.root)}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with nothing in the way, in a folder."""
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{made.programs}:/usr/bin:/bin")
    return made


def test_where_nothing_is_seen_it_is_said_what_cannot_be_seen(machine: Machine) -> None:
    (finding,) = machine.look().values()
    assert (finding.mark, finding.about) == (Mark.OK, "firewall")
    assert "router" in finding.text


def test_ufw_is_seen_without_administrators_rights(machine: Machine) -> None:
    machine.holds("etc/ufw/ufw.conf", "# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n")
    finding = machine.look()["firewall"]
    assert finding.mark is Mark.WARNING
    assert finding.text.endswith("sudo ufw allow 8765/tcp")
    machine.holds("etc/ufw/ufw.conf", "ENABLED=no\n")
    assert machine.look()["firewall"].mark is Mark.OK


@pytest.mark.parametrize(
    ("rule", "mark"),
    [
        ("8765/tcp                   ALLOW       Anywhere", Mark.OK),
        ("8765                       ALLOW IN    192.168.1.0/24", Mark.OK),
        ("18765/tcp                  ALLOW       Anywhere", Mark.WARNING),
        ("8765/tcp                   DENY        Anywhere", Mark.WARNING),
    ],
)
def test_a_port_that_ufw_lets_in_is_well(machine: Machine, rule: str, mark: Mark) -> None:
    machine.holds("etc/ufw/ufw.conf", "ENABLED=yes\n")
    machine.has("ufw", f"printf 'Status: active\\n\\nTo  Action  From\\n%s\\n' '{rule}'")
    assert machine.look()["firewall"].mark is mark


@pytest.mark.parametrize(("answer", "mark"), [("yes", Mark.OK), ("no", Mark.WARNING)])
def test_firewalld_is_asked_for_the_port(machine: Machine, answer: str, mark: Mark) -> None:
    machine.has(
        "firewall-cmd",
        f'case "$1" in --state) echo running;; --query-port=8765/tcp) echo {answer}; [ {answer} = yes ];; *) exit 1;; esac',
    )
    finding = machine.look()["firewall"]
    assert finding.mark is mark
    assert mark is Mark.OK or "--add-port=8765/tcp" in finding.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator may ask nftables")
@pytest.mark.parametrize(
    ("rules", "mark"),
    [
        ("type filter hook input priority filter; policy drop;", Mark.WARNING),
        ("type filter hook input priority filter; policy drop; tcp dport 8765 accept", Mark.OK),
        ("type filter hook input priority filter; policy accept;", Mark.OK),
        ("type filter hook forward priority filter; policy drop;", Mark.OK),
    ],
)
def test_nftables_rules_are_read_where_that_is_allowed(machine: Machine, rules: str, mark: Mark) -> None:
    machine.has("nft", f"printf 'table inet filter {{\\n chain x {{\\n %s\\n }}\\n}}\\n' '{rules}'")
    assert machine.look()["firewall"].mark is mark


def test_wsl_with_a_network_of_its_own_is_told_how_a_headset_gets_in(machine: Machine) -> None:
    machine.holds("proc/sys/kernel/osrelease", WSL_KERNEL)
    assert wsl_networking(machine.root) == "nat"
    finding = machine.look()["Windows"]
    assert finding.mark is Mark.WARNING
    for needed in ("networkingMode=mirrored", "portproxy", "listenport=8765", "-LocalPort 8765", "ipconfig"):
        assert needed in finding.text


def test_wsl_with_mirrored_networking_has_windows_firewall(machine: Machine) -> None:
    machine.holds("proc/sys/kernel/osrelease", WSL_KERNEL)
    machine.has("wslinfo", '[ "$1" = --networking-mode ] && echo mirrored')
    assert wsl_networking(machine.root) == "mirrored"
    assert "New-NetFirewallHyperVRule" in machine.look()["Windows"].text


def test_linux_that_is_no_windows_is_not_taken_for_it(machine: Machine) -> None:
    assert wsl_networking(machine.root) is None
    machine.holds("proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
    assert wsl_networking(machine.root) is None
    assert "Windows" not in machine.look()


@pytest.mark.parametrize("file", [".dockerenv", "run/.containerenv"])
def test_a_container_is_told_to_publish_its_port(machine: Machine, file: str) -> None:
    machine.holds(file, "")
    finding = machine.look()["container"]
    assert finding.mark is Mark.WARNING
    assert "-p 8765:8765" in finding.text
