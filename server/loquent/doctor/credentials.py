"""Who may come in: the tokens, and the certificate with the names it's for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from ..access import Access, AccessError, is_loopback, require_tokens
from ..certificates import Certificate, CertificateError, load_certificate, may_be_read_by_all, why_distrusted
from ..settings import Settings
from ..tokens import Token, TokensError, read_tokens
from .finding import Finding, ok, problem, warning

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
"""How this machine's own programs reach it."""


def examine_tokens(settings: Settings, now: datetime | None = None) -> Finding:
    """Look whether there are tokens where there must be.

    Args:
        settings: what is set.
        now: the time, with a time zone; None for the clock's.
    """
    if settings.tokens is None:
        try:
            require_tokens(settings.host, Access.none(), settings.allow_anonymous)
        except AccessError as error:
            return problem("tokens", str(error))
        if is_loopback(settings.host):
            return ok("tokens", "none, and none are needed: only programs on this machine reach the server.")
        return warning("tokens", "none, and --allow-anonymous: whoever reaches the port uses the model.")
    try:
        tokens = read_tokens(settings.tokens)
    except TokensError as error:
        return problem("tokens", str(error))
    return _tokens(settings, tokens, now or datetime.now(UTC))


def _tokens(settings: Settings, tokens: Sequence[Token], now: datetime) -> Finding:
    expired = [token.name for token in tokens if token.expires is not None and token.expires <= now]
    valid = [token.name for token in tokens if token.name not in expired]
    gone = f"{', '.join(expired)} no longer, since they have expired" if expired else ""
    if not valid:
        return problem("tokens", f"{settings.tokens} lets nobody in: {gone}; make one with `loquent token NAME`.")
    if expired:
        return warning("tokens", f"{settings.tokens} lets in {', '.join(valid)}; {gone}.")
    return ok("tokens", f"{settings.tokens} lets in {', '.join(valid)}.")


def examine_certificate(
    settings: Settings, addresses: Sequence[str], now: datetime | None = None
) -> tuple[list[Finding], Certificate | None]:
    """Look whether clients would take the certificate.

    Args:
        settings: what is set.
        addresses: those at which this machine is reached.
        now: the time, with a time zone; None for the clock's.

    Returns:
        what was found, nothing if no certificate is set; and what the certificate says, if it can be used.
    """
    chain, key = settings.certificate, settings.certificate_key
    if chain is None:
        return [], None
    try:
        context, certificate = load_certificate(chain, key)
    except CertificateError as error:
        return [problem("certificate", str(error))], None
    found = list(_certificate(settings, certificate, addresses, now or datetime.now(UTC)))
    distrusted = why_distrusted(context)
    if distrusted is not None:
        found.append(
            warning(
                "certificate",
                f"this machine doesn't trust it ({distrusted}), so others won't: who connects must be told to, in a terminal by --ca, and "
                "on a headset that's mostly not possible. If it comes from a public authority, the intermediate certificates are missing "
                "behind it.",
            )
        )
    return found, certificate


def _certificate(
    settings: Settings, certificate: Certificate, addresses: Sequence[str], now: datetime
) -> Iterator[Finding]:
    names = ", ".join(certificate.names) or "no name at all"
    days = (certificate.expires - now).days
    wrong = certificate.warning(now)
    if wrong is not None:
        usable = certificate.begins <= now < certificate.expires
        yield (warning if usable else problem)("certificate", f"{settings.certificate} {wrong}.")
    else:
        yield ok("certificate", f"for {names}; {days} days left, until {certificate.expires:%Y-%m-%d}.")
    if not any(covers(certificate, address) for address in addresses or _LOOPBACK) and not names_to_type(certificate):
        others = f"other machines reach this one at {', '.join(addresses)}, and refuse it there" if addresses else ""
        yield warning(
            "certificate",
            f"it's for {names}, and {others or 'no client can type that'}: make one for this machine's name or address.",
        )
    key = settings.certificate_key or settings.certificate
    if key is not None and may_be_read_by_all(key):
        yield warning("certificate", f"everybody on this machine may read the private key in {key}: chmod o-r {key}")


def covers(certificate: Certificate, host: str) -> bool:
    """Tell whether a certificate is for a host: a name, or an address as it's typed."""
    return any(_is_for(name.lower(), host.lower()) for name in certificate.names)


def _is_for(name: str, host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return name == host or (name.startswith("*.") and name[1:] == f".{host.partition('.')[2]}")
    try:
        return ipaddress.ip_address(name) == address
    except ValueError:
        return False


def names_to_type(certificate: Certificate) -> list[str]:
    """Return the names of a certificate that somebody can type to reach it."""
    found = []
    for name in certificate.names:
        try:
            ipaddress.ip_address(name)
        except ValueError:
            if "*" not in name and name.lower() != "localhost":
                found.append(name)
    return found
