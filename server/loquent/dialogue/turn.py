"""One thing asked of a character, from its begin to its one end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ..engines.base import EngineError, EngineFailed, EngineLacks, Finish
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


class Work(Protocol):
    """What is done in a turn: a reply, or a decision."""

    @property
    def kind(self) -> int:
        """The kind of the client's frame that asked for it; faults refer to it."""

    async def run(self) -> Finish:
        """Do it, and put what comes of it into the outbox. Called once, when the turn has its place; cancelled when the turn ends early.

        Raises:
            ImageError: a picture can't be taken.
            EngineError: see `engines.base`.
        """

    def spoken(self, shown: int | None) -> Spoken | None:
        """Return what is to be remembered, as far as it has come; None if nothing is.

        Args:
            shown: of the reply, so many Unicode scalar values have been seen; None: all that was sent.
        """


class Turn:
    """A running turn. It begins when it's made, and ends exactly once: with its work, a cancel or a fault.

    Args:
        conversation: the one it belongs to.
        number: the client's number for the turn.
        work: what is done in it.
        place: its place in the engine, or in the queue for it.
        outbox: where the frames go.
        ended: called once, when the turn has ended.
        watch: sees what happens.
    """

    def __init__(
        self,
        conversation: Conversation,
        number: int,
        work: Work,
        place: Place,
        outbox: Outbox,
        ended: Callable[[Turn], None],
        watch: TurnWatch,
    ) -> None:
        self.conversation = conversation
        self.number = number
        self._work = work
        self._place = place
        self._outbox = outbox
        self._on_ended = ended
        self._watch = watch
        self._over = False
        conversation.begin(number, is_said=work.kind == Say.KIND)
        outbox.put(Begin(0, conversation.number, number))
        self.task = asyncio.get_running_loop().create_task(self._run(), name=f"turn {number}")
        self.task.add_done_callback(self._done)

    def cancel(self, shown: int | None = None) -> None:
        """End the turn now; of the reply, the first ``shown`` Unicode scalar values are remembered (None: all that was sent)."""
        if not self._over:
            self._end("cancelled", shown=shown)
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

    async def _run(self) -> None:
        try:
            await self._place.reached()
            self._watch.admitted()
            finish = await self._work.run()
        except Full as full:
            self._fail(fault(Code.BUSY, str(full), self._refers, round(full.retry_after * 1000)))
        except ImageError as error:
            self._fail(fault(Code.IMAGES_REFUSED, str(error), self._refers))
        except EngineError as error:
            if isinstance(
                error, EngineFailed | EngineLacks
            ):  # of a death the log has heard already, once for all turns
                self._watch.log.warning("%s", error)
            self._fail(engine_fault(error, self._refers))
        except Exception:
            self._watch.log.exception("a mistake in the server ended the turn")
            message = "The server made a mistake in this turn; its log has the details."
            self._fail(fault(Code.INTERNAL, message, self._refers))
        else:
            self._end(finish.reason, finish)

    @property
    def _refers(self) -> Refers:
        return Refers(self._work.kind, self.number)

    def _fail(self, why: Fault) -> None:
        if not self._over:
            self._outbox.put(why)
            self._end("fault", code=why.code)

    def _end(
        self, reason: str, finish: Finish | None = None, code: str | None = None, shown: int | None = None
    ) -> None:
        if self._over:
            return
        self._over = True
        self.conversation.running = None
        self._place.will_leave()
        spoken = self._work.spoken(shown)
        if spoken is not None and (spoken.reply or reason != "fault"):
            # What failed before its first word wasn't said, as far as the character knows.
            try:
                self.conversation.remember(self.number, spoken)
            except Exception:  # the player has heard it all the same, and waits for the end
                self._watch.log.exception("a mistake in the server: what was said couldn't be stored")
        usage = self._watch.ended(reason, spoken.reply if spoken else "", finish, code)
        self._outbox.put(End(0, self.number, reason, usage))
        self._on_ended(self)
