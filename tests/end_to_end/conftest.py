"""One server with the embedded model for all tests that don't break it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.server_process import ServerProcess


@pytest.fixture(scope="session")
def model_server() -> Iterator[ServerProcess]:
    """Run one server with the embedded model for all tests that don't break it."""
    server = ServerProcess()
    yield server
    below = server.processes()
    assert server.stop() == 0, "".join(server.lines)
    left = {pid: line for pid, line in below.items() if Path(f"/proc/{pid}").exists()}
    assert not left, f"the server has left processes behind: {left}"
    assert "Traceback" not in "".join(server.lines)
