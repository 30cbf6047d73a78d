"""Who may come in: every token is compared, reloading revokes and keeps, and what visitors take is counted."""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loquent.access import Access, AccessError, Allowance, Share, Visitor, authorization, is_loopback, require_tokens
from loquent.tokens import TokensError

GOOD = "good-token-0123456789"
OTHER = "other-token-0123456789"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def entry(name: str, token: str, more: str = "") -> str:
    """Return a tokens file's entry."""
    return f'[{name}]\nsha256 = "{hashlib.sha256(token.encode()).hexdigest()}"\n{more}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "tokens.toml"
    made.write_text(entry("quest", GOOD) + entry("desk", OTHER))
    return made


def visitor(access: Access, token: str) -> Visitor:
    """Return who shows a good token."""
    found = access.check(token, NOW)
    assert found is not None
    return found


# --- check ---------------------------------------------------------------------------------------------------


def test_a_token_says_who_it_is(file: Path) -> None:
    access = Access.read(file)
    assert visitor(access, GOOD).name == "quest"
    assert visitor(access, OTHER).name == "desk"
    assert visitor(access, GOOD) is visitor(access, GOOD)
    assert not access.is_open


@pytest.mark.parametrize(
    "token", [None, "", GOOD[:-1], GOOD + "x", GOOD.upper(), "x", "é" * 20, hashlib.sha256(GOOD.encode()).hexdigest()]
)
def test_another_token_is_nobodys(file: Path, token: str | None) -> None:
    assert Access.read(file).check(token, NOW) is None


def test_a_token_too_short_is_not_taken_although_its_hash_is_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(entry("a", "short"))
    assert Access.read(file).check("short", NOW) is None


def test_the_hash_of_nothing_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(f'[a]\nsha256 = "{"0" * 64}"')
    assert Access.read(file).check("x", NOW) is None
    assert Access.read(file).check(None, NOW) is None


@pytest.mark.parametrize(
    "token", [None, "x", "first-token-0123456789", "last-token-0123456789", "wrong-token-0123456789"]
)
def test_every_entry_is_compared_whichever_matches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    file = tmp_path / "tokens.toml"
    names = ["first", "second", "third", "last"]
    file.write_text("".join(entry(name, f"{name}-token-0123456789") for name in names))
    access = Access.read(file)
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    access.check(token, NOW)
    assert len(compared) == len(names)
    assert all(len(one) == len(other) == 32 for one, other in compared)


def test_a_token_is_taken_until_it_expires(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(entry("quest", GOOD, "expires = 2027-01-01"))
    access = Access.read(file)
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    found = access.check(GOOD, new_year - timedelta(seconds=1))
    assert found is not None
    assert found.may_stay(new_year - timedelta(seconds=1))
    assert not found.may_stay(new_year)
    assert access.check(GOOD, new_year) is None


def test_a_token_that_has_expired_is_named_at_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(entry("old", GOOD, "expires = 2020-01-01") + entry("new", OTHER))
    access = Access.read(file)
    assert caplog.messages == [f"{file}: no longer taken, since they have expired: old"]
    assert access.check(GOOD) is None
    assert access.check(OTHER) is not None


def test_without_a_file_everybody_comes_in_as_one_visitor_without_limits() -> None:
    access = Access.none()
    assert access.is_open
    for token in (None, "anything"):
        found = access.check(token)
        assert found is not None
        assert found is access.check(None)
        assert found.connections.most is found.turns.most is None
    assert access.reload() == frozenset()


# --- reload --------------------------------------------------------------------------------------------------


def test_reloading_revokes_whose_token_is_gone_or_another(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    access = Access.read(file)
    quest, desk = visitor(access, GOOD), visitor(access, OTHER)
    file.write_text(entry("desk", "a-new-token-0123456789") + entry("booth", "booth-token-0123456789"))
    assert access.reload() == frozenset({"quest", "desk"})
    assert quest.revoked
    assert desk.revoked
    assert not desk.may_stay(NOW)
    assert access.check(GOOD, NOW) is access.check(OTHER, NOW) is None
    assert visitor(access, "a-new-token-0123456789") is not desk
    assert caplog.messages == [f"{file} was read again: revoked desk, quest; new desk, booth"]
    assert GOOD not in caplog.text


def test_reloading_keeps_who_has_the_same_token_and_gives_it_its_new_limits(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    access = Access.read(file)
    quest = visitor(access, GOOD)
    first, second = quest.connections.take(), quest.connections.take()
    assert first
    assert second
    file.write_text(entry("quest", GOOD, "connections = 1\nturns = 5\nexpires = 2027-01-01") + entry("desk", OTHER))
    assert access.reload() == frozenset()
    assert visitor(access, GOOD) is quest
    assert (quest.connections.taken, quest.connections.most, quest.turns.most) == (2, 1, 5)
    assert not quest.may_stay(datetime(2027, 1, 1, tzinfo=UTC))
    assert quest.connections.take() is None
    first.give_back()
    assert quest.connections.take() is None
    second.give_back()
    assert quest.connections.take()
    assert caplog.messages == []


def test_a_token_under_another_name_is_another_visitors(file: Path) -> None:
    access = Access.read(file)
    file.write_text(entry("headset", GOOD) + entry("desk", OTHER))
    assert access.reload() == frozenset({"quest"})
    assert visitor(access, GOOD).name == "headset"


@pytest.mark.parametrize("text", ["", "[quest", "[quest]\nsha256 = 5", None])
def test_a_broken_file_keeps_the_tokens_from_before_and_says_so_once(
    file: Path, caplog: pytest.LogCaptureFixture, text: str | None
) -> None:
    access = Access.read(file)
    quest = visitor(access, GOOD)
    good = file.read_text()
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    assert access.reload() is None
    assert access.reload() is None
    assert visitor(access, GOOD) is quest
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("the tokens from before stay valid: ")
    assert str(file) in caplog.messages[0]
    file.write_text(good)
    assert access.reload() == frozenset()
    assert visitor(access, GOOD) is quest
    assert caplog.messages[1:] == [f"{file} can be used again, and lets in whom it did before"]
    file.write_text("[quest")
    assert access.reload() is None
    assert len(caplog.messages) == 3
    assert caplog.records[-1].levelno == logging.ERROR


def test_a_broken_file_at_the_start_is_an_error(file: Path) -> None:
    file.write_text("")
    with pytest.raises(TokensError):
        Access.read(file)


# --- counting ------------------------------------------------------------------------------------------------


@given(st.none() | st.integers(1, 4), st.lists(st.integers(0, 9), max_size=40))
def test_what_is_taken_is_never_more_than_allowed_nor_less_than_nothing(most: int | None, steps: list[int]) -> None:
    """A step takes a share, or gives one of those back that were ever taken, perhaps once more."""
    allowance = Allowance(most)
    shares: list[Share] = []
    held: set[int] = set()
    for step in steps:
        if step >= 5 or not shares:
            share = allowance.take()
            assert (share is None) == (most is not None and len(held) == most)
            if share is not None:
                held.add(len(shares))
                shares.append(share)
        else:
            index = step % len(shares)
            shares[index].give_back()
            held.discard(index)
        assert allowance.taken == len(held)


def test_a_share_is_given_back_when_its_block_fails() -> None:
    allowance = Allowance(1)
    with pytest.raises(ZeroDivisionError):
        take_and_fail(allowance)
    assert allowance.taken == 0
    assert allowance.take() is not None


def take_and_fail(allowance: Allowance) -> None:
    share = allowance.take()
    assert share is not None
    with share:
        assert allowance.take() is None
        raise ZeroDivisionError


# --- the header ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer a-._~+/b==", "a-._~+/b=="),
        ("BEARER   abc ", "abc"),
        (None, None),
        ("", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Bearerabc", None),
        ("Bearer a b", None),
        ("Bearer a, Bearer b", None),
        ('Bearer "abc"', None),
        ("Bearer =", None),
        ("Bearer a\tb", None),
        ("Bearer é", None),
        ("Basic dXNlcjpwYXNz", None),
        ("Token abc", None),
    ],
)
def test_the_authorization_header(header: str | None, token: str | None) -> None:
    assert authorization(header) == token


# --- whether the server may be reached -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.8.7", True),
        ("127.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("::ffff:192.168.1.5", False),
        ("fe80::1", False),
        ("no.such.host.invalid", False),
        ("", False),
        ("x" * 300, False),
    ],
)
def test_what_is_reached_from_this_machine_only(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_name_is_this_machines_only_if_all_its_addresses_are(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = ["127.0.0.1"]

    def resolve(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert is_loopback("game.example")
    require_tokens("game.example", Access.none(), allow_anonymous=False)
    addresses.append("192.168.1.5")
    assert not is_loopback("game.example")
    with pytest.raises(AccessError):
        require_tokens("game.example", Access.none(), allow_anonymous=False)


def test_other_addresses_than_the_loopback_need_tokens_or_a_word(file: Path) -> None:
    require_tokens("localhost", Access.none(), allow_anonymous=False)
    require_tokens("0.0.0.0", Access.read(file), allow_anonymous=False)
    require_tokens("0.0.0.0", Access.none(), allow_anonymous=True)
    with pytest.raises(AccessError) as refused:
        require_tokens("0.0.0.0", Access.none(), allow_anonymous=False)
    for hint in ("0.0.0.0", "`loquent token NAME`", "--allow-anonymous"):
        assert hint in str(refused.value)


@pytest.mark.parametrize("host", ["no.such.host.invalid", ""])
def test_a_host_that_cannot_be_found_is_not_taken_for_this_machine(host: str) -> None:
    with pytest.raises(AccessError, match="--host"):
        require_tokens(host, Access.none(), allow_anonymous=False)
