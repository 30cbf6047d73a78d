"""Whether the model is there, or can be had, and what it takes of memory and disk."""

from __future__ import annotations

import importlib.util
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..engines import embedded_model
from ..engines.base import EngineStartError
from ..engines.vllm.engine import GPU_MODEL
from ..engines.vllm.startup import (
    available_memory,
    checked_model,
    default_arguments,
    explain_failure,
    is_cpu_build,
    needed_memory,
    weight_bytes,
)
from ..gpus import Gpu
from ..settings import Settings
from .capacity import examine_disk, examine_gpu_memory, examine_memory
from .finding import Finding, ok, problem, warning

_HUB_SECONDS: Final = 10.0
_EMBEDDED_BYTES: Final = 300 << 20
"""What the embedded model takes, in memory as on the disk."""
_UNITS: Final = {"": 1} | {
    letter: base**power for letters, base in (("kmgt", 1000), ("KMGT", 1024)) for power, letter in enumerate(letters, 1)
}
"""What vLLM takes behind a number: small letters for powers of 1,000, capitals for those of 1,024."""
_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "tekken.json", "vocab.json")


class Looked(NamedTuple):
    """What was found out about the model."""

    finding: Finding
    weights: int | None
    """Bytes of its weights; None if unknown."""
    folder: Path | None = None
    """Where something has yet to be written."""
    missing: int = 0
    """Bytes that have yet to be written there."""


def examine_model(settings: Settings, gpus: Sequence[Gpu], *, running: bool, besides: int = 0) -> Iterator[Finding]:
    """Look for the model that the settings name, and whether memory and disk are enough for it.

    Args:
        settings: what is set.
        gpus: what `find_gpus` has found.
        running: whether a server runs here already.
        besides: what other models take of the memory, in bytes.
    """
    if settings.engine != "vllm" or importlib.util.find_spec("vllm") is None:
        return
    on_cpu = is_cpu_build()
    embedded = settings.model is None and on_cpu
    looked = look_for_embedded() if embedded else look_for(settings.model or GPU_MODEL)
    yield looked.finding
    if looked.weights is not None and on_cpu:
        cache = cache_bytes(settings.vllm_arguments, embedded=embedded)
        yield examine_memory(needed_memory(looked.weights, cache) + besides, available_memory(), running=running)
    elif looked.weights is not None and gpus:
        yield examine_gpu_memory(looked.weights, gpus)
    if looked.folder is not None:
        yield examine_disk(looked.folder, looked.missing)


def cache_bytes(arguments: Sequence[str], *, embedded: bool) -> int:
    """Size of vLLM's key-value cache on the CPU with these arguments of its own; 0 where it isn't said, or vLLM wouldn't understand it."""
    defaults = default_arguments(arguments, embedded=embedded, in_core=False, on_cpu=True)
    words = [word for argument in (*defaults, *arguments) for word in argument.split("=", 1)]
    sizes = [value for name, value in itertools.pairwise(words) if name.replace("_", "-") == "--kv-cache-memory-bytes"]
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([kmgtKMGT]?)", sizes[-1]) if sizes else None
    return int(float(found[1]) * _UNITS[found[2]]) if found else 0


def look_for_embedded() -> Looked:
    """Look whether the embedded model has been converted, or can be."""
    name = embedded_model.NAME
    try:
        folder = embedded_model.folder()
    except EngineStartError as error:
        return Looked(problem("model", str(error)), None)
    if embedded_model.is_ready(folder):
        return Looked(ok("model", f"{name}, in {folder}."), weight_bytes(folder))
    text = f"{name} will be converted when the server first starts, which takes about ten seconds."
    return Looked(ok("model", text), _EMBEDDED_BYTES, folder, _EMBEDDED_BYTES)


def look_for(model: str, setting: str = "model") -> Looked:
    """Look whether a model is in its folder, in the hub's cache, or on the hub.

    Args:
        model: hub name or folder.
        setting: what names it.
    """
    try:
        path = Path(checked_model(model, setting))
    except EngineStartError as error:
        return Looked(problem(setting, str(error)), None)
    return _look_into(path, setting) if path.is_dir() else _look_for_hub(model, setting)


def _look_into(folder: Path, setting: str) -> Looked:
    lacks = _lacking(folder)
    if lacks is not None:
        return Looked(problem(setting, f"{folder} lacks {lacks}: name a folder with a whole model."), None)
    if not any((folder / name).exists() for name in _TOKENIZERS):
        text = f"{folder} has no tokenizer ({_TOKENIZERS[0]}), which vLLM then looks for on the hub."
        return Looked(warning(setting, text), weight_bytes(folder))
    return Looked(ok(setting, f"{folder.name}, in {folder}."), weight_bytes(folder))


def _lacking(folder: Path) -> str | None:
    """Name what a model's folder lacks of its weights; None for nothing."""
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return None if weight_bytes(folder) else "the model's weights (*.safetensors)"
    try:
        files = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return f"a list of its weights that can be read ({index.name})"
    return next((str(name) for name in files if not (folder / str(name)).exists()), None)


def _look_for_hub(model: str, setting: str) -> Looked:
    if importlib.util.find_spec("huggingface_hub") is None:
        text = f"{model} is on the Hugging Face hub; whether it can be had shows when the server starts."
        return Looked(warning(setting, text), None)
    from huggingface_hub import HfApi, constants, try_to_load_from_cache

    cached = try_to_load_from_cache(model, "config.json")
    if isinstance(cached, str) and _lacking(Path(cached).parent) is None:
        folder = Path(cached).parent
        return Looked(ok(setting, f"{model}, in the hub's cache ({folder})."), weight_bytes(folder))
    try:
        files = HfApi().model_info(model, timeout=_HUB_SECONDS, files_metadata=True).siblings or []
    except Exception as error:  # noqa: BLE001 - whatever the hub or the network has against it is what is asked for
        named = RuntimeError(f"{type(error).__name__}: {error}")  # some say what they are by their name alone
        return Looked(problem(setting, explain_failure(named, model, (), setting)), None)
    weights = sum(file.size or 0 for file in files if file.rfilename.endswith(".safetensors"))
    size = f"{weights / 1e9:.1f} GB" if weights else "it"
    text = f"{model} isn't here yet: {size} will be downloaded from the Hugging Face hub when the server first starts."
    return Looked(warning(setting, text), weights or None, Path(constants.HF_HUB_CACHE), weights)
