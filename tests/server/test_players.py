"""The commands for what is remembered of players, beside a server and without one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loquent.dialogue.memory_file import StoreError, connect
from loquent.dialogue.sqlite_store import SqliteStore
from loquent.dialogue.store import Spoken
from loquent.players import FORMAT, erase_player, export_players, import_players, list_players, named, shown
from support.memory_files import holding, small_disk

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.sampled_from(["p", "../../x", "a\0b", "👩‍👩‍👧", "é" * 64, '"p"', " p "]) | texts.filter(bool)


def exported(file: Path, player: str | None = None) -> str:
    """Return an export as text."""
    out = io.StringIO()
    export_players(file, player, out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make a memory of three players."""
    times = iter(range(1_800_000_000, 1_800_000_100, 10))
    store = SqliteStore(tmp_path / "memory.sqlite3", clock=lambda: next(times) + 0.125)
    store.append("anna", "guard", Spoken("Hello", "Halt!", "Halt! [raise_hand]"))
    store.append("ben", "guard", Spoken("Me too", "Halt!"))
    store.append("anna", "innkeeper", Spoken("", "Welcome!"))
    store.append("a\0\n/../b", "guard", Spoken("I'm odd", "So you are."))
    store.close()
    return store.file


def run(*arguments: object, stdin: str = "", memory: object = "") -> subprocess.CompletedProcess[str]:
    """Run `loquent players` to its end."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "LOQUENT_MEMORY": str(memory)}
    command = [sys.executable, "-m", "loquent", "players", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, env=environment, timeout=60, check=False, encoding="utf-8"
    )


# --- what they do --------------------------------------------------------------------------------------------


def test_who_is_remembered_is_listed_who_spoke_last_first(file: Path) -> None:
    done = run("list", memory=file)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        '"a\\u0000\\n/../b"\t1 exchange with guard, 2027-01-15 to 2027-01-15',
        "anna\t2 exchanges with guard, innkeeper, 2027-01-15 to 2027-01-15",
        "ben\t1 exchange with guard, 2027-01-15 to 2027-01-15",
    ]


def test_an_export_is_erased_and_imported_and_exported_the_same(file: Path, tmp_path: Path) -> None:
    before, others = exported(file), exported(file, "ben")
    assert run("export", "anna", "--file", tmp_path / "anna.jsonl", memory=file).returncode == 0
    assert (tmp_path / "anna.jsonl").stat().st_mode & 0o777 == 0o600
    lines = (tmp_path / "anna.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        FORMAT,
        {
            "player": "anna",
            "character": "guard",
            "at": "2027-01-15T08:00:00.125Z",
            "said": "Hello",
            "reply": "Halt!",
            "marked": "Halt! [raise_hand]",
        },
        {
            "player": "anna",
            "character": "innkeeper",
            "at": "2027-01-15T08:00:20.125Z",
            "said": "",
            "reply": "Welcome!",
        },
    ]
    erased = run("erase", "anna", "--yes", memory=file)
    assert erased.stdout == "Erased: 2 exchanges of anna. A server that runs forgets them within a second.\n"
    assert "anna" not in exported(file)
    assert exported(file, "ben") == others
    assert run("import", tmp_path / "anna.jsonl", memory=file).stdout == "Imported: 2 exchanges.\n"
    assert exported(file) == before


def test_an_export_of_all_makes_a_new_memory(file: Path, tmp_path: Path) -> None:
    done = run("export", "--all", memory=file)
    (tmp_path / "all.jsonl").write_text(done.stdout, encoding="utf-8")
    other = tmp_path / "other" / "memory.sqlite3"
    assert run("import", tmp_path / "all.jsonl", "--memory", other).returncode == 0
    assert exported(other) == exported(file) == done.stdout
    assert other.stat().st_mode & 0o777 == 0o600


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(names, names, texts, texts, st.none() | texts, st.integers(0, 200_000_000_000)),
        unique=True,
        max_size=8,
    )
)
def test_whatever_was_said_and_by_whom_exported_erased_and_imported_it_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str, str, str, str | None, int]]
) -> None:
    folder = tmp_path_factory.mktemp("m")
    times = iter(said)
    store = SqliteStore(folder / "m.sqlite3", clock=lambda: next(times)[-1] / 1000)
    for player, character, words, reply, marked, _ in said:
        store.append(player, character, Spoken(words, reply, marked))
    before = exported(store.file)
    (folder / "all.jsonl").write_text(before, encoding="utf-8", newline="\n")
    for player in {player for player, *_ in said}:
        assert named(shown(player)) == player
        assert erase_player(store.file, player) == sum(player == other for other, *_ in said)
    assert list_players(store.file) == []
    assert import_players(store.file, folder / "all.jsonl") == len(said)
    assert sorted(exported(store.file).splitlines()) == sorted(before.splitlines())
    store.close()


def test_players_with_odd_names_are_meant_as_they_are_listed(file: Path, tmp_path: Path) -> None:
    assert run("export", '"a\\u0000\\n/../b"', memory=file).stdout.count("I'm odd") == 1
    assert run("erase", '"a\\u0000\\n/../b"', "--yes", memory=file).returncode == 0
    assert [player.name for player in list_players(file)] == ["anna", "ben"]
    assert run("erase", '"a', "--yes", memory=file).returncode == 2


# --- erased --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("served", [True, False])
def test_of_who_is_erased_no_byte_is_left(tmp_path: Path, served: bool) -> None:
    """Neither in the file nor in what stands beside it, however full its pages were; a server may run."""
    store = SqliteStore(tmp_path / "memory.sqlite3")
    for number in range(600):
        player = f"player-{number % 40:02}-{'z' * (number % 40)}"
        text = f"<secret-{number % 40:02}> " * (1 + number * 7919 % 400)
        key = store.append(player, "guard", Spoken(text, text, text))
        if number % 3 == 0:
            store.amend(player, "guard", key, Spoken(text, text[: number % 100]))
    if not served:
        store.close()
    for number in range(0, 40, 5):
        assert erase_player(store.file, f"player-{number:02}-{'z' * number}") == 15
        store.look() if served else None
        for path in tmp_path.iterdir():
            data = path.read_bytes()
            assert f"secret-{number:02}".encode() not in data
            assert f"player-{number:02}".encode() not in data
    assert b"secret-01" in store.file.read_bytes()
    with closing(connect(store.file, wait_seconds=0)) as connection:
        assert connection.execute("SELECT count(*) FROM erasures").fetchone() == (0,)
    store.close()


def test_who_erases_is_asked_first(file: Path) -> None:
    before = exported(file)
    no_one = run("erase", "anna", memory=file)
    assert (no_one.returncode, no_one.stderr) == (
        1,
        "loquent: Nothing was erased: nobody answered. --yes erases without a question.\n",
    )
    assert run("erase", "anna", stdin="n\n", memory=file).stdout.endswith("[y/N] Nothing was erased.\n")
    assert exported(file) == before
    yes = run("erase", "anna", stdin="y\n", memory=file)
    assert yes.stdout.startswith("Erase 2 exchanges with guard, innkeeper of anna, for ever? [y/N] Erased: 2")


# --- what may go wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["erase", "carl", "--yes"], 1, "Nothing is remembered of carl; `loquent players list` shows of whom."),
        (["export", "carl"], 1, "Nothing is remembered of carl"),
        (["export"], 2, "say whom to export: a player, or --all"),
        (["export", "anna", "--all"], 2, "say whom to export"),
        (["export", "anna", "--file", "/no/such/folder/x"], 1, "/no/such/folder/x can't be written: No such file"),
        (["import", "/no/such/file"], 1, "/no/such/file can't be read: No such file"),
        (["list", "--memory", "/no/such/file"], 1, "There is no memory in /no/such/file; --memory names another"),
        (["list", "--memory", "/dev/null"], 1, "/dev/null is no file"),
        (["forget"], 2, "invalid choice"),
        (["list", "--memry", "x"], 2, "did you mean --memory?"),
    ],
)
def test_what_can_not_be_done_is_said(file: Path, arguments: list[str], status: int, words: str) -> None:
    before = exported(file)
    done = run(*arguments, memory=file)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert exported(file) == before


def test_of_a_memory_that_is_in_no_file_nothing_can_be_shown() -> None:
    done = run("list", memory="none")
    assert (done.returncode, done.stderr.count("memory = none")) == (1, 1)


def test_an_export_overwrites_nothing(file: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    done = run("export", "anna", "--file", tmp_path / "there", memory=file)
    assert (done.returncode, (tmp_path / "there").read_text()) == (1, "mine")
    assert "is there already" in done.stderr


GOOD = '{"player": "x", "character": "guard", "at": "2026-11-25T18:30:00Z", "said": "a", "reply": "b"}'


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "is empty"),
        (["[1"], "line 1: this isn't JSON"),
        (["[" * 100_000], "line 1: this isn't JSON"),
        (["[]"], "line 1: this is no JSON object"),
        (['{"loquent": "tokens"}'], "line 1: this is no export of a memory"),
        (['{"loquent": "memory", "version": 2}'], "line 1: this export is of version 2"),
        ([json.dumps(FORMAT), GOOD, GOOD.replace("said", "sad")], "line 3: there is no key 'sad'"),
        ([json.dumps(FORMAT), GOOD, "", GOOD], "line 4: this stands in an earlier line too"),
        ([json.dumps(FORMAT), GOOD, '{"player": "x"}'], "line 3: character is missing"),
        ([json.dumps(FORMAT), GOOD.replace('"x"', "7")], "line 2: player is missing, or no text"),
        ([json.dumps(FORMAT), GOOD.replace('"x"', '""')], "line 2: player is empty"),
        ([json.dumps(FORMAT), GOOD.replace('"a"', '"\\ud800"')], "line 2: said holds half a character"),
        ([json.dumps(FORMAT), GOOD.replace("Z", "")], "line 2: at is '2026-11-25T18:30:00', and must be"),
        ([json.dumps(FORMAT), GOOD.replace("2026", "1926")], "line 2: at is"),
        ([json.dumps(FORMAT), GOOD.replace("2026-11", "2026-31")], "line 2: at is"),
    ],
)
def test_an_import_with_a_mistake_imports_nothing_and_says_where_it_is(
    file: Path, tmp_path: Path, lines: list[str], words: str
) -> None:
    before = exported(file)
    (tmp_path / "in.jsonl").write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(StoreError) as refused:
        import_players(file, tmp_path / "in.jsonl")
    assert words in str(refused.value)
    assert exported(file) == before


def test_an_import_of_what_is_there_imports_nothing(file: Path, tmp_path: Path) -> None:
    before = exported(file)
    header, *rest = before.splitlines()
    (tmp_path / "in.jsonl").write_text("\n".join([header, GOOD, *rest]), encoding="utf-8")
    with pytest.raises(StoreError, match="line 3: this is remembered already, so nothing was imported"):
        import_players(file, tmp_path / "in.jsonl")
    assert exported(file) == before
    (tmp_path / "latin").write_bytes(b'{"loquent": "memory", "version": 1}\n"\xe9"\n')
    with pytest.raises(StoreError, match="isn't UTF-8"):
        import_players(file, tmp_path / "latin")


def test_a_file_that_is_held_or_a_disk_that_is_full_is_said_and_nothing_is_half_done(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loquent.players._WAIT_SECONDS", 0.1)
    before = exported(file)
    with holding(file), pytest.raises(StoreError, match="Another program holds the memory"):
        erase_player(file, "anna")
    assert exported(file) == before
    lines = [json.dumps(FORMAT), *(GOOD.replace('"a"', json.dumps(f"{n} " * 500)) for n in range(2000))]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    with small_disk(tmp_path) as disk:
        SqliteStore(disk / "memory.sqlite3").close()
        with pytest.raises(StoreError, match="The disk is full"):
            import_players(disk / "memory.sqlite3", tmp_path / "in.jsonl")
        assert list_players(disk / "memory.sqlite3") == []
