"""Certificates made for a test, by the command openssl."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple


class Made(NamedTuple):
    """A certificate and its key."""

    chain: Path
    key: Path


def make_certificate(
    folder: Path,
    name: str = "server",
    *,
    names: str = "DNS:localhost,IP:127.0.0.1",
    key: tuple[str, ...] = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    purpose: str = "serverAuth",
) -> Made:
    """Make a certificate that is its own authority, as for a headset at home, valid for 30 days from now."""
    made = Made(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl(
        *("req", "-x509", *key, "-nodes", "-keyout", str(made.key), "-out", str(made.chain), "-days", "30"),
        *("-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-addext", f"extendedKeyUsage={purpose}"),
    )
    made.key.chmod(0o600)
    return made


def make_expired_certificate(folder: Path) -> Made:
    """Make a certificate that expired yesterday."""
    made = Made(folder / "expired.pem", folder / "expired.key")
    request = folder / "expired.csr"
    _openssl(
        *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(made.key)),
        *("-out", str(request), "-subj", "/CN=localhost"),
    )
    made.key.chmod(0o600)
    (folder / "index.txt").touch()
    config = folder / "ca.cnf"
    config.write_text(
        "[ca]\ndefault_ca = it\n[it]\ndefault_md = sha256\npolicy = any\nx509_extensions = names\n"
        f"database = {folder}/index.txt\nnew_certs_dir = {folder}\nrand_serial = yes\n"
        "[any]\ncommonName = supplied\n[names]\nsubjectAltName = DNS:localhost,IP:127.0.0.1\n"
    )
    now = datetime.now(UTC)
    begin, end = (f"{now - timedelta(days=days):%Y%m%d%H%M%SZ}" for days in (30, 1))
    _openssl(
        *("ca", "-selfsign", "-batch", "-notext", "-config", str(config), "-in", str(request), "-out", str(made.chain)),
        *("-keyfile", str(made.key), "-startdate", begin, "-enddate", end),
    )
    return made


def encrypt(key: Path) -> None:
    """Put a password on a key."""
    new = key.with_name("encrypted")  # the command empties what it writes to before it reads
    _openssl("pkey", "-in", str(key), "-aes256", "-passout", "pass:secret", "-out", str(new))
    new.replace(key)


def to_der(certificate: Path) -> None:
    """Write a certificate in DER, in its own place."""
    new = certificate.with_name("encoded")
    _openssl("x509", "-in", str(certificate), "-outform", "DER", "-out", str(new))
    new.replace(certificate)


def _openssl(*arguments: str) -> None:
    done = subprocess.run(
        ["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
