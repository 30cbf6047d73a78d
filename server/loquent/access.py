"""Who may come in: visitors known by their tokens, and how much each of them may have at once."""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from .logs import Log
from .tokens import Token, TokensError, digest, read_tokens

log = Log.named("loquent.access")

_BEARER: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9\-._~+/]+=*) *")
_NOBODYS: Final = bytes(32)
"""What is compared where no token was given that could be one: the SHA-256 of nothing that's known."""


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AccessError(Exception):
    """The server would be open to people who weren't asked in. The text says how to go on."""


class Share:
    """A share of an `Allowance`, until it's given back; as a context manager, it's given back at the block's end."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance: Allowance | None = allowance

    def give_back(self) -> None:
        """Leave it to another. Idempotent."""
        if self._allowance is not None:
            self._allowance.taken -= 1
            self._allowance = None

    def __enter__(self) -> Self:
        """Return the share itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self.give_back()


class Allowance:
    """How much of something a visitor may have at once.

    Args:
        most: so much at most; None for no limit.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        """The limit; lowered below what is taken, it refuses until enough was given back."""
        self.taken = 0
        """How much is in use, counted by the shares that aren't given back."""

    def take(self) -> Share | None:
        """Take one more; None if that would be more than allowed."""
        if self.most is not None and self.taken >= self.most:
            return None
        self.taken += 1
        return Share(self)


class Visitor:
    """Who shows a token: all connections with the same token are one visitor.

    Args:
        name: the token's name, for the log.
        connections: most connections open at once; None for no limit.
        turns: most turns running at once of all its connections, queued ones included; None for no limit.
        expires: when it must go, with a time zone; None for never.
    """

    def __init__(
        self,
        name: str,
        *,
        connections: int | None = None,
        turns: int | None = None,
        expires: datetime | None = None,
    ) -> None:
        self.name = name
        """What the log calls it, and what its sessions belong to."""
        self.connections = Allowance(connections)
        """Its open connections."""
        self.turns = Allowance(turns)
        """Its running turns, queued ones included."""
        self.expires = expires
        """When it must go; None for never."""
        self.revoked = False
        """Whether its token is gone from the file, or stands for somebody else now."""

    def may_stay(self, now: datetime | None = None) -> bool:
        """Tell whether it's still let in; if not, its connections are to be closed.

        Args:
            now: the time, with a time zone; None for the clock's.
        """
        return not self.revoked and (self.expires is None or (now or datetime.now(UTC)) < self.expires)


class _Entry(NamedTuple):
    digest: bytes
    visitor: Visitor


class Access:
    """Who may come in. `Access.read` makes one from a tokens file, `Access.none` one that lets everybody in.

    Args:
        file: the tokens file; None if there is none.
        tokens: its entries.
    """

    def __init__(self, file: Path | None, tokens: Iterable[Token]) -> None:
        self._file = file
        self._entries: dict[str, _Entry] = {}
        self._anybody = Visitor("anybody")
        self._complaint = ""
        self._take(tokens)

    @classmethod
    def none(cls) -> Access:
        """Return an access without tokens, which lets everybody in as one visitor without limits."""
        return cls(None, ())

    @classmethod
    def read(cls, file: Path) -> Access:
        """Read a tokens file.

        Raises:
            TokensError: it can't be read or used.
        """
        access = cls(file, read_tokens(file))
        expired = [name for name, entry in access._entries.items() if not entry.visitor.may_stay()]
        if expired:
            log.warning("%s: no longer taken, since they have expired: %s", file, ", ".join(expired))
        return access

    @property
    def is_open(self) -> bool:
        """Whether everybody is let in, because there are no tokens."""
        return self._file is None

    @property
    def file(self) -> Path | None:
        """The tokens file; None if there is none."""
        return self._file

    def check(self, token: str | None, now: datetime | None = None) -> Visitor | None:
        """Find out whose token this is.

        Every entry is compared, whichever matches, and each in constant time: how long this takes tells nothing about the tokens.

        Args:
            token: what was shown; None if nothing was.
            now: the time, with a time zone; None for the clock's.

        Returns:
            the visitor; None if there's no such token, or it has expired. With open access, always the same one.
        """
        if self.is_open:
            return self._anybody
        shown = digest(token) if token is not None else None
        found: Visitor | None = None
        for entry in self._entries.values():
            if hmac.compare_digest(entry.digest, shown or _NOBODYS):
                found = entry.visitor
        return found if shown is not None and found is not None and found.may_stay(now) else None

    def reload(self) -> frozenset[str] | None:
        """Read the tokens file again. What a visitor has taken stays counted, and new limits of its token hold from now on.

        Returns:
            the names whose tokens were removed or changed, and whose visitors are revoked by that: their connections are to be
            closed. None if the file can't be used: everything is as it was, and the log says why, once for each reason.
        """
        if self._file is None:
            return frozenset()
        try:
            tokens = read_tokens(self._file)
        except TokensError as error:
            if str(error) != self._complaint:
                log.error("the tokens from before stay valid: %s", error)
            self._complaint = str(error)
            return None
        mended, self._complaint = bool(self._complaint), ""
        old = self._entries
        gone = self._take(tokens)
        new = [
            name for name, entry in self._entries.items() if name not in old or old[name].visitor is not entry.visitor
        ]
        if gone or new:
            changes = [
                f"{what} {', '.join(names)}" for what, names in (("revoked", sorted(gone)), ("new", new)) if names
            ]
            log.warning("%s was read again: %s", self._file, "; ".join(changes))
        elif mended:  # whoever has mended it wants to know
            log.warning("%s can be used again, and lets in whom it did before", self._file)
        return gone

    def _take(self, tokens: Iterable[Token]) -> frozenset[str]:
        """Let those in who are named, and revoke the others; returns the names of the revoked."""
        old, self._entries = self._entries, {}
        for token in tokens:
            known = old.get(token.name)
            same = known is not None and hmac.compare_digest(known.digest, token.digest)
            visitor = known.visitor if known is not None and same else Visitor(token.name)
            visitor.connections.most = token.connections
            visitor.turns.most = token.turns
            visitor.expires = token.expires
            self._entries[token.name] = _Entry(token.digest, visitor)
        staying = {id(entry.visitor) for entry in self._entries.values()}
        gone = {name: entry.visitor for name, entry in old.items() if id(entry.visitor) not in staying}
        for visitor in gone.values():
            visitor.revoked = True
        return frozenset(gone)


def authorization(header: str | None) -> str | None:
    """Return the token of an Authorization header, as RFC 6750 has it: ``Bearer`` in any case, blanks, and the token.

    Returns:
        the token; None if there's no header, or it's of another scheme or form.
    """
    found = _BEARER.fullmatch(header) if header is not None else None
    return found.group(1) if found else None


def require_tokens(host: str, access: Access, allow_anonymous: bool) -> None:
    """See to it that only this machine's own programs get in without a token, unless told otherwise.

    Args:
        host: what the server is to listen on: an address, or a name for some.
        access: who may come in.
        allow_anonymous: whether everybody may, from wherever they reach the server.

    Raises:
        AccessError: the server would listen on an address that isn't of the loopback, without tokens.
    """
    if not access.is_open or allow_anonymous:
        return
    addresses = _addresses(host)
    if not addresses:  # nobody can listen there now, but nobody knows what it will be in a moment
        raise AccessError(
            f"There is no address {host or 'without a name'}; use --host 127.0.0.1, or 0.0.0.0 for all of this machine's."
        )
    if not all(map(_is_loopback, addresses)):
        raise AccessError(
            f"With --host {host}, whoever reaches this machine could use the model; make a token with `loquent token NAME` and name its "
            "file with --tokens, or start with --allow-anonymous if everybody may come in."
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host is reached from this machine only: an address of the loopback, or a name for nothing else."""
    addresses = _addresses(host)
    return bool(addresses) and all(map(_is_loopback, addresses))


def _addresses(host: str) -> list[_Address]:
    """Return the addresses that a host stands for; none if there's no such host."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]


def _is_loopback(address: _Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
