"""Runs a server: gateway, engine and all, until a signal stops it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Final

from .access import Access, is_loopback, require_tokens
from .certificates import Certificates
from .descriptors import tell_of_shortage
from .dialogue.cast import Cast
from .dialogue.character import Character
from .dialogue.character_file import CharacterError
from .dialogue.prompt import system
from .dialogue.recall import Recall
from .dialogue.sqlite_store import SqliteStore
from .dialogue.store import MemoryStore, Store
from .engines.base import Embedder, Engine, EngineDead, Message, Recogniser
from .engines.besides import Besides
from .engines.keeper import Keeper
from .gateway import Gateway
from .logs import Log
from .settings import NO_MEMORY, Settings
from .tracing.tracer import tracer
from .watcher import Watch, look_often
from .wire.frames import Options

log = Log.named("loquent.serve")

_TRACES_SECONDS: Final = 3.0
"""How long the last spans may take to be sent when the server stops."""


async def serve(
    make_engine: Callable[[], Engine],
    cast: Cast,
    settings: Settings,
    report: Callable[[str], None],
    *,
    make_embedder: Callable[[], Embedder] | None = None,
    make_recogniser: Callable[[], Recogniser] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. SIGHUP reads tokens and certificate again, which happens by itself too when they change.

    Args:
        make_engine: makes who replies, not started; called again for each engine that takes the place of a dead one.
        cast: who can be talked with.
        settings: where to listen, the limits and times. Without a file for the memory, it lasts as long as the server.
        report: told in one line each what the user should know.
        make_embedder: makes what embeds, as `make_engine` does; without it nothing is recalled that has left a character's context.
        make_recogniser: makes what recognises, as `make_engine` does.

    Raises:
        StoreError: the file of the memory can't be used, or another server uses it; found out before the engine is loaded.
        AccessError, TokensError, CertificateError: the server may not be reached as it was to be; found out before all else.
        CharacterError: a character's description doesn't fit into the engine's context.
        EngineStartError: the engine can't start, or there is no model where embedder or recogniser were told to look for it.
        EngineDead: the engine has died too often.
        GatewayError: the port can't be had. Found out before the engine is loaded.
        TracingError: spans are asked for and can't be sent.
    """
    with closing(_store(settings)) as store:
        besides = Besides.made(settings, make_embedder, make_recogniser)
        await _serve(make_engine, besides, cast, store, settings, report)


def _store(settings: Settings) -> Store:
    if settings.memory is None or settings.memory == NO_MEMORY:
        return MemoryStore()
    return SqliteStore(settings.memory, days=settings.memory_days)


def _recall(store: Store, embedder: Keeper[Embedder] | None, settings: Settings) -> Recall | None:
    """Return what recalls what was said long ago, if there is all that it takes."""
    if not isinstance(store, SqliteStore) or embedder is None or not settings.recall:
        return None
    return Recall(store, lambda: embedder.ready, most=settings.recall, similarity=settings.recall_similarity)


async def _serve(
    make_engine: Callable[[], Engine],
    besides: Besides,
    cast: Cast,
    store: Store,
    settings: Settings,
    report: Callable[[str], None],
) -> None:
    host = settings.host
    access = Access.none() if settings.tokens is None else Access.read(settings.tokens)
    require_tokens(host, access, settings.allow_anonymous)
    certificates = (
        None if settings.certificate is None else Certificates(settings.certificate, settings.certificate_key)
    )
    if not access.is_open and certificates is None and not is_loopback(host):
        log.warning(
            "tokens and all that is said come unencrypted; give --certificate, unless a proxy in front of this server speaks TLS"
        )
    keeper = Keeper(make_engine, restarts=settings.engine_restarts, within_seconds=settings.engine_restart_seconds)
    tls = certificates.context if certificates is not None else None
    spans = tracer(settings.traces, engine=keeper.engine.name, model=keeper.engine.model, texts=settings.log_texts)
    recall = _recall(store, besides.embedder, settings)
    gateway = Gateway(
        keeper,
        cast,
        store,
        settings,
        access=access,
        tls=tls,
        tracer=spans,
        embedder=besides.embedder,
        recogniser=besides.recogniser,
        recall=recall,
    )
    watches = _watches(access, certificates, gateway)
    tell_of_shortage(asyncio.get_running_loop())
    stop, stop_now = _signals(watches)
    bound = await gateway.listen(host, settings.port)
    looks = [watch.look for watch in watches] + [gateway.dismiss_unwelcome, store.look, cast.look]
    if certificates is not None:
        looks.append(certificates.warn)
    behind = [asyncio.create_task(look_often(looks), name="looks at files")]
    if recall is not None:
        behind.append(asyncio.create_task(recall.run(), name="recall"))

    def ready() -> None:
        cast.suit(partial(_check_prompt, keeper, settings))
        report(_ready_line(keeper.engine, besides, cast, host, bound, "ws" if tls is None else "wss"))

    keeping = asyncio.create_task(_keep(keeper, ready, besides), name="engine keeping")
    try:
        if await _done_before(keeping, stop):
            await keeping
        report(_stopping_line(gateway.turns, settings.drain_seconds))
        await _done_before(asyncio.create_task(gateway.drain(), name="drain"), stop_now)
    finally:
        for task in (keeping, *behind):
            task.cancel()
        await asyncio.gather(keeping, *behind, return_exceptions=True)
        await gateway.close()
        if recall is not None:
            recall.close()
        await besides.close()
        await keeper.close()
        await spans.close(_TRACES_SECONDS)


async def _keep(keeper: Keeper[Engine], ready: Callable[[], None], besides: Besides) -> None:
    """Have an engine as long as that's possible, and then say why it isn't; never return otherwise."""
    await keeper.start()
    ready()
    beside = asyncio.create_task(besides.keep(), name="keeping of what runs beside the engine")
    try:
        raise EngineDead(await keeper.gave_up())
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)


def _check_prompt(keeper: Keeper[Engine], settings: Settings, name: str, character: Character) -> None:
    """Refuse a character of which the model is told so much that nothing could be said to it.

    Raises:
        CharacterError: it's so.
    """
    engine = keeper.engine
    if not engine.alive:
        return
    context = engine.context_tokens
    needed = engine.count_tokens([Message("system", system(character, Options())), Message("user", "Hello")])
    if needed > context - min(character.sampling.max_tokens or settings.reply_tokens, context // 2):
        raise CharacterError(
            f"The character {name} takes {needed} tokens before anything is said, and {engine.model} has {context} for all, "
            "the reply included: shorten its persona, style, knowledge or cues, or choose a model with more context."
        )


def _watches(access: Access, certificates: Certificates | None, gateway: Gateway) -> list[Watch]:
    """Return what is read again when it changes."""

    def read_tokens() -> bool:
        if access.reload() is None:
            return False
        gateway.dismiss_unwelcome()
        return True

    watches = []
    if access.file is not None:
        watches.append(Watch([access.file], read_tokens))
    if certificates is not None:
        watches.append(Watch(certificates.files, certificates.reload))
    return watches


def _signals(watches: Sequence[Watch]) -> tuple[asyncio.Event, asyncio.Event]:
    """Return what is set by the first signal to stop, and what by the second: who asks twice wants no politeness."""
    stop, stop_now = asyncio.Event(), asyncio.Event()
    terminals = [number for number in range(3) if os.isatty(number)]

    def asked() -> None:
        (stop_now if stop.is_set() else stop).set()

    def hung_up() -> None:
        if terminals and not any(map(os.isatty, terminals)):  # it comes from a terminal that was closed
            asked()
            return
        for watch in watches:
            watch.read()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    loop.add_signal_handler(signal.SIGHUP, hung_up)
    return stop, stop_now


async def _done_before(task: asyncio.Task[None], event: asyncio.Event) -> bool:
    """Wait for a task or an event; a task that the event overtakes is cancelled. Returns whether the task is done."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    done = task.done()
    if not done:
        task.cancel()
    await asyncio.gather(waiting, task, return_exceptions=True)
    return done


def _stopping_line(turns: int, seconds: float) -> str:
    if not turns:
        return "Stopping."
    replies = "reply" if turns == 1 else "replies"
    return f"Stopping: {turns} {replies} may take {seconds:g} s to finish; Ctrl-C again stops at once."


def _ready_line(
    engine: Engine, besides: Besides, characters: Mapping[str, Character], host: str, port: int, scheme: str
) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - somebody asked for it
        where = f"{scheme}://localhost:{port}, and at all this machine's {'IPv6 ' if ':' in host else ''}addresses,"
    else:
        where = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    return f"Ready at {where} with {engine.model} ({engine.name}){besides.models}; characters: {', '.join(characters)}."
