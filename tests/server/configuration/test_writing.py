"""What is printed can be read back, and the documentation says what the code does."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loquent.configuration.__main__ import main
from loquent.configuration.reading import read
from loquent.configuration.setting import SETTINGS, Kind, Setting
from loquent.configuration.sources import ConfigurationError
from loquent.configuration.writing import settings_file, settings_page

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


def values(setting: Setting) -> st.SearchStrategy[Any]:
    """Return what may be given for a setting, as a flag has it."""
    if setting.choices and setting.kind is not Kind.PATH:
        return st.sampled_from(setting.choices)
    if setting.name == "origins":
        return st.lists(st.sampled_from(["https://a.example", "http://[::1]:8080", "null"]))
    if setting.name == "traces":
        return st.sampled_from(["", "http://127.0.0.1:4318/v1/traces"])
    match setting.kind:
        case Kind.SWITCH:
            return st.booleans()
        case Kind.WHOLE:
            return st.integers(int(setting.least or 0), int(setting.most)).map(str)
        case Kind.NUMBER:
            return st.floats(setting.least or 0, setting.most).map(str)
        case Kind.TEXTS:
            return st.lists(texts | st.just(""))
    return texts.filter(lambda text: not text.startswith("~")) | st.sampled_from(setting.choices or ("x",))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
@given(st.fixed_dictionaries({}, optional={name: values(setting) for name, setting in SETTINGS.items()}))
def test_what_is_printed_read_back_gives_the_same_settings(tmp_path: Path, flags: dict[str, Any]) -> None:
    try:
        printed = read(flags, file="", environ={})
    except ConfigurationError:  # a contradiction
        return
    (tmp_path / "elsewhere").mkdir(exist_ok=True)
    path = tmp_path / "elsewhere" / "s.toml"
    path.write_text(settings_file(printed), encoding="utf-8")
    assert read(file=str(path), environ={}).settings == printed.settings


def test_all_settings_are_printed_with_reason_and_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("turns = 4\n")
    written = settings_file(
        read({"port": "9000"}, file=str(tmp_path / "s.toml"), environ={"LOQUENT_CHARACTERS": "/a\nport = 1"})
    )
    assert set(tomllib.loads(written)) == set(SETTINGS)
    lines = written.splitlines()
    assert "port = 9000  # from --port; the default is 8765" in lines
    assert f"turns = 4  # from turns ({tmp_path}/s.toml, line 1); the default is 32" in lines
    assert 'characters = "/a\\nport = 1"  # from LOQUENT_CHARACTERS; the default is ""' in lines
    assert "conversations = 64" in lines
    assert lines[lines.index("port = 9000  # from --port; the default is 8765") - 1] == (
        "# TCP port; 0 for any that is free. A whole number from 0 to 65535."
    )
    assert max(map(len, lines)) < 140


def test_the_page_of_settings_is_made_from_their_declarations() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"


def test_the_page_has_every_setting_with_its_default_and_its_reason() -> None:
    page = settings_page()
    for setting in SETTINGS.values():
        (line,) = (line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |"))
        assert line.count("|") - line.count("\\|") == 5, "a cell broke its row"
        assert setting.why.replace("|", "\\|") in line
    assert "| `message_bytes` | 1,048,576 | bytes |" in page
    assert "| `port` | 8765 |" in page


def test_the_page_is_written_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == settings_page()
    assert main([]) == 2
    assert "docs/settings.md" in capsys.readouterr().err
