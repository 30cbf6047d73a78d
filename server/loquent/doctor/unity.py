"""What to type in Unity, on this machine and on a headset in the same network."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from ..access import is_loopback
from ..certificates import Certificate
from ..settings import Settings
from .credentials import covers, names_to_type
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
    places = list(_places(settings, addresses, certificate, behind_windows=behind_windows))
    if not places:
        yield "There is nothing to type in Unity: the certificate is for no address of this machine, and for no name."
        return
    yield "Type in Unity, as the address of the Loquent client:"
    for host, where in places:
        yield f"  {url(host, settings.port, tls=settings.certificate is not None):<{_WIDTH}} {where}"
    if settings.tokens is not None:
        yield "and as its token the one that `loquent token` showed when it made it."
    if is_loopback(settings.host):
        yield (
            "For a headset on the same network, the server must listen on more than this machine: "
            "`loquent token NAME --tokens FILE` makes a token, then add --host 0.0.0.0 --tokens FILE, here too."
        )


def _places(
    settings: Settings, addresses: Sequence[Address], certificate: Certificate | None, *, behind_windows: bool
) -> Iterator[tuple[str, str]]:
    """Yield hosts to type, and where."""
    host = settings.host
    if all_addresses(host):
        here = ["localhost", "::1" if ":" in host else "127.0.0.1"]
    else:
        here = [host, "localhost"] if is_loopback(host) else [host]
    here = [each for each in here if certificate is None or covers(certificate, each)][:1]
    yield from ((each, "on this machine") for each in here)
    if is_loopback(host):
        return
    if certificate is not None:
        yield from ((name, "where this name leads to this machine") for name in names_to_type(certificate))
    if behind_windows:
        yield "ADDRESS", "on a headset: the address of Windows that `ipconfig` shows there"
        return
    for ip, interface in addresses:
        if ip not in here and (certificate is None or covers(certificate, ip)):
            yield ip, f"on a headset in the same network{f' ({interface})' if interface else ''}"


def url(host: str, port: int, *, tls: bool) -> str:
    """Return the address of a server as a client takes it."""
    with contextlib.suppress(ValueError):  # a name
        host = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    return f"{'wss' if tls else 'ws'}://{host}:{port or 'PORT'}"
