"""Choices that a game asks a character's model for.

Did the player accept? Which of these does he point at? What does he feel?

A decision is about the conversation and no part of it: nobody said anything, and nothing of it is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence

from ..engines.base import EngineFailed, Finish, Verdict
from ..settings import Settings
from ..wire import frames
from ..wire.outbox import Outbox
from .turn import Work
from .watch import TurnWatch


class ChoiceError(Exception):
    """The options of a decision can't be used. The text is a sentence for people, and for the log: it quotes nothing."""


def check_options(options: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """Check what there is to choose from; costs little, however much it is.

    Returns:
        the options as the model is told them, and judges them: without white space around them, each on one line.

    Raises:
        ChoiceError: there are fewer than two, too many, too long ones, empty ones, or equal ones. White space around them doesn't count.
    """
    most = settings.decision_options
    if len(options) < 2:
        raise ChoiceError(f"A decision needs at least 2 options to choose from; this one has {len(options)}.")
    if len(options) > most:
        raise ChoiceError(
            f"A decision may have {most} options; this one has {len(options)}. Ask twice, or leave some out."
        )
    seen: dict[str, int] = {}
    for number, option in enumerate(options, 1):
        size = len(option.encode())
        if size > settings.decision_option_bytes:
            raise ChoiceError(f"Option {number} has {size} bytes; at most {settings.decision_option_bytes} are taken.")
        name = " ".join(option.split())
        if not name:
            raise ChoiceError(f"Option {number} is empty: give it at least one visible character.")
        if name in seen:
            raise ChoiceError(f"Options {seen[name]} and {number} are the same; each must differ from the others.")
        seen[name] = number
    return tuple(seen)


def asked(question: str, options: Sequence[str]) -> str:
    """Return the message that asks the model. Its last line names the options (as checked), each once and in their order."""
    names = "; ".join(options)
    return f"(A question about all this, not a part of the talk.)\n{question.strip()}\nAnswer with one of these only: {names}"


def shares(verdict: Verdict, options: int) -> tuple[float, ...]:
    """Return a verdict's probabilities, which sum to 1 as exactly as floats can, whatever an engine has computed them with.

    Raises:
        EngineFailed: they are no probabilities of so many options.
    """
    found = tuple(map(float, verdict.probabilities))
    total = math.fsum(found)
    if len(found) != options or not 0 < total < math.inf or min(found) < 0:
        raise EngineFailed(f"The probabilities of {options} options are {found}.")
    return tuple(share / total for share in found)


class Decision(Work):
    """The work of a turn of decide.

    Args:
        turn: the client's number for the turn.
        options: what there is to choose from, as checked.
        ask: asks for the verdict; called when the turn has reached its place.
        outbox: where the decision goes.
        watch: sees what happens.
    """

    kind = frames.Decide.KIND

    def __init__(
        self,
        turn: int,
        options: Sequence[str],
        ask: Callable[[], Awaitable[Verdict]],
        outbox: Outbox,
        watch: TurnWatch,
    ) -> None:
        self._turn = turn
        self._options = options
        self._ask = ask
        self._outbox = outbox
        self._watch = watch

    async def run(self) -> Finish:
        """See `Work`."""
        verdict = await self._ask()
        probabilities = shares(verdict, len(self._options))
        index = max(range(len(probabilities)), key=probabilities.__getitem__)
        self._watch.decided(self._options[index])
        self._outbox.put(frames.Decision(0, self._turn, index, probabilities))
        return Finish("stop", verdict.prompt_tokens, verdict.cached_tokens, 0)

    def spoken(self, shown: int | None) -> None:
        """See `Work`; nothing is remembered."""
