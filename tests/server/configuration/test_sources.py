"""What stands in a file, in the environment, on the command line: read, or refused in a sentence that names the place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from loquent.configuration.setting import SETTINGS
from loquent.configuration.sources import ConfigurationError, from_environment, from_file, from_flags
from loquent.settings import LARGEST, Settings


def refused_file(tmp_path: Path, text: str) -> str:
    """Return what is said against a file, with `FILE` for its path."""
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        from_file(path)
    assert str(refused.value).endswith((".", "?"))
    return str(refused.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n\nprot = 1", "prot (FILE, line 3) is no setting: did you mean port?"),
        ("log-level = 'info'", "log-level (FILE, line 1) is no setting: did you mean log_level?"),
        ("allow_origin = []", "allow_origin (FILE, line 1) is no setting: did you mean origins?"),
        ('"quoted" = 1', "quoted (FILE, line 1) is no setting: `loquent serve --print-settings` prints them all."),
        (
            "port = 1\n[server]\nhost = 'x'",
            "server (FILE, line 2) is a table; settings have none, each is a key of its own.",
        ),
        ("[port.x]", "port (FILE, line 1) is a table, and must be a whole number from 0 to 65535."),
        ("host = 'x'\rprot = 1", "prot (FILE, line 2) is no setting: did you mean port?"),
        ("port.x = 1", "port (FILE, line 1) is a table, and must be a whole number from 0 to 65535."),
        ("port = '80'", 'port (FILE, line 1) is "80", and must be a whole number from 0 to 65535.'),
        ("port = true", "port (FILE, line 1) is true, and must be a whole number from 0 to 65535."),
        ("port = 80.0", "port (FILE, line 1) is 80.0, and must be a whole number from 0 to 65535."),
        (
            "port = 9_000_000_000_000",
            "port (FILE, line 1) is 9000000000000, and must be a whole number from 0 to 65535.",
        ),
        (
            "x" * 99 + " = 1",
            f"{'x' * 59}… (FILE, line 1) is no setting: `loquent serve --print-settings` prints them all.",
        ),
        ("port = -1", "port (FILE, line 1) is -1, and must be a whole number from 0 to 65535."),
        ("turns = 0", "turns (FILE, line 1) is 0, and must be a whole number from 1 up."),
        (
            "text_bytes = 1_000_000_000_000_000",
            f"text_bytes (FILE, line 1) is 1000000000000000, and must be at most {LARGEST}.",
        ),
        ("hello_seconds = nan", "hello_seconds (FILE, line 1) is nan, and must be a number of seconds from 0.01 up."),
        ("hello_seconds = inf", f"hello_seconds (FILE, line 1) is inf, and must be at most {LARGEST}."),
        ("log_texts = 1", "log_texts (FILE, line 1) is 1, and must be true or false."),
        ("log_level = 'loud'", 'log_level (FILE, line 1) is "loud", and must be debug, info, warning or error.'),
        ("host = ''", 'host (FILE, line 1) is "", and must be a text.'),
        ("host = 1979-05-27", "host (FILE, line 1) is 1979-05-27, and must be a text."),
        ("vllm_arguments = '-x'", 'vllm_arguments (FILE, line 1) is "-x", and must be a list of texts.'),
        ("vllm_arguments = [1]", "vllm_arguments (FILE, line 1) is [1], and must be a list of texts."),
        (
            "origins = ['game.example']",
            (
                'origins (FILE, line 1) is ["game.example"], and must be a list, each of it an origin as browsers send it, such as '
                "https://game.example: in small letters, with no path, no * and no usual port."
            ),
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line_and_what_is_right(tmp_path: Path, text: str, says: str) -> None:
    assert refused_file(tmp_path, text) == says


@pytest.mark.parametrize(
    ("origin", "can_be"),
    [
        ("https://game.example", True),
        ("http://game.example:8080", True),
        ("https://game.example:80", True),
        ("http://[fd00::5]:8080", True),
        ("capacitor://localhost", True),
        ("null", True),
        ("https://Game.example", False),
        ("https://game.example:443", False),
        ("http://game.example:80", False),
        ("https://*.game.example", False),
        ("https://game.example/", False),
        ("https://me@game.example", False),
        ("https://m\u00fcller.example", False),
        ("*", False),
        ("", False),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str, can_be: bool) -> None:
    """It would let nobody in, and nobody would know why."""
    if can_be:
        assert from_flags({"origins": [origin]})["origins"].value == (origin,)
    else:
        with pytest.raises(ConfigurationError, match="as browsers send it"):
            from_flags({"origins": [origin]})


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400])
@pytest.mark.parametrize("name", ["port", "grace_seconds"])
def test_a_number_of_any_length_is_refused_shortened(tmp_path: Path, name: str, number: str) -> None:
    said = refused_file(tmp_path, f"{name} = {number}")
    assert "999…, and must be " in said
    assert len(said) < 200


@pytest.mark.parametrize("text", ["port = ", "port = 1\nport = 2", "port = " + "9" * 5000, "x = " + "[" * 100_000])
def test_a_file_that_is_no_toml_is_refused_with_the_parsers_words(tmp_path: Path, text: str) -> None:
    assert refused_file(tmp_path, text).startswith("The settings file FILE isn't valid TOML: ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        from_file(tmp_path)
    (tmp_path / "latin1.toml").write_bytes(b'host = "\xe9"')
    with pytest.raises(ConfigurationError, match="isn't UTF-8 text"):
        from_file(tmp_path / "latin1.toml")


def test_a_file_of_windows_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xef\xbb\xbfport = 1\r\nturns = 2\r\n")
    assert {name: each.value for name, each in from_file(path).items()} == {"port": 1, "turns": 2}


def test_a_whole_number_will_do_for_a_number_and_a_choice_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("grace_seconds = 5\nlog_level = 'INFO'\n")
    found = from_file(path)
    assert repr(found["grace_seconds"].value) == "5.0"
    assert found["log_level"].value == "info"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("LOQUENT_PORT", "9000", 9000),
        ("LOQUENT_GRACE_SECONDS", "1.5", 1.5),
        ("LOQUENT_LOG_TEXTS", "Yes", True),
        ("LOQUENT_ALLOW_ANONYMOUS", "0", False),
        ("LOQUENT_ORIGINS", "https://a.example  https://b.example", ("https://a.example", "https://b.example")),
        ("LOQUENT_VLLM_ARGUMENTS", "--x 'two words'", ("--x", "two words")),
        ("LOQUENT_HOST", "::1", "::1"),
    ],
)
def test_a_variable_is_read_by_its_settings_kind(name: str, text: str, value: object) -> None:
    (given,) = from_environment({name: text, "HOME": "/"}).values()
    assert given.value == value
    assert type(given.value) is type(value)
    assert given.where == name


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("LOQUENT_PORT", "x", "LOQUENT_PORT is x, and must be a whole number from 0 to 65535."),
        ("LOQUENT_LOG_TEXTS", "maybe", "LOQUENT_LOG_TEXTS is maybe, and must be true or false."),
        ("LOQUENT_VLLM_ARGUMENTS", "'x", "LOQUENT_VLLM_ARGUMENTS is 'x, and must be a list of texts."),
        ("LOQUENT_HOST", "\udce9", "LOQUENT_HOST isn't valid UTF-8, and must be."),
        ("LOQUENT_TOKENS", "~nobody.here/x", "LOQUENT_TOKENS is ~nobody.here/x, and there is no such home folder"),
        ("LOQUENT_PROT", "1", "The environment variable LOQUENT_PROT is no setting: did you mean LOQUENT_PORT?"),
        (
            "LOQUENT_SETTING",
            "1",
            "The environment variable LOQUENT_SETTING is no setting: did you mean LOQUENT_SETTINGS?",
        ),
        (
            "LOQUENT_XYZZY",
            "1",
            "The environment variable LOQUENT_XYZZY is no setting: unset it, or see docs/settings.md",
        ),
        ("LOQUENT_ENGINE", "cpu", "that one is called LOQUENT_SETUP_ENGINE now"),
        ("LOQUENT_ENGINE", "AUTO", "that one is called LOQUENT_SETUP_ENGINE now"),
        ("LOQUENT_ENGINE", "vlm", "LOQUENT_ENGINE is vlm, and must be vllm or scripted."),
    ],
)
def test_what_is_wrong_in_the_environment_is_told_with_the_variables_name(name: str, text: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_environment({name: text})
    assert says in str(refused.value)


def test_a_message_stays_on_one_line_and_short() -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_environment({"LOQUENT_PORT": "1\n2" * 100})
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_an_empty_variable_counts_as_not_set_and_other_programs_are_left_alone() -> None:
    assert (
        from_environment({"LOQUENT_PORT": "", "LOQUENT_CACHE": "/x", "LOQUENT_SETUP_ENGINE": "cpu", "PORT": "x"}) == {}
    )


def test_a_service_of_our_name_in_kubernetes_is_no_setting() -> None:
    """Kubernetes sets these in every container beside a service; LOQUENT_PORT, of all names, is among them."""
    links = {
        "LOQUENT_SERVICE_HOST": "10.3.0.9",
        "LOQUENT_SERVICE_PORT": "8765",
        "LOQUENT_SERVICE_PORT_WS": "8765",
        "LOQUENT_PORT": "tcp://10.3.0.9:8765",
        "LOQUENT_PORT_8765_TCP": "tcp://10.3.0.9:8765",
        "LOQUENT_PORT_8765_TCP_ADDR": "10.3.0.9",
        "LOQUENT_PORT_8765_TCP_PORT": "8765",
        "LOQUENT_PORT_8765_TCP_PROTO": "tcp",
        "LOQUENT_NPC_PORT": "tcp://10.3.0.8:8765",
    }
    assert from_environment(links) == {}
    assert from_environment(links | {"LOQUENT_HOST": "::"})["host"].value == "::"


def test_a_flag_is_named_as_it_is_typed() -> None:
    with pytest.raises(ConfigurationError, match=r"^--log-level is loud, and must be "):
        from_flags({"log_level": "loud"})
    with pytest.raises(ConfigurationError, match=r"^--origins is \[\"x\"\], and must be "):
        from_flags({"origins": ["x"]})
    assert from_flags({"log_texts": True, "vllm_arguments": ["-x", ""]})["vllm_arguments"].value == ("-x", "")


def test_every_field_of_settings_is_a_key_a_variable_and_a_flag(tmp_path: Path) -> None:
    fields = [field.name for field in dataclasses.fields(Settings)]
    assert list(SETTINGS) == fields
    assert [setting.variable for setting in SETTINGS.values()] == [f"LOQUENT_{name.upper()}" for name in fields]
    assert len({setting.variable for setting in SETTINGS.values()}) == len(fields)
    for setting in SETTINGS.values():
        assert setting.why.endswith(".")
        assert setting.flags == ("--",) or setting.flags[0] == f"--{setting.name.replace('_', '-')}"
        assert setting.check(setting.default) == setting.default, f"{setting.name} can't have its own default"
