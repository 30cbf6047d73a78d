"""Tokens that let nobody in, and certificates that no client takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from loquent.certificates import Certificate
from loquent.doctor.credentials import covers, examine_certificate, examine_tokens, names_to_type
from loquent.doctor.finding import Finding, Mark
from loquent.settings import Settings
from loquent.tokens import make_token
from support.certificates import Made, make_certificate


def token_file(folder: Path, **expires: date | None) -> Path:
    """Make tokens of these names; what has expired had a day to come when it was made."""
    file = folder / "tokens.toml"
    for name, day in expires.items():
        make_token(file, name, expires=date.max if day is not None else None, report=lambda _: None)
        if day is not None:
            file.write_text(file.read_text().replace(str(date.max), str(day)))
    return file


def test_without_tokens_this_machine_alone_is_let_in() -> None:
    assert examine_tokens(Settings()).mark is Mark.OK
    finding = examine_tokens(Settings(host="0.0.0.0"))
    assert finding.mark is Mark.PROBLEM
    assert "loquent token NAME" in finding.text
    assert examine_tokens(Settings(host="0.0.0.0", allow_anonymous=True)).mark is Mark.WARNING


def test_tokens_are_named_and_expired_ones_are_told(tmp_path: Path) -> None:
    settings = Settings(tokens=token_file(tmp_path, quest=None, old=date(2020, 1, 1)))
    finding = examine_tokens(settings)
    assert finding.mark is Mark.WARNING
    assert finding.text == f"{settings.tokens} lets in quest; old no longer, since they have expired."
    before = examine_tokens(settings, now=datetime(2019, 1, 1, tzinfo=UTC))
    assert (before.mark, before.text) == (Mark.OK, f"{settings.tokens} lets in quest, old.")


def test_tokens_that_have_all_expired_let_nobody_in(tmp_path: Path) -> None:
    finding = examine_tokens(Settings(tokens=token_file(tmp_path, old=date(2020, 1, 1))))
    assert finding.mark is Mark.PROBLEM
    assert "lets nobody in" in finding.text


def test_a_tokens_file_that_cannot_be_used_is_a_problem(tmp_path: Path) -> None:
    assert examine_tokens(Settings(tokens=tmp_path / "gone")).mark is Mark.PROBLEM
    file = token_file(tmp_path, quest=None)
    file.chmod(0o666)
    finding = examine_tokens(Settings(tokens=file))
    assert finding.mark is Mark.PROBLEM
    assert "chmod o-w" in finding.text


def look(made: Made, *addresses: str, chain: Path | None = None, key: Path | None = None) -> list[Finding]:
    """Look at a certificate on a machine with these addresses."""
    settings = Settings(certificate=chain or made.chain, certificate_key=key or made.key)
    return examine_certificate(settings, addresses)[0]


@pytest.fixture(autouse=True)
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this machine trust the certificate that a test makes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))


def test_a_certificate_that_nobody_trusts_is_a_warning(tmp_path: Path) -> None:
    _, finding = look(make_certificate(tmp_path, "other", names=["192.168.1.5"]), "192.168.1.5")
    assert finding.mark is Mark.WARNING
    assert finding.text.startswith("this machine doesn't trust it (self-signed certificate), so others won't")


def test_no_certificate_is_nothing_to_look_at() -> None:
    assert examine_certificate(Settings(), ["192.168.1.5"]) == ([], None)


def test_a_good_certificate_is_told_with_its_names_and_its_days(tmp_path: Path) -> None:
    (finding,) = look(make_certificate(tmp_path, names=["game.example", "192.168.1.5"]), "192.168.1.5")
    assert finding.mark is Mark.OK
    assert finding.text.startswith("for game.example, 192.168.1.5; 29 days left, until ")


@pytest.mark.parametrize(
    ("begins", "mark", "says"),
    [
        (timedelta(days=-31), Mark.PROBLEM, "has expired"),
        (timedelta(days=1), Mark.PROBLEM, "is valid from"),
        (timedelta(days=-20), Mark.WARNING, "renew it"),
    ],
)
def test_a_certificate_out_of_its_time_is_a_problem_and_one_that_nears_it_a_warning(
    tmp_path: Path, begins: timedelta, mark: Mark, says: str
) -> None:
    (finding,) = look(make_certificate(tmp_path, begins=begins))
    assert finding.mark is mark
    assert says in finding.text
    assert finding.text.endswith(".")


def test_a_key_of_another_certificate_is_a_problem(tmp_path: Path) -> None:
    made, other = make_certificate(tmp_path), make_certificate(tmp_path, "other")
    (finding,) = look(made, key=other.key)
    assert finding.mark is Mark.PROBLEM
    assert "isn't that of the first certificate" in finding.text
    (finding,) = look(made, chain=tmp_path / "gone.pem")
    assert finding.mark is Mark.PROBLEM
    assert "no file" in finding.text


def test_a_certificate_for_nothing_that_can_be_typed_is_a_warning(tmp_path: Path) -> None:
    _, finding = look(make_certificate(tmp_path, names=["10.9.9.9"]))
    assert finding.mark is Mark.WARNING
    assert "no client can type that" in finding.text


@pytest.mark.parametrize("names", [["localhost", "127.0.0.1"], ["10.9.9.9"], []])
def test_a_certificate_that_a_headset_refuses_is_a_warning_although_this_machine_takes_it(
    tmp_path: Path, names: list[str]
) -> None:
    _, finding = look(make_certificate(tmp_path, names=names), "192.168.1.5", "192.168.1.6")
    assert finding.mark is Mark.WARNING
    assert "at 192.168.1.5, 192.168.1.6, and refuse it there" in finding.text


def test_a_key_that_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    made.key.chmod(0o644)
    _, finding = look(made)
    assert finding.mark is Mark.WARNING
    assert f"chmod o-r {made.key}" in finding.text


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (["localhost"], "LOCALHOST", True),
        (["192.168.1.5"], "192.168.1.5", True),
        (["FD00:0:0:0:0:0:0:5"], "fd00::5", True),
        (["192.168.1.5"], "192.168.1.50", False),
        (["*.game.example"], "npc.game.example", True),
        (["*.game.example"], "a.npc.game.example", False),
        (["*.game.example"], "game.example", False),
        (["game.example"], "192.168.1.5", False),
        ([], "localhost", False),
    ],
)
def test_a_certificate_is_for_the_names_it_has(names: list[str], host: str, expected: bool) -> None:
    certificate = Certificate(tuple(names), datetime.now(UTC), datetime.now(UTC), "1")
    assert covers(certificate, host) is expected


def test_names_to_type_are_whole_names() -> None:
    names = ("*.game.example", "npc.game.example", "localhost", "192.168.1.5")
    assert names_to_type(Certificate(names, datetime.now(UTC), datetime.now(UTC), "1")) == ["npc.game.example"]
