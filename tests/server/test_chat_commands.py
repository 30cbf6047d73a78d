"""The chat's commands: what is typed is understood, or it's said how it's right."""

from __future__ import annotations

from pathlib import Path

import pytest

from loquent.chat_commands import Choose, CommandError, Look, parse, table


def test_a_decision_is_a_question_and_what_there_is_to_choose() -> None:
    assert parse("/decide Did he agree? yes | no|not yet ") == Choose("Did he agree?", ("yes", "no", "not yet"))


@pytest.mark.parametrize(
    "line", ["/decide", "/decide yes | no", "/decide Did he?", "/decide Did he? yes", "/decide Did he? yes |"]
)
def test_a_decision_that_is_none_is_told_how_it_is_right(line: str) -> None:
    with pytest.raises(CommandError, match=r"/decide Did he agree\? yes \| no"):
        parse(line)


def test_a_picture_is_shown_with_words(tmp_path: Path) -> None:
    file = tmp_path / "my picture.png"
    file.write_bytes(b"picture")
    assert parse(f"/look '{file}' What's this?") == Look(b"picture", "What's this?")
    plain = tmp_path / "p.png"
    plain.write_bytes(b"picture")
    assert parse(f"/look {plain}  Isn't it nice?") == Look(b"picture", "Isn't it nice?")


def test_a_picture_with_options_is_a_decision_about_it(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"picture")
    asked = parse(f"/look {tmp_path / 'p.png'} Which is it? cup | sword")
    assert asked == Choose("Which is it?", ("cup", "sword"), (b"picture",))
    with pytest.raises(CommandError, match="/decide Did he agree"):
        parse(f"/look {tmp_path / 'p.png'} Which is it? cup |")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/look", "Write it like this: /look"),
        ("/look picture.png", "Write it like this: /look"),
        ("/look /nowhere/picture.png What is it?", "can't be read (No such file or directory)"),
        ("/dance", "There is no command /dance; /help lists"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(line: str, says: str) -> None:
    with pytest.raises(CommandError) as refused:
        parse(line)
    assert says in str(refused.value)


def test_help_names_every_command() -> None:
    told = parse("/help")
    assert isinstance(told, str)
    assert all(name in told for name in ("/decide", "/look", "/help"))


def test_a_decision_is_shown_with_its_probabilities() -> None:
    assert table(["yes", "not yet"], [0.25, 0.75], 1) == (
        "  yes       25.0%  █████\n> not yet   75.0%  ███████████████"
    )
