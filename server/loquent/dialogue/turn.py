"""One thing said by the player and the reply to it, while the reply is being streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from ..engines.base import Delta, EngineError, EngineFailed, Finish
from ..images import ImageError
from ..wire.faults import Code
from ..wire.frames import Begin, End, Fault, Refers, Say
from ..wire.outbox import Outbox
from ..wire.reception import fault
from .admission import Full, Place
from .conversation import Conversation
from .engine_faults import engine_fault
from .store import Spoken
from .watch import TurnWatch


class Turn:
    """A running turn. It begins when it's made, and ends exactly once: with the reply, a cancel or a fault.

    Args:
        conversation: the one it belongs to.
        number: the client's number for the turn.
        said: the player's words.
        reply: asks the engine for the reply; called when the turn has reached its place.
        place: its place in the engine, or in the queue for it.
        outbox: where the frames go.
        ended: called once, when the turn has ended.
        watch: sees what happens.
    """

    def __init__(
        self,
        conversation: Conversation,
        number: int,
        said: str,
        reply: Callable[[], Awaitable[AsyncGenerator[Delta, None]]],
        place: Place,
        outbox: Outbox,
        ended: Callable[[Turn], None],
        watch: TurnWatch,
    ) -> None:
        self.conversation = conversation
        self.number = number
        self._said = said
        self._reply = reply
        self._place = place
        self._outbox = outbox
        self._on_ended = ended
        self._watch = watch
        self._pieces: list[str] = []
        self._over = False
        conversation.running = number
        outbox.put(Begin(0, conversation.number, number))
        self.task = asyncio.get_running_loop().create_task(self._stream(), name=f"turn {number}")
        self.task.add_done_callback(self._done)

    def cancel(self, shown: int | None = None) -> None:
        """End the turn now; of the reply, the first ``shown`` Unicode scalar values are remembered (None: all that was sent)."""
        if self._over:
            return
        reply = "".join(self._pieces)
        self._end("cancelled", reply if shown is None else reply[:shown])
        self.task.cancel()

    def fail(self, why: Fault) -> None:
        """End the turn now, with a fault; what it refers to is filled in. All of the reply that was sent is remembered."""
        if not self._over:
            self._fail(replace(why, refers=self._refers))
            self.task.cancel()

    def _done(self, _: asyncio.Task[None]) -> None:
        """Leave the place, also of a task that was cancelled before it ran; and let go of the task.

        A task that was cancelled holds its exception, and that holds the turn: what the turn was about, pictures and all, would wait for
        the garbage collector, which comes seldom in a process with a model.
        """
        self._place.leave()
        del self.task

    async def _stream(self) -> None:
        finish: Finish | None = None
        tokens = 0  # of deltas that completed no character: they count with the next piece of text
        try:
            await self._place.reached()
            self._watch.admitted()
            async with aclosing(await self._reply()) as deltas:
                async for delta in deltas:
                    if self._over:
                        return
                    self._watch.delta(delta)
                    tokens += delta.tokens
                    if delta.text:
                        self._pieces.append(delta.text)
                        self._outbox.text(self.number, delta.text, tokens)
                        tokens = 0
                    finish = delta.finish
        except Full as full:
            self._fail(fault(Code.BUSY, str(full), self._refers, round(full.retry_after * 1000)))
        except ImageError as error:
            self._fail(fault(Code.IMAGES_REFUSED, str(error), self._refers))
        except EngineError as error:
            if isinstance(error, EngineFailed):  # of a death the log has heard already, once for all turns
                self._watch.log.warning("%s", error)
            self._fail(engine_fault(error, self._refers))
        except Exception:
            self._watch.log.exception("a mistake in the server ended the turn")
            message = "The server made a mistake in this turn; its log has the details."
            self._fail(fault(Code.INTERNAL, message, self._refers))
        else:
            if finish is None:
                message = "The engine stopped in the middle of the reply; say it again."
                self._fail(fault(Code.ENGINE_FAILED, message, self._refers))
            else:
                self._end(finish.reason, "".join(self._pieces), finish)

    @property
    def _refers(self) -> Refers:
        return Refers(Say.KIND, self.number)

    def _fail(self, why: Fault) -> None:
        if self._over:
            return
        self._outbox.put(why)
        self._end("fault", "".join(self._pieces), code=why.code)

    def _end(self, reason: str, seen: str, finish: Finish | None = None, code: str | None = None) -> None:
        if self._over:
            return
        self._over = True
        self.conversation.running = None
        self._place.will_leave()
        if seen or reason != "fault":  # what failed before its first word wasn't said, as far as the character knows
            try:
                self.conversation.remember(self.number, Spoken(self._said, seen))
            except Exception:  # the player has heard it all the same, and waits for the end
                self._watch.log.exception("a mistake in the server: what was said couldn't be stored")
        usage = self._watch.ended(reason, seen, finish, code)
        self._outbox.put(End(0, self.number, reason, usage))
        self._on_ended(self)
