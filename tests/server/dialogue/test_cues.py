"""Marks of cues in a stream: found however it's cut, never shown by half, and what is none stays text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loquent.dialogue.cues import Cue, CueParser, Mark, Piece, defused, first, grammar, parsed, told

CUES = (
    Cue("wave", "when you greet"),
    Cue("draw_sword", "when you are threatened"),
    Cue("look_at", "when you speak of something", ("door", "fire", "Old Map")),
)
ALPHABET = [
    "[",
    "]",
    "wave",
    "[wave]",
    "draw_sword",
    "look_at",
    ":",
    "door",
    "old map",
    " ",
    "_",
    "W",
    "x",
    "\n",
    "é",
    "👋",
    "look",
    "at",
]
written = st.lists(st.sampled_from(ALPHABET), max_size=24).map("".join)


def parse(*pieces: str) -> list[Piece]:
    """Parse what comes in pieces."""
    parser = CueParser(CUES)
    return [found for piece in pieces for found in parser.feed(piece)] + parser.finish()


def seen(pieces: list[Piece]) -> list[str | Mark]:
    """Return the text and the marks, text between marks put together."""
    out: list[str | Mark] = []
    for piece in pieces:
        if piece.mark is not None:
            out.append(piece.mark)
        elif piece.text and out and isinstance(out[-1], str):
            out[-1] += piece.text
        elif piece.text:
            out.append(piece.text)
    return out


def cuts(text: str, places: list[int]) -> list[str]:
    """Cut a text at some places."""
    ends = sorted({min(place, len(text)) for place in places} | {len(text)})
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[wave] Hello!", [Mark("wave", None), "Hello!"]),
        ("Hello [wave] there", ["Hello ", Mark("wave", None), "there"]),
        ("Hello[wave] there", ["Hello", Mark("wave", None), " there"]),
        ("Hello [wave], you", ["Hello ", Mark("wave", None), ", you"]),
        ("a [wave] [look_at:fire] b", ["a ", Mark("wave", None), Mark("look_at", "fire"), "b"]),
        ("a [wave]  b", ["a ", Mark("wave", None), " b"]),
        ("[Wave][ WAVE ]", [Mark("wave", None), Mark("wave", None)]),
        ("[Draw Sword]", [Mark("draw_sword", None)]),
        ("[look at: DOOR]", [Mark("look_at", "door")]),
        ("[look_at : old_map]", [Mark("look_at", "Old Map")]),
        ("[[wave]]", ["[", Mark("wave", None), "]"]),
        ("[wave", ["[wave"]),
        ("[wave:", ["[wave:"]),
        ("[wave:left]", ["[wave:left]"]),
        ("[look_at]", ["[look_at]"]),
        ("[look_at:cat]", ["[look_at:cat]"]),
        ("[waves]", ["[waves]"]),
        ("[dance] a[0] []", ["[dance] a[0] []"]),
        ("[wa[wave]ve]", ["[wa", Mark("wave", None), "ve]"]),
        ("[" + " " * 100 + "wave]", ["[" + " " * 100 + "wave]"]),
        ("", []),
    ],
)
def test_marks_are_found_and_the_rest_is_text(text: str, expected: list[str | Mark]) -> None:
    assert seen(parse(text)) == expected
    assert seen(parse(*text)) == expected


@given(written, st.lists(st.integers(0, 80), max_size=8))
@example("[look at: old map] [wave]", [3, 9, 10, 17])
def test_where_a_reply_is_cut_makes_no_difference(text: str, places: list[int]) -> None:
    whole, cut = parse(text), parse(*cuts(text, places))
    assert seen(cut) == seen(whole)
    assert "".join(piece.written for piece in cut) == text


@given(written)
def test_no_mark_is_left_in_the_text_between_marks(text: str) -> None:
    for piece in seen(parse(text)):
        if isinstance(piece, str):
            assert not any(isinstance(again, Mark) for again in seen(parse(piece)))


@given(written, st.lists(st.integers(0, 80), max_size=8))
def test_no_text_begins_what_becomes_a_mark_later(text: str, places: list[int]) -> None:
    """What was given out before is never taken back: the text at any moment begins the text at the end."""
    parser, shown = CueParser(CUES), ""
    final = "".join(piece.text for piece in parse(text))
    for piece in cuts(text, places):
        shown += "".join(found.text for found in parser.feed(piece))
        assert final.startswith(shown)


def test_what_is_held_back_is_bounded() -> None:
    parser = CueParser(CUES)
    for text in ("[", "[" * 1000, "[ " * 1000, "[" + " " * 1000, "[look_at:" + " " * 1000):
        given_out = "".join(piece.written for piece in parser.feed(text))
        given_out += "".join(piece.written for piece in parser.feed("x" * 40))
        assert len(given_out) == len(text) + 40


def test_a_megabyte_of_brackets_takes_no_time_to_speak_of() -> None:
    assert "".join(piece.text for piece in parse("[" * 1_000_000)) == "[" * 1_000_000


def test_without_cues_everything_is_text() -> None:
    parser = CueParser(())
    assert parser.feed("[wave] hello [") == [Piece("[wave] hello [", "[wave] hello [")]
    assert parser.finish() == []


@pytest.mark.parametrize(
    ("shown", "text", "marked"),
    [
        (0, "", ""),
        (1, "H", "[wave] H"),
        (3, "Hi ", "[wave] Hi "),
        (4, "Hi y", "[wave] Hi [look_at:door] y"),
        (6, "Hi you", "[wave] Hi [look_at:door] you[wave]"),
        (None, "Hi you", "[wave] Hi [look_at:door] you[wave]"),
        (99, "Hi you", "[wave] Hi [look_at:door] you[wave]"),
    ],
)
def test_what_has_been_seen_is_cut_alike_with_marks_and_without(shown: int | None, text: str, marked: str) -> None:
    assert first(parsed("[wave] Hi [look_at:door] you[wave]", CUES), shown) == (text, marked)


@given(written, st.integers(0, 60))
def test_a_cut_reply_reads_the_same_when_it_is_parsed_again(text: str, shown: int) -> None:
    whole = "".join(piece.text for piece in parsed(text, CUES))
    cut, marked = first(parsed(text, CUES), shown)
    assert cut == whole[:shown]
    assert text.startswith(marked)


@given(written)
def test_a_player_cannot_write_a_mark(text: str) -> None:
    safe = defused(text, CUES)
    assert len(safe) == len(text)
    assert not any(piece.mark for piece in parse(safe))


def test_a_players_mark_stands_in_round_brackets() -> None:
    assert defused("I say [WAVE] and [dance].", CUES) == "I say (WAVE) and [dance]."


def test_the_model_is_told_each_mark_and_when() -> None:
    assert told(CUES).splitlines()[1:] == [
        "[wave]: when you greet",
        "[draw_sword]: when you are threatened",
        "[look_at:door] or [look_at:fire] or [look_at:Old Map]: when you speak of something",
    ]
    assert told(()) == ""


def test_the_grammar_opens_brackets_for_marks_alone() -> None:
    assert grammar(CUES).splitlines() == [
        "root ::= (text | mark)*",
        r"text ::= [^\[]",
        'mark ::= "[" ("wave" | "draw_sword" | "look_at:door" | "look_at:fire" | "look_at:Old Map") "]"',
    ]
    assert grammar((Cue("say", "", ('a "b" \\',)),)).splitlines()[2] == 'mark ::= "[" ("say:a \\"b\\" \\\\") "]"'
