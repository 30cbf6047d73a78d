"""The open conversations of one session, and what a client's frames do to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from ..access import Allowance, Share
from ..engines.base import Choice, Delta, Engine, Recogniser, Request, Verdict
from ..engines.keeper import Keeper, State
from ..images import ImageError, Picture, admit
from ..settings import Settings
from ..wire.faults import Code
from ..wire.frames import Cancel, Close, Decide, Fault, Open, Opened, Refers, Say
from ..wire.reception import fault
from ..wire.session import Session
from .admission import Admission, Full, Place
from .character import Character
from .conversation import Conversation
from .cues import grammar
from .decisions import ChoiceError, Decision, asked, check_options
from .greeting import as_reply, greets, speaks_first
from .language import is_tag
from .pictures import look_at
from .recall import Recall
from .reply import Reply
from .store import Store
from .turn import Turn, Work
from .watch import TurnWatch, Watch

_STOPPING = "The server is stopping; connect again in a moment."

Act = Open | Say | Decide | Cancel | Close
"""The frames of a client that are about conversations."""


class _Refused(Exception):
    """A frame asks for what can't be; becomes a fault that refers to it."""

    def __init__(self, code: Code, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_ms = None if retry_after is None else max(1, round(retry_after * 1000))


def _refers(frame: Act) -> Refers:
    return Refers(frame.KIND, frame.conversation if isinstance(frame, Open | Close) else frame.turn)


class Conversations:
    """Acts on the frames of one session. Everything it answers goes into the session's outbox.

    Args:
        session: whose conversations these are.
        keeper: has the engine that replies.
        characters: who can be talked with, by name.
        store: where exchanges are kept.
        settings: the limits of one session.
        admission: the places for turns, of all sessions.
        watch: sees what happens.
        allowance: how many turns may run at once in all sessions of the same visitor; without it, as many as in this one.
        recogniser: has what tells what a picture shows, for decisions where the engine sees nothing.
        recall: recalls what was said long ago, if anything does.
    """

    def __init__(
        self,
        session: Session,
        keeper: Keeper[Engine],
        characters: Mapping[str, Character],
        store: Store,
        settings: Settings,
        admission: Admission,
        watch: Watch,
        allowance: Allowance | None = None,
        recogniser: Keeper[Recogniser] | None = None,
        recall: Recall | None = None,
    ) -> None:
        self._session = session
        self._keeper = keeper
        self._characters = characters
        self._store = store
        self._settings = settings
        self._admission = admission
        self._watch = watch
        self._recogniser = recogniser
        self._recall = recall
        self._open: dict[int, Conversation] = {}
        self._allowance = allowance or Allowance()
        self._running: dict[int, Turn] = {}
        self._shares: dict[int, Share] = {}  # of the allowance, by turn
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking = (
            asyncio.Lock()
        )  # one say's pictures at a time, so that who shows many leaves the threads to others

    def act(self, frame: Act) -> None:
        """Do what a frame asks for, or answer it with a fault."""
        try:
            match frame:
                case Open():
                    self._do_open(frame)
                case Say():
                    self._do_say(frame)
                case Decide():
                    self._do_decide(frame)
                case Cancel():
                    self._do_cancel(frame)
                case Close():
                    self._do_close(frame)
                case _:
                    assert_never(frame)
        except _Refused as refused:
            self._refuse(frame, refused)

    def refuse_early(self, frame: Open | Say | Decide, seconds: float) -> None:
        """Answer a frame that came too early for the rate that its connection may have.

        If it's sent again after a resume, that it had arrived counts, and not that it's early.
        """
        try:
            if isinstance(frame, Open):
                self._check_number(frame)
            else:
                self._take_turn(frame)
            rate = f"{self._settings.frames_per_second:g} frames a second"
            raise _Refused(Code.BUSY, f"More than {rate} came, as many as a connection may send.", seconds)
        except _Refused as refused:
            self._refuse(frame, refused)

    def _refuse(self, frame: Act, refused: _Refused) -> None:
        message = str(refused)
        self._watch.refused(self._session.name, frame, refused.code, message)
        self._session.outbox.put(fault(refused.code, message, _refers(frame), refused.retry_ms))

    @property
    def images(self) -> int:
        """How many pictures a say or decide may have; 0 if nobody here sees any, and 1 if only decisions can be about one."""
        if self._keeper.engine.sees:
            return self._settings.images
        return min(1, self._settings.images) if self._recognises else 0

    @property
    def count(self) -> int:
        """How many conversations are open."""
        return len(self._open)

    def end(self, why: Fault | None = None) -> None:
        """End everything, now.

        Args:
            why: what the turns that run are told (each with what it refers to filled in); without it they end as cancelled.
        """
        for turn in list(self._running.values()):
            turn.cancel() if why is None else turn.fail(why)
        self._open.clear()

    async def wait_ended(self) -> None:
        """Return when the engine has let go of every turn that has ended."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    # --- open, close -----------------------------------------------------------------------------

    def _do_open(self, frame: Open) -> None:
        number = frame.conversation
        self._check_number(frame)
        if len(self._open) >= self._settings.conversations:
            raise _Refused(
                Code.CONVERSATION_LIMIT,
                f"All the conversations are open that a session may have ({len(self._open)}); close one first.",
            )
        character = self._characters.get(frame.character)
        if character is None:
            known = ", ".join(list(self._characters)[:10])
            raise _Refused(
                Code.CHARACTER_UNKNOWN, f"There is no character {frame.character[:64]!r} here; this server has {known}."
            )
        self._check_options(frame)
        conversation = Conversation(number, frame.character, character, frame.options, self._store)
        self._open[number] = conversation
        cues = tuple(cue.name for cue in character.cues)
        self._session.outbox.put(Opened(0, number, character.name, cues, conversation.told()))

    def _check_options(self, frame: Open) -> None:
        options = frame.options
        for name in ("player", "player_name", "locale"):
            value: str | None = getattr(options, name)
            if value is not None and not 1 <= len(value.encode()) <= self._settings.option_bytes:
                raise _Refused(
                    Code.OPTION_INVALID,
                    f"The option {name} must have 1 to {self._settings.option_bytes} bytes of UTF-8.",
                )
        if options.locale is not None and not is_tag(options.locale):
            raise _Refused(Code.OPTION_INVALID, "The option locale must be a BCP 47 language tag, such as en-GB.")
        most = self._settings.most_reply_tokens
        if options.max_tokens is not None and not 1 <= options.max_tokens <= most:
            raise _Refused(Code.OPTION_INVALID, f"The option max_tokens must be from 1 to {most}.")

    def _do_close(self, frame: Close) -> None:
        conversation = self._conversation(frame.conversation)
        if conversation.running is not None:
            self._running[conversation.running].cancel()
        del self._open[frame.conversation]

    # --- turns -----------------------------------------------------------------------------------

    def _do_say(self, frame: Say) -> None:
        conversation = self._admit(frame, frame.text)
        character = conversation.character
        greeting = greets(frame, conversation)

        def work(watch: TurnWatch) -> Work:
            async def ask() -> AsyncGenerator[Delta, None]:
                return as_reply(character.greeting) if greeting else await self._reply(conversation, frame, watch)

            return Reply(frame.turn, frame.text, character.cues, ask, self._session.outbox, watch)

        self._begin(conversation, frame, frame.text, work, needs_engine=not greeting)

    def _begin(
        self,
        conversation: Conversation,
        frame: Say | Decide,
        said: str,
        work: Callable[[TurnWatch], Work],
        *,
        needs_engine: bool = True,
    ) -> None:
        """Begin a turn, if there is a place for it.

        Args:
            conversation: the one it belongs to.
            frame: begins it.
            said: what the log may tell of it.
            work: makes what is done in it.
            needs_engine: whether it takes a place in the engine.
        """
        place, share = self._place(needs_engine)
        number = frame.turn
        watch = self._watch.turn(self._session.name, conversation, number, frame.NAME, said)
        turn = Turn(conversation, number, work(watch), place, self._session.outbox, self._turn_ended, watch)
        self._running[number] = turn
        self._shares[number] = share
        self._tasks.add(turn.task)
        turn.task.add_done_callback(self._tasks.discard)

    def _place(self, needs_engine: bool) -> tuple[Place, Share]:
        """Take a place in the engine or its queue, and a share of what the visitor may have."""
        share = self._allowance.take()
        if share is None:
            raise _Refused(
                Code.BUSY,
                f"All the turns run that this token may have ({self._allowance.taken}); wait for one to end.",
                self._settings.retry_seconds,
            )
        try:
            return (self._admission.enter() if needs_engine else self._admission.aside()), share
        except Full as full:
            share.give_back()
            raise _Refused(Code.BUSY, str(full), full.retry_after) from None

    async def _reply(self, conversation: Conversation, frame: Say, watch: TurnWatch) -> AsyncGenerator[Delta, None]:
        """Look at the pictures, make the prompt for a reply, and ask the engine for it.

        Raises:
            ImageError: a picture can't be taken.
            EngineError: the engine can't count the prompt's tokens.
        """
        character = conversation.character
        pictures = await self._look_at(frame)
        memories = await self._recalled(conversation, frame.text)
        engine = self._keeper.engine
        longest = conversation.options.max_tokens or character.sampling.max_tokens or self._settings.reply_tokens
        longest = min(longest, max(1, engine.context_tokens // 2))
        messages = conversation.prompt(
            frame.text, engine.count_tokens, engine.context_tokens - longest, pictures, memories
        )
        request = Request(
            messages,
            replace(character.sampling, max_tokens=longest),
            self._key(conversation),
            grammar(character.cues) if character.strict_cues else None,
            character.adapter,
        )
        watch.asks(request)
        return engine.generate(request)

    async def _recalled(self, conversation: Conversation, said: str) -> tuple[str, ...]:
        player = conversation.options.player
        if self._recall is None or player is None:
            return ()
        return await self._recall.recall(
            player, conversation.character_id, said, conversation.shown(), conversation.recalled
        )

    async def _look_at(self, frame: Say | Decide) -> tuple[Picture, ...]:
        if not frame.images:
            return ()
        async with self._looking:
            return await look_at(frame.images, self._settings)

    def _key(self, conversation: Conversation) -> str:
        return f"{self._session.name}/{conversation.number}"

    def _do_decide(self, frame: Decide) -> None:
        conversation = self._admit(frame, frame.question)
        try:
            options = check_options(frame.options, self._settings)
        except ChoiceError as error:
            raise _Refused(Code.CHOICES_INVALID, str(error)) from None

        def work(watch: TurnWatch) -> Work:
            def ask() -> Awaitable[Verdict]:
                return self._verdict(conversation, frame, options, watch)

            return Decision(frame.turn, options, ask, self._session.outbox, watch)

        self._begin(conversation, frame, frame.question, work)

    async def _verdict(
        self, conversation: Conversation, frame: Decide, options: Sequence[str], watch: TurnWatch
    ) -> Verdict:
        """Look at the pictures, and ask who can see them, or else the engine.

        Raises:
            ImageError: a picture can't be taken.
            EngineError: there is no verdict.
        """
        pictures = await self._look_at(frame)
        engine = self._keeper.engine
        if pictures and not engine.sees and self._recogniser is not None:
            return await self._recogniser.engine.recognise(pictures[0], options)
        room = engine.context_tokens - max(len(option.encode()) for option in options) - 1
        question = asked(frame.question, options)
        messages = conversation.question(question, engine.count_tokens, room, pictures)
        choice = Choice(messages, options, self._key(conversation), conversation.character.adapter)
        watch.decides(choice)
        return await engine.decide(choice)

    def _admit(self, frame: Say | Decide, text: str) -> Conversation:
        """Check everything that can be checked before any work is done for a turn."""
        self._take_turn(frame)
        conversation = self._conversation(frame.conversation)
        if conversation.running is not None:
            raise _Refused(
                Code.TURN_RUNNING,
                f"Turn {conversation.running} of conversation {conversation.number} is still running; "
                "cancel it first, or wait for its end.",
            )
        if self._admission.draining:
            raise _Refused(Code.DRAINING, _STOPPING)
        conversation.become(self._characters.get(conversation.character_id, conversation.character))
        if not (isinstance(frame, Say) and greets(frame, conversation)):
            self._check_engine()
        size, most = len(text.encode()), self._settings.text_bytes
        if size > most:
            raise _Refused(Code.TEXT_TOO_LONG, f"The text has {size} bytes; at most {most} are taken.")
        if not text.strip() and not (isinstance(frame, Say) and speaks_first(frame)):
            raise _Refused(Code.TEXT_EMPTY, "The text holds nothing to answer; send at least one visible character.")
        if frame.images:
            self._check_images(frame)
        if len(self._running) >= self._settings.turns:
            raise _Refused(
                Code.BUSY,
                f"All the turns run that a session may have ({len(self._running)}); wait for one to end.",
                self._settings.retry_seconds,
            )
        return conversation

    def _check_images(self, frame: Say | Decide) -> None:
        """Check their number and sizes; what is in them is looked at when the turn has its place."""
        if not self._keeper.engine.sees:
            if not self._recognises:
                raise _Refused(Code.IMAGES_REFUSED, "This server's model sees no pictures; send text alone.")
            if isinstance(frame, Say):
                raise _Refused(
                    Code.IMAGES_REFUSED,
                    "This server recognises what a picture shows, and its model can't talk about it: ask by decide, or send text alone.",
                )
            if len(frame.images) > 1:
                raise _Refused(
                    Code.IMAGES_REFUSED, f"This server looks at one picture for a decision; {len(frame.images)} came."
                )
            if self._recogniser is not None and self._recogniser.state is not State.READY:
                raise _Refused(
                    Code.ENGINE_STARTING,
                    "What recognises pictures is still loading; ask again in a moment.",
                    self._recogniser.retry_seconds or self._settings.retry_seconds,
                )
        try:
            admit(frame.images, most=self._settings.images, most_bytes=self._settings.image_bytes)
        except ImageError as error:
            raise _Refused(Code.IMAGES_REFUSED, str(error)) from None

    @property
    def _recognises(self) -> bool:
        return self._recogniser is not None and self._recogniser.state is not State.DOWN

    def _check_engine(self) -> None:
        match self._keeper.state:
            case State.STARTING:
                raise _Refused(
                    Code.ENGINE_STARTING,
                    "The model is still loading; say it again in a moment.",
                    self._settings.retry_seconds,
                )
            case State.RESTARTING:
                raise _Refused(
                    Code.ENGINE_STARTING,
                    "The model has stopped working and is being loaded again; say it again in a moment.",
                    self._keeper.retry_seconds or self._settings.retry_seconds,
                )
            case State.DOWN:
                raise _Refused(
                    Code.ENGINE_DOWN, "The server's model has stopped working; whoever runs the server must restart it."
                )
            case State.READY:
                pass

    def _do_cancel(self, frame: Cancel) -> None:
        turn = self._running.get(frame.turn)
        if turn is not None:
            turn.cancel(frame.shown)
            return
        for conversation in self._open.values():
            conversation.cut(frame.turn, frame.shown)

    def _turn_ended(self, turn: Turn) -> None:
        del self._running[turn.number]
        self._shares.pop(turn.number).give_back()

    def _take_turn(self, frame: Say | Decide) -> None:
        if not self._session.take_turn(frame.turn):
            raise _Refused(
                Code.TURN_ORDER,
                f"Turn {frame.turn} isn't greater than every earlier turn of the session; count turns upwards.",
            )

    def _check_number(self, frame: Open) -> None:
        if frame.conversation in self._open:
            raise _Refused(
                Code.CONVERSATION_OPEN,
                f"Conversation {frame.conversation} is open already; close it first or choose another number.",
            )

    def _conversation(self, number: int) -> Conversation:
        conversation = self._open.get(number)
        if conversation is None:
            raise _Refused(Code.CONVERSATION_UNKNOWN, f"Conversation {number} isn't open; open it first.")
        return conversation
