"""Who an NPC is."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..engines.base import Sampling
from .cues import Cue


@dataclass(frozen=True, slots=True)
class Character:
    """A character, as its file describes it. The file's name, without .toml, is the name that clients open it by."""

    name: str
    """The name that players see."""
    persona: str
    """Who the character is, told to the model before every conversation."""
    style: str = ""
    """How it speaks."""
    knowledge: tuple[str, ...] = ()
    """What it knows, a fact each."""
    greeting: str = ""
    """What it says when it's asked to speak first and nothing has been said yet; marks of its cues may stand in it. Without one the model
    thinks of something."""
    language: str | None = None
    """The language that it speaks, a BCP 47 tag, unless the player's is known."""
    cues: tuple[Cue, ...] = ()
    """What it can do while it speaks."""
    strict_cues: bool = False
    """Whether the model is kept from writing square brackets that open no mark of these cues."""
    sampling: Sampling = field(default_factory=lambda: Sampling(max_tokens=0))
    """How its replies are drawn; ``max_tokens`` is 0 where the server's own bound holds."""
    adapter: str | None = None
    """The LoRA adapter that it speaks with: a hub name, or a folder's path."""
