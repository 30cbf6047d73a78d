"""Character files: the shipped ones can be used as they are, and each is somebody of its own; what is wrong with one is a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loquent.dialogue.character import SHIPPED, Character, CharacterError, load_characters

CHARACTERS = load_characters(SHIPPED)


def test_three_are_shipped_under_names_that_can_be_typed() -> None:
    assert list(CHARACTERS) == ["bard", "guard", "innkeeper"]
    assert len({character.name for character in CHARACTERS.values()}) == 3


@pytest.mark.parametrize("character", CHARACTERS.values(), ids=CHARACTERS)
def test_a_shipped_character_knows_who_it_is_and_speaks_aloud(character: Character) -> None:
    """What every canvas needs of a reply: few sentences, no markup, and no talk of being a model."""
    assert character.persona.startswith(f"You are {character.name}, ")
    assert "You speak in short, plain sentences, as people speak aloud: one to three of them, never a list" in (
        character.persona
    )
    assert f"You are never anything but {character.name}" in character.persona
    assert len(character.persona) < 1000


WHOLE = 'name = "Ada"\npersona = "You are Ada."\n'


def test_a_file_as_editors_of_other_systems_save_it(tmp_path: Path) -> None:
    (tmp_path / "ada.toml").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    (tmp_path / "notes.txt").write_text("not a character")
    assert load_characters(tmp_path) == {"ada": Character("Ada", "You are Ada.")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"name = 3\npersona = 'x'", "a character needs name, a text"),
        (b"name = 'x'", "a character needs persona, a text"),
        (WHOLE.encode() + b"nmae = 'x'", "a character has no key nmae; did you mean name?"),
        (b"name = ", "isn't valid TOML"),
        (b"name = " + b"9" * 5000, "isn't valid TOML"),
        (b"name = '\xe9'", "isn't UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_sentence_that_names_it(tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "ada.toml").write_bytes(text)
    with pytest.raises(CharacterError, match=re.escape(says)) as refused:
        load_characters(tmp_path)
    assert str(refused.value).startswith(str(tmp_path / "ada.toml"))


def test_a_folder_that_is_none_or_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(WHOLE)
    for folder in (tmp_path / "none", tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CharacterError, match=f"There is no folder {folder};"):
            load_characters(folder)
    with pytest.raises(CharacterError, match="can't be read: File name too long"):
        load_characters(tmp_path / ("x" * 300))
    (tmp_path / "empty").mkdir()
    with pytest.raises(CharacterError, match="holds no character file"):
        load_characters(tmp_path / "empty")
    (tmp_path / "empty" / "ada.toml").mkdir()
    with pytest.raises(CharacterError, match=r"ada.toml can't be read: Is a directory"):
        load_characters(tmp_path / "empty")
