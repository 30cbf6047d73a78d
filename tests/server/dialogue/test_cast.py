"""Characters that change while the server runs: what is saved counts, what is wrong is told and changes nothing, and talk goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from loquent.dialogue.cast import Cast, adapters_of
from loquent.dialogue.character import Character
from loquent.dialogue.character_file import CharacterError
from loquent.engines.base import Request
from loquent.engines.scripted import ScriptedEngine
from loquent.wire.frames import Fault
from support.table import Table, open_, say
from support.virtual_time import virtual_time


def write(folder: Path, name: str, persona: str, more: str = "") -> None:
    """Write a character file, as an editor saves it."""
    (folder / f"{name}.toml").write_text(f'name = "{name.title()}"\npersona = "{persona}"\n{more}')


def rest(cast: Cast) -> None:
    """Look as often as it takes to see that a file rests."""
    cast.look()
    cast.look()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two characters."""
    write(tmp_path, "ada", "You are Ada.")
    write(tmp_path, "bo", "You are Bo.")
    return tmp_path


def test_a_saved_file_counts_once_it_rests(folder: Path) -> None:
    cast = Cast.read(folder)
    write(folder, "ada", "You are Ada, and old.")
    cast.look()
    assert cast["ada"].persona == "You are Ada."
    cast.look()
    assert cast["ada"].persona == "You are Ada, and old."


def test_one_can_come_and_one_can_go(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    cast = Cast.read(folder)
    write(folder, "al", "You are Al.")
    (folder / "bo.toml").unlink()
    rest(cast)
    assert list(cast) == ["ada", "al"]
    assert "bo.toml is gone" in caplog.text
    assert "al.toml has been read and is a new character" in caplog.text
    write(folder, "al", "You are Al, and old.")
    rest(cast)
    assert "al.toml has been read and counts from the next reply on" in caplog.text


def test_hidden_files_are_the_editors_own(folder: Path) -> None:
    (folder / ".#ada.toml").symlink_to("somebody@a-machine.1")
    (folder / "._bo.toml").write_bytes(b"\x00\x05\x16\x07\xff")
    assert list(Cast.read(folder)) == ["ada", "bo"]


def test_each_adapter_is_known_once_and_as_of_now(folder: Path) -> None:
    cast = Cast.read(folder)
    assert adapters_of(cast) == []
    write(folder, "ada", "You are Ada.", 'adapter = "org/pirate"')
    write(folder, "bo", "You are Bo.", 'adapter = "org/pirate"')
    rest(cast)
    assert adapters_of(cast) == ["org/pirate"]


def test_what_is_wrong_is_told_once_and_changes_nothing(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    cast = Cast.read(folder)
    write(folder, "ada", "You are Ada.", "stile = 'x'")
    write(folder, "new", "You are New.", "stile = 'x'")
    for _ in range(5):
        cast.look()
    assert list(cast) == ["ada", "bo"]
    assert cast["ada"] == Character("Ada", "You are Ada.")
    told = [record.message for record in caplog.records]
    assert len(told) == 2
    assert "ada.toml, line 3: stile is no key here: did you mean style?" in told[0]
    assert "stays as it was" in told[0]
    assert "no such character" in told[1]
    write(folder, "ada", "You are Ada.", "style = 'x'")
    rest(cast)
    assert cast["ada"].style == "x"


def test_a_folder_that_is_gone_leaves_everybody_there(folder: Path) -> None:
    cast = Cast.read(folder)
    for file in list(folder.iterdir()):
        file.unlink()
    folder.rmdir()
    rest(cast)
    assert list(cast) == ["ada", "bo"]


def test_what_does_not_suit_the_engine_is_refused_then_and_later(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def short(name: str, character: Character) -> None:
        if len(character.persona) > 30:
            raise CharacterError(f"The character {name} is too long.")

    cast = Cast.read(folder)
    cast.suit(short)
    write(folder, "ada", "You are Ada. " * 9)
    rest(cast)
    assert cast["ada"].persona == "You are Ada."
    assert "The character ada is too long." in caplog.text
    with pytest.raises(CharacterError, match="ada is too long"):
        Cast.read(folder).suit(short)


async def talk(folder: Path, change: Callable[[], None]) -> list[str]:
    """Say something, change something, say something more; returns what the model was told each time."""
    told: list[str] = []

    def script(request: Request) -> str:
        told.append(request.messages[0].content)
        return "Aye."

    cast = Cast.read(folder)
    t = Table(ScriptedEngine(script, tokens_per_second=0), characters=cast)
    await t.keeper.start()
    t.act(open_(character="ada"), say(1))
    await asyncio.sleep(1)
    change()
    rest(cast)
    t.act(say(2))
    await asyncio.sleep(1)
    assert t.ends(1) == t.ends(2) == ["stop"]
    t.act(open_(2, character="ada"))
    told += [fault.code for fault in t.frames if isinstance(fault, Fault)]
    await t.close()
    return told


@virtual_time
async def _test_next_turn(folder: Path) -> None:
    told = await talk(folder, lambda: write(folder, "ada", "You are Ada, and old."))
    assert told == ["You are Ada.", "You are Ada, and old."]


def test_the_next_turn_of_an_open_conversation_has_the_new_character(folder: Path) -> None:
    _test_next_turn(folder)


@virtual_time
async def _test_gone(folder: Path) -> None:
    assert await talk(folder, lambda: (folder / "ada.toml").unlink()) == [
        "You are Ada.",
        "You are Ada.",
        "character_unknown",
    ]


def test_a_conversation_goes_on_with_a_character_whose_file_is_gone(folder: Path) -> None:
    _test_gone(folder)
