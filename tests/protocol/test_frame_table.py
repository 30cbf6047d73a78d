"""frames.toml against the Python classes and against the tables of SPEC.md: three places that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, NamedTuple

import msgpack
import pytest

from loquent.wire import frames
from loquent.wire.codec import decode
from loquent.wire.faults import CLOSES, Code
from loquent.wire.frames import CLIENT_FRAMES, SERVER_FRAMES, Frame, Malformed
from loquent.wire.framing import MAX_DEPTH, FramingLost
from loquent.wire.outbox import Outbox
from support.vectors import PROTOCOL, frame_table

TABLE = frame_table()
SPEC = (PROTOCOL / "SPEC.md").read_text(encoding="utf-8")
CLASSES = CLIENT_FRAMES | SERVER_FRAMES


class Row(NamedTuple):
    """A field of the table with its frame."""

    frame: dict[str, Any]
    place: int
    name: str
    type: str


ROWS = [
    Row(frame, place, name, kind) for frame in TABLE["frame"] for place, (name, kind) in enumerate(frame["fields"], 1)
]


def row_id(row: Row) -> str:
    return f"{row.frame['name']}.{row.name}"


# --- the type language of the table: examples of what it takes and what not ---------------------------

EXT = msgpack.ExtType(5, b"x")
BAD_TEXT = "\udcff"  # packed as the byte ff by surrogateescape
OF_NO_TYPE: list[Any] = [EXT, msgpack.Timestamp(1, 0)]
GOOD: dict[str, list[Any]] = {
    "uint": [0, 1, 127, 128, 2**32, 2**53 - 1],
    "u32": [0, 1, 127, 128, 2**32 - 1],
    "number": [0.5, -0.0, 1, 0, -1, 2**64 - 1, float("inf")],
    "text": ["", "a", "你好 👍🏽", "\0", "\ufeff"],
    "bytes": [b"", b"\xff\x00"],
    "bool": [True, False],
    "map": [{}, {"a_key_from_the_future": [1, {"a": EXT}]}],
}
BAD: dict[str, list[Any]] = {
    "uint": [-1, 2**53, 2**64 - 1, 0.0, 1.0, True, False, "1", b"1", [1], {}, None],
    "u32": [-1, 2**32, 2**64 - 1, 0.0, 1.0, True, False, "1", b"1", [1], {}, None],
    "number": [True, False, "1", b"1", [1.0], {}, None],
    "text": [BAD_TEXT, "a" + BAD_TEXT, b"a", b"", 1, True, ["a"], {}, None],
    "bytes": ["", "a", 1, True, [b"a"], {}, None],
    "bool": [0, 1, 1.0, "true", b"\x01", [True], {}, None],
    "map": [[], [["a", 1]], "a", b"a", 1, True, None, {1: 2}, {None: 1}, {b"a": 1}, {BAD_TEXT: 1}],
}


def inside(kind: str) -> list[str]:
    """Return the types between the brackets of an array's type."""
    return [part.strip() for part in split(kind[1:-1])]


def split(text: str) -> Iterator[str]:
    """Split at the commas that stand in no brackets."""
    level, start = 0, 0
    for at, character in enumerate(text):
        level += (character == "[") - (character == "]")
        if character == "," and not level:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def good(kind: str) -> list[Any]:
    """Return values of a type."""
    if kind.endswith("?"):
        return [None, *good(kind[:-1])]
    if not kind.startswith("["):
        return GOOD[kind]
    parts = inside(kind)
    if len(parts) == 1:
        elements = good(parts[0])
        return [[], elements, *([element] for element in elements)]
    first = [good(part)[0] for part in parts]
    longest = [good(part)[-1] for part in parts]
    return [first, longest, [*first, None], [*first, EXT, {1: 2}]]


def bad(kind: str) -> list[Any]:
    """Return values that aren't of a type."""
    if kind.endswith("?"):
        return [value for value in bad(kind[:-1]) if value is not None]
    if not kind.startswith("["):
        return BAD[kind] + OF_NO_TYPE
    parts = inside(kind)
    not_arrays: list[Any] = [{}, "", b"", 0, True, None, *OF_NO_TYPE]
    if len(parts) == 1:
        return not_arrays + [[element] for element in bad(parts[0])] + [[good(parts[0])[0], bad(parts[0])[0]]]
    first = [good(part)[0] for part in parts]
    wrong = [[*first[:place], value, *first[place + 1 :]] for place, part in enumerate(parts) for value in bad(part)]
    return [*not_arrays, [], first[:-1], *wrong]


def read(wire: list[Any]) -> Frame | Malformed | FramingLost:
    """Return the one outcome of a message that holds this frame."""
    data = msgpack.packb(wire, unicode_errors="surrogateescape")
    (outcome,) = decode(data, CLASSES)
    return outcome


# --- against the classes ---------------------------------------------------------------------------------


def test_the_classes_are_the_table() -> None:
    ours = {(kind, cls.NAME, cls.FIELDS) for kind, cls in CLASSES.items()}
    assert ours == {(f["kind"], f["name"], tuple(name for name, _ in f["fields"])) for f in TABLE["frame"]}


def test_who_sends_what() -> None:
    assert {f["kind"] for f in TABLE["frame"] if f["from"] == "client"} == set(CLIENT_FRAMES)
    assert {f["kind"] for f in TABLE["frame"] if f["from"] == "server"} == set(SERVER_FRAMES)


def test_numbers_and_names_are_used_once() -> None:
    assert len({f["kind"] for f in TABLE["frame"]}) == len({f["name"] for f in TABLE["frame"]}) == len(TABLE["frame"])


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_a_field_takes_what_its_type_allows(row: Row) -> None:
    wire = [row.frame["kind"], *(good(kind)[0] for _, kind in row.frame["fields"])]
    for value in good(row.type):
        wire[row.place] = value
        assert type(read(wire)) is CLASSES[row.frame["kind"]], value


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_a_field_takes_nothing_else_and_the_sentence_names_it(row: Row) -> None:
    wire = [row.frame["kind"], *(good(kind)[0] for _, kind in row.frame["fields"])]
    for value in bad(row.type):
        wire[row.place] = value
        outcome = read(wire)
        assert isinstance(outcome, Malformed), value
        assert str(outcome).startswith(f"{row.frame['name']}.{row.name} must be "), value


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_a_field_that_is_missing_is_named(row: Row) -> None:
    wire = [row.frame["kind"], *(good(kind)[0] for _, kind in row.frame["fields"])][: row.place]
    outcome = read(wire)
    assert isinstance(outcome, Malformed)
    assert str(outcome).endswith(f"; {row.name} is missing.")


@pytest.mark.parametrize(
    ("kind", "keys"), [(2, frames.Options), (33, frames.Limits), (39, frames.Usage)], ids=["options", "limits", "usage"]
)
def test_the_known_keys_of_maps_are_those_of_the_specification(kind: int, keys: type[frames.TextMap]) -> None:
    ours = {field.name for field in fields(keys)}
    assert ours == set(keys.CHECKS)
    if kind == 39:
        usage = SPEC.partition("**usage** is a map of uints")[2].partition("\n9.")[0]
        theirs = re.findall(r"`(\w+)`", usage)
        assert ours == set(theirs) - {"say"}
    else:
        assert ours == {row[0] for row in spec_table("| key | type |" if kind == 2 else "| key | unit |")}


def test_frames_of_the_sequence_carry_seq_first() -> None:
    """`Outbox` sets the seq at that place in the bytes, behind an array's head and a kind of one byte each."""
    unsequenced = {"welcome", "goaway", "beat"}
    for frame in TABLE["frame"]:
        if frame["from"] == "server":
            first = frame["fields"][0] if frame["fields"] else None
            assert (first == ["seq", "uint"]) == (frame["name"] not in unsequenced)
            assert len(frame["fields"]) < 15
            assert frame["kind"] < 128


def test_first_seq() -> None:
    outbox = Outbox()
    outbox.put(frames.Begin(0, 1, 1))
    assert read(msgpack.unpackb(outbox.flush())) == frames.Begin(TABLE["limits"]["first_seq"], 1, 1)


def test_depth() -> None:
    assert TABLE["limits"]["max_depth"] == MAX_DEPTH
    assert f"nested deeper than {MAX_DEPTH} levels" in SPEC


# --- faults ----------------------------------------------------------------------------------------------


def test_codes_and_closes_are_those_of_the_table() -> None:
    assert [code.value for code in Code] == [fault["code"] for fault in TABLE["fault"]]
    assert {code.value: close for code, close in CLOSES.items()} == {
        fault["code"]: fault["closes"] for fault in TABLE["fault"] if "closes" in fault
    }


def test_each_fault_says_when_in_a_sentence() -> None:
    for fault in TABLE["fault"]:
        assert re.fullmatch(r"[A-Z\w].*\.", fault["when"]), fault["code"]


def test_codes_that_the_specification_names_exist() -> None:
    named = set(re.findall(r"code `(\w+)`", SPEC)) | set(re.findall(r"\(`([a-z]+_[a-z]+)`", SPEC))
    assert {"framing", "malformed", "turn_order", "hello_late", "conversation_open"} <= named
    assert named <= {code.value for code in Code}


def test_close_codes_in_the_specification_are_those_of_the_table() -> None:
    found = re.findall(r"code `(\w+)`, and\s+closes with (\d+)", SPEC) + re.findall(r"\(`(\w+)`, (\d+)\)", SPEC)
    assert {code for code, _ in found} >= {"subprotocol", "framing", "hello_late"}
    for code, close in found:
        assert CLOSES[Code(code)] == int(close)


# --- SPEC.md ---------------------------------------------------------------------------------------------


def spec_table(head: str) -> list[list[str]]:
    """Return the cells of the table in SPEC.md whose head begins so."""
    lines = iter(SPEC.splitlines())
    for line in lines:
        if line.strip().startswith(head):
            break
    rows: list[list[str]] = []
    for line in lines:
        if not line.strip().startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip()[1:-1].split("|")])
    return rows[1:]


@pytest.mark.parametrize(("section", "sender"), [("### 2.1", "client"), ("### 2.2", "server")])
def test_the_tables_of_the_specification_are_the_table(section: str, sender: str) -> None:
    text = SPEC[SPEC.index(section) :]
    lines = [line for line in text[: text.index("\n#", 1)].splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    ours = [
        [str(frame["kind"]), frame["name"], [(name, kind) for name, kind in frame["fields"]]]
        for frame in TABLE["frame"]
        if frame["from"] == sender
    ]
    theirs = [[kind, name, [spec_field(field) for field in split(cell)] if cell else []] for kind, name, cell in rows]
    assert theirs == ours


def spec_field(text: str) -> tuple[str, str]:
    """Return name and type of a field; SPEC.md gives names to the elements of inner arrays, the table doesn't."""
    name, _, kind = text.strip().partition(": ")
    return name, re.sub(r"\w+: ", "", kind)


def test_the_example_bytes_of_the_specification() -> None:
    shown = re.search(r"`\[36, 7, 3, \" hello\", 1\]`: (\d+) bytes\.\n\n +((?:[0-9a-f]{2} ?)+)\n", SPEC)
    assert shown is not None
    data = bytes.fromhex(shown[2])
    assert len(data) == int(shown[1])
    assert list(decode(data, SERVER_FRAMES)) == [frames.Text(7, 3, " hello", 1)]


def test_the_examples_of_the_specification_are_frames() -> None:
    """The whole conversation of section 7, read as Python after its abbreviations are filled in."""
    example = SPEC[SPEC.index("A whole conversation") :]
    lines = re.findall(r"^    ([CS]) (.*)$", example, re.MULTILINE)
    assert len(lines) == 8
    for sender, line in lines:
        wire = line.replace(", …}", "}").replace("nil", "None").replace("false", "False").replace("]  [", "], [")
        for frame in eval(f"[{wire}]", {"__builtins__": {}}):
            outcome = read(frame)
            assert type(outcome) is (CLIENT_FRAMES if sender == "C" else SERVER_FRAMES)[frame[0]]
            assert frame == msgpack.unpackb(msgpack.packb(outcome.to_wire()))


def test_table_of_the_example_is_a_table() -> None:
    """`spec_table` finds nothing if a head is renamed: then the tests that use it would pass on nothing."""
    assert len(spec_table("| key | type |")) == 4
    assert len(spec_table("| key | unit |")) == 8


@pytest.mark.parametrize("name", ["options", "limits", "usage"])
def test_the_maps_have_these_keys_and_types(name: str) -> None:
    cls: type[frames.TextMap] = {"options": frames.Options, "limits": frames.Limits, "usage": frames.Usage}[name]
    checks = {"text": frames.text, "uint": frames.uint}
    told = {key: checks[kind] for key, kind in frame_table()["maps"][name].items()}
    assert told == dict(cls.CHECKS)
    assert list(told) == [field.name for field in fields(cls)]
