"""Small models of our own see in real vLLM, through the server's engine and recogniser, and it's the picture that they go by."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from loquent.client import Client
from loquent.dialogue.character_file import SHIPPED, load_characters
from loquent.dialogue.decisions import asked
from loquent.dialogue.store import MemoryStore
from loquent.engines.base import Choice, Engine, Message, Request, Sampling
from loquent.engines.keeper import Keeper
from loquent.engines.vllm.engine import VllmEngine
from loquent.engines.vllm.recogniser import VllmRecogniser
from loquent.gateway import Gateway
from loquent.images import make_safe
from models import SHAPES_CLIP, SHAPES_VLM
from models.cases import cases
from models.served import chosen, picture, share, to_engine, to_recogniser, verdicts
from models.shapes import NOTHING, Drawing, draw
from support.real_vllm import MARKS

pytestmark = MARKS

COUNT = 60
"""Cases of a kind: enough to tell 0.9 from chance, few enough for seconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[tuple[VllmEngine, str]]:
    """A server with the model that sees, and where it is."""
    made = VllmEngine(str(SHAPES_VLM), ["--kv-cache-memory-bytes", str(256 << 20)])
    keeper = Keeper[Engine](lambda: made, restarts=0, within_seconds=600)
    gateway = Gateway(keeper, load_characters(SHIPPED), MemoryStore())
    await keeper.start()
    port = await gateway.listen("127.0.0.1", 0)
    yield made, f"ws://127.0.0.1:{port}"
    await gateway.close()
    await keeper.close()


@pytest.fixture(scope="module")
def engine(served: tuple[VllmEngine, str]) -> VllmEngine:
    return served[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recogniser() -> AsyncIterator[VllmRecogniser]:
    recogniser = VllmRecogniser(str(SHAPES_CLIP))
    await recogniser.start()
    yield recogniser
    await recogniser.close()


# The vision language model, on the engine


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("which of 5", 0.9),
        ("nothing of 5", 0.9),
        ("colour", 0.9),
        ("shape", 0.8),
        ("where", 0.9),
        ("how many", 0.8),
        ("is there", 0.7),
    ],
)
async def test_the_engine_is_right_about_pictures_it_has_not_learned(
    engine: VllmEngine, kind: str, least: float
) -> None:
    assert await share(to_engine(engine), cases(kind, COUNT)) >= least


async def test_without_the_picture_it_is_right_by_chance_only(engine: VllmEngine) -> None:
    assert await share(to_engine(engine, blind=True), cases("which of 5", COUNT)) < 0.45


async def test_another_picture_changes_the_decision_and_a_blank_one_takes_it_back(engine: VllmEngine) -> None:
    first, second = (draw("held out", number, "one") for number in (7, 8))
    blank = draw("held out", 7, "blank")
    options = (first.label, second.label, NOTHING)
    assert len(set(options)) == 3
    said = asked("What does the picture show?", options)

    async def decided(drawing: Drawing) -> str:
        messages = [Message("system", "You are Tomas, a guard."), Message("user", said, (picture(drawing),))]
        return options[chosen(await engine.decide(Choice(messages, options)))]

    assert [await decided(drawing) for drawing in (first, second, blank, first)] == [*options, first.label]


async def test_a_picture_is_the_same_in_every_format(engine: VllmEngine) -> None:
    for case in cases("which of 5", 6):
        answers = set()
        for suffix in ("png", "jpeg", "webp"):
            shown = make_safe(case.drawing.file(suffix), most_pixels=1 << 20, longest_side=512)
            messages = [Message("system", case.persona), Message("user", case.said, (shown,))]
            answers.add(chosen(await engine.decide(Choice(messages, case.question.options))))
        assert len(answers) == 1


async def test_transformers_decides_the_same(engine: VllmEngine) -> None:
    """What vLLM computes is the model, not something like it."""
    import torch
    from transformers import AutoProcessor, Idefics3ForConditionalGeneration

    from models.measure_vlm import log_probabilities

    model = Idefics3ForConditionalGeneration.from_pretrained(SHAPES_VLM, dtype=torch.float32)
    processor = AutoProcessor.from_pretrained(SHAPES_VLM)
    some = cases("colour", 20)
    for case, verdict in zip(some, await verdicts(to_engine(engine), some), strict=True):
        logs = torch.tensor(log_probabilities(model, processor, case, case.question.options))
        assert torch.allclose(logs.softmax(0), torch.tensor(verdict.probabilities), atol=0.1)


async def test_it_says_what_it_sees(engine: VllmEngine) -> None:
    right = 0
    for number in range(20):
        drawing = draw("held out", number, "one")
        messages = [
            Message("system", "You are Tomas, a guard."),
            Message("user", "What do you see?", (picture(drawing),)),
        ]
        deltas = [delta async for delta in engine.generate(Request(messages, Sampling(24, temperature=0)))]
        right += drawing.label in "".join(delta.text for delta in deltas)
    assert right >= 15


async def test_a_game_that_shows_something_is_told_what_it_is(served: tuple[VllmEngine, str]) -> None:
    """Over the wire, with a character of ours and files as Unity makes them: what is asked matters, and what is shown."""
    right = 0
    async with await Client.connect(served[1]) as client:
        conversation, _ = await client.open("guard")
        for case in cases("which of 5", 12):
            file = case.drawing.file("jpeg")
            reply = await client.decide(conversation, case.question.text, case.question.options, [file])
            async for _ in reply.frames():
                pass
            assert reply.decision is not None
            right += reply.decision.index == case.question.right
        assert right >= 9
        seen = draw("held out", 1, "one")
        said = "".join(
            [piece async for piece in await client.say(conversation, "What do you see?", [seen.file("jpeg")])]
        )
        assert said


# CLIP, on the recogniser


@pytest.mark.parametrize(
    ("kind", "least"), [("which of 5", 0.9), ("nothing of 5", 0.9), ("colour", 0.9), ("shape", 0.8)]
)
async def test_the_recogniser_is_right_about_pictures_it_has_not_learned(
    recogniser: VllmRecogniser, kind: str, least: float
) -> None:
    assert await share(to_recogniser(recogniser), cases(kind, COUNT)) >= least


async def test_the_recogniser_sees_that_the_picture_is_another_one(recogniser: VllmRecogniser) -> None:
    some = cases("which of 5", COUNT)
    swapped = [
        dataclasses.replace(case, drawing=other.drawing) for case, other in zip(some, some[1:] + some[:1], strict=True)
    ]
    assert await share(to_recogniser(recogniser), swapped) < 0.45
    blank = draw("held out", 7, "blank")
    for drawing in (draw("held out", 7, "one"), draw("held out", 8, "one"), blank):
        options = (draw("held out", 8, "one").label, draw("held out", 7, "one").label, NOTHING)
        verdict = await recogniser.recognise(picture(drawing), options)
        assert options[chosen(verdict)] == drawing.label


async def test_transformers_recognises_the_same(recogniser: VllmRecogniser) -> None:
    """What vLLM computes is the model, not something like it."""
    import torch
    from transformers import CLIPModel, CLIPProcessor

    from models.measure_clip import log_probabilities
    from models.shapes import COLOURS

    model = CLIPModel.from_pretrained(SHAPES_CLIP, dtype=torch.float32)
    processor = CLIPProcessor.from_pretrained(SHAPES_CLIP)
    some = [
        dataclasses.replace(case, question=dataclasses.replace(case.question, options=tuple(COLOURS)))
        for case in cases("colour", 20)
    ]
    logs = log_probabilities(model, processor, some, list(COLOURS))
    found = torch.tensor([verdict.probabilities for verdict in await verdicts(to_recogniser(recogniser), some)])
    assert torch.allclose(logs.softmax(-1), found.float(), atol=0.1)
