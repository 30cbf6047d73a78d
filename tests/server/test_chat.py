"""The terminal chat beside a server whose model is still loading. (At a real terminal: test_cli.py.)"""

from __future__ import annotations

import asyncio
import io
import sys

import pytest

from loquent.chat import Chat
from loquent.settings import Settings
from loquent.wire.frames import Options
from support.running import running


async def test_chat_waits_for_a_model_that_is_still_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO("Hello\n"))
    async with running(settings=Settings(retry_seconds=0.05), started=False) as server:
        chat = asyncio.create_task(asyncio.to_thread(Chat(server.url, "guard", Options(), out).run))
        while "still loading" not in out.getvalue():
            await asyncio.sleep(0.01)
        await server.keeper.start()
        await chat
    assert out.getvalue().endswith("You said: Hello That makes 4 messages between us.\n")
    assert out.getvalue().count("still loading") == 1
