"""The sessions of a server: those with a connection, and those that wait for their client to come back.

A session whose connection is lost goes on: its turns run, their text gathers in its outbox, and its client may resume it on another
connection. It ends when its client says so, when the grace period is over, or when it would cost more than it may.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from typing import Final, Protocol

from .access import Visitor
from .dialogue.conversations import Conversations
from .logs import Log
from .settings import Settings
from .wire.frames import Resume
from .wire.outbox import Outbox
from .wire.session import Session

log = Log.named("loquent.session")

_LET_GO_SECONDS: Final = 5.0
"""How long an engine may take to let go of turns when the server stops."""


class Link(Protocol):
    """What a session knows of the connection it has."""

    @property
    def closes(self) -> bool:
        """Whether the server is closing it, and the session ends with it."""

    def wake(self) -> None:
        """Something has become pending in the session's outbox."""

    def cut(self, why: str) -> None:
        """Let go of the session: nothing may be sent or acted on for it any more, and the socket closes."""


Converse = Callable[[Session, Visitor | None], Conversations]
"""Makes the conversations of a new session, which is this visitor's."""


class LiveSession:
    """A session on this server, with its conversations and, while its client is there, its connection.

    Args:
        wire: its name, epoch and outbox.
        conversations: makes its conversations.
        owner: whose it is; None where nobody is told from another.
    """

    def __init__(self, wire: Session, conversations: Converse, owner: Visitor | None) -> None:
        self.wire = wire
        self.conversations = conversations(wire, owner)
        self.owner = owner
        self.log = log.about(session=wire.name, token=_name(owner))
        """Its lines are about the session."""
        self.link: Link | None = None
        """The connection; None while the session waits for its client."""
        self.waiting: asyncio.TimerHandle | None = None
        """Ends the session when its client doesn't come back in time."""
        self.over = False


class Sessions:
    """All sessions of a server.

    Args:
        settings: the limits and times.
        converse: makes the conversations of a new session.
    """

    def __init__(self, settings: Settings, converse: Converse) -> None:
        self._settings = settings
        self._converse = converse
        self._by_id: dict[str, LiveSession] = {}
        self._waiting: dict[LiveSession, None] = {}  # in the order in which they began to wait
        self._endings: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    @property
    def connected(self) -> int:
        """How many sessions have a connection."""
        return len(self._by_id) - len(self._waiting)

    @property
    def waiting(self) -> int:
        """How many wait for their client to come back."""
        return len(self._waiting)

    @property
    def pending_bytes(self) -> int:
        """About how many bytes wait to be sent, in all sessions."""
        return sum(live.wire.outbox.pending_bytes for live in self._by_id.values())

    @property
    def window_bytes(self) -> int:
        """How many bytes were sent and are kept until they are acknowledged, in all sessions."""
        return sum(live.wire.outbox.window_bytes for live in self._by_id.values())

    def begin(self, link: Link, owner: Visitor | None) -> LiveSession:
        """Begin a session on a connection."""
        wire = Session(Outbox(self._settings.window_bytes))
        live = LiveSession(wire, self._converse, owner)
        self._by_id[wire.id] = live
        self._attach(live, link)
        live.log.info("session begins")
        return live

    def would_take_over(self, asked: Resume, owner: Visitor | None) -> bool:
        """Tell whether resuming this session would cut a connection that it still has."""
        live = self._meant(asked, owner)
        return live is not None and live.link is not None

    def resume(self, asked: Resume, link: Link, owner: Visitor | None) -> tuple[LiveSession, list[bytes]] | None:
        """Go on with a session on another connection, whole or not at all.

        A connection that it still has is cut: its client knows better than the socket that it's gone.

        Returns:
            the session and the messages to replay; or None if it can't be.
        """
        live = self._meant(asked, owner)
        if live is None:
            log.about(token=_name(owner)).info("resume refused: there is no such session, or it's another's")
            return None
        if live.link is not None and live.link.closes:
            self.end(live, "the server closes its connection")
            return None
        replay = live.wire.resume(asked)
        if replay is None:
            self.end(live, "what its client has missed is no longer there")
            return None
        if live.link is not None:
            live.link.cut("its client has come back on another connection")
        self._attach(live, link)
        live.log.info("session resumed with epoch %d, %d messages replayed", live.wire.epoch, len(replay))
        return live, replay

    def lose(self, live: LiveSession, link: Link) -> None:
        """Let a session wait for its client: its connection is lost. If it has another one by now, nothing happens."""
        if live.over or live.link is not link:
            return
        live.link = None
        live.wire.outbox.wake = lambda: self._gathers(live)
        self._waiting[live] = None
        live.waiting = self._loop.call_later(
            self._settings.grace_seconds, self.end, live, "its client didn't come back in time"
        )
        live.log.info("session waits for its client")
        if live.owner is not None and live.owner.connections.most is not None:
            own = [waiting for waiting in self._waiting if waiting.owner is live.owner]
            if len(own) > live.owner.connections.most:
                self.end(_dispensable(own), "as many sessions of its token wait as it may have connections")
        if len(self._waiting) > self._settings.waiting_sessions:
            self.end(_dispensable(self._waiting), "too many sessions wait for their clients")

    def end(self, live: LiveSession, why: str) -> None:
        """End a session. Its turns have ended when this returns; `close` waits until the engine has let go of them."""
        if live.over:
            return
        live.over = True
        del self._by_id[live.wire.id]
        self._stop_waiting(live)
        live.wire.outbox.wake = None
        link, live.link = live.link, None
        if link is not None:
            link.cut(why)
        live.conversations.end()
        ending = self._loop.create_task(live.conversations.wait_ended(), name=f"end of session {live.wire.name}")
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        live.log.about(reason=why).info("session ended")

    def end_waiting(self, why: str) -> None:
        """End all sessions without a connection."""
        for live in list(self._waiting):
            self.end(live, why)

    def end_unwelcome(self, why: str) -> None:
        """End the sessions without a connection whose owners may stay no longer: nobody could resume them."""
        for live in list(self._waiting):
            if live.owner is not None and not live.owner.may_stay():
                self.end(live, why)

    async def close(self) -> None:
        """End all sessions; return when the engine has let go of their turns, or doesn't do so any more."""
        for live in list(self._by_id.values()):
            self.end(live, "the server stops")
        if self._endings and (await asyncio.wait(self._endings, timeout=_LET_GO_SECONDS))[1]:
            log.warning("the engine hasn't let go of all turns after %g s", _LET_GO_SECONDS)

    def _meant(self, asked: Resume, owner: Visitor | None) -> LiveSession | None:
        """Return the session that is asked for, if it's here, as it's asked for, and the owner's."""
        live = self._by_id.get(asked.session)
        return live if live is not None and live.owner is owner and live.wire.is_meant(asked) else None

    def _attach(self, live: LiveSession, link: Link) -> None:
        self._stop_waiting(live)
        live.link = link
        live.wire.outbox.wake = link.wake

    def _stop_waiting(self, live: LiveSession) -> None:
        self._waiting.pop(live, None)
        if live.waiting is not None:
            live.waiting.cancel()
            live.waiting = None

    def _gathers(self, live: LiveSession) -> None:
        """Bound what gathers for a client that isn't there."""
        if live.wire.outbox.pending_bytes > self._settings.pending_bytes and live.waiting is not None:
            # Not from within: a turn is putting its text in. And once: a timer set anew with each piece might never be due.
            live.wire.outbox.wake = None
            live.waiting.cancel()
            live.waiting = self._loop.call_later(0, self.end, live, "too much gathered for a client that isn't there")


def _dispensable(waiting: Collection[LiveSession]) -> LiveSession:
    """Return which of these sessions goes first.

    One without conversations, so that nobody pushes out others by connecting again and again; then one of the visitor of whom most wait;
    then the one that has waited longest.
    """
    of = Counter(live.owner for live in waiting)
    return min(waiting, key=lambda live: (live.conversations.count > 0, -of[live.owner]))


def _name(owner: Visitor | None) -> str | None:
    return owner.name if owner is not None else None
