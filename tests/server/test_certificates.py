"""TLS with real certificates on real sockets: what can't be used is a sentence, and a renewal hurts nobody."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from loquent.certificates import CertificateError, Certificates, load_certificate
from support.certificates import FOR_MAIL, Made, encrypt, make_certificate, to_der


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_certificate(tmp_path_factory.mktemp("first"), "first")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_certificate(tmp_path_factory.mktemp("second"), "second")


@pytest.fixture
def used(first: Made, tmp_path: Path) -> Made:
    """The first certificate, where a server has it and it may be replaced."""
    used = Made(tmp_path / "server.pem", tmp_path / "server.key")
    replace(used.chain, first.chain)
    replace(used.key, first.key)
    return used


def replace(file: Path, by: Path) -> None:
    """Put a copy of a file in another's place, as a renewal does it."""
    new = file.with_name("new")
    shutil.copy(by, new)
    new.replace(file)


def trusting(made: Made, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """Return a client's context that trusts one certificate alone."""
    context = ssl.create_default_context(cafile=made.chain)
    context.minimum_version = context.maximum_version = version
    return context


@asynccontextmanager
async def echo(certificates: Certificates) -> AsyncIterator[int]:
    """Listen, and send back whatever line comes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=certificates.context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class Peer:
    """A client of the echo."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def works(self) -> None:
        self._writer.write(b"hello\n")
        assert await self._reader.readline() == b"hello\n"

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def connect(port: int, context: ssl.SSLContext, name: str = "localhost") -> Peer:
    return Peer(*await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_a_client_that_trusts_the_certificate_connects_by_name_or_address(
    used: Made, version: ssl.TLSVersion, name: str
) -> None:
    """Clients that connect to an address send no server name; the newest certificate must be found without one."""
    async with echo(Certificates(*used)) as port:
        peer = await connect(port, trusting(used, version), name)
        await peer.works()
        await peer.close()


async def test_another_name_and_an_unknown_authority_are_the_clients_to_refuse(used: Made, second: Made) -> None:
    async with echo(Certificates(*used)) as port:
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            await connect(port, trusting(used), "game.example")
        with pytest.raises(ssl.SSLCertVerificationError, match="self-signed certificate"):
            await connect(port, trusting(second))


def test_old_versions_of_tls_are_not_spoken(used: Made) -> None:
    context, _ = load_certificate(*used)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert Certificates(*used).context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_what_a_certificate_says(used: Made) -> None:
    certificate = Certificates(*used).certificate
    assert certificate.names == ("localhost", "127.0.0.1")
    assert certificate.expires - certificate.begins == timedelta(days=30)
    assert abs(certificate.begins - datetime.now(UTC)) < timedelta(hours=1)


def test_key_and_certificate_may_stand_in_one_file(used: Made, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(used.key.read_bytes() + used.chain.read_bytes())
    both.chmod(0o600)
    certificates = Certificates(both)
    assert certificates.files == (both,)
    assert certificates.certificate.names == ("localhost", "127.0.0.1")


# --- renewal -------------------------------------------------------------------------------------------------


async def test_a_renewal_is_for_new_connections_and_leaves_the_old_ones_alone(
    used: Made, first: Made, second: Made, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = Certificates(*used)
    async with echo(certificates) as port:
        old = await connect(port, trusting(first))
        await old.works()
        replace(used.chain, second.chain)
        replace(used.key, second.key)
        assert certificates.reload()
        await old.works()
        new = await connect(port, trusting(second))
        await new.works()
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(port, trusting(first))
        await old.close()
        await new.close()
    assert len(caplog.messages) == 1
    assert f"{used.chain} was read again" in caplog.messages[0]


@pytest.mark.parametrize("chain_first", [True, False])
async def test_files_that_are_replaced_one_after_the_other_are_taken_when_they_match(
    used: Made, first: Made, second: Made, chain_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = Certificates(*used)
    steps = [(used.chain, second.chain), (used.key, second.key)]
    async with echo(certificates) as port:
        for step in steps if chain_first else reversed(steps):
            assert not certificates.reload() or step[0] == (used.chain if chain_first else used.key)
            peer = await connect(port, trusting(first))
            await peer.works()
            await peer.close()
            replace(*step)
        assert certificates.reload()
        peer = await connect(port, trusting(second))
        await peer.works()
        await peer.close()
    assert sum("isn't that of the first certificate" in message for message in caplog.messages) == 1


@pytest.mark.parametrize("broken", ["", "half", None])
async def test_a_broken_renewal_leaves_the_certificate_in_use_and_is_logged_once(
    used: Made, first: Made, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    certificates = Certificates(*used)
    whole = used.chain.read_text()
    if broken is None:
        used.chain.unlink()
    else:
        used.chain.write_text(whole[: len(whole) // 2] if broken else "")
    async with echo(certificates) as port:
        assert not certificates.reload()
        assert not certificates.reload()
        peer = await connect(port, trusting(first))
        await peer.works()
        await peer.close()
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("the certificate from before stays in use: ")
    assert str(used.chain) in caplog.messages[0]
    assert caplog.records[0].levelno == logging.ERROR
    used.chain.write_text(whole)
    assert certificates.reload()
    assert caplog.messages[1:] == [f"{used.chain} can be used again, and holds the same certificate as before"]


def test_reading_the_same_again_is_no_news(used: Made, caplog: pytest.LogCaptureFixture) -> None:
    assert Certificates(*used).reload()
    assert caplog.messages == []


# --- what can't be used --------------------------------------------------------------------------------------


def refusal(chain: Path, key: Path | None) -> str:
    """Return the sentence with which a certificate is refused."""
    with pytest.raises(CertificateError) as refused:
        Certificates(chain, key)
    said = str(refused.value)
    assert said.endswith(".")
    assert not re.search(r"[A-Z]_[A-Z]|\[|ssl\.c", said)  # OpenSSL's names of reasons, and Python's of places
    return said


def test_files_that_are_missing_or_none(used: Made, tmp_path: Path) -> None:
    none = tmp_path / "none.pem"
    assert refusal(none, used.key) == f"There is no file {none}; name the PEM file that holds the certificate."
    assert refusal(used.chain, none) == f"There is no file {none}; name the PEM file that holds the private key."
    assert "isn't a file" in refusal(tmp_path, used.key)
    os.mkfifo(tmp_path / "pipe")
    assert "isn't a file" in refusal(used.chain, tmp_path / "pipe")


def test_files_of_another_kind(used: Made) -> None:
    assert f"{used.key} holds no certificate in PEM form" in refusal(used.key, used.chain)
    assert f"{used.chain} holds no private key in PEM form" in refusal(used.chain, None)
    to_der(used.chain)
    assert f"{used.chain} holds no certificate in PEM form" in refusal(*used)


def test_a_certificate_that_is_garbage_between_its_lines(used: Made) -> None:
    used.chain.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    assert f"The certificate in {used.chain}" in refusal(*used)


@pytest.mark.parametrize("which", ["chain", "key"])
def test_a_file_of_which_half_has_been_written(used: Made, which: str) -> None:
    file: Path = getattr(used, which)
    file.write_bytes(file.read_bytes()[:150])
    assert refusal(*used).endswith("can't be used: what stands in it is damaged, or not whole.")


def test_a_key_of_another_certificate(used: Made, second: Made) -> None:
    assert "isn't that of the first certificate" in refusal(used.chain, second.key)


def test_a_key_of_another_kind(used: Made, tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "rsa", key=rsa.generate_private_key(65537, 2048))
    assert "isn't that of the first certificate" in refusal(used.chain, other.key)


def test_a_chain_in_the_wrong_order(used: Made, second: Made, tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_bytes(second.chain.read_bytes() + used.chain.read_bytes())
    assert "must stand first" in refusal(chain, used.key)


def test_an_encrypted_key_is_refused_and_nobody_is_asked(used: Made) -> None:
    """At a terminal too: OpenSSL would ask there, and the server wait for ever."""
    encrypt(used.key)
    assert f"The private key in {used.key} is encrypted" in refusal(*used)
    script = "import sys, pathlib, loquent.certificates as c; c.load_certificate(*map(pathlib.Path, sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, used)], stdin=subprocess.PIPE, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert "is encrypted" in done.stderr
    assert "pass phrase" not in (done.stdout + done.stderr).lower()


def test_a_key_too_small_to_protect_anything(tmp_path: Path) -> None:
    weak = make_certificate(tmp_path, "weak", key=rsa.generate_private_key(65537, 1024))
    assert "its key is too small" in refusal(*weak)


def test_a_certificate_for_something_else(tmp_path: Path) -> None:
    mail = make_certificate(tmp_path, "mail", purpose=FOR_MAIL)
    assert "Clients won't take the certificate" in refusal(*mail)


def test_a_key_that_everybody_may_read_is_a_warning(used: Made, caplog: pytest.LogCaptureFixture) -> None:
    used.key.chmod(0o644)
    Certificates(*used)
    assert len(caplog.messages) == 1
    assert f"private key in {used.key}" in caplog.messages[0]


def test_a_renewed_key_that_everybody_may_read_is_a_warning_too(
    used: Made, second: Made, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = Certificates(*used)
    assert caplog.messages == []
    replace(used.chain, second.chain)
    replace(used.key, second.key)
    used.key.chmod(0o644)
    assert certificates.reload()
    assert [message for message in caplog.messages if f"private key in {used.key}" in message]


# --- times ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "says"),
    [(-1, "is valid from"), (0, None), (15.9, None), (16.1, "expires on"), (29.9, "expires on"), (30.1, "has expired")],
)
def test_a_certificate_that_is_about_to_expire_or_has_is_a_warning(
    used: Made, caplog: pytest.LogCaptureFixture, days: float, says: str | None
) -> None:
    begins = load_certificate(*used)[1].begins
    Certificates(*used, now=begins + timedelta(days=days))
    if says is None:
        assert caplog.messages == []
    else:
        (message,) = caplog.messages
        assert says in message
        assert str(used.chain) in message
        assert caplog.records[0].levelno == logging.WARNING


def test_an_expired_certificate_is_used_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Clients refuse it, and say so; a server that wouldn't start would say less to fewer."""
    Certificates(*make_certificate(tmp_path, begins=timedelta(days=-31)))
    assert "has expired" in caplog.text


def test_the_warning_comes_once_a_day_and_after_a_renewal_at_once(
    used: Made, second: Made, caplog: pytest.LogCaptureFixture
) -> None:
    begins = load_certificate(*used)[1].begins
    certificates = Certificates(*used, now=begins)
    for hours in range(20 * 24):
        certificates.warn(begins + timedelta(hours=hours))
    assert len(caplog.messages) == 4  # days 16 to 19
    certificates.warn(begins + timedelta(days=17))  # a clock that was wrong is no reason for days of silence
    assert len(caplog.messages) == 5
    replace(used.chain, second.chain)
    replace(used.key, second.key)
    assert certificates.reload(begins + timedelta(days=17, hours=1))
    assert [message.split(" ")[2:4] for message in caplog.messages[5:]] == [["read", "again:"], ["in", str(used.chain)]]
