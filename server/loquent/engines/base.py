"""What an engine is: something that turns chat messages into a stream of text, or chooses; and what helps it remember and see.

The dialogue knows engines by this module alone. An engine knows nothing of frames, sessions or sockets.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # the set-up and the engine's own process import this without a use for Pillow
    import numpy as np
    from numpy.typing import NDArray

    from ..images import Picture

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as chat templates know them."""

    role: Role
    content: str
    images: tuple[Picture, ...] = ()
    """What is shown with it, in this order. An engine that sees nothing is never shown any."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    ``None`` means the engine's own default for the model (its ``generation_config.json``, where there is one).
    """

    max_tokens: int = 256
    """Longest reply, in tokens; at least 1."""
    temperature: float | None = None
    """0 (always the likeliest token) to 2."""
    top_p: float | None = None
    """Share of the probability mass to choose from; above 0, to 1."""
    seed: int | None = None
    """Makes the choice repeatable, as far as the engine can."""
    repetition_penalty: float | None = None
    """1 (none) to 2: how much less likely a token is that has been used before."""


@dataclass(frozen=True, slots=True)
class Request:
    """One reply asked of an engine."""

    messages: Sequence[Message]
    """System message first, if there is one; the last is the player's."""
    sampling: Sampling = field(default_factory=Sampling)
    key: str = ""
    """Stable for a conversation: an engine may use it to keep its requests where their prefix is cached."""
    grammar: str | None = None
    """What the reply must match, in GBNF with the rule ``root``; without it anything goes."""
    adapter: str | None = None
    """A LoRA adapter to reply with, a hub name or a folder; without it the model replies as it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision asked of an engine: which of some options the reply would be, if it had to be one of them."""

    messages: Sequence[Message]
    """As of a `Request`; the last one asks the question."""
    options: Sequence[str]
    """What can be chosen: at least 2, all different, none empty."""
    key: str = ""
    """As of a `Request`."""
    adapter: str | None = None
    """As of a `Request`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and what it took, in tokens; ``None`` where the engine can't say."""

    probabilities: Sequence[float]
    """Of the options, in their order; they sum to 1."""
    prompt_tokens: int | None = None
    cached_tokens: int | None = None


FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Finish:
    """How a reply ended, and what it took, in tokens; ``None`` where the engine can't say."""

    reason: FinishReason
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    reply_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a reply.

    ``text`` may be empty (a token that completes no character yet), holds whole code points only, and stands for ``tokens`` tokens,
    any number of them. The last delta of a reply, and no other, carries ``finish``.
    """

    text: str
    tokens: int
    finish: Finish | None = None


class EngineError(Exception):
    """An engine can't go on with a request. The text is a sentence for people."""


class RequestRefused(EngineError):
    """The request itself can't be served (the prompt is too long, say); the engine is well."""


class EngineLacks(EngineError):
    """The engine, or its model, can't do what is asked for at all: nothing but another one would help."""


class EngineBusy(EngineError):
    """The engine is full; ``retry_after`` says in seconds when to come back."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineFailed(EngineError):
    """The engine failed in this one request; the next may succeed."""


class EngineDead(EngineError):
    """The engine has died; no request will succeed until it is started again."""


class EngineStartError(EngineError):
    """The engine can't start. The text is one sentence that says what to do."""


class Runs(Protocol):
    """What is loaded, runs, and may die: an `Engine`, an `Embedder`, a `Recogniser`. All methods are called from one event loop."""

    @property
    def model(self) -> str:
        """Which model, as its user knows it: a hub name, a folder's name."""

    @property
    def alive(self) -> bool:
        """Whether requests can succeed: true from the end of ``start`` until the engine dies or is closed."""

    async def start(self) -> None:
        """Load what must be loaded; return when the first request will be answered at full speed.

        Raises:
            EngineStartError: it can't start; the text says what to do about it.
        """

    async def wait_dead(self) -> str:
        """Return when a started engine has died, with a sentence that says what is known of the cause."""

    async def make_way(self) -> None:
        """Stop the engine because another of its kind is to be started next; what that one can use may stay until `close`."""
        await self.close()

    async def close(self) -> None:
        """Stop the engine and free what it holds. Idempotent."""


class Engine(Runs, Protocol):
    """A source of replies."""

    @property
    def name(self) -> str:
        """Which kind of engine: ``vllm``, ``scripted``."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and reply may have together. Known once the engine has started."""

    @property
    def sees(self) -> bool:
        """Whether its model can be shown pictures; until the engine has started, whether it may turn out so."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the prompt of these messages has, chat template included."""

    def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream one reply. Closing the generator aborts the request in the engine at once.

        Raises:
            RequestRefused, EngineBusy, EngineFailed, EngineDead: see there.
        """

    async def decide(self, choice: Choice) -> Verdict:
        """Tell how likely each option is. Cancelling aborts it in the engine at once.

        Raises:
            RequestRefused, EngineLacks, EngineBusy, EngineFailed, EngineDead: see there.
        """


class Embedder(Runs, Protocol):
    """Turns texts into vectors, so that what is said alike lies close together. Vectors of different models can't be compared."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of some texts: a matrix of one row of length 1 for each. A text too long for the model is cut.

        Raises:
            EngineBusy, EngineFailed, EngineDead: see there.
        """


class Recogniser(Runs, Protocol):
    """Tells which of some labels a picture shows, for servers whose model sees nothing."""

    async def recognise(self, picture: Picture, labels: Sequence[str]) -> Verdict:
        """Tell how likely each label is, if the picture shows one of them. Cancelling aborts it at once.

        Raises:
            RequestRefused, EngineBusy, EngineFailed, EngineDead: see there.
        """
