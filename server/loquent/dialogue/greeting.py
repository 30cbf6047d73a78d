"""A character that speaks first: a say of nothing asks for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ..engines.base import Delta, Finish
from ..wire.frames import Say
from .conversation import Conversation


def speaks_first(frame: Say) -> bool:
    """Tell whether the character is asked to speak by itself: nothing is said, not even white space, and nothing shown."""
    return not frame.text and not frame.images


def greets(frame: Say, conversation: Conversation) -> bool:
    """Tell whether it's the character's greeting that is asked for: it has one, and nothing has been said between the two yet.

    That needs no engine.
    """
    return speaks_first(frame) and bool(conversation.character.greeting) and not conversation.history


async def as_reply(greeting: str) -> AsyncGenerator[Delta, None]:
    """Return a greeting as an engine's reply; no token stands for it."""
    yield Delta(greeting, 0, Finish("stop", 0, 0, 0))
