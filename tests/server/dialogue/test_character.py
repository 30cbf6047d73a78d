"""Character files: the shipped ones can be used as they are, and each is somebody of its own."""

from __future__ import annotations

import pytest

from loquent.dialogue.character import SHIPPED, Character, load_characters

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
