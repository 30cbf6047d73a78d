"""One character talking with one player: what has been said, and the prompt that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..engines.base import Message
from ..images import Picture
from ..wire.frames import Exchange, Options
from . import prompt
from .character import Character
from .prompt import Count, Entry, seen_of
from .store import REMEMBERED, REMEMBERED_BYTES, Spoken, Store, latest

TOLD_BYTES = 1 << 15
"""How much of them the client is told in opened, in bytes of UTF-8, so that the frame stays small."""


class Conversation:
    """An open conversation.

    Args:
        number: the client's number for it.
        character_id: the name under which the server knows the character.
        character: who talks.
        options: what the client asked for when it opened.
        store: where exchanges go, if the options name a player.
    """

    def __init__(self, number: int, character_id: str, character: Character, options: Options, store: Store) -> None:
        self.number = number
        self.character_id = character_id
        self.character = character
        """Who talks; see `become`."""
        self.options = options
        self._store = store
        stored = self._stored()
        self._history = [
            self._entry(prompt.asked(spoken.said, character.cues, first=not index), spoken)
            for index, spoken in enumerate(stored)
        ]
        self._comes_back = bool(stored)
        self._start: int | None = None
        """Of the history, where the prompt begins; None before the first one."""
        self.recalled: set[int] = set()
        """What was recalled of long ago since the prompt begins where it does; see `Recall`."""
        self._asked: str | None = None
        """The player's message of the turn that runs."""
        self._last_turn: int | None = None
        self._last_key: int | None = None
        self.running: int | None = None
        """The turn that is running, if one is."""
        self._latest: int | None = None
        self._unkept: int | None = None
        if options.player:
            store.follow(options.player, self)

    def _stored(self) -> tuple[Spoken, ...]:
        """Return what the conversation begins with: half of what it may hold, so that the prompt's beginning stays a while."""
        if not self.options.player:
            return ()
        stored = self._store.last(self.options.player, self.character_id, REMEMBERED // 2)
        return latest(stored, REMEMBERED_BYTES // 2) or stored[-1:]

    @property
    def history(self) -> tuple[Spoken, ...]:
        """What has been said, oldest first."""
        return tuple(entry.spoken for entry in self._history)

    def shown(self) -> tuple[Spoken, ...]:
        """Return what stands in the prompt, as far as that is known before a turn."""
        return self.history[self._start or 0 :]

    def told(self) -> tuple[Exchange, ...]:
        """Return the last exchanges, oldest first: as many whole ones as fit into `TOLD_BYTES`."""
        return tuple(Exchange(spoken.said, spoken.reply) for spoken in latest(self.history, TOLD_BYTES))

    def become(self, character: Character) -> None:
        """Take another version of the character, whose file has changed; not while a turn runs."""
        if character.cues != self.character.cues:
            self._history = [entry.with_cues(character.cues) for entry in self._history]
        self.character = character

    def begin(self, turn: int, *, is_said: bool = True) -> None:
        """See that a turn begins, in which something is said, or else only decided."""
        self.running = turn
        if is_said:
            self._latest = turn
            self._asked = None

    # --- the prompt ------------------------------------------------------------------------------

    def prompt(
        self,
        said: str,
        count: Count,
        room: int,
        pictures: tuple[Picture, ...] = (),
        memories: Sequence[str] = (),
    ) -> list[Message]:
        """Return the messages for a reply to what the player has ``said``, and shown in ``pictures``.

        The persona always comes first and the player's words last; see `prompt`. Pictures aren't remembered: what is left of them is what
        the character said.

        Args:
            said: the player's words; empty if the character is to speak by itself.
            count: counts the tokens of a prompt.
            room: how many it may have.
            pictures: what is shown.
            memories: what was said long ago and has to do with it.
        """
        self._asked = self._asks(said, memories)
        made = self._made(self._asked, pictures)
        if memories and count(made(())) > room:  # better to be answered without them than not at all
            self._asked = self._asks(said)
            made = self._made(self._asked, pictures)
        start = self._start_for(made, count, room)
        if self._start is not None and start != self._start:  # what was recalled may have left, too
            self.recalled.clear()
        self._start = start
        return made(self._history[start:])

    def question(self, text: str, count: Count, room: int, pictures: tuple[Picture, ...] = ()) -> list[Message]:
        """Return the messages for a question about the conversation, which won't be a part of it. See `prompt`.

        A long one may leave less room for what has been said: for itself alone, the next reply has all of it again.
        """
        made = self._made(text, pictures)
        return made(self._history[self._start_for(made, count, room) :])

    def _asks(self, said: str, memories: Sequence[str] = ()) -> str:
        return prompt.asked(
            said, self.character.cues, memories, first=not self._history, again=self._comes_back and not said
        )

    def _entry(self, asked: str, spoken: Spoken) -> Entry:
        return Entry(asked, spoken, prompt.written(spoken, self.character.cues))

    def _made(self, last: str, pictures: tuple[Picture, ...]) -> Callable[[Sequence[Entry]], list[Message]]:
        """Return what makes a prompt of some of the history."""
        told = prompt.system(self.character, self.options)
        return lambda entries: prompt.messages(told, entries, last, pictures)

    def _start_for(self, made: Callable[[Sequence[Entry]], list[Message]], count: Count, room: int) -> int:
        """Return where in the history a prompt begins that has room: where it began before, unless that is too much."""
        if self._start is not None and count(made(self._history[self._start :])) <= room:
            return self._start
        fit = prompt.kept(self._history, lambda entries: count(made(entries)) <= room)
        if fit < len(self._history):
            half = prompt.kept(self._history, lambda entries: count(made(entries)) <= room // 2)
            fit = max(half, min(fit, 1))
        return len(self._history) - fit

    # --- what is remembered ----------------------------------------------------------------------

    def remember(self, turn: int, spoken: Spoken) -> None:
        """Keep the exchange of a turn that is over; when this returns, it's stored.

        But not that of a turn that ran when the player was erased.
        """
        if turn == self._unkept:
            return
        asked = self._asked or self._asks(spoken.said)
        self._history.append(self._entry(asked, spoken))
        self._comes_back = False
        self._bound()
        self._last_turn = turn
        if self.options.player:
            self._last_key = self._store.append(self.options.player, self.character_id, spoken)

    def _bound(self) -> None:
        """Let go of the oldest exchanges when there are too many: half of them at once, so that the prompt's beginning stays a while."""
        history = self.history
        if len(history) <= max(1, min(REMEMBERED, len(latest(history, REMEMBERED_BYTES)))):
            return
        keep = max(1, min(REMEMBERED // 2, len(latest(history, REMEMBERED_BYTES // 2))))
        gone = len(history) - keep
        del self._history[:gone]
        if self._start is not None:
            self._start = max(0, self._start - gone)

    def cut(self, turn: int, shown: int) -> None:
        """Remember of a turn's reply no more than the first ``shown`` Unicode scalar values.

        Only what was said last can be cut, while nothing has been said since; for any other turn, nothing happens: the model has been
        reminded of it as it was.
        """
        if turn != self._last_turn or turn != self._latest:
            return
        last = self._history[-1]
        seen = seen_of(last.spoken.said, prompt.pieces(last.spoken, self.character.cues), shown)
        if seen.reply == last.spoken.reply:
            return
        self._history[-1] = self._entry(last.asked, seen)
        if self.options.player and self._last_key is not None:
            self._store.amend(self.options.player, self.character_id, self._last_key, seen)

    def forget(self) -> None:
        """Let go of everything: the player has been erased. What is being said now won't be remembered."""
        self._history.clear()
        self.recalled.clear()
        self._start = None
        self._last_turn = self._last_key = None
        self._unkept = self.running
