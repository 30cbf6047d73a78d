"""TLS: a certificate and its key, checked before they are used, and taken anew while the server runs."""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from .logs import Log

log = Log.named("loquent.certificates")

WARN_BEFORE: Final = timedelta(days=14)
"""So long before a certificate expires the log begins to warn: a renewal that fails has been tried often enough by then."""

_WARN_EVERY: Final = timedelta(days=1)

_MOST_BYTES: Final = 1 << 20
"""Of a file, so much is looked at; chains have a few KiB."""

_WRONG_KEY: Final = {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"}
"""OpenSSL's reasons for not taking a good key with a good certificate; the last one is for a key of another kind."""

_WEAK: Final = {"EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}
"""OpenSSL's reasons for not taking what could be forged."""

_ANY_TIME: Final = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which the module ssl has no name for."""


class CertificateError(Exception):
    """A certificate can't be used. The text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says."""

    names: tuple[str, ...]
    """The host names and addresses that it's for."""
    begins: datetime
    """From when on clients take it, in UTC."""
    expires: datetime
    """Until when clients take it, in UTC."""
    serial: str
    """Its number, in hexadecimal, by which one is told from its successor."""

    def warning(self, now: datetime) -> str | None:
        """Say what's wrong with it at a time, as the end of a sentence; None if nothing is."""
        if now < self.begins:
            return f"is valid from {self.begins:%Y-%m-%d %H:%M} UTC on only, and clients refuse it until then"
        if now >= self.expires:
            return f"has expired on {self.expires:%Y-%m-%d}, and clients refuse it; renew it"
        if now >= self.expires - WARN_BEFORE:
            return f"expires on {self.expires:%Y-%m-%d %H:%M} UTC; renew it"
        return None


class Certificates:
    """The certificate of a server, and the TLS context to listen with.

    Args:
        chain: PEM file with the server's certificate first, and the intermediate ones behind it.
        key: PEM file with the certificate's private key, not encrypted; None if it's in the same file.
        now: the time, with a time zone; None for the clock's.

    Raises:
        CertificateError: they can't be used.
    """

    def __init__(self, chain: Path, key: Path | None = None, now: datetime | None = None) -> None:
        self._chain = chain
        self._key = key
        self._complaint = ""
        self._warned: datetime | None = None
        self._newest, self.certificate = load_certificate(chain, key)
        self.context = _server_context()
        """The context to listen with. It hands each handshake to the newest certificate's own, so that one replaces another whole."""
        self.context.sni_callback = self._use_newest
        self._warn_of_readers()
        self.warn(now)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it comes from."""
        return (self._chain,) if self._key is None else (self._chain, self._key)

    def reload(self, now: datetime | None = None) -> bool:
        """Read the files again; connections that are open stay as they are.

        Args:
            now: the time, with a time zone; None for the clock's.

        Returns:
            whether they could be used. If not, the certificate stays as it was, and the log says why, once for each reason.
        """
        try:
            newest, certificate = load_certificate(self._chain, self._key)
        except CertificateError as error:
            if str(error) != self._complaint:
                log.error("the certificate from before stays in use: %s", error)
            self._complaint = str(error)
            return False
        mended, self._complaint = bool(self._complaint), ""
        self._newest = newest
        if certificate == self.certificate:
            if mended:  # whoever has mended it wants to know
                log.warning("%s can be used again, and holds the same certificate as before", self._chain)
        else:
            self.certificate = certificate
            self._warned = None
            self._warn_of_readers()
            log.warning(
                "%s was read again: the certificate expires on %s", self._chain, f"{certificate.expires:%Y-%m-%d}"
            )
            self.warn(now)
        return True

    def warn(self, now: datetime | None = None) -> None:
        """Say in the log what's wrong with the certificate's times, if anything is; once a day, however often this is called.

        Args:
            now: the time, with a time zone; None for the clock's.
        """
        now = now or datetime.now(UTC)
        if self._warned is not None and self._warned <= now < self._warned + _WARN_EVERY:
            return
        self._warned = now
        warning = self.certificate.warning(now)
        if warning is not None:
            log.warning("the certificate in %s %s", self._chain, warning)

    def _warn_of_readers(self) -> None:
        key = self._key or self._chain
        if may_be_read_by_all(key):
            log.warning(
                "everybody on this machine may read the private key in %s; take that right away (chmod o-r)", key
            )

    def _use_newest(self, connection: ssl.SSLObject, name: str | None, front: ssl.SSLContext) -> None:
        connection.context = self._newest


def load_certificate(chain: Path, key: Path | None = None) -> tuple[ssl.SSLContext, Certificate]:
    """Load a certificate and its key, and try them in a handshake that goes over no network.

    Args:
        chain: PEM file with the server's certificate first, and the intermediate ones behind it.
        key: PEM file with its private key; None if that's in the same file.

    Returns:
        a context to serve with, and what the certificate says.

    Raises:
        CertificateError: they can't be used. Times are not looked at: see `Certificate.warning`.
    """
    _check_file(chain, "CERTIFICATE", "certificate")
    _check_file(key or chain, "PRIVATE KEY", "private key")
    context = _server_context()
    try:
        context.load_cert_chain(chain, key, password=_no_password)
    except _EncryptedError:
        raise CertificateError(
            f"The private key in {key or chain} is encrypted, and nobody is there to type its password; "
            "write it without one: openssl pkey -in OLD -out NEW."
        ) from None
    except ssl.SSLError as error:
        if error.reason in _WRONG_KEY:
            raise CertificateError(
                f"The private key in {key or chain} isn't that of the first certificate in {chain}; the server's own "
                "certificate must stand first, and the key be the one it was made with."
            ) from None
        raise CertificateError(
            f"The certificate in {chain} with the private key in {key or chain} can't be used: {_reason(error)}."
        ) from None
    except OSError as error:
        raise CertificateError(f"{chain} or {key or chain} can't be read: {error.strerror}.") from None
    return context, _try(context, chain)


def why_distrusted(context: ssl.SSLContext) -> str | None:
    """Say why this machine wouldn't trust what a server shows with this context, whatever its name and times; None if it does.

    Other machines mostly trust the same public authorities, and it's the same to them whether an intermediate certificate is missing.
    """
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_flags |= _ANY_TIME
    try:
        _shake_hands(context, anybody)
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message)
    return None


def may_be_read_by_all(key: Path) -> bool:
    """Tell whether everybody on this machine may read a file with a private key, if it's there."""
    with contextlib.suppress(OSError):
        return os.name == "posix" and bool(key.stat().st_mode & stat.S_IROTH)
    return False


class _EncryptedError(Exception):
    """A password is asked for."""


def _no_password() -> str:
    raise _EncryptedError  # without this, OpenSSL would ask for it at the terminal


def _server_context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _check_file(file: Path, label: str, what: str) -> None:
    """See to it that a file is there and has a part of a kind; OpenSSL's own words for that help nobody."""
    try:
        if file.exists() and not file.is_file():  # opening a pipe would wait for ever
            raise CertificateError(f"{file} isn't a file; name a PEM file that holds the {what}.")
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES)
    except FileNotFoundError:
        raise CertificateError(f"There is no file {file}; name the PEM file that holds the {what}.") from None
    except OSError as error:
        raise CertificateError(f"{file} can't be read: {error.strerror}.") from None
    if not re.search(rf"-----BEGIN [A-Z ]*{label}-----".encode(), data):
        raise CertificateError(f"{file} holds no {what} in PEM form, which begins with -----BEGIN {label}-----.")


def _try(server: ssl.SSLContext, chain: Path) -> Certificate:
    """Shake hands with a client that trusts this one certificate; returns what the certificate says."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    strict.check_hostname = False
    strict.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _ANY_TIME
    try:
        encoded = _shake_hands(server, anybody).getpeercert(binary_form=True)
        strict.load_verify_locations(cadata=encoded or b"")
        told = _shake_hands(server, strict).getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        raise CertificateError(
            f"Clients won't take the certificate in {chain} for a server's: {error.verify_message}."
        ) from None
    except ssl.SSLError as error:
        raise CertificateError(f"Clients can't connect with the certificate in {chain}: {_reason(error)}.") from None
    names: Any = told.get("subjectAltName", ())
    return Certificate(
        tuple(name for kind, name in names if kind in ("DNS", "IP Address")),
        _time(told["notBefore"]),
        _time(told["notAfter"]),
        str(told["serialNumber"]),
    )


def _shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> ssl.SSLObject:
    """Let a server and a client shake hands in memory; returns the client's side."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(to_client, to_server)
    waiting = [asking, server.wrap_bio(to_server, to_client, server_side=True)]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)
    return asking


def _time(text: object) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC)


def _reason(error: ssl.SSLError) -> str:
    """Say OpenSSL's reason in words; where it names none, it couldn't make sense of what stands in the files."""
    if error.reason in _WEAK:
        return "its key is too small, or its signature too weak, for clients of today; make it with a new key"
    return error.reason.replace("_", " ").lower() if error.reason else "what stands in it is damaged, or not whole"
