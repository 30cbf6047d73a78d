"""What a model's chat template makes of roles, found out by trying; and messages put so that it takes them.

Some templates know no system role, and say so (Gemma) or drop it without a word; some want user and assistant to take turns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from loquent.engines.base import Message, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORDS = ("Foxglovesystem", "Hawthornuser", "Juniperassistant", "Larkspuragain")
"""Words that no template writes."""

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Roles:
    """What a chat template takes."""

    system: bool = True
    """Whether it has a system role, and shows what it says."""
    repeats: bool = True
    """Whether the same role may come twice in a row."""
    assistant_first: bool = True
    """Whether the assistant may begin."""

    @classmethod
    def tried(cls, render: Callable[[Sequence[Message]], str]) -> Roles:
        """Find out by rendering.

        Args:
            render: makes a prompt's text of messages, or raises `RequestRefused`.
        """
        one, two, three, four = _WORDS

        def takes(*messages: Message) -> bool:
            try:
                text = render(messages)
            except RequestRefused:
                return False
            return all(message.content in text for message in messages)

        user = Message("user", two)
        if not takes(user):
            return cls()  # It takes nothing; that is said to whoever asks for a reply.
        return cls(
            takes(Message("system", one), user),
            takes(user, Message("user", four)),
            takes(Message("assistant", three), user),
        )

    def scaffold(self, render: Callable[[Sequence[Message]], str]) -> list[str]:
        """Return what the template writes around messages."""
        one, two, three, four = _WORDS
        messages = (Message("system", one), Message("user", two), Message("assistant", three), Message("user", four))
        try:
            text = render(self.suited(messages))
        except RequestRefused:
            return []
        for word in _WORDS:
            text = text.replace(word, "\0")
        return text.split("\0")

    def suited(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages that say the same and that the template takes."""
        suited = list(messages)
        if not self.system:
            suited = _folded(suited)
        if not self.repeats:
            suited = _merged(suited)
        if not self.assistant_first:
            first = next((index for index, message in enumerate(suited) if message.role != "system"), len(suited))
            if suited[first:] and suited[first].role == "assistant":
                suited.insert(first, Message("user", ""))
        return suited


def _folded(messages: Sequence[Message]) -> list[Message]:
    """Put what the system says before what the user says next; where the assistant comes first, into a message of its own."""
    folded: list[Message] = []
    system: list[str] = []
    for message in messages:
        if message.role == "system":
            system.append(message.content)
            continue
        if system and message.role == "assistant":
            folded.append(Message("user", _GAP.join(system)))
        elif system:
            message = replace(message, content=_GAP.join(filter(None, [*system, message.content])))
        system = []
        folded.append(message)
    if system:
        folded.append(Message("user", _GAP.join(system)))
    return folded


def _merged(messages: Sequence[Message]) -> list[Message]:
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            before = merged[-1]
            content = _GAP.join(filter(None, (before.content, message.content)))
            merged[-1] = Message(message.role, content, before.images + message.images)
        else:
            merged.append(message)
    return merged
