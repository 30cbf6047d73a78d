"""What is settled before vLLM is imported, and the sentences its failures become. Runs without vLLM."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from loquent.engines.base import EngineStartError
from loquent.engines.vllm import startup
from loquent.engines.vllm.engine import GPU_MODEL, VllmEngine

SERVER = Path(startup.__file__).parents[3]

NO_VLLM = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from loquent.engines.base import EngineStartError
from loquent.engines.vllm.engine import VllmEngine
assert not {"torch", "vllm", "numpy"} & sys.modules.keys()
async def main():
    engine = VllmEngine("some/model")
    assert not engine.alive
    try:
        await engine.start()
    except EngineStartError as error:
        print(error)
    assert not engine.alive
    await engine.close()
    await engine.close()
asyncio.run(main())
"""


def test_without_vllm_the_module_imports_and_the_start_says_what_to_do() -> None:
    # -S leaves out the site-packages, and with them vLLM.
    done = subprocess.run(
        [sys.executable, "-S", "-c", NO_VLLM, str(SERVER)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "vLLM isn't installed: run `make setup`, or start with --engine scripted to do without a model."
    ]


@pytest.mark.parametrize(
    ("model", "shown"),
    [("org/model", "org/model"), ("/some/where/tuned", "tuned"), ("./tuned", "tuned"), ("~/m/tuned", "tuned")],
)
def test_a_model_is_shown_as_its_user_knows_it(model: str, shown: str) -> None:
    engine = VllmEngine(model)
    assert (engine.name, engine.model, engine.context_tokens, engine.alive) == ("vllm", shown, 0, False)


@pytest.mark.parametrize(("device", "shown"), [("cpu", "SmolLM2-135M-Instruct"), ("", None)])
def test_the_default_model_goes_by_the_device(device: str, shown: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_TARGET_DEVICE", device)
    assert VllmEngine().model == (shown or ("SmolLM2-135M-Instruct" if startup.is_cpu_build() else GPU_MODEL))


def test_a_folder_with_a_model_is_taken_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tuned").mkdir()
    (tmp_path / "tuned" / "config.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert startup.checked_model("tuned") == str(tmp_path / "tuned")
    assert startup.checked_model("./tuned") == str(tmp_path / "tuned")
    assert startup.checked_model("org/tuned-1.5B") == "org/tuned-1.5B"


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "weights.gguf").write_text("")
    for model, words in {
        str(tmp_path / "empty"): "holds no model, for it has no config.json",
        str(tmp_path / "none"): "There is no folder",
        "./none": "There is no folder",
        "a/b/c": "There is no folder",
        str(tmp_path / "weights.gguf"): "is a file",
        str(tmp_path / ("x" * 300)): "can't be read: File name too long",
    }.items():
        with pytest.raises(EngineStartError, match=words) as caught:
            startup.checked_model(model)
        assert "\n" not in str(caught.value)


def test_defaults_stand_before_the_users_arguments_and_yield_to_their_other_ways() -> None:
    embedded = startup.default_arguments([], embedded=True, in_core=True, on_cpu=True)
    assert embedded[embedded.index("--max-model-len") + 1] == "4096"
    assert embedded[embedded.index("--distributed-executor-backend") + 1] == "uni"
    assert "--kv-cache-memory-bytes" in embedded
    other = startup.default_arguments(["--gpu-memory-utilization=0.5"], embedded=False, in_core=False, on_cpu=True)
    assert other[other.index("--max-model-len") + 1] == "auto"
    assert "--kv-cache-memory-bytes" not in other
    assert "--distributed-executor-backend" not in other
    # With a GPU, vLLM's own defaults but for these.
    assert startup.default_arguments([], embedded=False, in_core=False, on_cpu=False) == [
        "--disable-log-stats",
        "--max-model-len",
        "auto",
    ]


def test_worker_processes_are_left_to_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VLLM_CPU_OMP_THREADS_BIND", "VLLM_ENABLE_V1_MULTIPROCESSING"):
        monkeypatch.delenv(name, raising=False)
    assert not startup.wants_processes(["--max-model-len", "512"])
    assert startup.wants_processes(["--tensor-parallel-size=2"])
    assert startup.wants_processes(["--distributed_executor_backend", "mp"])
    monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", "0-3")
    assert startup.wants_processes([])
    monkeypatch.delenv("VLLM_CPU_OMP_THREADS_BIND")
    monkeypatch.setenv("VLLM_ENABLE_V1_MULTIPROCESSING", "1")
    assert startup.wants_processes([])


def test_compiling_is_left_to_those_who_ask() -> None:
    assert not startup.wants_compilation(["--enforce-eager", "--max-model-len", "512"])
    for asked in ("--no-enforce-eager", "-O3", "-O", "--compilation_config={}", "-cc.mode=3", "--config"):
        assert startup.wants_compilation([asked]), asked


def test_environment_of_the_user_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VLLM_NO_USAGE_STATS", "VLLM_CONFIGURE_LOGGING", "VLLM_LOGGING_LEVEL", "VLLM_LOGGING_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert not startup.asks_for_log([])
    assert startup.asks_for_log(["--log_level", "debug"])
    monkeypatch.setattr("os.environ", environment := {"HF_HUB_OFFLINE": "0"})
    startup.set_environment(local=True, verbose=False, eager=True)
    assert not startup.asks_for_log([])
    assert environment == {
        "HF_HUB_OFFLINE": "0",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CONFIGURE_LOGGING": "0",
        "TORCH_LOGS": "-torch._library",
        "TORCH_COMPILE_DISABLE": "1",
    }
    startup.set_environment(local=False, verbose=False, eager=False)
    assert environment["TORCH_COMPILE_DISABLE"] == "1"
    environment["VLLM_LOGGING_LEVEL"] = "INFO"
    assert startup.asks_for_log([])


def test_an_unknown_argument_brings_the_nearest() -> None:
    known = ["--max-model-len", "--max-num-seqs", "--seed"]
    assert startup.explain_argument("unrecognized arguments: --max_model_length 4096", known) == (
        "vLLM has no argument --max_model_length: did you mean --max-model-len?"
    )
    assert startup.explain_argument("unrecognized arguments: --zzz=1", known) == (
        "vLLM has no argument --zzz: see vLLM's documentation on engine arguments."
    )
    assert startup.explain_argument("argument --seed: invalid int value: 'x'", known) == (
        "vLLM refuses an argument: argument --seed: invalid int value: 'x'."
    )


def test_too_little_memory_is_said_before_loading(tmp_path: Path) -> None:
    startup.check_memory(str(tmp_path), 1)
    startup.check_memory("org/model", 1)
    with (tmp_path / "model.safetensors").open("wb") as weights:
        weights.truncate(1 << 43)  # 8 TiB, of which the disk holds nothing.
    with pytest.raises(
        EngineStartError, match=r"needs about 8193\.5 GiB of memory \(8192\.0 for its weights"
    ) as caught:
        startup.check_memory(str(tmp_path), 0)
    assert "close other programs, choose a smaller model" in str(caught.value)


def test_a_torchvision_of_another_build_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What importing a torchvision does that was built for another torch.
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    importlib.invalidate_caches()
    with pytest.raises(
        EngineStartError, match=r"pip uninstall --yes torchvision torchaudio torchcodec`, or `make setup`"
    ):
        startup.check_torchvision()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RuntimeError: operator torchvision::nms does not exist", "uninstall torchvision"),
        (
            "Model architectures ['FooForCausalLM'] are not supported for now. Supported architectures: dict_keys([])",
            "can't run the architecture FooForCausalLM that org/m has",
        ),
        ("We couldn't connect to 'https://hub' to load the files", "can't be reached: check the network"),
        ("org/m is not a local folder and is not a valid model identifier listed on the hub", "The hub has no model"),
        ("You are trying to access a gated repo.", "set HF_TOKEN"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", "The GPU's memory doesn't hold org/m"),
        (
            "ValueError: Free memory on device cuda:0 (1.1/7.7 GiB) on startup is less than desired. Decrease it.",
            "The GPU's memory doesn't hold org/m",
        ),
        (
            "ValueError: … (4.5 GiB KV cache is needed, which is larger than the available KV cache memory (1.0 GiB). …",
            "wants 4.5 GiB of key-value cache and has 1.0 GiB",
        ),
        ("Something else. And a second sentence.", "vLLM can't start with org/m: Something else."),
        ("", "vLLM can't start with org/m: RuntimeError."),
    ],
)
def test_failures_become_one_sentence(text: str, words: str) -> None:
    sentence = startup.explain_failure(RuntimeError(text), "org/m", [])
    assert words in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_the_engine_cores_own_words_come_first() -> None:
    said = ["INFO all is well", "ValueError: bad", "", "torch.OutOfMemoryError: CUDA out of memory", "  at line 3"]
    assert "GPU's memory" in startup.explain_failure(RuntimeError("Engine core initialization failed."), "m", said)


def test_first_sentence() -> None:
    assert startup.first_sentence("One. Two.") == "One"
    assert startup.first_sentence("See v0.5.1 at a.b.c") == "See v0.5.1 at a.b.c"
    assert startup.first_sentence("\n\n  only this\n  and not this") == "only this"
    pydantic = "1 validation error for X\n  Value error, seqs must be positive. [type=value_error, input_value=1]\n"
    assert startup.first_sentence(pydantic) == "seqs must be positive"
    assert startup.first_sentence("") == ""
