"""What can be set about a server, with units, defaults and the reason for each limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The limits and times of a server."""

    message_bytes: int = 1 << 20
    """Largest message taken, in bytes. A say of text is a few hundred bytes; this bounds what one connection can make the server
    hold at a time. A message of more than twice this size closes the connection (1009)."""
    text_bytes: int = 16_384
    """Longest thing a player may say, in bytes of UTF-8: about 4,000 tokens, more than most models' contexts leave room for."""
    option_bytes: int = 128
    """Longest text option of open, in bytes of UTF-8."""
    conversations: int = 64
    """Open at once in one session; a scene with more talking NPCs closes those that are far away."""
    turns: int = 32
    """Running at once in one session; each is a request in the engine."""
    reply_tokens: int = 256
    """Longest reply, in tokens, unless open asks otherwise; about 190 English words, more than a player wants to read at once."""
    most_reply_tokens: int = 2048
    """Longest reply that open may ask for, in tokens."""
    pending_bytes: int = 1 << 20
    """Most that may wait for a client that doesn't read, in bytes; beyond it the connection is cut."""
    window_bytes: int = 1 << 20
    """Most that is kept of what was sent and not acknowledged, in bytes; what a client needs from before that can't be resumed."""
    hello_seconds: float = 10.0
    """How long a connection may stay without a good hello, in seconds."""
    beat_seconds: float = 10.0
    """At least this often something is sent to each client, in seconds; 0 turns it off."""
    ping_seconds: float = 20.0
    """How often a client is pinged, and how long it may take to answer, in seconds; one that is gone is noticed after both."""
    origins: tuple[str, ...] = ()
    """Web pages that may connect, by their origin, such as ``https://game.example``. Browsers let any page connect to any server,
    this machine's too, and say from where; programs say nothing, and may."""
    retry_seconds: float = 2.0
    """When a client that is refused because the model is loading should come back, in seconds."""
