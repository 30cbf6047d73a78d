"""What to type in Unity, on this machine and on a headset in the same network."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from ..access import is_loopback
from ..certificates import Certificate
from ..settings import Settings
from .access import covers, names_to_type
from .network import Address, all_addresses

_WIDTH: Final = 34


def what_to_type(
    settings: Settings, addresses: Sequence[Address], certificate: Certificate | None, *, behind_windows: bool
) -> Iterator[str]:
    """Say it in lines.

    Args:
        settings: what is set.
        addresses: those at which other machines may reach this one, if the server listens there.
        certificate: what clients see of it; None without TLS, or with one that can't be used.
        behind_windows: whether other machines reach Windows alone, and not the WSL2 that this is.
    """
    tls = settings.certificate is not None
    local = "localhost" if all_addresses(settings.host) or is_loopback(settings.host) else settings.host
    if not tls and is_loopback(settings.host):
        local = settings.host
    places = [(local, "on this machine")] if not tls or certificate is None or covers(certificate, local) else []
    if not is_loopback(settings.host):
        if behind_windows:
            places.append(("ADDRESS", "on a headset: the address of Windows that `ipconfig` shows there"))
        elif tls and certificate is not None:
            places += [(name, "where this name leads to this machine") for name in names_to_type(certificate)]
            places += [(ip, _on_a_headset(name)) for ip, name in addresses if covers(certificate, ip)]
        else:
            places += [(ip, _on_a_headset(name)) for ip, name in addresses if ip != local]
    yield "Type in Unity, as the address of the Loquent client:"
    for host, where in places:
        yield f"  {url(host, settings.port, tls=tls):<{_WIDTH}} {where}"
    if settings.tokens is not None:
        yield "and as its token the one that `loquent token` showed when it made it."
    if is_loopback(settings.host):
        yield (
            "For a headset on the same network, the server must listen on more than this machine: "
            "`loquent token NAME --tokens FILE` makes a token, then add --host 0.0.0.0 --tokens FILE, here too."
        )


def _on_a_headset(interface: str) -> str:
    return f"on a headset in the same network{f' ({interface})' if interface else ''}"


def url(host: str, port: int, *, tls: bool) -> str:
    """Return the address of a server as a client takes it."""
    with contextlib.suppress(ValueError):  # a name
        host = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    return f"{'wss' if tls else 'ws'}://{host}:{port or 'PORT'}"
