"""What may stand between a headset and this machine: a firewall, WSL2's own network, a container. Where it can't be seen, what to try."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..programs import said
from .finding import Finding, ok, warning

_WSL: Final = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"
"""What Windows' firewall calls WSL; the same on every machine."""


def examine_surroundings(port: int, *, root: Path = Path("/")) -> Iterator[Finding]:
    """Say what may keep other machines from this port, and how to let them in.

    Args:
        port: the TCP port that the server listens on.
        root: the folder that the system's files are looked for in.
    """
    networking = wsl_networking(root)
    if networking is not None:
        yield _windows(networking, port)
    if any((root / name).exists() for name in (".dockerenv", "run/.containerenv")):
        yield warning(
            "container",
            f"this is a container: unless it shares its machine's network, start it with -p {port}:{port}, and type the "
            "address of that machine.",
        )
    yield _firewall(port, root)


def wsl_networking(root: Path = Path("/")) -> str | None:
    """Return how WSL joins this system to the network: `nat`, `mirrored` or another word of its own; None where this isn't WSL."""
    try:
        kernel = (root / "proc/sys/kernel/osrelease").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if "microsoft" not in kernel.lower():
        return None
    return said("wslinfo", "--networking-mode") or "nat"  # older ones have neither the program nor the choice


def _windows(networking: str, port: int) -> Finding:
    if networking == "mirrored":
        return warning(
            "Windows",
            "this is WSL2 with mirrored networking: it has Windows' addresses, and Windows' firewall. If a headset can't connect, in "
            f"PowerShell as administrator: New-NetFirewallHyperVRule -Name Loquent -DisplayName Loquent -Direction Inbound "
            f"-VMCreatorId '{_WSL}' -Protocol TCP -LocalPorts {port}",
        )
    return warning(
        "Windows",
        "this is WSL2 with a network of its own: programs on Windows reach the server at localhost, a headset doesn't. On Windows 11, "
        "write networkingMode=mirrored under [wsl2] into %UserProfile%\\.wslconfig, then `wsl --shutdown`. On Windows 10, in "
        f"PowerShell as administrator: netsh interface portproxy add v4tov4 listenport={port} connectport={port} "
        "connectaddress=(wsl hostname -I).Trim(); New-NetFirewallRule -DisplayName Loquent -Direction Inbound -Protocol TCP "
        f"-LocalPort {port} -Action Allow; then type the address that `ipconfig` shows.",
    )


def _firewall(port: int, root: Path) -> Finding:
    tcp = f"{port}/tcp"
    if platform.system() == "Darwin":
        return warning(
            "firewall",
            "if macOS asks whether Python may take connections, allow it (System Settings > Network > Firewall).",
        )
    if _ufw_is_on(root) and not _is_listed(said("ufw", "status"), tcp, str(port)):
        return warning("firewall", f"ufw is on. If a headset can't connect: sudo ufw allow {tcp}")
    if said("firewall-cmd", "--state") == "running" and said("firewall-cmd", f"--query-port={tcp}") != "yes":
        permanent = f"sudo firewall-cmd --permanent --add-port={tcp} && sudo firewall-cmd --reload"
        return warning("firewall", f"firewalld is on. If a headset can't connect: {permanent}")
    if os.name == "posix" and os.geteuid() == 0:
        rules = said("nft", "list", "ruleset") or ""
        if re.search(r"hook input [^}]*policy drop", rules) and str(port) not in rules:
            return warning(
                "firewall", f"nftables drops what it has no rule for: give it one that accepts tcp dport {port}."
            )
    return ok(
        "firewall",
        "neither ufw nor firewalld keeps others out. A router that separates its guests can't be seen from here.",
    )


def _ufw_is_on(root: Path) -> bool:
    """Tell whether ufw is on, by the file that everybody may read; asking it takes administrator's rights."""
    try:
        configured = (root / "etc/ufw/ufw.conf").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"^\s*ENABLED\s*=\s*[\"']?yes", configured, re.MULTILINE | re.IGNORECASE) is not None


def _is_listed(status: str | None, *rules: str) -> bool:
    """Tell whether ufw's list, if it may be read, allows one of these."""
    lines = (line.split() for line in (status or "").splitlines())
    return any(len(words) > 1 and words[0] in rules and "ALLOW" in words for words in lines)
