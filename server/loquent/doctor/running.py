"""Whether a server that runs can be reached, and how it answers: what `loquent doctor --url` says."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..client import Client, ClientError
from ..wire.frames import Limits
from .finding import Finding, ok, problem, warning
from .network import Server, ask_health

_ROUND_TRIPS: Final = 5
_SLOW_SECONDS: Final = 0.1
"""A round trip beyond which a player notices that the first word comes late."""


def examine_server(url: str, token: str | None = None, authorities: Path | None = None) -> Iterator[Finding]:
    """Connect as a game does, say hello, and measure how far away the server is.

    Args:
        url: where the server is, such as ``ws://192.168.1.5:8765``.
        token: who this is, where the server asks for it.
        authorities: see `Client.connect`.
    """
    try:
        limits, trips = asyncio.run(_connect(url, token, authorities))
    except ClientError as error:
        yield problem("connection", str(error))
        return
    yield ok("connection", f"{url} answers a hello.")
    yield ok("session", f"{_said(limits)}.")
    middle = statistics.median(trips)
    text = f"{middle * 1000:.1f} ms (the middle one of {len(trips)}; the longest {max(trips) * 1000:.1f} ms)"
    if middle < _SLOW_SECONDS:
        yield ok("round trip", f"{text}.")
    else:
        yield warning("round trip", f"{text}: players notice; Wi-Fi at 5 GHz, or a server that is nearer, may help.")
    yield _health(url)


async def _connect(url: str, token: str | None, authorities: Path | None) -> tuple[Limits, list[float]]:
    async with await Client.connect(url, client="loquent-doctor", token=token, authorities=authorities) as client:
        if client.welcome is None:
            raise ClientError("The server hasn't answered the hello.")
        return client.welcome.limits, [await client.round_trip() for _ in range(_ROUND_TRIPS)]


def _said(limits: Limits) -> str:
    """Put the limits of a session into words."""
    words = {
        "conversations": "{} conversations",
        "turns": "{} replies at once",
        "text_bytes": "{} bytes a text",
        "images": "{} images",
    }
    known = {name: getattr(limits, name) for name in words}
    return (
        ", ".join(words[name].format(value) for name, value in known.items() if value is not None) or "no limits told"
    )


def _health(url: str) -> Finding:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    server = ask_health(parts.hostname or "", port)
    if server is None:
        return warning(
            "server", "it answers, and doesn't tell how it is: its /healthz can't be read, perhaps behind a proxy."
        )
    about = f"Loquent {server.version} with {server.model}"
    return ok("server", f"{about}, and it's well.") if server.status == "ok" else _unwell(server, about)


def _unwell(server: Server, about: str) -> Finding:
    cause = f" ({server.cause})" if server.cause else ""
    text = f"{about}; it says that it is {server.status}{cause}."
    return problem("server", text) if server.status == "down" else warning("server", text)
