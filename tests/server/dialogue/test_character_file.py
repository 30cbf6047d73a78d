"""Character files: the shipped ones can be used as they are, and each is somebody of its own; what is wrong with one is a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loquent.dialogue.character import Character
from loquent.dialogue.character_file import SHIPPED, CharacterError, load_characters
from loquent.dialogue.cues import Cue, parsed
from loquent.dialogue.prompt import system
from loquent.engines.base import Sampling
from loquent.wire.frames import Options

CHARACTERS = load_characters(SHIPPED)


def test_three_are_shipped_under_names_that_can_be_typed() -> None:
    assert list(CHARACTERS) == ["bard", "guard", "innkeeper"]
    assert len({character.name for character in CHARACTERS.values()}) == 3


@pytest.mark.parametrize("character", CHARACTERS.values(), ids=CHARACTERS)
def test_a_shipped_character_knows_who_it_is_and_speaks_aloud(character: Character) -> None:
    """What every canvas needs of a reply: few sentences, no markup, and no talk of being a model."""
    assert character.persona.startswith(f"You are {character.name}, ")
    assert character.style.startswith(
        "You speak in short, plain sentences, as people speak aloud: one to three of them, never a list"
    )
    assert f"You are never anything but {character.name}" in character.persona
    assert len(system(character, Options())) < 1800
    assert character.greeting
    assert any(piece.mark for piece in parsed(character.greeting, character.cues))


WHOLE = 'name = "Ada"\npersona = "You are Ada."\n'


def test_a_file_as_editors_of_other_systems_save_it(tmp_path: Path) -> None:
    (tmp_path / "ada.toml").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    (tmp_path / "notes.txt").write_text("not a character")
    assert load_characters(tmp_path) == {"ada": Character("Ada", "You are Ada.")}


FULL = """
name = "Ada"
persona = "You are Ada."
style = "You speak softly."
knowledge = ["A bed is two silver.", "It rains."]
greeting = "[wave] Good evening!"
language = "en-GB"
strict_cues = true

[cues]
wave = "you greet"
look_at = { when = "you speak of it", arguments = ["door", "old  map"] }

[sampling]
temperature = 0.7
top_p = 0.9
repetition_penalty = 1.1
max_tokens = 80
"""


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    (tmp_path / "ada.toml").write_text(FULL)
    assert load_characters(tmp_path)["ada"] == Character(
        "Ada",
        "You are Ada.",
        style="You speak softly.",
        knowledge=("A bed is two silver.", "It rains."),
        greeting="[wave] Good evening!",
        language="en-GB",
        cues=(Cue("wave", "you greet"), Cue("look_at", "you speak of it", ("door", "old map"))),
        strict_cues=True,
        sampling=Sampling(80, 0.7, 0.9, None, 1.1),
    )


def test_an_adapter_is_a_folder_beside_the_file_or_a_name_on_the_hub(tmp_path: Path) -> None:
    (tmp_path / "pirate").mkdir()
    (tmp_path / "pirate" / "adapter_config.json").write_text("{}")
    for named, expected in (("pirate", str(tmp_path / "pirate")), ("studio/pirate", "studio/pirate")):
        (tmp_path / "ada.toml").write_text(WHOLE + f'adapter = "{named}"')
        assert load_characters(tmp_path)["ada"].adapter == expected
    (tmp_path / "pirate" / "adapter_config.json").unlink()
    for named, says in (("pirate", "without adapter_config.json"), ("./nobody", "names no folder"), ("x", "names no")):
        (tmp_path / "ada.toml").write_text(WHOLE + f'adapter = "{named}"')
        with pytest.raises(CharacterError, match=f"ada.toml, line 3: adapter .*{says}"):
            load_characters(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 3\npersona = 'x'", 'ada.toml, line 1: name must be a text, such as "…".'),
        ("name = 'x'", "ada.toml: the file needs persona."),
        ("name = 'x'\npersona = ' '", "ada.toml, line 2: persona must be a text"),
        (WHOLE + "nmae = 'x'", "ada.toml, line 3: nmae is no key here: did you mean name?"),
        (WHOLE + "\n[samplin]\n", "ada.toml, line 4: samplin is no key here: did you mean sampling?"),
        (WHOLE + "knowledge = 'one'\nstile = 'x'", "line 4: stile is no key here: did you mean style?"),
        (WHOLE + "knowledge = [1]", "line 3: knowledge must be a text or some texts"),
        (WHOLE + "language = 'klingon, please'", "line 3: language must be a language tag"),
        (WHOLE + "greeting = '[wave]'\n[cues]\nwave = 'x'", "line 3: greeting must hold words"),
        (WHOLE + "strict_cues = 1", "line 3: strict_cues must be true or false."),
        (WHOLE + "strict_cues = true", "line 3: strict_cues needs cues"),
        (WHOLE + "cues = ['wave']", "line 3: cues must be a table, written [cues]"),
        (WHOLE + "[cues]\n'Wave!' = 'you greet'", "line 4: Wave! of [cues] can't be a cue's name"),
        (WHOLE + "[cues]\nwave = ''", "line 4: wave of [cues] must be a text"),
        (WHOLE + "[cues]\nwave = 3", "line 4: wave of [cues] must say when"),
        (WHOLE + "[cues]\nwave = { wen = 'x' }", "wave of [cues] has no key wen"),
        (WHOLE + "[cues]\nwave = { arguments = ['x'] }", "wave of [cues] needs when"),
        (WHOLE + "[cues]\nwave = { when = 'x', arguments = ['a]'] }", "wave of [cues] must have for arguments"),
        (WHOLE + "[cues]\nwave = { when = 'x', arguments = ['a', ' A'] }", "wave of [cues] has an argument twice"),
        (WHOLE + "[cues]\nwave = { when = 'x', arguments = ['a b', 'a_b'] }", "wave of [cues] has an argument twice"),
        ("name = 'A\\nB'\npersona = 'x'".replace("'A", '"A').replace("B'", 'B"'), "line 1: name must be one line"),
        (f"name = '{'x' * 129}'\npersona = 'x'", "line 1: name must be one line of at most 128 bytes"),
        (WHOLE + "[cues]\nnod = 'x'\n[cues.wave]\narguments = ['x']", "line 5: wave of [cues] needs when"),
        (WHOLE + "[cues.wave]\nwhen = 3", "line 3: wave of [cues] needs when"),
        (WHOLE + "[sampling]\ntop_p = 0", "line 4: top_p of [sampling] must be above 0"),
        (WHOLE + "[sampling]\ntemperature = 3", "line 4: temperature of [sampling] must be a number from 0 to 2."),
        (
            WHOLE + "[sampling]\ntemprature = 1",
            "line 4: temprature of [sampling] is no key here: did you mean temperature?",
        ),
        (WHOLE + "[sampling]\nmax_tokens = 0", "max_tokens of [sampling] must be a whole number from 1 to 2048"),
        ("name = ", "ada.toml isn't valid TOML"),
        ("name = " + "9" * 5000, "ada.toml isn't valid TOML"),
        (b"name = '\xe9'", "ada.toml isn't UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_sentence_with_the_line_and_the_right_key(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    (tmp_path / "ada.toml").write_bytes(text.encode() if isinstance(text, str) else text)
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
    with pytest.raises(CharacterError, match=r"ada.toml can't be read \(Is a directory\)"):
        load_characters(tmp_path / "empty")
