"""Suites: what a game writer gets wrong is said with the line, and with the nearest right key."""

from __future__ import annotations

from pathlib import Path

import pytest

from loquent.dialogue.character_file import SHIPPED, load_characters
from loquent.evaluation.checks import Checks
from loquent.evaluation.suite import Asked, Said, SuiteError, load_suite, shipped_suites
from loquent.wire.frames import Options

WHOLE = '''
about = "Does she?"
character = "innkeeper"
repeat = 3

[player]
name = "Odo"
locale = "en-GB"
max_tokens = 60

[[decision]]
name = "wish"
say = "Good evening"
context = """
He says: [[reply]]
nothing = 1
"""
question = "What does he want?"
options = ["a bed", "beer"]
answer = "beer"

[[decision]]
name = "wish"
context = "He yawns."
answer = "a bed"
repeat = 1

[[image]]
image = "cat.png"
labels = ["cat", "dog"]
answer = "cat"

[[reply]]
say = ["Hello", "What is it called?"]
contains_any = "Kettle"
max_sentences = 2
language = "en"
cue = "wave"
no_cue = ["draw_sword"]
'''


def written(folder: Path, text: str) -> str:
    path = folder / "suite.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "cat.png").write_bytes(b"a picture")
    return str(path)


def test_a_whole_suite(tmp_path: Path) -> None:
    suite = load_suite(written(tmp_path, WHOLE))
    assert (suite.name, suite.character, suite.about) == ("suite", "innkeeper", "Does she?")
    assert suite.player == Options(player_name="Odo", locale="en-GB", max_tokens=60)
    first, second, picture, reply = suite.cases
    assert isinstance(first, Asked)
    assert isinstance(second, Asked)
    assert isinstance(picture, Asked)
    assert isinstance(reply, Said)
    assert first.say == ("Good evening",)
    assert first.question == "He says: [[reply]]\nnothing = 1\nWhat does he want?"
    assert (second.question, second.options, second.repeat) == ("He yawns.\nWhat does he want?", first.options, 1)
    assert (picture.kind, picture.images, picture.question) == ("image", (b"a picture",), "What does the picture show?")
    assert reply.checks == Checks(
        contains_any=("Kettle",), max_sentences=2, language="en", cue=("wave",), no_cue=("draw_sword",)
    )
    assert suite.attempts == 3 + 1 + 3 + 3


def test_what_the_command_line_says_wins(tmp_path: Path) -> None:
    suite = load_suite(written(tmp_path, WHOLE), repeat=2, character="guard")
    assert (suite.character, [case.repeat for case in suite.cases]) == ("guard", [2, 2, 2, 2])


def test_a_case_is_the_same_wherever_it_stands_and_whatever_it_is_called(tmp_path: Path) -> None:
    before = [case.id for case in load_suite(written(tmp_path, WHOLE)).cases]
    other = WHOLE.replace('about = "Does she?"', "").replace('name = "wish"', 'name = "want"').replace("repeat = 3", "")
    assert [case.id for case in load_suite(written(tmp_path, other)).cases] == before
    changed = [case.id for case in load_suite(written(tmp_path, WHOLE.replace("Kettle", "Pan"))).cases]
    assert [a == b for a, b in zip(before, changed, strict=True)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('about = "Does she?"', 'abuot = "x"', 2, "abuot is no key here: did you mean about?"),
        ('character = "innkeeper"', "", None, "needs character"),
        ("repeat = 3", "repeat = 0", 4, "repeat must be a whole number from 1 to 1000"),
        ('locale = "en-GB"', "local = 1", 8, "local of [player] is no key here: did you mean locale?"),
        ('options = ["a bed", "beer"]', 'option = ["x"]', 19, "option of [[decision]] is no key here: did you mean options?"),
        ('options = ["a bed", "beer"]', 'options = ["a bed"]', 19, "options of [[decision]] must be at least 2 texts"),
        ('options = ["a bed", "beer"]', 'options = ["beer", "beer"]', 19, "holds the same twice"),
        ('answer = "beer"', 'answer = "ber"', 20, "answer of [[decision]] is none of the options: did you mean beer?"),
        ('answer = "a bed"', 'answer = "gold"', 25, "none of the options: there are a bed, beer"),
        ('question = "What does he want?"', "", 11, "[[decision]] needs question"),
        ('image = "cat.png"', 'image = "dog.png"', 29, "dog.png, which can't be read (No such file or directory)"),
        ('labels = ["cat", "dog"]', "", 28, "[[image]] needs labels"),
        ('labels = ["cat", "dog"]', 'labels = ["cat", "dog"]\nname = "wish"', 31, "is wish, which the other kind"),
        ('language = "en"', 'language = "elvish"', 37, "language of [[reply]] is none that can be told apart"),
        ("max_sentences = 2", "max_sentence = 2", 36, "max_sentence of [[reply]] is no key here: did you mean max_sentences?"),
        ("max_sentences = 2", "max_sentences = true", 36, "must be a whole number"),
        ('say = ["Hello", "What is it called?"]', 'say = ["Hello", 1]', 34, "must be a text or some texts"),
        ('say = ["Hello", "What is it called?"]', "", 33, "[[reply]] needs say"),
        ("[[image]]", "[image]", 28, "must be written [[image]]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, line: int | None, words: str) -> None:
    assert old in WHOLE
    path = written(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(SuiteError) as error:
        load_suite(path)
    assert words in str(error.value)
    assert (f", line {line}:" in str(error.value)) == (line is not None)
    assert str(error.value).startswith(path)


def test_a_reply_with_nothing_to_check(tmp_path: Path) -> None:
    path = written(tmp_path, 'character = "guard"\n[[reply]]\nsay = "x"\n')
    with pytest.raises(SuiteError, match="line 2: \\[\\[reply\\]\\] has nothing to check"):
        load_suite(path)


def test_a_case_that_stands_twice_would_seem_to_be_more_proof_than_it_is(tmp_path: Path) -> None:
    case = '[[reply]]\nsay = "x"\nmax_words = 3\n'
    with pytest.raises(SuiteError, match=r"line 5: .* stands here a second time; to ask it more often, give it repeat"):
        load_suite(written(tmp_path, f'character = "guard"\n{case}{case}'))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"character = ", "isn't valid TOML"),
        (b'character = "\xff"', "isn't UTF-8 text"),
        (b'character = "guard"', "has no case"),
        (b"n = " + b"9" * 5000, "isn't valid TOML"),
    ],
)
def test_files_that_are_no_suites(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "suite.toml"
    path.write_bytes(data)
    with pytest.raises(SuiteError, match=words):
        load_suite(str(path))


def test_a_suite_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"There is no file inkeeper\. .* did you mean innkeeper\?"):
        load_suite("inkeeper")
    with pytest.raises(SuiteError, match="can't be read"):
        load_suite(str(tmp_path))


@pytest.mark.parametrize("name", ["bard", "guard", "innkeeper"])
def test_shipped_suites_ask_enough_and_not_always_for_the_same(name: str) -> None:
    assert name in shipped_suites()
    suite = load_suite(name)
    assert suite.character == name
    assert 15 <= len(suite.cases) <= 40
    groups: dict[str, list[Asked]] = {}
    for case in suite.cases:
        if isinstance(case, Asked):
            groups.setdefault(case.name, []).append(case)
    for cases in groups.values():
        answers = [case.answer for case in cases]
        assert set(answers) == set(cases[0].options), "each option is right at least once"
        assert max(map(answers.count, answers)) <= len(answers) / 2 + 1, "who always says the same doesn't win"


@pytest.mark.parametrize("name", ["bard", "guard", "innkeeper"])
def test_shipped_suites_name_cues_that_their_character_has(name: str) -> None:
    character = load_characters(SHIPPED)[name]
    known = {cue.name for cue in character.cues} | {
        f"{cue.name}:{argument}" for cue in character.cues for argument in cue.arguments
    }
    wanted = [case.checks for case in load_suite(name).cases if isinstance(case, Said)]
    named = {
        cue for checks in wanted for cue in (*checks.cue, *(checks.no_cue if isinstance(checks.no_cue, tuple) else ()))
    }
    assert named
    assert named <= known
