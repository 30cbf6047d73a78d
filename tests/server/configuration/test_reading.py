"""Which value counts where several are given, what contradicts what, and who may reach the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from loquent.configuration.reading import read
from loquent.configuration.sources import ConfigurationError
from loquent.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_with_nothing_given_everything_has_its_default() -> None:
    found = read(environ={})
    assert found.settings == Settings()
    assert found.file is None
    assert found.where("port") == "the default"


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(folder: Path) -> None:
    (folder / "loquent.toml").write_text("port = 1\nconversations = 1\nturns = 1\n")
    found = read({"port": "3"}, environ={"LOQUENT_PORT": "2", "LOQUENT_CONVERSATIONS": "2"})
    assert (found.settings.port, found.settings.conversations, found.settings.turns) == (3, 2, 1)
    assert found.where("port") == "--port"
    assert found.where("conversations") == "LOQUENT_CONVERSATIONS"
    assert found.where("turns") == "turns (loquent.toml, line 3)"
    assert found.settings.images == Settings().images


def test_the_file_is_the_one_that_was_named_last_and_no_other(folder: Path) -> None:
    for number, name in enumerate(["loquent.toml", "variable.toml", "flag.toml"], 1):
        (folder / name).write_text(f"port = {number}\n")
    environ = {"LOQUENT_SETTINGS": "variable.toml"}
    assert read(environ={}).settings.port == 1
    assert read(environ=environ).settings.port == 2
    assert read(file="flag.toml", environ=environ).settings.port == 3
    assert read(file="", environ=environ).settings.port == Settings().port
    assert read(environ={"LOQUENT_SETTINGS": ""}).settings.port == 1


@pytest.mark.parametrize(
    ("file", "environ", "by"),
    [("gone.toml", {}, "--settings"), (None, {"LOQUENT_SETTINGS": "gone.toml"}, "LOQUENT_SETTINGS")],
)
def test_a_file_that_was_named_must_be_there(file: str | None, environ: dict[str, str], by: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^There is no settings file gone\.toml, which {by} names\.$"):
        read(file=file, environ=environ)


@pytest.mark.parametrize("name", ["characters", "tokens", "certificate"])
def test_paths_count_from_the_file_that_has_them_and_from_here_otherwise(folder: Path, name: str) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "s.toml").write_text(f'{name} = "x/y"\n')
    assert getattr(read(file="etc/s.toml", environ={}).settings, name) == folder / "etc" / "x" / "y"
    assert getattr(read({name: "x/y"}, file="etc/s.toml", environ={}).settings, name) == folder / "x" / "y"


def test_a_model_is_a_path_if_it_looks_like_one(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "s.toml").write_text('model = "./mine"\n')
    assert read(file="etc/s.toml", environ={}).settings.model == str(folder / "etc" / "mine")
    assert read({"model": "Qwen/Qwen3-1.7B"}, environ={}).settings.model == "Qwen/Qwen3-1.7B"


def test_a_file_that_cannot_be_looked_for_is_told_with_the_reason(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^The settings file x+… can't be read \(File name too long\)\.$"):
        read(file="x" * 300, environ={})
    (folder / "plain").write_text("")
    with pytest.raises(ConfigurationError, match=r"^There is no settings file plain/s.toml, which --settings names\.$"):
        read(file="plain/s.toml", environ={})


def test_a_file_that_is_there_and_cannot_be_read_is_not_passed_over(folder: Path) -> None:
    (folder / "loquent.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"loquent.toml can't be read \(Is a directory\)"):
        read(environ={})
    (folder / "loquent.toml").rmdir()
    (folder / "loquent.toml").symlink_to("gone.toml")
    with pytest.raises(ConfigurationError, match=r"loquent.toml can't be read \(No such file"):
        read(environ={})


def test_the_home_folder_has_a_short_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert read(environ={"LOQUENT_TOKENS": "~/tokens"}).settings.tokens == Path("/home/me/tokens")


def test_the_empty_text_takes_back_what_a_file_has(folder: Path) -> None:
    (folder / "loquent.toml").write_text('model = "a/b"\norigins = ["https://a.example"]\n')
    assert read({"model": ""}, environ={}).settings.model is None
    assert read({"origins": []}, environ={}).settings.origins == ()


def test_a_list_replaces_the_one_from_an_earlier_place(folder: Path) -> None:
    (folder / "loquent.toml").write_text('vllm_arguments = ["--max-model-len", "4096"]\n')
    assert read({"vllm_arguments": ["--enforce-eager"]}, environ={}).settings.vllm_arguments == ("--enforce-eager",)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"certificate_key": "/k.pem"}, "--certificate-key is /k.pem, and certificate is missing"),
        ({"message_bytes": "2048"}, "text_bytes (by default) is 16384 and --message-bytes is 2048"),
        (
            {"images": "3"},
            "--images is 3 and image_bytes (by default) is 524288, so that pictures take up to 1572864 bytes",
        ),
        ({"reply_tokens": "4096"}, "--reply-tokens is 4096 and most_reply_tokens (by default) is 2048"),
        ({"engine": "scripted", "model": "x"}, "--model is for vLLM, and --engine is scripted"),
        (
            {"engine": "scripted", "vllm_arguments": ["-x"]},
            "what stands behind -- is for vLLM, and --engine is scripted",
        ),
    ],
)
def test_what_cannot_be_at_once_is_told_with_both_and_where_they_stand(flags: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(flags, environ={})
    assert says in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_file_with_a_model_is_no_contradiction_to_a_script_for_once(folder: Path) -> None:
    (folder / "loquent.toml").write_text('model = "a/b"\nvllm_arguments = ["-x"]\nengine = "vllm"\n')
    settings = read({"engine": "scripted"}, environ={}).settings
    assert (settings.engine, settings.model, settings.vllm_arguments) == ("scripted", None, ())
    (folder / "loquent.toml").write_text('model = "a/b"\nengine = "scripted"\n')
    with pytest.raises(ConfigurationError, match=r"model \(loquent.toml, line 1\) is for vLLM"):
        read(environ={})
