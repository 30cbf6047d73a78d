"""A span for each turn, for those who ask for it; for everybody else, nothing, at no cost.

What a tracer is stands here; `otlp.py` has the one that sends, and is imported only where spans are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit


class TracingError(Exception):
    """Spans can't be sent. The text is one sentence that says what to do."""


class Said(Protocol):
    """A message of a prompt."""

    @property
    def role(self) -> str:
        """Who says it: system, user or assistant."""

    @property
    def content(self) -> str:
        """What is said."""


class TurnSpan(Protocol):
    """The span of a turn. It begins when it's made."""

    def admitted(self) -> None:
        """Note that the turn has got its place in the engine."""

    def asks(self, max_tokens: int | None, prompt: Sequence[Said]) -> None:
        """Note what the engine is asked.

        Args:
            max_tokens: how long the reply may be; None for a decision.
            prompt: the messages; sent only where texts are wanted.
        """

    def first_token(self, seconds: float) -> None:
        """Note the first text of the reply, so many seconds after the say."""

    def ended(
        self,
        outcome: str,
        reply: str,
        *,
        code: str | None = None,
        prompt_tokens: int | None = None,
        cached_tokens: int | None = None,
        reply_tokens: int | None = None,
    ) -> None:
        """End the span.

        Args:
            outcome: how the turn came out, as `Metrics.turns` counts it.
            reply: what was replied, or chosen; sent only where texts are wanted.
            code: the fault's code, if there was one.
            prompt_tokens: how many tokens the prompt had; None, here and below, where nobody knows.
            cached_tokens: how many of those the engine didn't have to compute.
            reply_tokens: how many tokens the reply had.
        """


class Tracer(Protocol):
    """Makes spans."""

    def listens(self, host: str, port: int) -> None:
        """Say where the server listens, which spans tell from then on."""

    def turn(self, *, session: str, conversation: int, turn: int, kind: str, character: str) -> TurnSpan:
        """Begin the span of a turn.

        Args:
            session: the session's public name.
            conversation: the client's number for the conversation.
            turn: the client's number for the turn.
            kind: what it is: say or decide.
            character: the name under which the server knows the character.
        """

    async def close(self, seconds: float) -> None:
        """Send what is left, and wait for it no longer than that."""


class _NoSpan:
    def admitted(self) -> None:
        pass

    def asks(self, max_tokens: int | None, prompt: Sequence[Said]) -> None:
        pass

    def first_token(self, seconds: float) -> None:
        pass

    def ended(self, outcome: str, reply: str, **what_it_took: object) -> None:
        pass


class NoTracer:
    """Makes spans that go nowhere."""

    _span = _NoSpan()

    def listens(self, host: str, port: int) -> None:
        """See `Tracer`."""

    def turn(self, **about: object) -> TurnSpan:
        """See `Tracer`."""
        return self._span

    async def close(self, seconds: float) -> None:
        """See `Tracer`."""


def tracer(address: str | None, *, engine: str, model: str, texts: bool) -> Tracer:
    """Return what makes spans.

    Args:
        address: where they are sent: of an OTLP collector, by HTTP; None for nowhere.
        engine: the engine's kind.
        model: the model's name.
        texts: whether what people say may go there too.

    Raises:
        TracingError: they can't be.
    """
    if address is None:
        return NoTracer()
    url = _url(address)
    try:
        from .otlp import OtlpTracer

        return OtlpTracer(url, engine=engine, model=model, texts=texts)
    except ImportError as error:
        raise TracingError(
            f"Traces need OpenTelemetry, which isn't whole here ({error}); install it with pip install 'loquent[otel]', "
            "or leave the setting traces out."
        ) from error


def _url(address: str) -> str:
    """Return the whole address: one without a path means the path that OTLP has for traces."""
    wrong = TracingError(
        f"Traces can't be sent to {address!r}; the setting traces takes an address such as http://127.0.0.1:4318/v1/traces."
    )
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    return parts._replace(path="/v1/traces").geturl() if parts.path in ("", "/") else address
