"""Asks the cases of a suite, over the wire, as a game would: each in a new conversation."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final

from ..client import Client, ClientError, FaultError
from ..wire.faults import Code
from ..wire.frames import Cue, Decision, Text
from .attempts import Attempt, Run, Turn
from .checks import Heard, form_of
from .suite import Asked, Case, Said, Suite

_COME_BACK: Final = (Code.BUSY, Code.ENGINE_STARTING)
"""Faults that say nothing of the model: the server is full, or not ready yet."""
_PATIENCE_SECONDS: Final = 300.0
"""How long an attempt is put off because of them."""
_BACKOFF_SECONDS: Final = 0.5
_LONGEST_BACKOFF_SECONDS: Final = 10.0
"""How long to wait at least before it's tried again: at first, and in the end; doubled each time."""
_TURN_SECONDS: Final = 300.0
"""How long a reply or a decision may take before it counts as failed."""
TIMED_OUT: Final = "timed_out"
LOST: Final = "connection_lost"
NO_DECISION: Final = "no_decision"
"""Codes of our own, beside the server's: nothing came in time; the connection was lost; a decision's turn ended without it."""

Dial = Callable[[], Awaitable[Client]]
"""Connects to the server."""


async def run_suite(suite: Suite, dial: Dial, *, concurrency: int = 1, told: Callable[[], None] = lambda: None) -> Run:
    """Ask all cases, first each once, then each a second time where it's to be repeated, and so on.

    Ctrl-C ends it with what there is.

    Args:
        suite: the cases.
        dial: connects to the server; called once for each of ``concurrency``, and again for a connection that is lost.
        concurrency: how many cases are asked at once. With more than one, they wait for each other in the engine.
        told: called after each attempt.

    Returns:
        what came of it. Whatever goes wrong with a case is in its attempt.

    Raises:
        ClientError: there is no server at all, or it doesn't have the character.
    """
    jobs = deque(_jobs(suite.cases))
    attempts: list[Attempt] = []
    began = time.monotonic()

    def done(attempt: Attempt) -> None:
        attempts.append(attempt)
        told()

    first = await dial()
    unknown = await _unknown_cues(first, suite)
    workers = [asyncio.create_task(_Worker(suite, dial, first, jobs, done).work(), name="case 1")]
    for number in range(1, min(concurrency, len(jobs))):
        worker = _Worker(suite, dial, None, jobs, done)
        workers.append(asyncio.create_task(worker.work(), name=f"case {number + 1}"))
    stopped = await _end(workers)
    return Run(suite, attempts, concurrency, time.monotonic() - began, stopped, unknown)


async def _unknown_cues(client: Client, suite: Suite) -> tuple[str, ...]:
    """Open the conversation once, to see that it can be done at all; returns which cues are wanted that the character doesn't have."""
    try:
        number, opened = await client.open(suite.character, suite.player)
        await client.close_conversation(number)
    except ClientError:
        await client.close()
        raise
    wanted = {cue.partition(":")[0] for case in suite.cases if isinstance(case, Said) for cue in case.checks.cue}
    return tuple(sorted(set(map(form_of, wanted)) - set(opened.cues)))


def _jobs(cases: Iterable[Case]) -> list[tuple[Case, int]]:
    return [
        (case, number)
        for number in range(max((case.repeat for case in cases), default=0))
        for case in cases
        if number < case.repeat
    ]


async def _end(workers: list[asyncio.Task[None]]) -> str | None:
    """Wait for the workers; returns why they didn't finish, if they didn't."""
    stopped: str | None = None
    with _interrupts() as interrupted:
        waiting = asyncio.create_task(interrupted.wait(), name="Ctrl-C")
        done, pending = await asyncio.wait({waiting, *workers}, return_when=asyncio.FIRST_COMPLETED)
        while pending - {waiting} and waiting not in done and not any(task.exception() for task in done):
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        if waiting in done:
            stopped = "it was interrupted"
        for task in (waiting, *workers):
            task.cancel()
        for outcome in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(outcome, ClientError):
                stopped = stopped or f"the server was lost: {outcome}"
            elif isinstance(outcome, Exception):
                raise outcome
    return stopped


@contextlib.contextmanager
def _interrupts() -> Iterator[asyncio.Event]:
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def asked() -> None:
        event.set()
        for number in numbers:  # who asks twice wants no politeness
            loop.remove_signal_handler(number)

    taken = []
    for number in numbers:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not in the main thread
            loop.add_signal_handler(number, asked)
            taken.append(number)
    try:
        yield event
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


class _Worker:
    """Asks one case after the other, over one connection."""

    def __init__(
        self,
        suite: Suite,
        dial: Dial,
        client: Client | None,
        jobs: deque[tuple[Case, int]],
        done: Callable[[Attempt], None],
    ) -> None:
        self._suite = suite
        self._dial = dial
        self._client = client
        self._jobs = jobs
        self._done = done

    async def work(self) -> None:
        """Ask until nothing is left.

        Raises:
            ClientError: the connection is lost, and there is no other.
        """
        client = self._client or await self._dial()
        try:
            while self._jobs:
                case, number = self._jobs.popleft()
                attempt = await self._patiently(client, case, number)
                self._done(attempt)
                if attempt.fault == LOST:
                    await client.close()
                    client = await self._dial()
        finally:
            await client.close()

    async def _patiently(self, client: Client, case: Case, number: int) -> Attempt:
        """Ask a case; while the server says to come back later, do."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        retries = 0
        while True:
            attempt = Attempt(case, number, retries=retries)
            try:
                async with asyncio.timeout(_TURN_SECONDS * (len(case.say) + 1)):
                    await self._ask(client, attempt)
                return attempt
            except TimeoutError:
                attempt.fault, attempt.message = TIMED_OUT, "Nothing came in time."
                return attempt
            except FaultError as error:
                attempt.fault, attempt.message = error.fault.code, str(error)
                # More than it says, more and more: a server that takes only so many frames a second would hear of nothing but retries.
                backoff = min(_LONGEST_BACKOFF_SECONDS, _BACKOFF_SECONDS * 2**retries)
                wait = max((error.fault.retry_after_ms or 0) / 1000, backoff)
                if error.fault.code not in _COME_BACK or time.monotonic() + wait > deadline:
                    return attempt
                retries += 1
                await asyncio.sleep(wait)
            except ClientError as error:
                attempt.fault, attempt.message = LOST, str(error)
                return attempt

    async def _ask(self, client: Client, attempt: Attempt) -> None:
        case = attempt.case
        conversation, _ = await client.open(self._suite.character, self._suite.player)
        try:
            for text in case.say:
                turn = Turn(text)
                attempt.turns.append(turn)
                await _hear(client, conversation, turn)
            if isinstance(case, Asked):
                await _decide(client, conversation, case, attempt)
            else:
                last = attempt.turns[-1]
                attempt.judged = case.checks.judge(Heard(last.text, last.cues))
        finally:
            with contextlib.suppress(ClientError):
                await client.close_conversation(conversation)


async def _hear(client: Client, conversation: int, turn: Turn) -> None:
    """Say something, and take in the reply."""
    began = time.perf_counter()
    reply = await client.say(conversation, turn.said)
    before: float | None = None
    async for frame in reply.frames():
        now = time.perf_counter()
        if isinstance(frame, Cue):
            turn.cues.append(frame.name if frame.argument is None else f"{frame.name}:{frame.argument}")
        elif isinstance(frame, Text):
            turn.text += frame.text
            if before is None:
                turn.first = now - began
            else:
                turn.gaps.append((now - before, frame.tokens))
            before = now
    turn.total = time.perf_counter() - began
    if reply.end is not None:
        turn.reason, turn.usage = reply.end.reason, reply.end.usage


async def _decide(client: Client, conversation: int, case: Asked, attempt: Attempt) -> None:
    """Ask for a decision, and take it in."""
    began = time.perf_counter()
    reply = await client.decide(conversation, case.question, case.options, case.images)
    async for frame in reply.frames():
        if isinstance(frame, Decision):
            attempt.probabilities = frame.probabilities
    if attempt.probabilities is None or len(attempt.probabilities) != len(case.options):
        attempt.probabilities = None
        attempt.fault, attempt.message = (
            NO_DECISION,
            "The server ended the turn without a decision among these options.",
        )
        return
    attempt.seconds = time.perf_counter() - began
    if reply.end is not None:
        attempt.usage = reply.end.usage
