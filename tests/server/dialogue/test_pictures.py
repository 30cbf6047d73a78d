"""Pictures in a say: decoded when the turn has its place, a few at a time, and one that can't be taken ends its own turn alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from loquent.dialogue.pictures import AT_ONCE, look_at
from loquent.dialogue.pictures import _threads as threads
from loquent.engines.base import Request
from loquent.engines.scripted import ScriptedEngine
from loquent.images import ImageError, Picture, make_safe
from loquent.settings import Settings
from loquent.wire.frames import Begin, Cancel, Close, End, Fault, Refers, Say
from support.pictures import QUARTERS, alike, corners, encoded, quarters
from support.table import Table, open_, say

PNG = encoded(quarters(64, 48), "PNG")
JPEG = encoded(quarters(400, 200), "JPEG", quality=95)

# Time is real here: the threads that decode know no other.


class Prompts:
    """A script that keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> str:
        self.requests.append(request)
        return "I see."


async def laid(prompts: Prompts, settings: Settings | None = None, **pace: float) -> Table:
    """Lay a table with a started engine that sees."""
    table = Table(ScriptedEngine(prompts, **({"tokens_per_second": 0.0} | pace)), settings)  # type: ignore[arg-type]
    await table.keeper.start()
    return table


async def ended(table: Table, turn: int) -> str:
    """Return the reason with which a turn ends."""
    async with asyncio.timeout(10):
        while not table.ends(turn):
            await asyncio.sleep(0.001)
    (reason,) = table.ends(turn)
    return reason


@pytest.fixture
def busy() -> Iterator[threading.Event]:
    """Keep all threads that decode occupied, until the event is set."""
    free = threading.Event()
    waiting = [threads.submit(free.wait) for _ in range(AT_ONCE)]
    yield free
    free.set()
    for each in waiting:
        each.result()


async def test_what_is_shown_reaches_the_engine_with_the_words_and_only_with_them() -> None:
    prompts = Prompts()
    t = await laid(prompts, Settings(image_side=100))
    t.act(open_(player="p"), Say(1, 1, "Look!", (PNG, JPEG)))
    assert await ended(t, 1) == "stop"
    t.act(say(2, "And now?"))
    assert await ended(t, 2) == "stop"
    first, second = prompts.requests
    assert [message.images for message in first.messages[:-1]] == [()]
    shown = first.messages[-1].images
    assert [(picture.width, picture.height) for picture in shown] == [(64, 48), (100, 50)]
    assert all(alike(corners(picture.pixels), QUARTERS) for picture in shown)
    assert [message.content for message in second.messages] == ["You are Marta.", "Look!", "I see.", "And now?"]
    assert not any(message.images for message in second.messages), "they aren't remembered"


async def test_a_picture_that_cannot_be_taken_ends_its_turn_with_a_fault_and_is_not_remembered() -> None:
    prompts = Prompts()
    t = await laid(prompts)
    t.act(open_(player="p"), Say(1, 1, "Look!", (PNG, b"no picture")))
    assert await ended(t, 1) == "fault"
    begin, fault, end = t.frames[1:]
    assert isinstance(begin, Begin)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.refers) == ("images_refused", Refers(3, 1))
    assert fault.message.startswith("This is no JPEG, PNG or WebP")
    assert isinstance(end, End)
    assert prompts.requests == []
    assert t.store.last("p", "innkeeper", 9) == ()
    t.act(Say(1, 2, "Look again!", (PNG,)))
    assert await ended(t, 2) == "stop"


async def test_an_engine_that_sees_nothing_refuses_before_a_turn_begins() -> None:
    class Blind(ScriptedEngine):
        @property
        def sees(self) -> bool:
            return False

    t = Table(Blind(tokens_per_second=0))
    await t.keeper.start()
    assert t.conversations.images == 0
    fault = t.refused(open_(), Say(1, 1, "Look!", (PNG,)))
    assert (fault.code, fault.message) == ("images_refused", "This server's model sees no pictures; send text alone.")
    assert not [frame for frame in t.frames if isinstance(frame, Begin)]
    t.act(say(2))
    assert await ended(t, 2) == "stop"


async def test_how_many_a_say_may_have_is_what_is_set() -> None:
    t = await laid(Prompts(), Settings(images=1))
    assert t.conversations.images == 1
    assert (
        t.refused(open_(), Say(1, 1, "Look!", (PNG, PNG))).message
        == "2 pictures are too many: send at most 1 at a time."
    )


async def test_nothing_is_decoded_for_a_turn_in_the_queue() -> None:
    prompts = Prompts()
    t = await laid(prompts, Settings(running_turns=1), tokens_per_second=10, first_token_seconds=60)
    t.act(open_(1), open_(2), say(1), Say(2, 2, "Look!", (b"no picture",)))
    while not prompts.requests:
        await asyncio.sleep(0)
    await look_at([PNG], Settings())  # by now the other would have been looked at, too
    assert t.faults() == []
    t.act(Cancel(1, 0))
    assert await ended(t, 2) == "fault"
    assert t.faults() == ["images_refused"]


async def test_no_more_are_decoded_at_once_than_is_stated(busy: threading.Event) -> None:
    prompts = Prompts()
    t = await laid(prompts)
    t.act(open_(1), open_(2), Say(1, 1, "Look!", (PNG,)), say(2, conversation=2))
    assert await ended(t, 2) == "stop", "who shows nothing doesn't wait for those who do"
    await asyncio.sleep(0.2)  # a thread that's free would be done by now
    assert t.ends(1) == []
    busy.set()
    assert await ended(t, 1) == "stop"


async def test_who_shows_many_pictures_leaves_the_threads_to_others(
    busy: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[bytes] = []

    def note(image: bytes, **bounds: int) -> Picture:
        order.append(image)
        return make_safe(PNG, **bounds)

    monkeypatch.setattr("loquent.dialogue.pictures.make_safe", note)
    many, other = await laid(Prompts()), await laid(Prompts())
    many.act(*[open_(number) for number in range(1, 9)])
    many.act(*[Say(number, number, "Look!", (b"many",)) for number in range(1, 9)])
    await asyncio.sleep(0.05)
    other.act(open_(), Say(1, 1, "Look!", (b"other",)))
    await asyncio.sleep(0.05)
    busy.set()
    assert await ended(other, 1) == "stop"
    assert [await ended(many, number) for number in range(1, 9)] == ["stop"] * 8
    assert order.index(b"other") <= 2


async def test_cancel_while_a_picture_waits_ends_the_turn_at_once_and_asks_the_engine_nothing(
    busy: threading.Event,
) -> None:
    prompts = Prompts()
    t = await laid(prompts)
    t.act(open_(), Say(1, 1, "Look!", (PNG,)))
    await asyncio.sleep(0)
    t.act(Cancel(1, 0))
    assert t.ends(1) == ["cancelled"]
    await t.conversations.wait_ended()  # although the threads are still occupied
    assert t.admission.running == 0
    busy.set()
    await look_at([PNG], Settings())
    assert (t.ends(1), t.faults(), prompts.requests) == (["cancelled"], [], [])


async def test_close_while_a_broken_picture_is_decoded_ends_the_turn_once(busy: threading.Event) -> None:
    t = await laid(Prompts())
    t.act(open_(), Say(1, 1, "Look!", (b"no picture",)))
    await asyncio.sleep(0)
    busy.set()
    t.act(Close(1))
    await t.close()
    await look_at([PNG], Settings())
    assert (t.ends(1), t.faults()) == (["cancelled"], [])


async def test_an_engine_that_dies_meanwhile_ends_the_turn_with_a_fault(busy: threading.Event) -> None:
    t = await laid(Prompts())
    t.act(open_(), Say(1, 1, "Look!", (PNG,)))
    await asyncio.sleep(0)
    t.engine.die("gone")
    busy.set()
    assert await ended(t, 1) == "fault"
    assert t.faults() == ["engine_down"]


async def test_the_first_that_cannot_be_taken_is_told() -> None:
    with pytest.raises(ImageError, match="The PNG ends too early"):
        await look_at([PNG, PNG[:50], b"no picture"], Settings())
    assert await look_at([], Settings()) == ()
