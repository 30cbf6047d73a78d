"""One socket: what breaks it and what doesn't, one writer, slow readers, beats."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
from websockets.exceptions import ConnectionClosedError

from loquent.dialogue.conversations import Act, Conversations
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from loquent.wire.frames import Close, Frame, Open
from loquent.wire.outbox import Outbox
from loquent.wire.reception import Reception
from support.running import HELLO, bare, running


def long_reply(words: int) -> ScriptedEngine:
    """Return an engine that says many words as fast as it can."""
    return ScriptedEngine(lambda _: ("word " * words).strip(), tokens_per_second=0, context_tokens=1_000_000)


async def test_hello_open_and_say_in_one_message() -> None:
    async with running() as server, bare(server.url, hello=False) as client:
        await client.send(HELLO, [2, 1, "innkeeper", {}], [3, 1, 1, "Good evening!", []])
        frames = await client.until(lambda f: f[0] == 39)
        assert [f[0] for f in frames if f[0] != 36] == [33, 34, 35, 39]
        assert [f[1] for f in frames[1:]] == list(range(1, len(frames)))
        assert "".join(f[3] for f in frames if f[0] == 36).startswith("You said: Good evening!")


async def test_welcome_tells_the_limits_and_a_session_nobody_can_guess() -> None:
    seen = set()
    async with running() as server:
        for _ in range(3):
            async with bare(server.url, hello=False) as client:
                await client.send(HELLO)
                kind, version, session, epoch, resumed, limits = await client.frame()
                assert (kind, version, epoch, resumed) == (33, 1, 1, False)
                assert limits["text_bytes"] == 16_384
                assert limits["beat_ms"] == 10_000
                assert 24 <= len(session) <= 64
                seen.add(session)
    assert len(seen) == 3


@pytest.mark.parametrize("started", [True, False])
async def test_welcome_tells_what_pictures_are_taken(started: bool) -> None:
    class Blind(ScriptedEngine):
        @property
        def sees(self) -> bool:
            return False

    settings = Settings(images=3, image_bytes=1000)
    for engine, told in ((ScriptedEngine(), (3, 1000)), (Blind(), (0, 0))):
        async with running(engine, settings, started=started) as server, bare(server.url, hello=False) as client:
            await client.send(HELLO)
            limits = (await client.frame())[5]
            assert (limits["images"], limits["image_bytes"]) == told


async def test_a_resume_is_answered_with_a_new_session() -> None:
    async with running() as server, bare(server.url, hello=False) as client:
        await client.send([1, [1], "test/1", None, ["gone", 1, 5]])
        welcome = await client.frame()
        assert welcome[4] is False
        assert welcome[2] != "gone"
        await client.still_works()


# --- what breaks a connection, and what doesn't -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ([[2, 1, "guard", {}]], "hello_first"),
        ([[6, 1]], "hello_first"),
        ([[1, [99], "test/99", None, None]], "version"),
        ([[1, [], "test/0", None, None]], "version"),
        ([[1, [1], 5, None, None]], "malformed"),
    ],
)
async def test_before_hello_what_is_wrong_is_said_with_seq_0_and_hello_may_follow(
    sent: list[list[Any]], code: str
) -> None:
    async with running() as server, bare(server.url, hello=False) as client:
        await client.send(*sent)
        fault = await client.frame()
        assert fault[:2] == [40, 0]
        assert fault[3] == code
        await client.send(HELLO)
        assert (await client.frame())[0] == 33
        await client.still_works()


@pytest.mark.parametrize(
    ("frame", "code", "refers"),
    [
        (HELLO, "hello_twice", None),
        ([3, 1, 7, None, []], "malformed", [3, 7]),
        ([3, 1, 7, "hi", ["text"]], "malformed", [3, 7]),
        ([2, 4, "guard", {"max_tokens": "many"}], "malformed", [2, 4]),
        (["say", 1], "malformed", None),
        ({"kind": 3}, "malformed", None),
        ([2, 1, "nobody", {}], "character_unknown", [2, 1]),
        ([3, 5, 1, "hi", []], "conversation_unknown", [3, 1]),
    ],
)
async def test_a_frame_that_is_wrong_gets_a_fault_and_the_connection_stays(
    frame: Any, code: str, refers: list[int] | None
) -> None:
    async with running() as server, bare(server.url) as client:
        await client.send(frame)
        fault = await client.frame()
        assert fault[0] == 40
        assert fault[1] == 1
        assert fault[2:4] == [refers, code]
        await client.still_works()


async def test_frames_of_unknown_kinds_and_fields_too_many_are_skipped() -> None:
    async with running() as server, bare(server.url) as client:
        await client.send([77, {"new": [1, 2]}], [36, 1, 1, "not yours to send", 1], [6, 0, "more"])
        await client.still_works()


async def test_a_text_message_is_refused_and_the_connection_stays() -> None:
    async with running() as server, bare(server.url) as client:
        await client.socket.send("hello?")
        assert await client.fault() == "not_binary"
        await client.still_works()


async def test_a_message_over_the_limit_is_skipped_and_far_over_it_closes() -> None:
    async with running(settings=Settings(message_bytes=10_000)) as server, bare(server.url) as client:
        await client.send([3, 1, 1, "a" * 12_000, []])
        assert await client.fault() == "message_too_large"
        await client.still_works()
        await client.send([3, 1, 1, "a" * 21_000, []])
        assert await client.closed() == 1009


async def test_lost_framing_is_told_and_closes_with_1007() -> None:
    async with running() as server, bare(server.url) as client:
        await client.socket.send(msgpack.packb([2, 1, "guard", {}]) + b"\x92\x06\xc1" + msgpack.packb([7, 1]))
        assert (await client.frame())[0] == 34
        assert await client.fault() == "framing"
        assert await client.closed() == 1007


async def test_no_hello_in_time() -> None:
    async with running(settings=Settings(hello_seconds=0.05)) as server, bare(server.url, hello=False) as client:
        assert await client.fault() == "hello_late"
        assert await client.closed() == 1008


async def test_a_hello_in_time_is_not_late() -> None:
    async with running(settings=Settings(hello_seconds=0.2)) as server, bare(server.url) as client:
        await asyncio.sleep(0.3)
        await client.still_works()


# --- the writer -------------------------------------------------------------------------------------------------


async def test_what_became_ready_together_leaves_as_one_message() -> None:
    async with running(long_reply(200)) as server, bare(server.url) as client:
        await client.send(*[[2, n, "guard", {}] for n in range(10)])
        await client.send(*[[3, n, n + 1, "Go", []] for n in range(10)])
        frames: list[list[Any]] = []
        while sum(f[0] == 39 for f in frames) < 10:
            frames.append(await client.frame())
        assert len(frames) > 5 * client.messages


async def test_text_that_cannot_leave_is_merged_and_nothing_of_it_is_lost() -> None:
    """The client doesn't read until all 60 replies, 12 MB of them in 12,000 tokens, have been made."""
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0)
    settings = Settings(pending_bytes=100_000_000, turns=64)
    async with running(engine, settings) as server, bare(server.url) as client, bare(server.url) as other:
        await client.send(*[[2, n, "guard", {}] for n in range(60)])
        await client.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        await other.still_works()
        while engine.running:
            await other.send([7, 900])
            await other.still_works()
        texts: dict[int, str] = {}
        frames = ended = 0
        while ended < 60:
            frame = await client.frame()
            ended += frame[0] == 39
            if frame[0] == 36:
                frames += 1
                texts[frame[2]] = texts.get(frame[2], "") + frame[3]
        assert set(texts.values()) == {" ".join(["x" * 1000] * 200)}
        assert frames < 11_000
        assert client.largest <= 1 << 18


async def test_the_first_token_waits_for_nothing() -> None:
    """Begin and the first word are there although the second never comes."""
    engine = ScriptedEngine(lambda _: "Hello there", tokens_per_second=0.001)
    async with running(engine) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {}], [3, 1, 1, "Hi", []])
        assert (await client.until(lambda f: f[0] == 36))[-1][3] == "Hello"


async def test_a_reader_that_stops_reading_is_dropped_and_slows_nobody() -> None:
    """60 replies of 200 KB: more than the sockets' own buffers hold, so that they wait in the session."""
    engine = ScriptedEngine(
        lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000, first_token_seconds=0.01
    )
    settings = Settings(pending_bytes=100_000, turns=64)
    async with (
        running(engine, settings) as server,
        bare(server.url, ping_interval=None) as stalled,
        bare(server.url) as healthy,
    ):
        await stalled.send(*[[2, n, "guard", {}] for n in range(60)])
        await stalled.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        conversation = 0
        while not engine.aborted:
            await healthy.still_works(conversation := conversation + 1)
            await healthy.send([7, conversation])
        with pytest.raises(ConnectionClosedError):
            await stalled.until(lambda frame: False)
        await healthy.still_works()


async def test_a_silent_server_beats() -> None:
    async with running(settings=Settings(beat_seconds=0.1)) as server, bare(server.url) as client:
        assert await client.frame() == [42]
        assert await client.frame() == [42]


async def test_beats_carry_no_seq() -> None:
    async with running(settings=Settings(beat_seconds=0.1)) as server, bare(server.url) as client:
        await client.until(lambda f: f[0] == 42)
        await client.send([2, 1, "guard", {}])
        assert (await client.until(lambda f: f[0] == 34))[-1][1] == 1


async def test_a_mistake_in_the_server_ends_the_connection_and_its_session_and_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What state the session is in nobody knows, so nobody has it back."""
    act = Conversations.act

    def fail(conversations: Conversations, frame: Act) -> None:
        if isinstance(frame, Close):
            raise RuntimeError("a mistake")
        act(conversations, frame)

    monkeypatch.setattr(Conversations, "act", fail)
    async with running() as server, bare(server.url) as other, bare(server.url) as client:
        await client.send([7, 1])
        assert await client.closed() == 1011
        await other.still_works()
        assert (server.gateway.sessions.connected, server.gateway.sessions.waiting) == (1, 0)
    assert "a mistake in the server ended a connection" in caplog.text


async def test_beats_do_not_pile_up_for_a_client_that_does_not_read() -> None:
    settings = Settings(pending_bytes=100_000_000, turns=64, beat_seconds=0.02, ping_seconds=0)
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    async with running(engine, settings) as server, bare(server.url, ping_interval=None) as stalled:
        stalled.socket.transport.pause_reading()
        await stalled.send(*[[2, n, "guard", {}] for n in range(60)])
        await stalled.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        while not server.gateway.sessions.pending_bytes or server.gateway.turns:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        (connection,) = server.gateway._connections
        assert len(connection._unsequenced) <= 1
        stalled.socket.transport.abort()


async def test_acks_free_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server keeps what it sent until it's acknowledged, and not longer."""
    outboxes: list[Outbox] = []
    made = Outbox.__init__

    def note(self: Outbox, *args: Any) -> None:
        outboxes.append(self)
        made(self, *args)

    monkeypatch.setattr(Outbox, "__init__", note)
    async with running(long_reply(500)) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {"max_tokens": 500}], [3, 1, 1, "Go", []])
        last = (await client.until(lambda f: f[0] == 39))[-1]
        assert outboxes[0].window_bytes >= 2500
        await client.send([6, last[1]], [6, 10**6])
        await client.still_works()
        assert 0 < outboxes[0].window_bytes < 100


async def test_a_client_that_vanishes_and_does_not_come_back_leaves_nothing_running() -> None:
    engine = ScriptedEngine(lambda _: "word " * 1000, tokens_per_second=50)
    async with running(engine, Settings(grace_seconds=0.2)) as server, bare(server.url) as client:
        await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
        await client.until(lambda f: f[0] == 36)
        client.socket.transport.abort()
        async with bare(server.url) as other:
            while engine.running:
                await asyncio.sleep(0.01)
            await other.still_works()
        assert engine.aborted == 1


async def test_a_client_that_sends_nonsense_before_hello_and_reads_nothing_is_dropped() -> None:
    async with (
        running(settings=Settings(frames_per_second=1e6, hello_seconds=1000, ping_seconds=0)) as server,
        bare(server.url, hello=False, ping_interval=None) as client,
        bare(server.url) as other,
    ):

        async def shout() -> None:
            while True:
                await client.socket.send(b"\xc0" * 5000)
                await asyncio.sleep(0)

        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(shout(), 30)
        await other.still_works()


async def test_a_flood_of_small_frames_in_one_message_lets_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = asyncio.Event()
    opened: list[int] = []
    act = Conversations.act

    def acknowledge(outbox: Outbox, seq: int) -> None:
        begun.set()

    def note(conversations: Conversations, frame: Act) -> None:
        if isinstance(frame, Open):
            opened.append(frame.conversation)
        act(conversations, frame)

    monkeypatch.setattr(Outbox, "acknowledge", acknowledge)
    monkeypatch.setattr(Conversations, "act", note)
    settings = Settings(frames_per_second=1e6)  # what is tested is that even who may send so many holds up nobody
    async with running(settings=settings) as server, bare(server.url) as flood, bare(server.url) as other:
        await flood.socket.send(msgpack.packb([6, 0]) * 300_000 + msgpack.packb([2, 1, "guard", {}]))
        await begun.wait()
        await other.still_works(conversation=2)
        await flood.until(lambda frame: frame[0] == 34)
    assert opened == [2, 1]


@pytest.mark.parametrize("hello", [False, True])
async def test_a_message_of_frames_that_are_skipped_lets_others_have_their_turn(
    hello: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    each = Reception.receive_each

    def note(reception: Reception, message: bytes | str) -> Iterator[Frame | None]:
        if len(message) < 1000:
            yield from each(reception, message)
            return
        begun.set()
        yield from each(reception, message)
        ended.set()

    monkeypatch.setattr(Reception, "receive_each", note)
    settings = Settings(frames_per_second=1e6)
    async with running(settings=settings) as server, bare(server.url) as other, bare(server.url, hello=hello) as flood:
        await flood.socket.send(b"\x91\x4d" * 400_000)
        await begun.wait()
        await other.still_works()
        assert not ended.is_set()
        await ended.wait()
        flood.socket.transport.abort()


@pytest.mark.parametrize("message", [b"\x91\x4d", b""], ids=["skipped frames", "nothing"])
async def test_a_flood_of_small_messages_lets_others_have_their_turn(
    message: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_row = most = 0
    each = Reception.receive_each

    def note(reception: Reception, message: bytes | str) -> Iterator[Frame | None]:
        nonlocal in_a_row, most
        in_a_row += 1
        most = max(most, in_a_row)
        return each(reception, message)

    monkeypatch.setattr(Reception, "receive_each", note)
    settings = Settings(frames_per_second=1e6)
    async with running(settings=settings) as server, bare(server.url) as flood:
        packed = bytes([0x82, 0x80 | len(message)]) + bytes(4) + message
        flood.socket.transport.write(packed * 100_000)
        while most < 100 or flood.socket.transport.get_write_buffer_size():
            in_a_row = 0
            await asyncio.sleep(0)
        flood.socket.transport.abort()
    assert most < 12_000, "the library hands on some 40,000 without waiting"


async def test_frames_that_are_skipped_count_against_the_rate() -> None:
    async with running(settings=Settings(frames_per_second=20)) as server, bare(server.url) as client:
        await client.send(*[[77]] * 45, [2, 1, "guard", {}])
        assert await client.fault() == "busy"


async def test_who_has_not_said_hello_is_slowed_too() -> None:
    async with running(settings=Settings(frames_per_second=20)) as server, bare(server.url, hello=False) as client:
        began = asyncio.get_running_loop().time()
        await client.send(*[[77]] * 60, HELLO)
        assert (await client.frame())[0] == 33
        assert asyncio.get_running_loop().time() - began > 0.5


async def test_nothing_is_acted_on_any_more_once_the_connection_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    acks = 0

    def acknowledge(outbox: Outbox, seq: int) -> None:
        nonlocal acks
        acks += 1

    monkeypatch.setattr(Outbox, "acknowledge", acknowledge)
    async with running(settings=Settings(frames_per_second=10)) as server, bare(server.url) as client:
        await client.send(*[[6, 0]] * 100)
        while acks < 22:  # by now its reader rests between two frames
            await asyncio.sleep(0.01)
        await server.gateway.close()
        await asyncio.sleep(0.25)
    assert acks == 22


async def test_a_flood_is_refused_and_slowed_and_no_work_is_done_for_it() -> None:
    engine = ScriptedEngine(lambda _: "yes", tokens_per_second=0)
    async with running(engine, Settings(frames_per_second=20, conversations=200)) as server, bare(server.url) as client:
        clock = asyncio.get_running_loop()
        since = clock.time()
        await client.send(*[[2, number, "guard", {}] for number in range(1, 61)])
        answers = [await client.frame() for _ in range(60)]
        busy = [frame for frame in answers if frame[0] == 40]
        assert busy
        assert 60 - len(busy) <= 40 + 20 * (clock.time() - since) + 1
        assert {frame[3] for frame in busy} == {"busy"}
        assert all(frame[5] > 0 for frame in busy)
        await asyncio.sleep(busy[-1][5] / 1000)
        await client.send([2, 100, "guard", {}])
        assert (await client.frame())[0] == 34


async def test_a_connection_that_breaks_amid_a_slowed_message_is_let_go_of() -> None:
    async with running(settings=Settings(frames_per_second=1)) as server:
        async with bare(server.url) as client:
            await client.send(*[[6, 0]] * 1000)
            await asyncio.sleep(0.05)
            client.socket.transport.abort()
        async with asyncio.timeout(10):
            while server.gateway.sessions.connected:
                await asyncio.sleep(0.05)
