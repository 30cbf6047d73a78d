"""How often the small models are right when the server runs them, by real vLLM: ``PYTHONPATH=server:tests python -m models.served``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from loquent.engines.base import Choice, Message, Verdict
from loquent.engines.vllm.engine import VllmEngine
from loquent.engines.vllm.recogniser import VllmRecogniser
from loquent.images import Picture, make_safe
from models import SHAPES_CLIP, SHAPES_VLM, cases
from models.cases import Case
from models.shapes import Drawing

_AT_ONCE = 16
_MEASURED = 400

Ask = Callable[[Case], Awaitable[Verdict]]


def picture(drawing: Drawing) -> Picture:
    """Return what becomes of a picture that a game has sent."""
    return make_safe(drawing.file("png"), most_pixels=1 << 20, longest_side=512)


def chosen(verdict: Verdict) -> int:
    """Return the likeliest option's index."""
    return max(range(len(verdict.probabilities)), key=verdict.probabilities.__getitem__)


def to_engine(engine: VllmEngine, *, blind: bool = False) -> Ask:
    """Ask as a server does, or without showing the picture."""

    async def ask(case: Case) -> Verdict:
        pictures = () if blind else (picture(case.drawing),)
        messages = [Message("system", case.persona), Message("user", case.said, pictures)]
        return await engine.decide(Choice(messages, case.question.options))

    return ask


def to_recogniser(recogniser: VllmRecogniser) -> Ask:
    """Ask which label fits the picture; the question's words play no part."""
    return lambda case: recogniser.recognise(picture(case.drawing), case.question.options)


async def verdicts(ask: Ask, some: Sequence[Case]) -> list[Verdict]:
    """Ask some cases, several at a time."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(case: Case) -> Verdict:
        async with room:
            return await ask(case)

    return list(await asyncio.gather(*(one(case) for case in some)))


async def share(ask: Ask, some: Sequence[Case]) -> float:
    """Return the share of right answers."""
    found = await verdicts(ask, some)
    return sum(chosen(verdict) == case.question.right for verdict, case in zip(found, some, strict=True)) / len(some)


async def _measure() -> None:
    engine = VllmEngine(str(SHAPES_VLM), ["--kv-cache-memory-bytes", str(256 << 20)])
    await engine.start()
    for kind in cases.KINDS:
        print(f"shapes-vlm, {kind}: {await share(to_engine(engine), cases.cases(kind, _MEASURED)):.1%}", flush=True)
    blind = await share(to_engine(engine, blind=True), cases.cases(cases.KINDS[0], _MEASURED))
    print(f"shapes-vlm, {cases.KINDS[0]}, without the picture: {blind:.1%}")
    await engine.close()
    recogniser = VllmRecogniser(str(SHAPES_CLIP))
    await recogniser.start()
    for kind in cases.LABELLED:
        right = await share(to_recogniser(recogniser), cases.cases(kind, _MEASURED))
        print(f"shapes-clip, {kind}: {right:.1%}", flush=True)
    await recogniser.close()


if __name__ == "__main__":
    asyncio.run(_measure())
