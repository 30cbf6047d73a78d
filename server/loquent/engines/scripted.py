"""An engine without a model: it says what a script says, at a set pace. For tests, benchmarks and work on a scene without a GPU."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence

from ..images import Picture
from .base import Choice, Delta, Engine, EngineDead, Finish, Message, Request, Verdict

Script = Callable[[Request], str]
"""What to reply to a request."""

Weights = Callable[[Choice], Sequence[float]]
"""How much speaks for each option: numbers that aren't all 0."""

_PIECES = re.compile(r"\s*\S+|\s+")


def echo(request: Request) -> str:
    """Reply with the player's words, the sizes of the pictures shown with them, and how many messages were in the prompt."""
    last = request.messages[-1]
    shown = f" You showed me {_sizes(last.images)}." if last.images else ""
    return f"You said: {last.content}{shown} That makes {len(request.messages)} messages between us."


def _sizes(pictures: Sequence[Picture]) -> str:
    return " and ".join(f"a picture of {picture.width} x {picture.height} pixels" for picture in pictures)


def mentioned(choice: Choice) -> list[float]:
    """Prefer what the last message mentions beside its list of the options, which has each of them once."""
    asked = choice.messages[-1].content.casefold()
    return [1.0 + 3.0 * (asked.count(option.casefold()) > 1) for option in choice.options]


class ScriptedEngine(Engine):
    """Says what its script returns, word by word; a word counts as a token.

    Args:
        script: gives the reply to a request.
        weights: gives what speaks for each option of a choice.
        tokens_per_second: the pace, per reply; 0 for as fast as possible.
        first_token_seconds: how long the first word takes.
        context_tokens: how many words prompt and reply may have together.
    """

    def __init__(
        self,
        script: Script = echo,
        *,
        weights: Weights = mentioned,
        tokens_per_second: float = 20.0,
        first_token_seconds: float = 0.0,
        context_tokens: int = 4096,
    ) -> None:
        self._script = script
        self._weights = weights
        self._interval = 1.0 / tokens_per_second if tokens_per_second else 0.0
        self._first = first_token_seconds
        self._context_tokens = context_tokens
        self._death: asyncio.Future[str] | None = None
        self._alive = False
        self.running = 0
        """How many replies are being generated."""
        self.aborted = 0
        """How many were aborted before their end."""

    @property
    def name(self) -> str:
        """See `Engine`."""
        return "scripted"

    @property
    def model(self) -> str:
        """See `Engine`."""
        return "script"

    @property
    def context_tokens(self) -> int:
        """See `Engine`; in words."""
        return self._context_tokens

    @property
    def sees(self) -> bool:
        """See `Engine`; its script is shown pictures like everything else."""
        return True

    @property
    def alive(self) -> bool:
        """See `Engine`."""
        return self._alive

    async def start(self) -> None:
        """See `Engine`; takes no time."""
        self._death = asyncio.get_running_loop().create_future()
        self._alive = True

    def die(self, why: str) -> None:
        """Fail as a model would whose process is gone, for tests: running replies raise `EngineDead`."""
        self._alive = False
        if self._death is not None and not self._death.done():
            self._death.set_result(why)

    async def wait_dead(self) -> str:
        """See `Engine`."""
        if self._death is None:
            raise RuntimeError("the engine hasn't been started")
        return await asyncio.shield(self._death)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """See `Engine`; counts words."""
        return sum(len(_PIECES.findall(message.content)) for message in messages)

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """See `Engine`."""
        prompt_tokens = self.count_tokens(request.messages)
        words = _PIECES.finditer(self._script(request))
        word = next(words, None)
        longest = min(request.sampling.max_tokens, self._context_tokens - prompt_tokens)
        said = 0
        self.running += 1
        try:
            await self._wait(self._first)
            while word is not None and said < longest:
                if said:
                    await self._wait(self._interval)
                said += 1
                text, word = word.group(), next(words, None)
                yield Delta(text, 1)
            yield Delta("", 0, Finish("stop" if word is None else "length", prompt_tokens, 0, said))
        finally:
            self.running -= 1
            if word is not None and said < longest:
                self.aborted += 1

    async def decide(self, choice: Choice) -> Verdict:
        """See `Engine`."""
        self.running += 1
        decided = False
        try:
            await self._wait(self._first)
            weights = self._weights(choice)
            decided = True
        finally:
            self.running -= 1
            self.aborted += not decided
        return Verdict([weight / sum(weights) for weight in weights], self.count_tokens(choice.messages), 0)

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if not self._alive:
            raise EngineDead("The scripted engine has died.")

    async def close(self) -> None:
        """See `Engine`."""
        self._alive = False
