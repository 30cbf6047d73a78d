"""How many files a server asks for, in processes of their own: what is lowered can't be raised again; and what it says without any left."""

from __future__ import annotations

import asyncio
import errno
import subprocess
import sys

import pytest

from loquent.descriptors import tell_of_shortage


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "then"),
    [
        (64, 4096, 1000, "1000 1000 4096"),
        (2000, 4096, 1000, "2000 2000 4096"),
        (64, 512, 1000, "512 512 512"),
    ],
)
def test_a_process_asks_for_what_it_wants_and_takes_what_it_gets(soft: int, hard: int, wanted: int, then: str) -> None:
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        "from loquent.descriptors import raise_descriptors\n"
        f"print(raise_descriptors({wanted}), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said == f"{then}\n"


async def test_a_shortage_is_said_once_a_minute_and_everything_else_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    tell_of_shortage(loop)
    none_left = OSError(errno.EMFILE, "Too many open files")
    for _ in range(200):
        loop.call_exception_handler({"message": "socket.accept() out of system resource", "exception": none_left})
    (record,) = caplog.records
    assert "no further connection" in record.message
    assert "Too many open files" in record.message
    loop.call_exception_handler({"message": "something else"})
    assert caplog.records[-1].message == "something else"
    assert caplog.records[-1].name == "asyncio"
