"""What to type, by how the server listens and what its certificate is for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loquent.certificates import Certificate
from loquent.doctor.network import Address
from loquent.doctor.unity import url, what_to_type
from loquent.settings import Settings

HERE = [Address("192.168.1.5", "wlan0"), Address("10.0.0.7", "")]


def typed(
    *names: str, behind_windows: bool = False, addresses: list[Address] | None = None, **settings: Any
) -> list[str]:
    """Return the addresses that somebody is told to type; with names, those of the server's certificate."""
    certificate = Certificate(names, datetime.now(UTC), datetime.now(UTC), "1") if names else None
    if names:
        settings |= {"certificate": Path("c.pem")}
    lines = what_to_type(
        Settings(**settings), HERE if addresses is None else addresses, certificate, behind_windows=behind_windows
    )
    return [line.split()[0] for line in lines if line.startswith("  ")]


def test_a_server_for_this_machine_is_typed_as_it_listens_and_the_way_to_a_headset_is_told() -> None:
    assert typed() == ["ws://127.0.0.1:8765"]
    assert typed(host="::1", port=9000) == ["ws://[::1]:9000"]
    assert "--host 0.0.0.0" in list(what_to_type(Settings(), [], None, behind_windows=False))[-1]


def test_every_address_is_told_with_its_interface() -> None:
    settings = Settings(host="0.0.0.0", tokens=Path("t"))
    lines = list(what_to_type(settings, HERE, None, behind_windows=False))
    assert lines[1].split(maxsplit=1) == ["ws://localhost:8765", "on this machine"]
    assert lines[2].split(maxsplit=1) == ["ws://192.168.1.5:8765", "on a headset in the same network (wlan0)"]
    assert lines[3].split(maxsplit=1) == ["ws://10.0.0.7:8765", "on a headset in the same network"]
    assert "token" in lines[4]


def test_one_address_that_the_server_listens_on_is_told_once() -> None:
    assert typed(host="192.168.1.5", addresses=[Address("192.168.1.5", "")]) == ["ws://192.168.1.5:8765"]


def test_with_a_certificate_only_what_it_is_for_is_told() -> None:
    assert typed("localhost", "192.168.1.5", host="0.0.0.0") == ["wss://localhost:8765", "wss://192.168.1.5:8765"]
    assert typed("npc.example", host="0.0.0.0") == ["wss://npc.example:8765"]
    assert typed("127.0.0.1") == ["wss://127.0.0.1:8765"]
    assert typed("localhost") == ["wss://localhost:8765"]
    assert typed("127.0.0.1", host="0.0.0.0") == ["wss://127.0.0.1:8765"]
    assert typed("10.9.9.9", host="0.0.0.0") == []
    assert typed(host="0.0.0.0", certificate=Path("broken.pem"))[0] == "wss://localhost:8765"


def test_behind_windows_its_address_is_the_one_to_type() -> None:
    assert typed(host="0.0.0.0", behind_windows=True) == ["ws://localhost:8765", "ws://ADDRESS:8765"]


@pytest.mark.parametrize(
    ("host", "port", "tls", "expected"),
    [
        ("localhost", 8765, False, "ws://localhost:8765"),
        ("fd00::5", 8765, True, "wss://[fd00::5]:8765"),
        ("127.0.0.1", 0, False, "ws://127.0.0.1:PORT"),
    ],
)
def test_an_address_is_written_as_clients_take_it(host: str, port: int, tls: bool, expected: str) -> None:
    assert url(host, port, tls=tls) == expected
