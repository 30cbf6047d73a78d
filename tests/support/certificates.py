"""Certificates made for a test."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

FOR_SERVERS = ExtendedKeyUsageOID.SERVER_AUTH
FOR_MAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION


class Made(NamedTuple):
    """A certificate and its key."""

    chain: Path
    key: Path


def make_certificate(
    folder: Path,
    name: str = "server",
    *,
    names: Iterable[str] = ("localhost", "127.0.0.1"),
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    purpose: ObjectIdentifier = FOR_SERVERS,
    begins: timedelta = timedelta(0),
) -> Made:
    """Make a certificate that is its own authority, as for a headset at home.

    Args:
        folder: where it's put.
        name: what its files are called.
        names: the host names and addresses that it's for.
        key: its private key; a new one if none is given.
        purpose: what it's for.
        begins: when its 30 days begin, from now.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC).replace(microsecond=0) + begins
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(map(_name, names)), critical=False)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .sign(key, hashes.SHA256())
    )
    made = Made(folder / f"{name}.pem", folder / f"{name}.key")
    made.chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    made.key.touch(0o600)
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def encrypt(key: Path) -> None:
    """Put a password on a key."""
    found = load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(found.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))


def to_der(certificate: Path) -> None:
    """Write a certificate in DER, in its own place."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    certificate.write_bytes(found.public_bytes(Encoding.DER))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
