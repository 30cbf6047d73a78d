"""Where the server would listen, who is there already, and at which addresses other machines find this one."""

from __future__ import annotations

import contextlib
import errno
import http.client
import ipaddress
import json
import os
import re
import socket
import ssl
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ..access import is_loopback
from ..settings import Settings
from .finding import Finding, ok, problem, warning

_ANSWER_SECONDS: Final = 3.0

_NO_ANSWER: Final = (OSError, http.client.HTTPException, ValueError, RecursionError)
"""What comes of asking a program that isn't a Loquent server."""

_ANY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nobody listens here
"""Hosts that stand for all addresses, and how each is reached from this machine."""


def all_addresses(host: str) -> bool:
    """Whether a host to listen on stands for all of this machine's addresses."""
    return host in _ANY


# --- The port ------------------------------------------------------------------------------------------------


class Server(NamedTuple):
    """A Loquent server that runs."""

    version: str
    model: str
    status: str
    """`ok`, or what it's doing instead."""
    cause: str | None


def examine_port(settings: Settings) -> tuple[Finding, Server | None]:
    """Look whether the server can listen where it's set to, or one does already.

    Nothing listens meanwhile: a client that is waiting to come back must not find a server that has forgotten it.
    """
    host, port = settings.host, settings.port
    where = f"port {port}"
    if not port and is_loopback(host):
        return ok("port", "any that is free; the server says which when it starts."), None
    if not port:
        text = (
            "any that is free, so another at each start, for which no firewall can be opened: choose one with --port."
        )
        return warning("port", text), None
    try:
        _try_to_bind(host, port)
    except UnicodeError:  # of a name that no host can have
        return problem("port", _no_such_address(host)), None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return problem("port", _why_not(error, host, port)), None
    else:
        return ok("port", f"{port} is free on {host}."), None
    server = ask_health(_ANY.get(host, host), port)
    if server is None:
        return problem(
            "port",
            f"{where} is in use by another program: stop it (`ss -ltnp` lists them), or choose another with --port.",
        ), None
    text = f"a Loquent server {server.version} with {server.model} runs at {where} already"
    if server.status == "ok":
        return ok("port", f"{text}, and is well."), server
    cause = f" ({server.cause})" if server.cause else ""
    return warning("port", f"{text}; it says that it is {server.status}{cause}."), server


def _try_to_bind(host: str, port: int) -> None:
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        with socket.socket(family, kind, protocol) as trial:
            # As asyncio does when it listens.
            if os.name == "posix":
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            trial.bind(address)


def _no_such_address(host: str) -> str:
    return f"this machine has no address {host}; use --host 127.0.0.1, or 0.0.0.0 for all its addresses."


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EACCES:
        return f"port {port} needs administrator's rights; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return _no_such_address(host)
    return f"the server can't listen on {host} port {port}: {error.strerror or error}."


def ask_health(host: str, port: int) -> Server | None:
    """Ask what listens there how it is; None if it doesn't answer as a Loquent server does."""
    # Whose certificate it is doesn't matter here: nothing that is told to it is secret, and nothing of what it says is trusted.
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    for connection in (
        http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS),
        http.client.HTTPSConnection(host, port, timeout=_ANSWER_SECONDS, context=trusting),
    ):
        with contextlib.closing(connection), contextlib.suppress(*_NO_ANSWER):
            connection.request("GET", "/healthz")
            health = json.loads(connection.getresponse().read(1 << 16))
            if isinstance(health, dict) and {"status", "version", "model"} <= health.keys():
                version, model, status = (_printable(health[key]) for key in ("version", "model", "status"))
                return Server(version, model, status, _printable(health["cause"]) if "cause" in health else None)
    return None


def _printable(said: object) -> str:
    """Cut what somebody else's program says to what can stand in a line of a terminal."""
    return "".join(character if character.isprintable() else "?" for character in str(said)[:200])


# --- Addresses -----------------------------------------------------------------------------------------------


class Address(NamedTuple):
    """An address of this machine."""

    ip: str
    interface: str
    """The network interface that has it; empty if unknown."""


_CONTAINERS: Final = re.compile(r"(docker|br-[0-9a-f]{12}|veth|virbr|lxcbr|lxdbr|cni|flannel|cali|podman|kube)\w*")
"""Interfaces between this machine and its own containers and virtual machines: no headset comes in there."""

_SIOCGIFADDR: Final = 0x8915
_IPV6_UNUSABLE: Final = 0x01 | 0x20 | 0x40
"""Flags of an IPv6 address that is temporary, deprecated or tentative."""


def own_addresses(*, ipv6: bool = False) -> list[Address]:
    """Find the addresses at which other machines on the network may reach this one, the one with the way out first."""
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    outward = _outward(family)
    found = list(_ipv6_addresses() if ipv6 else _ipv4_addresses())
    if outward is not None and all(address.ip != outward for address in found):
        found.append(Address(outward, ""))
    return sorted(filter(reachable, found), key=lambda address: address.ip != outward)


def reachable(address: Address) -> bool:
    """Tell whether another machine on the network may reach an address of this one."""
    ip = ipaddress.ip_address(address.ip)
    return not (ip.is_loopback or ip.is_link_local or ip.is_unspecified or _CONTAINERS.fullmatch(address.interface))


def _outward(family: socket.AddressFamily) -> str | None:
    """Return the address from which this machine would talk with the rest of the world. Nothing is sent for that."""
    elsewhere = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"  # set apart for documentation
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            trial.connect((elsewhere, 9))
            return str(trial.getsockname()[0])
    except OSError:
        return None


def _ipv4_addresses() -> Iterator[Address]:
    if sys.platform != "linux":
        return
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            with contextlib.suppress(OSError):  # it has no IPv4 address
                answer = fcntl.ioctl(any_socket.fileno(), _SIOCGIFADDR, request)
                yield Address(socket.inet_ntoa(answer[20:24]), name)


def _ipv6_addresses() -> Iterator[Address]:
    try:
        lines = Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for digits, _, _, scope, flags, name in (line.split() for line in lines):
        if scope == "00" and not int(flags, 16) & _IPV6_UNUSABLE:
            yield Address(str(ipaddress.IPv6Address(bytes.fromhex(digits))), name)
