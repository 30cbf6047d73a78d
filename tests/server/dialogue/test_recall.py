"""What comes to a character's mind: whose it is, how much, and that nothing waits for it. What is about the same is a model's business."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loquent.client import Client
from loquent.dialogue.cast import Cast
from loquent.dialogue.character import Character
from loquent.dialogue.cues import Cue
from loquent.dialogue.memory_file import connect
from loquent.dialogue.recall import Recall
from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import Spoken
from loquent.engines.base import EngineBusy, EngineDead, EngineFailed, Request
from loquent.engines.scripted import ScriptedEngine
from loquent.players import erase_player
from loquent.serve import serve
from loquent.settings import Settings
from loquent.wire.frames import Options
from support.embedders import WordEmbedder
from support.memory_files import holding
from support.table import Table, open_, say

NOW = 1_800_000_000.0


class Mind:
    """A store, and what recalls from it."""

    def __init__(self, file: Path, embedder: WordEmbedder | None = None, most: int = 2) -> None:
        self.now = NOW
        self.embedder: WordEmbedder | None = embedder or WordEmbedder()
        self.store = SqliteStore(file, clock=lambda: self.now)
        self.recall = Recall(
            self.store, lambda: self.embedder, most=most, similarity=0.3, seconds=0.5, clock=lambda: self.now
        )
        self._task: asyncio.Task[None] | None = None

    def say(self, said: str, reply: str = "", player: str = "p", character: str = "guard", ago: float = 0) -> int:
        """Have something said, so many seconds ago."""
        self.now = NOW - ago
        key = self.store.append(player, character, Spoken(said, reply))
        self.now = NOW
        return key

    async def recalled(
        self, said: str, *shown: Spoken, player: str = "p", before: set[int] | None = None
    ) -> tuple[str, ...]:
        """Return what is recalled."""
        return await self.recall.recall(player, "guard", said, shown, set() if before is None else before)

    async def embedded(self, count: int) -> None:
        """Have the background work done until so many vectors are there."""
        if self._task is None:
            self._task = asyncio.create_task(self.recall.run())
        await until(lambda: self.count() == count)

    def count(self) -> int:
        """Return how many vectors there are."""
        return vectors(self.store.file)

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self.recall.close()
        self.store.close()


def vectors(file: Path | None) -> int:
    """Return how many vectors a memory has."""
    assert file is not None
    with closing(connect(file, wait_seconds=1)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
        return int(count)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Embed without a pause for who answers at once."""
    monkeypatch.setattr("loquent.dialogue.recall._AFTER_SECONDS", 0)


@pytest.fixture
async def mind(tmp_path: Path) -> AsyncIterator[Mind]:
    made = Mind(tmp_path / "memory.sqlite3")
    yield made
    await made.close()


# --- what, and whose -----------------------------------------------------------------------------------------


async def test_what_was_said_about_the_same_is_recalled_in_a_line_with_its_age_and_nothing_else(mind: Mind) -> None:
    mind.say("My horse is called Biscuit", "A fine name.", ago=3 * 86_400 + 5)
    mind.say("The weather turns bad", "So it does.", ago=7200)
    mind.say("Apples are cheap", "", ago=40)
    mind.say("", "My horse Biscuit is restless", ago=400 * 86_400)
    await mind.embedded(4)
    assert await mind.recalled("How much are apples?") == ('A while ago the player said: "Apples are cheap"',)
    assert await mind.recalled("Where is my horse Biscuit?") == (
        '1 year ago you said: "My horse Biscuit is restless"',
        '3 days ago the player said: "My horse is called Biscuit" You answered: "A fine name."',
    )
    assert await mind.recalled("Good evening to everybody") == ()


async def test_at_most_so_many_and_nothing_twice_and_nothing_that_is_shown_anyway(mind: Mind) -> None:
    for number in range(6):
        mind.say(f"apples and pears {number}", f"reply {number}", ago=100 - number)
    await mind.embedded(6)
    before: set[int] = set()
    shown = [Spoken(f"apples and pears {number}", f"reply {number}", "with marks") for number in (5, 4)]
    first = await mind.recalled("apples and pears", *shown, before=before)
    second = await mind.recalled("apples and pears", *shown, before=before)
    assert await mind.recalled("apples and pears", *shown, before=before) == ()
    numbers = [line.split('"')[1][-1] for line in (*first, *second)]
    assert (len(first), len(second), sorted(numbers)) == (2, 2, ["0", "1", "2", "3"])
    assert numbers[0] < numbers[1]  # the oldest first
    assert len(before) == 4


async def test_a_line_is_one_line_and_bounded(mind: Mind) -> None:
    mind.say('sheep\n\n"quoted" \u2028 sheep ' + "é" * 2000, "sheep " * 2000, ago=86_400)
    await mind.embedded(1)
    (line,) = await mind.recalled("sheep sheep sheep")
    assert line.startswith("1 day ago the player said: \"sheep 'quoted' sheep éé")
    assert len(line.splitlines()) == 1
    assert line.count('"') == 4
    assert 800 < len(line.encode()) < 900


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["p", "P", "p.", "p\0", "' OR ''='", "%", "../p", "q"]),
            st.sampled_from(["guard", "Guard", "%", "innkeeper"]),
            st.sampled_from(["gold", "gold and silver", "silver", "copper"]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from(["gold", "silver gold", "copper"]),
)
def test_what_is_recalled_was_said_by_the_same_player_to_the_same_character(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str, str]], now: str
) -> None:
    async def look() -> None:
        mind = Mind(tmp_path_factory.mktemp("m") / "m.sqlite3", most=99)
        for player, character, words in said:
            mind.say(words, f"<{player}|{character}>", player, character)
        await mind.embedded(len(said))
        for player in {player for player, *_ in said}:
            lines = await mind.recalled(now, player=player)
            own = [f"<{player}|guard>" for other, character, _ in said if (other, character) == (player, "guard")]
            assert len(lines) <= len(own)
            assert all(line.endswith(f'You answered: "<{player}|guard>"') for line in lines)
        await mind.close()

    asyncio.run(look())


# --- nothing waits for it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [EngineBusy("full", 1), EngineFailed("no"), EngineDead("gone"), KeyError("x")], ids=type
)
async def test_a_model_that_fails_means_that_nothing_is_recalled(mind: Mind, error: Exception) -> None:
    mind.say("gold", "x")
    await mind.embedded(1)
    assert mind.embedder is not None
    mind.embedder.error = error
    assert await mind.recalled("gold") == ()
    mind.embedder.error = None
    assert len(await mind.recalled("gold")) == 1


async def test_a_model_that_is_slow_or_not_there_holds_up_nothing(mind: Mind) -> None:
    mind.say("gold", "x")
    await mind.embedded(1)
    assert mind.embedder is not None
    mind.embedder.seconds = 30
    began = time.monotonic()
    assert await mind.recalled("gold") == ()
    assert time.monotonic() - began < 20
    mind.embedder = None
    assert await mind.recalled("gold") == ()


async def test_who_speaks_now_goes_before_what_is_embedded_behind_the_turns(mind: Mind) -> None:
    for number in range(40):
        mind.say(f"gold {number}")
    await mind.embedded(40)
    assert mind.embedder is not None
    mind.embedder.seconds = 0.2
    asking = asyncio.create_task(mind.recalled("what is gold"))
    await asyncio.sleep(0)
    for number in range(8):
        mind.say(f"silver {number}")
    assert len(await asking) == 2
    await mind.embedded(48)
    assert mind.embedder.embedded[40] == "what is gold"


async def test_while_the_file_is_held_what_is_in_it_is_recalled(mind: Mind) -> None:
    mind.say("gold", "x")
    await mind.embedded(1)
    with holding(mind.store.file):
        assert len(await mind.recalled("gold")) == 1


async def test_of_many_memories_the_nearest_are_found_and_only_the_latest_are_looked_at(
    mind: Mind, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3000):
        mind.say(
            "gold and silver" if number in (7, 2900) else "copper coins bronze tin", str(number), ago=3000 - number
        )
    await mind.embedded(3000)
    assert [line.split('"')[3] for line in await mind.recalled("gold and silver")] == ["7", "2900"]
    monkeypatch.setattr("loquent.dialogue.recall._AMONG", 200)
    assert [line.split('"')[3] for line in await mind.recalled("gold and silver")] == ["2900"]


# --- behind the turns ----------------------------------------------------------------------------------------


async def test_what_the_last_server_left_is_caught_up_and_what_another_model_made_is_made_anew(tmp_path: Path) -> None:
    first = Mind(tmp_path / "memory.sqlite3")
    for number in range(500):
        first.say(f"gold {number}", "x")
    await first.embedded(500)
    first.say("gold, the last", "x")
    await first.close()
    other = WordEmbedder("others")
    second = Mind(first.store.file, other)
    assert await second.recalled("gold") == ()  # vectors of different models can't be compared
    await second.embedded(501)
    await until(lambda: len(other.embedded) == 502)
    assert len(await second.recalled("gold")) == 2
    await second.close()
    same = WordEmbedder("others")
    third = Mind(first.store.file, same)
    third.say("gold, once more", "x")
    await third.embedded(502)
    assert same.embedded == ["gold, once more\nx"]
    await third.close()


async def test_what_was_cut_is_embedded_as_it_was_seen_and_what_was_imported_too(mind: Mind) -> None:
    key = mind.say("the treasure", "is under the oak, by the river")
    await mind.embedded(1)
    mind.store.amend("p", "guard", key, Spoken("the treasure", "is"))
    assert mind.count() == 0
    await mind.embedded(1)
    assert mind.embedder is not None
    assert mind.embedder.embedded[-1] == "the treasure\nis"
    with closing(connect(mind.store.file, wait_seconds=1)) as connection:  # as another program does
        connection.execute("INSERT INTO exchanges (pair, said_at, said, reply) VALUES (1, 1, 'imported', 'gold')")
    mind.store.look()
    await mind.embedded(2)


async def test_a_text_that_the_model_can_not_take_keeps_no_other_from_being_embedded(mind: Mind) -> None:
    class Picky(WordEmbedder):
        async def embed(self, texts):  # type: ignore[no-untyped-def]
            if any("poison" in text for text in texts):
                raise EngineFailed("it chokes")
            return await super().embed(texts)

    mind.embedder = Picky()
    for number in range(10):
        mind.say("poison" if number == 4 else f"gold {number}")
    await mind.embedded(9)


async def test_a_model_that_comes_back_goes_on_where_it_was(mind: Mind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loquent.dialogue.recall._REST_SECONDS", 0.01)
    assert mind.embedder is not None
    embedder = mind.embedder
    mind.say("gold 1")
    await mind.embedded(1)
    embedder.error = EngineDead("gone")
    mind.say("gold 2")
    await asyncio.sleep(0.05)
    mind.embedder = None
    mind.say("gold 3")
    await asyncio.sleep(0.05)
    embedder.error = None
    mind.embedder = embedder
    await mind.embedded(3)


async def test_who_is_erased_is_recalled_by_nobody_and_the_vectors_are_gone(mind: Mind) -> None:
    mind.say("gold", "x")
    mind.say("gold", "y", player="q")
    await mind.embedded(2)
    with closing(sqlite3.connect(mind.store.file)) as connection:
        kept = [row[0] for row in connection.execute("SELECT vector FROM vectors ORDER BY exchange")]
    erase_player(mind.store.file, "p")
    assert await mind.recalled("gold") == ()
    assert len(await mind.recalled("gold", player="q")) == 1
    mind.store.look()
    await mind.close()
    data = b"".join(path.read_bytes() for path in mind.store.file.parent.iterdir())
    assert kept[0] not in data
    assert kept[1] in data


# --- in a conversation ---------------------------------------------------------------------------------------


async def test_what_is_recalled_stands_before_the_players_words_stays_there_and_comes_once(mind: Mind) -> None:
    prompts: list[list[str]] = []

    def script(request: Request) -> str:
        prompts.append([message.content for message in request.messages])
        return "I see."

    mind.say("My horse is called Biscuit [wave]", "A fine name.", player="zoë", ago=86_400)
    for number in range(30):  # of which some fit into what a conversation begins with, and a little more
        mind.say(f"filler {number} " * 100, "x", player="zoë", ago=100)
    await mind.embedded(31)
    characters = {"guard": Character("Tomas", "You are Tomas.", cues=(Cue("wave", "to greet"),))}
    engine = ScriptedEngine(script, tokens_per_second=0)
    t = Table(engine, store=mind.store, characters=characters, recall=mind.recall)
    await t.keeper.start()
    t.act(open_(character="guard", player="zoë"))
    for turn, words in enumerate(["Where is my horse Biscuit?", "My horse is called Biscuit", "My horse Biscuit"], 1):
        t.act(say(turn, words))
        await until(lambda turn=turn: bool(t.ends(turn)))  # type: ignore[misc]
    assert t.faults() == []
    told = '(You remember:\n- 1 day ago the player said: "My horse is called Biscuit (wave)" You answered: "A fine name.")\n'
    assert prompts[0][-1] == f"{told}Where is my horse Biscuit?"
    assert prompts[1][:-1] == [*prompts[0], "I see."]
    assert prompts[1][-1] == "My horse is called Biscuit"
    assert prompts[2][:-1] == [*prompts[1], "I see."]
    assert not any("Biscuit" in content for content in prompts[0][:-1])  # nothing of it in the system's role
    assert mind.store.last("zoë", "guard", 3)[0] == Spoken("Where is my horse Biscuit?", "I see.")
    await t.close()


async def test_memories_that_do_not_fit_into_the_context_are_left_out_and_the_player_is_answered(mind: Mind) -> None:
    prompts: list[str] = []

    def script(request: Request) -> str:
        prompts.append(request.messages[-1].content)
        return "Yes."

    mind.say("gold " * 80, "x", player="zoë")
    for number in range(60):
        mind.say(f"filler {number}", "x", player="zoë")
    await mind.embedded(61)
    engine = ScriptedEngine(script, tokens_per_second=0, context_tokens=60)
    t = Table(engine, store=mind.store, recall=mind.recall)
    await t.keeper.start()
    t.act(open_(character="guard", player="zoë", max_tokens=10))
    t.act(say(1, "gold"))
    await until(lambda: bool(t.ends(1)))
    assert prompts == ["gold"]
    await t.close()


async def test_a_server_recalls_what_has_left_the_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it by the wire: a server, and a player who talks longer than a context is."""
    monkeypatch.setattr("loquent.dialogue.recall._REST_SECONDS", 0.01)
    prompts: list[str] = []

    def script(request: Request) -> str:
        prompts.append(request.messages[-1].content)
        return "I see."

    lines: list[str] = []
    settings = Settings(port=0, memory=tmp_path / "memory.sqlite3")
    serving = asyncio.create_task(
        serve(
            lambda: ScriptedEngine(script, tokens_per_second=0, context_tokens=200),
            Cast({"guard": Character("Tomas", "You are Tomas.")}),
            settings,
            lines.append,
            make_embedder=WordEmbedder,
        )
    )
    await until(lambda: bool(lines))
    (url,) = re.findall(r"ws://\S+:\d+", lines[0])
    async with await Client.connect(url) as client:
        conversation, _ = await client.open("guard", Options(player="zoë"))
        for count, words in enumerate(
            ["My horse is called Biscuit", *(f"filler {n} " * 30 for n in range(6)), "Is Biscuit a horse?"]
        ):
            await until(lambda count=count: vectors(settings.memory) == count)  # type: ignore[misc]
            async for _ in await client.say(conversation, words):
                pass
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    assert prompts[-1].splitlines() == [
        "(You remember:",
        '- A while ago the player said: "My horse is called Biscuit" You answered: "I see.")',
        "Is Biscuit a horse?",
    ]
