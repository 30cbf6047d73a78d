"""What is seen of turns from outside: their times and tokens, counted; a line in the log when they end; a span, where wanted.

A turn tells its `TurnWatch` what happens, and knows nothing of metrics, logs and spans.
"""

from __future__ import annotations

import asyncio

from ..engines.base import Choice, Delta, Finish, Request
from ..logs import Log, spoken
from ..metrics import Metrics
from ..tracing.tracer import Tracer
from ..wire.faults import Code
from ..wire.frames import Cancel, Close, Decide, Open, Say, Usage
from .conversation import Conversation

_LOG = Log.named("loquent.turn")


class Watch:
    """Sees all turns of a server.

    Args:
        metrics: where they are counted.
        tracer: makes their spans.
    """

    def __init__(self, metrics: Metrics, tracer: Tracer) -> None:
        self.metrics = metrics
        self.tracer = tracer

    def turn(self, session: str, conversation: Conversation, number: int, kind: str, said: str) -> TurnWatch:
        """See a turn that begins now.

        Args:
            session: the session's public name.
            conversation: the one it belongs to.
            number: the client's number for it.
            kind: what it is: say or decide.
            said: the player's words, or the game's question.
        """
        return TurnWatch(self, session, conversation, number, kind, said)

    def refused(self, session: str, frame: Open | Say | Decide | Cancel | Close, code: Code, message: str) -> None:
        """See that a frame is answered by a fault, and nothing else.

        Args:
            session: the session's public name.
            frame: what came.
            code: the fault's code.
            message: the fault's message; for people, and not of what they say.
        """
        self.metrics.faults.add(code)
        log = _LOG.about(session=session, code=code)
        if isinstance(frame, Say | Decide):
            self.metrics.turns[frame.NAME].add("refused")
            log = log.about(conversation=frame.conversation, turn=frame.turn)
        elif isinstance(frame, Cancel):
            log = log.about(turn=frame.turn)
        else:
            log = log.about(conversation=frame.conversation)
        log.info("%s refused: %s", frame.NAME, message)


class TurnWatch:
    """Sees one turn, from its begin. Times are the loop's, in seconds.

    Args:
        watch, session, conversation, number, kind, said: see `Watch.turn`.
    """

    __slots__ = (
        "_chosen",
        "_first",
        "_kind",
        "_last",
        "_metrics",
        "_queued",
        "_since",
        "_span",
        "_time",
        "_tokens",
        "log",
    )

    def __init__(
        self, watch: Watch, session: str, conversation: Conversation, number: int, kind: str, said: str
    ) -> None:
        self._metrics = watch.metrics
        self._time = asyncio.get_running_loop().time
        self._since = self._time()
        self._queued: float | None = None
        self._first: float | None = None
        self._last = 0.0
        self._tokens = 0
        self._kind = kind
        self._chosen = ""
        self.log = _LOG.about(
            session=session,
            conversation=conversation.number,
            turn=number,
            kind=kind,
            character=conversation.character_id,
        )
        """Its lines are about the turn."""
        self._span = watch.tracer.turn(
            session=session,
            conversation=conversation.number,
            turn=number,
            kind=kind,
            character=conversation.character_id,
        )
        spoken(self.log, "player" if kind == Say.NAME else "game", said)

    def admitted(self) -> None:
        """See that it has its place in the engine."""
        self._queue_ended(self._time())
        self._span.admitted()

    def _queue_ended(self, now: float) -> float:
        self._queued = now - self._since
        self._metrics.queue.observe(self._queued)
        return self._queued

    def asks(self, request: Request) -> None:
        """See what the engine is asked."""
        self._span.asks(request.sampling.max_tokens, request.messages)

    def decides(self, choice: Choice) -> None:
        """See what the engine is to choose from."""
        self._span.asks(None, choice.messages)

    def decided(self, option: str) -> None:
        """See what was chosen."""
        self._chosen = option

    def delta(self, delta: Delta) -> None:
        """See a piece of the reply. Called for each."""
        now = self._time()
        if self._first is None and delta.text:
            self._first = now
            self._metrics.first_token.observe(now - self._since)
            self._span.first_token(now - self._since)
        tokens = delta.tokens
        if tokens:
            if self._tokens:
                self._metrics.inter_token.observe((now - self._last) / tokens, tokens)
            self._last = now
            self._tokens += tokens

    def ended(self, reason: str, reply: str, finish: Finish | None, code: str | None) -> Usage:
        """See the end.

        Args:
            reason: as in the end frame.
            reply: what the player saw of the reply.
            finish: what the engine says, if the reply came to its end.
            code: the fault's code, if there was one.

        Returns:
            what it took, for the end frame.
        """
        now = self._time()
        metrics = self._metrics
        told = reply or self._chosen
        prompt_tokens = finish.prompt_tokens if finish else None
        cached_tokens = finish.cached_tokens if finish else None
        reply_tokens = finish.reply_tokens if finish else None
        made = self._tokens if reply_tokens is None else reply_tokens
        metrics.turns[self._kind].add(reason)
        metrics.turn[self._kind].observe(now - self._since)
        metrics.tokens.add("prompt", prompt_tokens or 0)
        metrics.tokens.add("cached", cached_tokens or 0)
        metrics.tokens.add("reply", made)
        if code is not None:
            metrics.faults.add(code)
        first_ms = None if self._first is None else _ms(self._first - self._since)
        total_ms = _ms(now - self._since)
        self.log.about(
            outcome=reason,
            code=code,
            prompt_tokens=prompt_tokens,
            cached_tokens=cached_tokens,
            reply_tokens=made,
            queue_ms=_ms(self._queue_ended(now) if self._queued is None else self._queued),
            first_ms=first_ms,
            total_ms=total_ms,
        ).info("turn ended")
        spoken(self.log, "character", told)
        self._span.ended(
            reason, told, code=code, prompt_tokens=prompt_tokens, cached_tokens=cached_tokens, reply_tokens=made
        )
        return Usage(
            prompt_tokens=prompt_tokens,
            cached_tokens=cached_tokens,
            reply_tokens=reply_tokens,
            first_ms=first_ms,
            total_ms=total_ms,
        )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
