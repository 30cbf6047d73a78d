"""A server in a process of its own whose engine follows a script: real gateway, real sockets, no model.

Its replies are as long and as fast as it's told. Run as a program it is that server; `ScriptedServer` starts one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import urllib.request
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from loquent.dialogue.cast import Cast
from loquent.dialogue.character_file import SHIPPED
from loquent.engines.base import Request
from loquent.engines.scripted import ScriptedEngine
from loquent.logs import set_up
from loquent.serve import serve
from loquent.settings import Settings
from support.server_process import ServerProcess

_BUSY: Final = (
    "loquent_connections",
    "loquent_sessions{",
    "loquent_turns_running",
    "loquent_turns_queued",
    "loquent_pending",
)
LONG: Final = "at length"
"""Who says this gets a reply of `LONG_WORDS` words of `LONG_SIZE` characters."""
LONG_WORDS: Final = 1500
LONG_SIZE: Final = 4000
"""Together more than the system holds for a connection that nobody reads from."""


def script(words: int, size: int = 6) -> str:
    """Return what the engine says: so many words, each with its number, and with as many characters as the size wants."""
    return " ".join(f"w{number}".ljust(size, "x") for number in range(words))


class ScriptedServer(ServerProcess):
    """A running server with a scripted engine.

    Args:
        words: how many words a reply has, unless somebody says `LONG`.
        pace: words a second, per reply; 0 for as fast as possible.
        first: seconds before the first word, and before a decision.
        port: where it listens; 0 for any that is free.
        how: for `subprocess.Popen`.
        settings: those of the server.
    """

    def __init__(
        self,
        *,
        words: int = 60,
        pace: float = 100.0,
        first: float = 0.0,
        port: int = 0,
        how: dict[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        self.reply = script(words)
        """What is replied."""
        arguments = [
            "--words",
            str(words),
            "--pace",
            str(pace),
            "--first",
            str(first),
            "--settings",
            json.dumps(settings),
        ]
        super().__init__(*arguments, command=("support.scripted_server",), port=port, **(how or {}))

    async def metrics(self) -> dict[str, float]:
        """Return what `/metrics` says, by name and labels as they stand there."""

        def read() -> str:
            with urllib.request.urlopen(f"{self.http}/metrics", timeout=10) as answer:
                return bytes(answer.read()).decode()

        lines = [line for line in (await asyncio.to_thread(read)).splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    async def idle(self, seconds: float = 30) -> dict[str, float]:
        """Wait until nobody is connected, no session waits and no turn runs; returns the metrics."""
        deadline = time.monotonic() + seconds
        while True:
            metrics = await self.metrics()
            busy = {name: value for name, value in metrics.items() if name.startswith(_BUSY) and value}
            if not busy:
                return metrics
            if time.monotonic() > deadline:
                raise AssertionError(f"the server isn't idle after {seconds:g} s: {busy}")
            await asyncio.sleep(0.1)


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--words", type=int, default=60)
    parser.add_argument("--pace", type=float, default=100.0)
    parser.add_argument("--first", type=float, default=0.0)
    parser.add_argument("--settings", type=json.loads, default={})
    options = parser.parse_args()
    settings = Settings(**{"reply_tokens": LONG_WORDS, "port": options.port} | options.settings)
    if settings.memory is not None:
        settings = replace(settings, memory=Path(settings.memory))  # JSON has no paths
    set_up(settings.log_level, settings.log_format)
    reply, long = script(options.words), script(LONG_WORDS, LONG_SIZE)

    def say(request: Request) -> str:
        return long if request.messages[-1].content == LONG else reply

    make_engine = partial(
        ScriptedEngine,
        say,
        tokens_per_second=options.pace,
        first_token_seconds=options.first,
        context_tokens=1 << 24,
    )
    characters = Cast.read(SHIPPED)
    asyncio.run(serve(make_engine, characters, settings, partial(print, flush=True)))


if __name__ == "__main__":
    main()
