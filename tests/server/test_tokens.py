"""The tokens file: what may stand in it, the sentence for what may not, and how entries are made."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import textwrap
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loquent.tokens import TokensError, digest, make_token, new_token, read_tokens

PLAIN = "correct-horse-battery-staple"
HASH = hashlib.sha256(PLAIN.encode()).hexdigest()


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write a tokens file."""
    file = folder / "tokens.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def refusal(file: Path) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(TokensError) as refused:
        read_tokens(file)
    said = str(refused.value)
    assert said.endswith((".", "?")), said
    assert str(file) in said
    assert PLAIN not in said
    return said


def test_an_entry_has_the_hash_of_a_token_or_the_token_itself_and_limits(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        f'[quest-build]\nsha256 = "{HASH.upper()}"\nconnections = 4\nturns = 8\nexpires = 2027-01-01\n'
        '[2_desk]\ntoken = "another-token-0123"\nexpires = 2027-01-01T12:00:00+02:00\n',
    )
    quest, desk = read_tokens(file)
    assert (quest.name, quest.connections, quest.turns) == ("quest-build", 4, 8)
    assert quest.digest == hashlib.sha256(PLAIN.encode()).digest()
    assert quest.expires == datetime(2027, 1, 1, tzinfo=UTC)
    assert (desk.name, desk.connections, desk.turns) == ("2_desk", None, None)
    assert desk.digest == hashlib.sha256(b"another-token-0123").digest()
    assert desk.expires == datetime(2027, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))


def test_the_example_in_the_documentation_is_a_tokens_file(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    example = page[page.index("    [quest-build]") :].partition("\n\n")[0]
    (token,) = read_tokens(write(tmp_path, textwrap.dedent(example)))
    assert (token.name, token.connections, token.turns) == ("quest-build", 20, 20)
    assert token.expires == datetime(2027, 1, 31, tzinfo=UTC)


def test_a_file_as_editors_of_other_systems_save_it(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    file.write_bytes(f'\ufeff[a]\r\nsha256 = "{HASH}"\r\n'.encode())
    assert [token.name for token in read_tokens(file)] == ["a"]


def test_an_entry_does_not_print_its_hash(tmp_path: Path) -> None:
    (token,) = read_tokens(write(tmp_path, f'[a]\nsha256 = "{HASH}"'))
    assert "a" in repr(token)
    assert "digest" not in repr(token)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "`loquent token NAME`"),
        ("# nobody\n", "holds no token"),
        ("[a", "isn't valid TOML"),
        (f'[a]\nsha256 = "{HASH}"\n\n[a]\nturns = 1', "isn't valid TOML"),
        (f'token = "{PLAIN}"', "stands in no table"),
        ("[a]", "line 1: [a]: a token needs either sha256 or token"),
        (f'\n[a]\nsha256 = "{HASH}"\ntoken = "{PLAIN}"', "line 4: [a]: a token needs either"),
        (f'[b]\nsha256 = "{HASH}"\n[a]\nconections = 1', "line 4: [a]: a token has no key conections; did you mean connections?"),
        (f'[a]\nsha256 = "{HASH}"\nzzz = 1', "line 3: [a]: a token has no key zzz; it may have sha256, token,"),
        (f'[a.b]\nsha256 = "{HASH}"', "[a]: a token has no key b"),
        (f'["a b"]\nsha256 = "{HASH}"', "line 1: [a b]: a name has 1 to 64 letters"),
        (f'[{"a" * 65}]\nsha256 = "{HASH}"', "a name has 1 to 64 letters"),
        (f'[a]\nsha256 = "{PLAIN}"', "line 2: [a]: sha256 is the hash of a token"),
        ("[a]\nsha256 = 5", "sha256 is the hash of a token"),
        ("[a]\ntoken = 5", "token is a text"),
        ('[a]\ntoken = "0123456789abcde"', "the token has 15 characters, and fewer than 16 can be guessed"),
        ('[a]\ntoken = "correct horse battery"', "letters, digits and -._~+/"),
        (f'[a]\ntoken = "{"x" * 513}"', "at most 512"),
        (f'[a]\nsha256 = "{HASH}"\nconnections = 0', "line 3: [a]: connections is a number, at least 1"),
        (f'[a]\nsha256 = "{HASH}"\nturns = true', "turns is a number"),
        (f'[a]\nsha256 = "{HASH}"\nturns = "8"', "turns is a number"),
        (f'[a]\nsha256 = "{HASH}"\nexpires = "2027-01-01"', "expires is a date without quotes"),
        (f'[a]\nsha256 = "{HASH}"\nexpires = 2027-01-01T00:00:00', "put Z behind it"),
        (f'[a]\nsha256 = "{HASH}"\n[b]\ntoken = "{PLAIN}"', "line 3: [b] has the same token as [a]"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_a_sentence_with_the_line(tmp_path: Path, text: str, says: str) -> None:
    assert says in refusal(write(tmp_path, text))


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000, "2027-13-01"])
def test_values_that_the_parser_chokes_on(tmp_path: Path, value: str) -> None:
    assert "isn't valid TOML" in refusal(write(tmp_path, f"[a]\nturns = {value}"))


PARTS = [
    "[a]",
    "[b]",
    "[",
    "]",
    "\n",
    "sha256",
    "token",
    "turns",
    "expires",
    " = ",
    '"',
    f'"{PLAIN}"',
    f'"{HASH}"',
    "1",
    "2027-01-01",
    ".",
]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=20).map("".join))
def test_any_text_is_read_or_refused_in_a_sentence_without_a_token(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder), text)
        said = str(file)
        try:
            assert read_tokens(file)
        except TokensError as refused:
            said = str(refused)
        assert str(file) in said
        assert PLAIN not in said


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "none.toml")
    assert "isn't a file" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "isn't a file" in refusal(tmp_path / "pipe")
    file = tmp_path / "tokens.toml"
    file.write_bytes(b'[a]\ntoken = "\xff"')
    assert "isn't UTF-8 text" in refusal(file)
    file.write_bytes(b"#" * ((1 << 20) + 1))
    assert "more than 1048576 bytes" in refusal(file)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o440])
def test_a_token_in_plain_text_may_be_read_by_owner_and_group(tmp_path: Path, mode: int) -> None:
    assert len(read_tokens(write(tmp_path, f'[a]\ntoken = "{PLAIN}"', mode))) == 1


def test_a_token_in_plain_text_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, f'[a]\ntoken = "{PLAIN}"', 0o644)
    assert f"chmod o-r {file}" in refusal(file)
    assert len(read_tokens(write(tmp_path, f'[a]\nsha256 = "{HASH}"', 0o644))) == 1


def test_a_file_that_everybody_may_write_to_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, f'[a]\nsha256 = "{HASH}"', 0o602)
    assert f"chmod o-w {file}" in refusal(file)


@pytest.mark.parametrize(
    "text",
    ["", "x" * 15, "x" * 513, "x" * 15 + "é", "x" * 16 + "\n", "x" * 16 + " ", "=" + "x" * 16, "x" * 16 + "\0", "\ud800" * 16],
)  # fmt: skip
def test_what_cannot_be_a_token_has_no_digest(text: str) -> None:
    assert digest(text) is None


def test_a_new_token_has_256_random_bits_and_its_entry_does_not_hold_it(tmp_path: Path) -> None:
    made = [new_token("quest", connections=2, turns=3, expires=date(2027, 1, 2)) for _ in range(50)]
    assert len({token for token, _ in made}) == 50
    for token, entry in made:
        assert token.startswith("lq_")
        assert len(token) == 3 + 43
        assert token not in entry
        (read,) = read_tokens(write(tmp_path, entry))
        assert read.digest == digest(token)
        assert (read.name, read.connections, read.turns) == ("quest", 2, 3)
        assert read.expires == datetime(2027, 1, 2, tzinfo=UTC)


def make(file: Path, name: str, **limits: int) -> str:
    """Make a token; returns what is reported."""
    lines: list[str] = []
    make_token(file, name, **limits, report=lines.append)  # type: ignore[arg-type]
    return "\n".join(lines)


def shown(report: str) -> str:
    """Return the token that a report shows."""
    (token,) = [line.strip() for line in report.splitlines() if line.strip().startswith("lq_")]
    assert report.count(token) == 1
    return token


def test_making_a_token_makes_a_file_for_its_owner_alone_and_shows_the_token_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    report = make(file, "quest", connections=2)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (read,) = read_tokens(file)
    assert read.digest == digest(shown(report))
    assert read.connections == 2
    assert shown(report) not in file.read_text()
    assert "Unity" in report
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.toml"]


def test_making_another_keeps_the_rest_of_the_file_and_its_mode(tmp_path: Path) -> None:
    file = write(tmp_path, f'# ours\n[a]\nsha256 = "{HASH}"', 0o640)
    make(file, "b")
    assert file.read_text().startswith(f'# ours\n[a]\nsha256 = "{HASH}"\n\n[b]\n')
    assert [token.name for token in read_tokens(file)] == ["a", "b"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_an_empty_file_may_get_its_first(tmp_path: Path) -> None:
    file = write(tmp_path, "\n")
    make(file, "a")
    assert [token.name for token in read_tokens(file)] == ["a"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file = write(tmp_path / "real", f'[a]\nsha256 = "{HASH}"')
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    make(link, "b")
    assert link.is_symlink()
    assert len(read_tokens(file)) == 2


@pytest.mark.parametrize(
    ("name", "limits", "says"),
    [
        ("a", {}, "line 1: there is a token a already"),
        ("b c", {}, "can't be called 'b c'"),
        ("", {}, "can't be called ''"),
        ("b", {"connections": 0}, "--connections"),
        ("b", {"turns": -1}, "--turns"),
        ("b", {"expires": datetime.now(UTC).date()}, "--expires"),
    ],
)
def test_what_cannot_be_made_is_a_sentence_and_changes_nothing(
    tmp_path: Path, name: str, limits: dict[str, Any], says: str
) -> None:
    file = write(tmp_path, f'[a]\nsha256 = "{HASH}"')
    before = file.read_bytes()
    with pytest.raises(TokensError) as refused:
        make(file, name, **limits)
    assert says in str(refused.value)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.toml"]


def test_a_broken_file_is_not_added_to(tmp_path: Path) -> None:
    file = write(tmp_path, "[a")
    with pytest.raises(TokensError, match="isn't valid TOML"):
        make(file, "b")
    assert file.read_text() == "[a"
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.toml"]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TokensError, match=rf"There is no folder {tmp_path}/none; "):
        make(tmp_path / "none" / "tokens.toml", "a")


def test_two_at_once_do_not_lose_each_others(tmp_path: Path) -> None:
    """Whoever comes second is told, and the first one's file isn't touched."""
    beside = tmp_path / "tokens.toml.new"
    beside.write_text("half an ent")
    with pytest.raises(TokensError, match="is at work"):
        make(tmp_path / "tokens.toml", "a")
    assert beside.read_text() == "half an ent"


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, f'[a]\nsha256 = "{HASH}"')

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TokensError, match="No space left on device"):
        make(file, "b")
    assert list(tomllib.loads(file.read_text())) == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.toml"]
