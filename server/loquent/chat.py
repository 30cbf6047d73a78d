"""A chat in the terminal, over the same wire as a game's: tokens as they come, Ctrl-C cancels the turn and not the program.

A line that begins with a slash is a command, such as /decide; /help lists them.

The keyboard has the main thread, so that Ctrl-C and line editing work as they do everywhere; the connection has a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TextIO, TypeVar

from .chat_commands import Choose, CommandError, Look, parse, table
from .client import Client, FaultError, Reconnect, Reply
from .wire.faults import Code
from .wire.frames import Cue, Options, Text

T = TypeVar("T")

_END = None


class Chat:
    """A conversation at the terminal.

    Args:
        url: where the server is.
        character: who to talk with.
        options: the options of open.
        out: where to print.
        token: who this is, where the server asks for it.
        authorities: see `Client.connect`.
    """

    def __init__(
        self,
        url: str,
        character: str,
        options: Options,
        out: TextIO = sys.stdout,
        token: str | None = None,
        authorities: Path | None = None,
    ) -> None:
        self._url = url
        self._character = character
        self._options = options
        self._out = out
        self._token = token
        self._authorities = authorities
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="connection", daemon=True)

    def run(self) -> None:
        """Chat until the input ends.

        Raises:
            ClientError: the server can't be reached, refuses, or is lost.
        """
        if _at_terminal():
            import readline  # noqa: F401 - importing it is what gives input() its line editing

        self._thread.start()
        try:
            connecting = Client.connect(
                self._url, token=self._token, authorities=self._authorities, reconnect=Reconnect(told=self._tell_lost)
            )
            client = self._wait(connecting)
            try:
                self._talk(client)
            finally:
                self._wait(client.close())
        finally:
            asyncio.run_coroutine_threadsafe(_end_tasks(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _talk(self, client: Client) -> None:
        number, opened = self._wait(client.open(self._character, self._options))
        self._print(
            f"You are talking with {opened.name}. Ctrl-C interrupts, Ctrl-D ends, /help says what else can be done.\n"
        )
        for exchange in opened.history:
            self._print(f"> {exchange.said}\n{exchange.reply}\n" if exchange.said else f"{exchange.reply}\n")
        if not opened.history:
            self._greet(client, number)
        while True:
            try:
                said = input("> " if _at_terminal() else "") if sys.stdin else _no_input()
            except KeyboardInterrupt:
                self._print("\n")
                continue
            except EOFError:
                self._print("\n" if _at_terminal() else "")
                return
            said = said.encode(errors="replace").decode()
            try:
                if said.startswith("/"):
                    self._command(client, number, said)
                elif said.strip():
                    self._reply(client, number, said)
            except CommandError as error:
                self._print(f"{error}\n")

    def _greet(self, client: Client, conversation: int) -> None:
        """Let the character speak first, if it can at this moment."""
        with contextlib.suppress(FaultError):
            self._stream(client, conversation, "")

    def _command(self, client: Client, conversation: int, line: str) -> None:
        """Do what a line with a slash asks for.

        Raises:
            CommandError: it can't be done.
        """
        command = parse(line)
        match command:
            case Look():
                self._reply(client, conversation, command.words, (command.picture,))
            case Choose():
                self._decide(client, conversation, command)
            case str():
                self._print(f"{command}\n")

    def _decide(self, client: Client, conversation: int, asked: Choose) -> None:
        """Let the model choose, and print how likely each option is."""

        def once() -> None:
            reply = self._wait(client.decide(conversation, asked.question, asked.options, asked.pictures))
            self._follow(reply, self._start(_read(reply)).result)
            if reply.decision is None:
                self._print("…\n")
            else:
                self._print(f"{table(asked.options, reply.decision.probabilities, reply.decision.index)}\n")

        self._patiently(once)

    def _reply(self, client: Client, conversation: int, said: str, images: Sequence[bytes] = ()) -> None:
        """Say something and print the reply as it comes."""
        self._patiently(lambda: self._stream(client, conversation, said, images))

    def _patiently(self, ask: Callable[[], None]) -> None:
        """Ask the character something; while the model is still loading, wait for it."""
        waiting = False
        while True:
            try:
                ask()
                return
            except FaultError as error:
                if error.fault.code != Code.ENGINE_STARTING:
                    self._print(f"\n[{error.fault.code}] {error}\n")
                    return
                if not waiting:
                    self._print("(the model is still loading; the answer comes when it's ready, Ctrl-C gives up)\n")
                    waiting = True
                try:
                    time.sleep((error.fault.retry_after_ms or 1000) / 1000)
                except KeyboardInterrupt:
                    self._print("\n")
                    return

    def _stream(self, client: Client, conversation: int, said: str, images: Sequence[bytes] = ()) -> None:
        reply = self._wait(client.say(conversation, said, images))
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        streaming = self._start(_pump(reply, pieces))

        def show() -> None:
            while (piece := pieces.get()) is not _END:
                self._print(piece)

        self._follow(reply, show)
        streaming.result()
        note = {"cancelled": " …", "length": " […]"}.get(reply.end.reason if reply.end else "", "")
        self._print(f"{note}\n")

    def _follow(self, reply: Reply, wait: Callable[[], None]) -> None:
        """Wait for a turn's end; Ctrl-C cancels the turn.

        Args:
            reply: the turn.
            wait: returns when it has ended; called again if it was interrupted.
        """
        interrupted = False
        while True:
            try:
                wait()
                return
            except KeyboardInterrupt:
                if interrupted:  # it was told so, and its end doesn't come
                    raise
                interrupted = True
                self._wait(reply.cancel())

    def _tell_lost(self, seconds: float) -> None:
        self._print(
            f"\n(the connection is lost; for {seconds:g} s it's tried to make it again, Ctrl-C twice gives up)\n"
        )

    def _print(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

    def _start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        future = self._start(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _no_input() -> str:
    raise EOFError


async def _end_tasks() -> None:
    """Let what was interrupted end, so that nothing is left pending."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reply: Reply) -> None:
    async for _ in reply.frames():
        pass


async def _pump(reply: Reply, pieces: queue.SimpleQueue[str | None]) -> None:
    try:
        async for frame in reply.frames():
            match frame:
                case Text():
                    pieces.put(frame.text)
                case Cue():
                    pieces.put(f"‹{frame.name}› " if frame.argument is None else f"‹{frame.name} {frame.argument}› ")
    finally:
        pieces.put(_END)
