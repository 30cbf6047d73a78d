"""Embedder and recogniser by real vLLM on the CPU: MiniLM, and CLIP and SigLIP as small as they get."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from loquent.dialogue.recall import Recall
from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import Spoken
from loquent.engines import embedded_minilm
from loquent.engines.base import EngineDead
from loquent.engines.keeper import Keeper, State
from loquent.engines.vllm.engine import VllmEngine
from loquent.engines.vllm.pooling import VllmEmbedder
from loquent.engines.vllm.recogniser import VllmRecogniser
from loquent.images import Picture
from loquent.settings import Settings
from support.leftovers import children
from support.real_vllm import MARKS

pytestmark = MARKS

RECALL = Path(__file__).parents[2] / "dialogue" / "data" / "recall.toml"


def embedder() -> VllmEmbedder:
    folder = embedded_minilm.folder()
    assert folder is not None
    return VllmEmbedder(str(folder))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keeper() -> AsyncIterator[Keeper[VllmEmbedder]]:
    keeper = Keeper(embedder, restarts=5, within_seconds=600, what="embedder")
    await keeper.start()
    yield keeper
    await keeper.close()


@pytest.fixture
def minilm(keeper: Keeper[VllmEmbedder]) -> VllmEmbedder:
    assert keeper.ready is not None
    return keeper.ready


async def test_rows_have_length_1_and_say_what_model_they_are_of(minilm: VllmEmbedder) -> None:
    assert minilm.model == "sentence-transformers/all-MiniLM-L6-v2"
    rows = await minilm.embed(["Hello!", "", "Guten Tag, wie geht es dir?", "🗡️"])
    assert rows.shape == (4, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (await minilm.embed([])).shape == (0, 384)


async def test_what_is_said_alike_lies_close_together(minilm: VllmEmbedder) -> None:
    rows = await minilm.embed(
        [
            "The smith sells swords.",
            "You can buy blades from the blacksmith.",
            "My sister likes to swim in the lake.",
            "The girl goes swimming, she loves the water.",
        ]
    )
    near = rows @ rows.T
    assert min(near[0, 1], near[2, 3]) > 0.4
    assert max(near[0, 2], near[0, 3], near[1, 2], near[1, 3]) < 0.2


async def test_what_is_recalled_is_about_what_is_said(minilm: VllmEmbedder, tmp_path: Path) -> None:
    """By the threshold that the settings have, on what it was chosen for: `recall.toml` says how."""
    labelled = tomllib.loads(RECALL.read_text(encoding="utf-8"))
    store = SqliteStore(tmp_path / "memory.sqlite3")
    recall = Recall(store, lambda: minilm, most=2, similarity=Settings().recall_similarity, seconds=30)
    for said, reply in labelled["memories"]:
        store.append("p", "innkeeper", Spoken(said, reply))
    embedding = asyncio.create_task(recall.run())
    async with asyncio.timeout(60):
        while store.read(lambda file: file.execute("SELECT count(*) FROM vectors").fetchone()) != (38,):
            await asyncio.sleep(0.05)
    embedding.cancel()
    right = wrong = asked = answered = disturbed = 0
    for question, about in labelled["questions"]:
        lines = await recall.recall("p", "innkeeper", question, (), set())
        found = {number for number, (said, _) in enumerate(labelled["memories"]) if any(said in line for line in lines)}
        right += len(found & set(about))
        wrong += len(found - set(about))
        asked += bool(about)
        answered += bool(found & set(about))
        disturbed += bool(found) and not about
    recall.close()
    store.close()
    figures = f"{right} right, {wrong} wrong, {answered} of {asked} found, {disturbed} disturbed"
    print(figures)
    assert right / (right + wrong) > 0.78, figures
    assert answered / asked > 0.85, figures
    assert disturbed <= 3, figures


async def test_a_text_too_long_is_cut_where_the_model_ends(minilm: VllmEmbedder) -> None:
    long = "word " * 254  # with the two tokens that stand around it, the 256 that this model was trained with
    whole, more, less = await minilm.embed(
        [long, long + "and nothing of this counts " * 3000, long.removesuffix("word ")]
    )
    assert np.allclose(whole, more, atol=1e-3)
    assert not np.array_equal(whole, less)


async def test_many_at_once_are_each_their_own(minilm: VllmEmbedder) -> None:
    texts = [f"I have {number} apples." for number in range(100)]
    together = await minilm.embed(texts)
    calls = await asyncio.gather(*(minilm.embed([text]) for text in texts))
    assert np.allclose(together, np.concatenate(calls), atol=5e-3)
    assert len(np.unique(together.round(4), axis=0)) == 100


async def test_cancelling_aborts_all_of_it(minilm: VllmEmbedder) -> None:
    work = asyncio.create_task(minilm.embed(["something " * 300] * 200))
    async with asyncio.timeout(20):
        while minilm._llm.get_num_unfinished_requests() < 100:
            await asyncio.sleep(0.001)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert minilm._llm.get_num_unfinished_requests() == 0
    began = time.monotonic()
    await minilm.embed(["Hello!"])
    assert time.monotonic() - began < 3


async def test_a_killed_core_is_replaced_beside_an_engine_that_goes_on(keeper: Keeper[VllmEmbedder]) -> None:
    """The two share the fork server, and what of the system is one for the whole process: neither may take it from the other."""
    engine = VllmEngine(report=lambda line: None)
    await engine.start()
    first = keeper.engine
    (core,) = first._core._processes
    assert core.pid is not None
    work = asyncio.create_task(first.embed(["something " * 300] * 200))
    await asyncio.sleep(0.1)
    os.kill(core.pid, signal.SIGKILL)
    with pytest.raises(EngineDead, match=r"killed \(signal 9\)"):
        await work
    async with asyncio.timeout(60):
        while keeper.state is not State.READY:
            await asyncio.sleep(0.05)
    assert keeper.engine is not first
    assert engine.alive
    assert (await keeper.engine.embed(["Hello!"])).shape == (1, 384)
    # And the other way round: the engine ends for good, the embedder goes on, and can even be started again.
    await engine.close()
    assert (await keeper.engine.embed(["Hello again!"])).shape == (1, 384)
    second = keeper.engine
    (core,) = second._core._processes
    assert core.pid is not None
    os.kill(core.pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        while keeper.engine is second or keeper.state is not State.READY:
            await asyncio.sleep(0.05)
    assert (await keeper.engine.embed(["And again!"])).shape == (1, 384)


async def test_after_close_nothing_is_left(keeper: Keeper[VllmEmbedder]) -> None:
    """The last of this module that needs the embedder."""
    await keeper.close()
    assert children() == []
    with pytest.raises(EngineDead):
        await keeper.engine.embed(["Hello!"])


# Recognition


def picture(colour: str, key: str) -> Picture:
    image = Image.new("RGB", (90, 70), colour)
    image.paste((255, 255, 0), (10, 10, 40, 50))
    return Picture(image, key)


LABELS = ["a red door", "Fire", "a cup", "a very long label: " + "it goes on and on, " * 20]


@pytest.mark.parametrize(
    ("kind", "sentence"), [("clip", "a photo of {}"), ("siglip", "this is a photo of {}.")], ids=["CLIP", "SigLIP"]
)
async def test_recognition_says_what_the_models_own_code_says(kind: str, sentence: str, tmp_path: Path) -> None:
    from support import tiny_vision

    folder = tmp_path / kind
    (tiny_vision.make_clip if kind == "clip" else tiny_vision.make_siglip)(folder)
    sentences = [sentence.format(label.lower()) for label in LABELS]
    recogniser = VllmRecogniser(str(folder))
    await recogniser.start()
    try:
        assert recogniser.model == kind
        red, blue = picture("red", "1"), picture("blue", "2")
        verdicts = await asyncio.gather(recogniser.recognise(red, LABELS), recogniser.recognise(blue, LABELS))
        expected = [tiny_vision.expected(folder, each.pixels, sentences) for each in (red, blue)]
        for verdict, shares in zip(verdicts, expected, strict=True):
            assert sum(verdict.probabilities) == pytest.approx(1)
            assert verdict.probabilities == pytest.approx(shares, abs=0.03)
        assert max(abs(a - b) for a, b in zip(*expected, strict=True)) > 0.05  # it isn't about nothing
        # What has been seen and said before needs no model: the same, by another order of the labels.
        began = next(recogniser._numbers)
        again = await recogniser.recognise(red, LABELS[::-1])
        assert again.probabilities == pytest.approx(verdicts[0].probabilities[::-1])
        assert next(recogniser._numbers) == began + 1
    finally:
        await recogniser.close()
    assert children() == []
