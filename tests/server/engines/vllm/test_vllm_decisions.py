"""Decisions: the arithmetic, on language models that are tables; the real one is asked in test_vllm_requests.py."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
from collections.abc import Mapping, Sequence

import pytest

from loquent.engines.base import EngineBusy, RequestRefused
from loquent.engines.vllm.decisions import Path, Tree, decide

END = 0


class Table:
    """A language model of five tokens, with a distribution of its own behind every path."""

    def __init__(self, seed: int = 1, room: int = 1000) -> None:
        self._seed = seed
        self._room = room
        self.asked: list[Path] = []
        self.running = 0
        self.most = 0

    def logs(self, path: Path) -> list[float]:
        weights = random.Random(f"{self._seed} {path}").choices(range(1, 100), k=5)
        return [math.log(weight / sum(weights)) for weight in weights]

    async def ask(self, path: Path, tokens: Sequence[int]) -> Mapping[int, float]:
        if self.running >= self._room:
            await asyncio.sleep(0)
            raise EngineBusy("full", 1)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(0)
            self.asked.append(path)
            logs = self.logs(path)
            return {token: logs[token] for token in tokens}
        finally:
            self.running -= 1

    def whole(self, path: Path) -> float:
        return math.prod(math.exp(self.logs(path[:depth])[token]) for depth, token in enumerate(path))


def shares(weights: Sequence[float]) -> list[float]:
    return [weight / sum(weights) for weight in weights]


async def test_options_that_differ_in_their_only_token_are_one_request() -> None:
    table = Table()
    tree = Tree(["yes", "no", "perhaps"], [(1,), (2,), (3,)], [END])
    assert await decide(tree, table.ask) == pytest.approx(shares([table.whole((token,)) for token in (1, 2, 3)]))
    assert table.asked == [()]


async def test_whole_options_count_not_their_first_tokens() -> None:
    table = Table()
    paths = [(1, 2, 3), (1, 4), (2, 1, 1)]
    found = await decide(Tree(["a", "b", "c"], paths, [END]), table.ask)
    assert found == pytest.approx(shares([table.whole(path) for path in paths]))
    assert sorted(table.asked) == sorted([(), (1,), (1, 2), (2,), (2, 1)])
    assert table.asked[0] == ()


@pytest.mark.parametrize("paths", [[(1,), (1, 2), (3,)], [(1,), (4, 2), (3,)]])
async def test_of_ang_and_angry_the_first_must_end(paths: list[Path]) -> None:
    """Whether or not the longer one begins with the same tokens: it begins with the same letters."""
    table = Table()
    found = await decide(Tree(["ang", "angry", "sad"], paths, [END]), table.ask)
    first, second, third = paths
    expected = shares([table.whole((*first, END)), table.whole(second), table.whole(third)])
    assert found == pytest.approx(expected)


async def test_any_of_several_tokens_ends() -> None:
    table = Table()
    found = await decide(Tree(["a", "ab"], [(1,), (1, 2)], [0, 4]), table.ask)
    assert found == pytest.approx(shares([table.whole((1, 0)) + table.whole((1, 4)), table.whole((1, 2))]))


async def test_the_same_tokens_share_alike() -> None:
    found = await decide(Tree(["x", "y", "z"], [(1,), (1,), (2,)], [END]), Table().ask)
    assert found[0] == found[1]
    assert sum(found) == pytest.approx(1)


async def test_an_option_without_tokens() -> None:
    table = Table()
    found = await decide(Tree(["", "a"], [(), (1,)], [END]), table.ask)
    assert found == pytest.approx(shares([table.whole((END,)), table.whole((1,))]))


async def test_a_model_that_never_ends() -> None:
    table = Table()
    found = await decide(Tree(["a", "ab"], [(1,), (1, 2)], []), table.ask)
    assert found == pytest.approx(shares([table.whole((1,)), table.whole((1, 2))]))


async def test_impossible_options_are_all_alike() -> None:
    async def never(path: Path, tokens: Sequence[int]) -> Mapping[int, float]:
        return dict.fromkeys(tokens, -math.inf)

    assert await decide(Tree(["a", "b"], [(1,), (2,)], [END]), never) == [0.5, 0.5]


async def test_many_branches_are_asked_for_in_parts() -> None:
    async def ask(path: Path, tokens: Sequence[int]) -> Mapping[int, float]:
        assert len(tokens) <= 128
        return {token: math.log(token) - 10 for token in tokens}

    numbers = range(1, 301)
    found = await decide(Tree([f"{n:03}" for n in numbers], [(n,) for n in numbers], [END]), ask)
    assert found == pytest.approx(shares(numbers))


def test_more_than_anybody_needs_is_refused() -> None:
    paths = list(itertools.product(range(1, 5), repeat=6))
    with pytest.raises(RequestRefused, match=r"take 1365 looks at the model .* fewer options, or shorter ones"):
        Tree([str(path) for path in paths], paths, [END])


async def test_where_there_is_room_for_few_they_come_one_after_the_other() -> None:
    paths = list(itertools.product(range(1, 5), repeat=3))
    options = [str(path) for path in paths]
    expected = shares([Table().whole(path) for path in paths])
    for room in (1, 3, 1000):
        table = Table(room=room)
        assert await decide(Tree(options, paths, [END]), table.ask) == pytest.approx(expected)
        assert table.most == min(room, 21)
        assert sorted(table.asked) == sorted(set(table.asked))
    with pytest.raises(EngineBusy):
        await decide(Tree(options, paths, [END]), Table(room=0).ask)


async def test_one_failure_ends_them_all() -> None:
    table = Table()

    async def ask(path: Path, tokens: Sequence[int]) -> Mapping[int, float]:
        if path == (2,):
            raise RequestRefused("no")
        table.running += 1
        try:
            await asyncio.sleep(60)
        finally:
            table.running -= 1
        return {}

    with pytest.raises(RequestRefused, match="no"):
        await decide(Tree(["a", "b"], [(1, 1), (2, 1)], [END]), ask)
    assert table.running == 0
