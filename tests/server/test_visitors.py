"""Tokens over real sockets: in the header or in hello, with limits of their own, and what happens when one is no longer valid."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from loquent import gateway
from loquent.access import Access
from loquent.certificates import Certificates
from loquent.client import Client, ClientError, FaultError
from loquent.engines.scripted import ScriptedEngine
from loquent.settings import Settings
from support.certificates import make_certificate
from support.running import Bare, Running, bare, running

QUEST = "quest-token-0123456789"
DESK = "desk-token-0123456789"
WRONG = "wrong-token-0123456789"


def entry(name: str, token: str, more: str = "") -> str:
    """Return a tokens file's entry."""
    return f'[{name}]\nsha256 = "{hashlib.sha256(token.encode()).hexdigest()}"\n{more}\n'


def hello(token: str | None, resume: list[Any] | None = None) -> list[Any]:
    """Return a hello."""
    return [1, [1], "test/1", token, resume]


class House(Running):
    """A gateway that asks for tokens."""

    file: Path
    access: Access

    def reload(self, text: str) -> None:
        """Write another tokens file, and have it read."""
        self.file.write_text(text)
        assert self.access.reload() is not None
        self.gateway.dismiss_unwelcome()


@asynccontextmanager
async def house(
    folder: Path,
    text: str = entry("quest", QUEST) + entry("desk", DESK),
    engine: ScriptedEngine | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """Run a gateway with these tokens, and a script that goes on for long."""
    file = folder / "tokens.toml"
    file.write_text(text)
    access = Access.read(file)
    engine = engine or ScriptedEngine(lambda _: "word " * 1000, tokens_per_second=50)
    async with running(engine, Settings(**settings), access=access) as server:
        made = House(server.gateway, server.keeper, server.store, server.port)
        made.file, made.access = file, access
        yield made


async def refused(url: str, *authorization: str) -> Response:
    """Return the answer to a handshake that is refused."""
    with pytest.raises(InvalidStatus) as answer:
        await connect(url, additional_headers=[("Authorization", value) for value in authorization], proxy=None)
    return answer.value.response


async def welcomed(client: Bare, token: str | None, resume: list[Any] | None = None) -> list[Any]:
    """Say hello; returns the welcome."""
    await client.send(hello(token, resume))
    frame = await client.frame()
    assert frame[0] == 33, frame
    return frame


def with_header(token: str) -> dict[str, Any]:
    """Return how to connect with a token in the header."""
    return {"hello": False, "additional_headers": {"Authorization": f"Bearer {token}"}}


# --- showing a token -----------------------------------------------------------------------------------------


async def test_a_token_in_hello_lets_in(tmp_path: Path) -> None:
    async with house(tmp_path) as server, bare(server.url, hello=False) as client:
        await welcomed(client, QUEST)
        await client.still_works()


@pytest.mark.parametrize("in_hello", [None, WRONG, DESK])
async def test_a_token_in_the_header_lets_in_whatever_hello_has(tmp_path: Path, in_hello: str | None) -> None:
    async with house(tmp_path) as server, bare(server.url, **with_header(QUEST)) as client:
        await welcomed(client, in_hello)
        await client.still_works()


@pytest.mark.parametrize(
    "values", [[f"Bearer {WRONG}"], [QUEST], ["Basic cXVlc3Q6"], [""], [f"Bearer {QUEST}", f"Bearer {QUEST}"]]
)
async def test_a_wrong_header_is_refused_with_401(tmp_path: Path, values: list[str]) -> None:
    """Also if the client would have said the right one in hello: who gives both is mistaken in one of them."""
    async with house(tmp_path) as server:
        response = await refused(server.url, *values)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
        said = bytes(response.body or b"").decode()
        assert "`loquent token`" in said
        assert WRONG not in said


@pytest.mark.parametrize(("token", "says"), [(None, "without a token"), (WRONG, "doesn't know"), ("", "doesn't know")])
async def test_a_hello_without_a_good_token_gets_a_fault_and_is_closed_with_1008(
    tmp_path: Path, token: str | None, says: str
) -> None:
    async with house(tmp_path) as server, bare(server.url, hello=False) as client:
        await client.send(hello(token), [2, 1, "guard", {}])
        frame = await client.frame()
        assert frame[:4] == [40, 0, None, "unauthorized"]
        assert says in frame[4]
        assert await client.closed() == 1008
        assert server.gateway.sessions.connected == 0


async def test_a_python_client_with_a_wrong_token_gets_a_sentence(tmp_path: Path) -> None:
    async with house(tmp_path) as server:
        with pytest.raises(FaultError, match="`loquent token`"):
            await Client.connect(server.url, token=WRONG)
        async with await Client.connect(server.url, token=QUEST) as client:
            await client.open("guard")


async def get(port: int, path: str, *headers: str) -> tuple[int, str]:
    """GET a path; returns status and all that came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode())
    answer = (await reader.read()).decode()
    writer.close()
    return int(answer.split()[1]), answer


@pytest.mark.parametrize(("path", "holds"), [("/metrics", "loquent_"), ("/characters", "innkeeper")])
async def test_health_is_told_to_everybody_and_what_goes_on_to_who_has_a_token(
    tmp_path: Path, path: str, holds: str
) -> None:
    async with house(tmp_path) as server:
        for probe in ("/healthz", "/readyz"):
            assert (await get(server.port, probe))[0] == 200
        status, answer = await get(server.port, path, f"Authorization: Bearer {QUEST}")
        assert status == 200
        assert holds in answer
        status, answer = await get(server.port, path)
        assert status == 401
        assert 'WWW-Authenticate: Bearer realm="loquent"\r\n' in answer
        status, answer = await get(server.port, path, f"Authorization: Bearer {WRONG}")
        assert status == 401
        assert 'error="invalid_token"' in answer
        assert holds not in answer
    async with running() as server:
        assert (await get(server.port, path))[0] == 200


async def test_where_nobody_needs_a_token_all_are_taken() -> None:
    async with running() as server:
        async with bare(server.url, **with_header(WRONG)) as client:
            await welcomed(client, WRONG)
        async with bare(server.url, hello=False, additional_headers={"Authorization": "Basic x"}) as client:
            await welcomed(client, None)


# --- limits --------------------------------------------------------------------------------------------------


async def test_one_connection_more_than_a_token_may_have_is_told_when_to_come_back(tmp_path: Path) -> None:
    text = entry("quest", QUEST, "connections = 2") + entry("desk", DESK)
    async with house(tmp_path, text, retry_seconds=3.0) as server:
        async with (
            bare(server.url, hello=False) as first,
            bare(server.url, **with_header(QUEST)) as second,
            bare(server.url, hello=False) as third,
            bare(server.url, hello=False) as other,
        ):
            await welcomed(first, QUEST)
            await welcomed(second, None)
            await third.send(hello(QUEST))
            frame = await third.frame()
            assert (frame[0], frame[3], frame[5]) == (40, "busy", 3000)
            assert await third.closed() == 1013
            await welcomed(other, DESK)
        async with bare(server.url, hello=False) as again:
            await welcomed(again, QUEST)


async def test_a_client_takes_its_session_over_although_its_token_has_no_connection_left(tmp_path: Path) -> None:
    """The old connection may look open for a minute; it's the one that the client has lost."""
    async with house(tmp_path, entry("quest", QUEST, "connections = 1")) as server:
        async with bare(server.url, hello=False) as old, bare(server.url, hello=False) as new:
            session = (await welcomed(old, QUEST))[2]
            assert (await welcomed(new, QUEST, [session, 1, 0]))[2:5] == [session, 2, True]
            await old.closed()
            await new.still_works()
            async with bare(server.url, hello=False) as third:
                await third.send(hello(QUEST))
                assert await third.fault() == "busy"
        async with bare(server.url, hello=False) as later:
            await welcomed(later, QUEST)


async def test_a_resume_that_fails_takes_a_connection_of_the_token_like_any_other(tmp_path: Path) -> None:
    async with (
        house(tmp_path, entry("quest", QUEST, "connections = 1")) as server,
        bare(server.url, hello=False) as client,
    ):
        assert (await welcomed(client, QUEST, ["guess", 1, 0]))[4] is False
        async with bare(server.url, hello=False) as second:
            await second.send(hello(QUEST, ["guess", 1, 0]))
            assert await second.fault() == "busy"


async def test_turns_are_counted_over_all_connections_of_a_token(tmp_path: Path) -> None:
    text = entry("quest", QUEST, "turns = 2") + entry("desk", DESK)
    async with (
        house(tmp_path, text, retry_seconds=3.0) as server,
        bare(server.url, hello=False) as one,
        bare(server.url, hello=False) as two,
        bare(server.url, hello=False) as other,
    ):
        for client, token in ((one, QUEST), (two, QUEST), (other, DESK)):
            await welcomed(client, token)
            await client.send([2, 1, "guard", {}], [2, 2, "guard", {}], [3, 1, 1, "Hello", []])
            await client.until(lambda f: f[0] == 35)
        await one.send([3, 2, 2, "And you?", []])
        busy = (await one.until(lambda f: f[0] == 40))[-1]
        assert (busy[2], busy[3], busy[5]) == ([3, 2], "busy", 3000)
        await two.send([5, 1, 0], [3, 1, 2, "No, wait", []])  # a turn that is cancelled makes room at once
        assert (await two.until(lambda f: f[0] in (35, 40)))[-1][:1] == [35]


async def test_a_queue_that_is_full_takes_nothing_from_a_tokens_turns(tmp_path: Path) -> None:
    text = entry("quest", QUEST, "turns = 1") + entry("desk", DESK)
    async with (
        house(tmp_path, text, running_turns=1, queued_turns=0) as server,
        bare(server.url, hello=False) as quest,
        bare(server.url, hello=False) as desk,
    ):
        for client, token in ((quest, QUEST), (desk, DESK)):
            await welcomed(client, token)
            await client.send([2, 1, "guard", {}])
        await desk.send([3, 1, 1, "Hello", []])
        await desk.until(lambda f: f[0] == 36)
        for turn in (1, 2):
            await quest.send([3, 1, turn, "Hello", []])
            assert "replies are being made" in (await quest.until(lambda f: f[0] == 40))[-1][4]
        await desk.send([5, 1, 0])
        await desk.until(lambda f: f[0] == 39)
        await asyncio.sleep(0)
        await quest.send([3, 1, 3, "Hello", []])
        assert (await quest.until(lambda f: f[0] in (35, 40)))[-1][0] == 35


async def test_who_has_no_token_keeps_nobody_out(tmp_path: Path) -> None:
    """Connections without a hello make room for others, the oldest first; those with one don't."""
    async with (
        house(tmp_path, connections=3) as server,
        bare(server.url, hello=False) as inside,
        bare(server.url, hello=False) as older,
        bare(server.url, hello=False) as newer,
    ):
        await welcomed(inside, QUEST)
        async with bare(server.url, hello=False) as second:
            assert await older.closed() == 1006
            await welcomed(second, QUEST)
            async with bare(server.url, hello=False) as third:
                assert await newer.closed() == 1006
                await welcomed(third, DESK)
                async with bare(server.url, hello=False) as fourth:
                    await fourth.send([1, [1], "test/1", QUEST, None])
                    assert await fourth.fault() == "busy"
                    assert await fourth.closed() == 1013
        await inside.still_works()


# --- whose session -------------------------------------------------------------------------------------------


async def test_a_session_is_given_back_to_its_own_visitor_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as server:
        async with bare(server.url, hello=False) as client:
            session = (await welcomed(client, QUEST))[2]
            client.socket.transport.abort()
        while not server.gateway.sessions.waiting:
            await asyncio.sleep(0.001)
        async with bare(server.url, hello=False) as thief:
            assert (await welcomed(thief, DESK, [session, 1, 0]))[4] is False
        async with bare(server.url, **with_header(QUEST)) as client:
            assert (await welcomed(client, None, [session, 1, 0]))[2:5] == [session, 2, True]


# --- tokens that are no longer valid -------------------------------------------------------------------------


async def test_removing_a_token_closes_its_connections_and_ends_its_turns(tmp_path: Path) -> None:
    async with (
        house(tmp_path) as server,
        bare(server.url, hello=False) as quest,
        bare(server.url, **with_header(QUEST)) as silent,
        bare(server.url, hello=False) as desk,
    ):
        for client, token in ((quest, QUEST), (desk, DESK)):
            await welcomed(client, token)
            await client.send([2, 1, "guard", {}], [3, 1, 1, "Hello", []])
            await client.until(lambda f: f[0] == 36)
        server.reload(entry("desk", DESK))
        frames = await quest.until(lambda f: f[0] == 40 and f[2] is None)
        assert [f[2:4] for f in frames if f[0] in (39, 40)] == [
            [[3, 1], "unauthorized"],
            [1, "fault"],
            [None, "unauthorized"],
        ]
        assert await quest.closed() == 1008
        assert await silent.closed() == 1008
        await desk.until(lambda f: f[0] == 36)
        assert isinstance(server.keeper.engine, ScriptedEngine)
        assert server.keeper.engine.running == 1
        assert server.gateway.sessions.connected == 1
        response = await refused(server.url, f"Bearer {QUEST}")
        assert response.status_code == 401


async def test_removing_a_token_ends_its_sessions_that_wait(tmp_path: Path) -> None:
    async with house(tmp_path) as server:
        async with bare(server.url, hello=False) as client:
            await welcomed(client, QUEST)
            client.socket.transport.abort()
        while not server.gateway.sessions.waiting:
            await asyncio.sleep(0.001)
        server.reload(entry("desk", DESK))
        assert server.gateway.sessions.waiting == 0


async def test_a_new_token_under_an_old_name_ends_what_came_in_with_the_old_one(tmp_path: Path) -> None:
    async with house(tmp_path) as server, bare(server.url, hello=False) as old:
        await welcomed(old, QUEST)
        server.reload(entry("quest", WRONG))
        assert await old.fault() == "unauthorized"
        assert await old.closed() == 1008
        async with bare(server.url, hello=False) as new:
            await welcomed(new, WRONG)


async def test_a_token_that_expires_closes_its_connections(tmp_path: Path) -> None:
    async with house(tmp_path) as server, bare(server.url, hello=False) as client:
        await welcomed(client, QUEST)
        visitor = server.access.check(QUEST)
        assert visitor is not None
        server.gateway.dismiss_unwelcome()
        await client.still_works()
        server.reload(entry("quest", QUEST, "expires = 2020-01-01"))
        assert not visitor.revoked
        assert await client.fault() == "unauthorized"
        assert await client.closed() == 1008


async def test_a_token_that_is_removed_between_handshake_and_hello(tmp_path: Path) -> None:
    async with house(tmp_path) as server, bare(server.url, **with_header(QUEST)) as client:
        server.file.write_text(entry("desk", DESK))
        server.access.reload()
        await client.send(hello(None))
        assert await client.fault() == "unauthorized"
        assert await client.closed() == 1008


async def test_a_client_that_does_not_read_is_cut_when_its_token_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server can't tell it anything: what was sent before is still in the way."""
    monkeypatch.setattr("loquent.connection._GOODBYE_SECONDS", 0.05)
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    async with (
        house(tmp_path, engine=engine, pending_bytes=1 << 26, turns=64) as server,
        bare(server.url, hello=False, ping_interval=None) as client,
    ):
        await welcomed(client, QUEST)
        client.socket.transport.pause_reading()
        await client.send(*[[2, n, "guard", {}] for n in range(60)])
        await client.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        while server.gateway.sessions.pending_bytes < 1 << 20:
            await asyncio.sleep(0.001)
        server.reload(entry("desk", DESK))
        async with asyncio.timeout(20):  # pings find it out after 40
            while server.gateway.sessions.connected:
                await asyncio.sleep(0.001)
        client.socket.transport.abort()


# --- TLS -----------------------------------------------------------------------------------------------------


async def test_a_whole_conversation_over_tls(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    async with running(tls=Certificates(*made).context) as server:
        assert server.url.startswith("wss://")
        async with await Client.connect(server.url, authorities=made.chain) as client:
            number, _ = await client.open("guard")
            reply = await client.say(number, "Hello")
            assert "Hello" in "".join([piece async for piece in reply])


async def test_who_connects_and_says_nothing_keeps_nobody_out(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    async with running(tls=Certificates(*made).context) as server:
        _, mute = await asyncio.open_connection("127.0.0.1", server.port)
        async with await Client.connect(server.url, authorities=made.chain) as client:
            await client.open("guard")
        mute.close()


async def test_who_stops_reading_is_dropped_over_tls_too(tmp_path: Path) -> None:
    """TLS has buffers of its own, which must not take in without end what the client doesn't."""
    made = make_certificate(tmp_path)
    engine = ScriptedEngine(lambda _: " ".join(["x" * 1000] * 200), tokens_per_second=0, context_tokens=1_000_000)
    context = ssl.create_default_context(cafile=made.chain)
    async with (
        running(engine, Settings(pending_bytes=100_000, turns=64), tls=Certificates(*made).context) as server,
        bare(server.url, ssl=context, ping_interval=None) as stalled,
    ):
        stalled.socket.transport.pause_reading()
        await stalled.send(*[[2, n, "guard", {}] for n in range(60)])
        await stalled.send(*[[3, n, n + 1, "Go", []] for n in range(60)])
        while not engine.aborted:
            await asyncio.sleep(0.001)
        async with asyncio.timeout(20):
            while server.gateway.sessions.connected:
                await asyncio.sleep(0.001)
        stalled.socket.transport.abort()


@pytest.mark.parametrize(
    ("names", "begins", "says"),
    [
        (["localhost", "127.0.0.1"], timedelta(days=-31), r"has expired; whoever runs the server must renew it"),
        (["localhost", "127.0.0.1"], timedelta(days=1), r"isn't valid yet; see whether this machine's clock is right"),
        (["game.example"], timedelta(), r"is for another address; connect to the one that it's for"),
        (["10.9.9.9"], timedelta(), r"is for another address; connect to the one that it's for"),
    ],
)
async def test_what_is_wrong_with_a_certificate_that_is_trusted_is_told(
    tmp_path: Path, names: list[str], begins: timedelta, says: str
) -> None:
    made = make_certificate(tmp_path, names=names, begins=begins)
    async with running(tls=Certificates(*made).context) as server:
        with pytest.raises(ClientError, match=says):
            await Client.connect(server.url, authorities=made.chain)


async def test_who_never_ends_the_handshake_of_tls_is_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_TLS_SECONDS", 0.2)
    made = make_certificate(tmp_path)
    async with running(tls=Certificates(*made).context) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        async with asyncio.timeout(10):  # asyncio's own patience has 60
            assert await reader.read() == b""
        writer.close()


async def test_a_certificate_that_is_not_trusted_is_a_sentence_with_what_to_do(tmp_path: Path) -> None:
    made, other = make_certificate(tmp_path), make_certificate(tmp_path, "other")
    async with running(tls=Certificates(*made).context) as server:
        for authorities in (None, other.chain):
            with pytest.raises(ClientError, match=r"isn't trusted here .* --ca"):
                await Client.connect(server.url, authorities=authorities)
