"""Which of some options a reply would be: each option's probability as a whole, found with as few requests as that takes.

The probability of an option is that of its tokens, one after the other; of options that others go on from ("ang", "angry"), that of ending
there as well, for else a longer one would count for both. It is exact: nothing is sampled, and the temperature plays no part.

The options make a tree, whose branches are the tokens. Each of its inner nodes is one request for one token, of which no more
comes back than the probabilities of the branches; what stands before it in the prompt is in vLLM's prefix cache. So options that differ in
their only token are one request, "one forward pass". All are asked at once, the root first: vLLM finds what another request of
the same step is about to compute, so that waiting for the root would only cost a step.

Asking for the log probabilities of a prompt that ends with the option (``prompt_logprobs``) takes one request per option, but computes the
whole vocabulary's for every token that isn't cached: with a new prompt of 300 tokens on the embedded model, 0.38 s for 2 options and
0.47 s for 8, where this takes 0.23 s and 0.32 s. And it has to be made to read the prefix cache, and then shows what was in memory for
what it found there.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise

from loquent.engines.base import EngineBusy, RequestRefused

Path = tuple[int, ...]
"""Where a node of the tree stands: the tokens from the root to it."""

Ask = Callable[[Path, Sequence[int]], Awaitable[Mapping[int, float]]]
"""Tells the log probabilities of some tokens behind a path."""

_MOST_REQUESTS = 1024
"""How many requests one decision may take: about 12 s of a small model on the CPU, and no game asks for that by intent."""

_AT_ONCE = 32
"""How many of them are asked at once. They are served first come, first served, and others want a token as well."""

_TOKENS_PER_REQUEST = 128
"""How many log probabilities vLLM tells at most for one token (``MAX_LOGPROB_TOKEN_IDS``)."""


class Tree:
    """The options as a tree of tokens.

    Args:
        options: what can be chosen, as texts.
        paths: their tokens, in context.
        ends: the tokens that end a reply, any of them.

    Raises:
        RequestRefused: the options are too many or too long.
    """

    def __init__(self, options: Sequence[str], paths: Sequence[Path], ends: Sequence[int]) -> None:
        self._paths = paths
        self._ends = frozenset(ends)
        self._ending = _gone_on_from(options) | _gone_on_from(paths) if ends else set()
        branches: dict[Path, set[int]] = {}
        for index, path in enumerate(paths):
            for depth, token in enumerate(path):
                branches.setdefault(path[:depth], set()).add(token)
            if index in self._ending:
                branches.setdefault(path, set()).update(ends)
        self.requests = [
            (path, tokens[start : start + _TOKENS_PER_REQUEST])
            for path, tokens in ((path, sorted(branch)) for path, branch in branches.items())
            for start in range(0, len(tokens), _TOKENS_PER_REQUEST)
        ]
        """What is to be asked: after which tokens, the probabilities of which; from the root outwards."""
        if len(self.requests) > _MOST_REQUESTS:
            raise RequestRefused(
                f"These options take {len(self.requests)} looks at the model to be told apart, and {_MOST_REQUESTS} is the most: "
                "give fewer options, or shorter ones."
            )

    def probabilities(self, found: Mapping[tuple[Path, int], float]) -> list[float]:
        """Return the options' probabilities, which sum to 1.

        Args:
            found: the log probability of each token that was asked for, by the path it's behind.
        """
        logs = []
        for index, path in enumerate(self._paths):
            log = sum(found[path[:depth], token] for depth, token in enumerate(path))
            if index in self._ending:
                log += _log_sum([found[path, end] for end in self._ends])
            logs.append(log)
        total = _log_sum(logs)
        if total == -math.inf:
            return [1 / len(logs)] * len(logs)
        return [math.exp(log - total) for log in logs]


def _gone_on_from(sequences: Sequence[str] | Sequence[Path]) -> set[int]:
    """Return the indexes of those that another one begins with, or is equal to."""
    order = sorted(range(len(sequences)), key=lambda index: sequences[index])
    found = set()
    for index, other in pairwise(order):
        # In order, whatever begins with it comes right behind it.
        if sequences[other][: len(sequences[index])] == sequences[index]:
            found.add(index)
            if len(sequences[other]) == len(sequences[index]):
                found.add(other)
    return found


def _log_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most if most == -math.inf else most + math.log(sum(math.exp(log - most) for log in logs))


async def decide(tree: Tree, ask: Ask) -> list[float]:
    """Ask for all that a tree needs, some at once, and return the options' probabilities.

    Raises:
        EngineBusy: there is no room for a single request.
    """
    waiting = deque(tree.requests)
    found: dict[tuple[Path, int], float] = {}
    askers = min(_AT_ONCE, len(waiting))

    async def work() -> None:
        nonlocal askers
        while waiting:
            path, tokens = waiting.popleft()
            before = len(found)
            try:
                logs = await ask(path, tokens)
            except EngineBusy:
                if askers == 1 and len(found) == before:
                    raise  # The room is taken by others.
                waiting.appendleft((path, tokens))
                if askers == 1:
                    continue
                break  # There is room for fewer of ours.
            found.update({(path, token): logs[token] for token in tokens})
        askers -= 1

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(askers):
                group.create_task(work())
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return tree.probabilities(found)
