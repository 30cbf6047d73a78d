"""The reveal's tables of characters are what their generator makes of Unicode's files."""

from __future__ import annotations

import pytest

from unity import unicode_tables


@pytest.fixture(autouse=True)
def _database() -> None:
    if not unicode_tables.folder().is_dir():
        pytest.fail(
            "the Unicode Character Database isn't here: install unicode-data (make test does it)", pytrace=False
        )


def test_the_committed_tables_are_made_from_the_database() -> None:
    if unicode_tables.version() not in unicode_tables.TARGET.read_text(encoding="utf-8"):
        pytest.skip(f"Unicode {unicode_tables.version()} is here, and the tables are of another version")
    assert unicode_tables.TARGET.read_text(encoding="utf-8") == unicode_tables.source()


def test_the_runs_unpack_to_the_records() -> None:
    records = [5, 5, 5, 7, *[300_000] * 300, 5]
    distinct, runs = unicode_tables.packed(records)
    values, at = [], 0
    while at < len(runs):
        value, shift = 0, 0
        while runs[at] & 0x80:
            value |= (runs[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
        value |= runs[at] << shift
        at += 1
        values.append(value)
    unpacked = [
        distinct[record] for length, record in zip(values[::2], values[1::2], strict=True) for _ in range(length)
    ]
    assert unpacked == records
    assert distinct[0] == 5, "the record of the most runs has the shortest number"


def test_every_class_has_its_number() -> None:
    database = unicode_tables.Database()
    assert set(database.grapheme) == set(unicode_tables.GRAPHEME)
    assert set(unicode_tables.LINE) - set(database.line) == {"WideCP"}, "which no version had yet"
    assert set(database.bidi) == set(unicode_tables.BIDI)
    assert set(database.joining) == set(unicode_tables.JOINING)
    distinct, _ = unicode_tables.packed([database.record(point) for point in range(unicode_tables.CODE_POINTS)])
    assert len(distinct) <= 256, "a record's number must fit in a byte"


def test_arabic_letters_have_their_forms() -> None:
    letters, ligatures = unicode_tables.arabic_forms()
    beh = letters.index(0x628)
    assert letters[beh : beh + 5] == [0x628, 0xFE8F, 0xFE90, 0xFE91, 0xFE92]
    assert ligatures[-3:] == [0x627, 0xFEFB, 0xFEFC]
