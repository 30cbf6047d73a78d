"""A picture of what a camera sees, from the engine double to the real server."""

from __future__ import annotations

import pytest

from loquent.engines.base import Request
from loquent.engines.scripted import ScriptedEngine
from loquent.images import Picture
from support.running import running
from unity import engine

pytestmark = pytest.mark.usefixtures("engine_built")

RELEASE = engine.RELEASES[0]


async def test_what_the_player_sees_reaches_the_model_as_a_picture() -> None:
    """From the camera over the graphics card, another thread and the wire to the server's decoder, which finds it good and upright."""
    seen: list[Picture] = []

    def look(request: Request) -> str:
        seen.extend(request.messages[-1].images)
        return "A red cube."

    async with running(ScriptedEngine(look, tokens_per_second=0)) as server:
        printed = await engine.run_trial(RELEASE, "picture", server.url)
    assert printed.splitlines()[0] == "A red cube."
    (picture,) = seen
    assert (picture.width, picture.height) == (200, 120)
    bands = [picture.pixels.crop((100, y, 101, y + 1)).tobytes() for y in (29, 60, 91)]
    strongest = [max(range(3), key=band.__getitem__) for band in bands]
    assert strongest == [1, 0, 2], "green above, red in the middle, the blue background below"
    assert not [line for line in printed.splitlines()[1:] if not line.startswith("Log: ")]
