"""What came of asking: the data that the runner collects, and that everything else is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..wire.frames import Usage
from .suite import Asked, Case, Said, Suite


@dataclass(slots=True)
class Turn:
    """A reply as it came in. Times are seconds, by the clock of who listens: the network is in them."""

    said: str
    """What it replies to."""
    text: str = ""
    cues: list[str] = field(default_factory=list)
    """By name, or name and argument as ``look_at:door``."""
    first: float | None = None
    """From say to the first piece of text; None where none came."""
    total: float | None = None
    """From say to the end; None where it didn't come to that."""
    gaps: list[tuple[float, int]] = field(default_factory=list)
    """From each frame of text to the next, with the tokens that the later one stands for."""
    reason: str | None = None
    """How it ended: stop, length."""
    usage: Usage = field(default_factory=Usage)

    @property
    def by_the_model(self) -> bool:
        """Whether the model made it. A greeting that stands in the character's file took none, and says nothing of its speed."""
        return self.total is not None and (self.said != "" or bool(self.usage.prompt_tokens))


@dataclass(slots=True)
class Attempt:
    """A case, asked once, in a conversation of its own."""

    case: Case
    number: int
    """Which of the case's repetitions it is, from 0."""
    turns: list[Turn] = field(default_factory=list)
    """The replies to what was said in it, in their order."""
    probabilities: tuple[float, ...] | None = None
    """Of the options, where the case asks for a decision and got one."""
    seconds: float | None = None
    """How long the decision took."""
    usage: Usage = field(default_factory=Usage)
    """What the decision took."""
    judged: Mapping[str, bool | None] | None = None
    """What the checks say of a reply; see `Checks.judge`."""
    fault: str | None = None
    """The code of what went wrong; None if nothing did."""
    message: str | None = None
    """The sentence that came with it."""
    retries: int = 0
    """How often the server said to come back later, and it was asked again."""


@dataclass(slots=True)
class Run:
    """All that was asked of a suite."""

    suite: Suite
    attempts: list[Attempt]
    concurrency: int
    seconds: float
    stopped: str | None = None
    """Why not everything was asked; None if it was."""
    unknown_cues: tuple[str, ...] = ()
    """Cues that replies should perform, and that the character doesn't have."""

    def of_asked(self) -> list[tuple[Asked, Sequence[Attempt]]]:
        """Return the cases with options that were asked, each with its attempts."""
        return [(case, attempts) for case, attempts in self._by_case() if isinstance(case, Asked)]

    def of_said(self) -> list[tuple[Said, Sequence[Attempt]]]:
        """Return the cases of replies that were asked, each with its attempts."""
        return [(case, attempts) for case, attempts in self._by_case() if isinstance(case, Said)]

    def _by_case(self) -> list[tuple[Case, list[Attempt]]]:
        found: dict[str, list[Attempt]] = {}
        for attempt in sorted(self.attempts, key=lambda each: each.number):
            found.setdefault(attempt.case.id, []).append(attempt)
        return [(case, found[case.id]) for case in self.suite.cases if case.id in found]
