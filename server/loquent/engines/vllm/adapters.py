"""LoRA adapters: small weights beside the model's own, with which some characters reply. vLLM runs them side by side, on one base model."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import math
import re
import shutil
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loquent.engines import hub
from loquent.engines.base import EngineStartError, RequestRefused
from loquent.engines.vllm.startup import first_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LOG = logging.getLogger(__name__)

_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes as the largest rank of all adapters. The smallest that will do: each slot has room for it in every layer."""

_MOST_AT_ONCE = 4
"""How many adapters replies may have that run in the same step; the replies of others wait for them."""

_MOST_HEADER = 64 << 20
"""Bytes that the list of the weights in a file may have."""

_WEIGHTS = "adapter_model.safetensors"
"""The file with an adapter's weights. The other kinds that there are can run code where they're read."""


class Adapters:
    """The adapters of one engine.

    Args:
        names: those that are known before it starts, hub names or folders. Without any, none can be used, and nothing is paid for them.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._folders: dict[str, str] = {}
        self._requests: dict[str, Any] = {}
        self._rank = 0
        self._shapes: Shapes = {}
        self._nothing: str | None = None
        """On the CPU, an adapter that changes nothing, for replies without one: beside others that have one, vLLM 0.32 would give
        them the weights in its last slot (it takes "none", which is -1, for an index)."""
        self._numbers = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()

    def arguments(
        self, model: str = "", *, on_cpu: bool = False, check: Callable[[], None] = lambda: None
    ) -> list[str]:
        """Return the arguments with which vLLM can use them. Fetches those that aren't here; blocks.

        Args:
            model: the model's folder; of a hub name nothing is known yet.
            on_cpu: whether vLLM runs on the CPU.
            check: called now and then during a download; what it raises ends it.

        Raises:
            EngineStartError: one can't be had, or is none.
        """
        if not self._names:
            return []
        self._shapes = _shapes(Path(model))
        for name in self._names:
            try:
                self._folders[name], rank = _found(name, self._shapes, check)
            except ValueError as error:
                raise EngineStartError(str(error)) from None
            self._rank = max(self._rank, next(most for most in _RANKS if most >= rank))
        if on_cpu:
            self._nothing = tempfile.mkdtemp(prefix="loquent-adapter-")
            _write_nothing(Path(self._nothing), _shapes(Path(self._folders[self._names[0]]), _WEIGHTS))
        most = min(len(self._names) + on_cpu, _MOST_AT_ONCE)
        return [
            "--enable-lora",
            *("--max-lora-rank", str(self._rank)),
            *("--max-loras", str(most)),
            *("--max-cpu-loras", str(len(self._names) + _MOST_AT_ONCE)),
        ]

    async def load(self, llm: Any) -> None:
        """Have vLLM load those that are known, so that one that doesn't fit the model is found out now.

        Raises:
            EngineStartError: one doesn't fit.
        """
        for name in (*self._names, None):
            try:
                await self.request(llm, name)
            except RequestRefused as error:
                raise EngineStartError(str(error)) from None

    async def request(self, llm: Any, name: str | None) -> Any:
        """Return what tells vLLM to use an adapter, or none; have it loaded first, if it hasn't been.

        Raises:
            RequestRefused: it can't be used.
        """
        if name is None:
            if self._nothing is None:
                return None
            name = self._nothing
        if name in self._requests:
            return self._requests[name]
        if not self._names:
            raise RequestRefused(
                f"The adapter {name} can't be used, for the server was started without any: restart it, with a character that has one."
            )
        async with self._one_at_a_time:
            if name not in self._requests:
                self._requests[name] = await self._loaded(llm, name)
        return self._requests[name]

    async def _loaded(self, llm: Any, name: str) -> Any:
        from vllm.lora.request import LoRARequest

        try:
            folder = self._folders.get(name)
            if folder is None:
                folder, rank = await asyncio.to_thread(_found, name, self._shapes)
                if rank > self._rank:
                    raise ValueError(
                        f"The adapter {name} has the rank {rank}, and the server was started for ranks up to {self._rank}: restart it."
                    )
        except ValueError as error:
            raise RequestRefused(str(error)) from None
        request = LoRARequest(name, next(self._numbers), folder)
        try:
            await llm.add_lora(request)
        except Exception as error:
            if llm.errored:
                raise
            _LOG.debug("vLLM can't load the adapter %s", name, exc_info=error)
            raise RequestRefused(
                f"The adapter {name} doesn't fit the model ({_reason(error)}): take one that was trained for it."
            ) from None
        return request

    def close(self) -> None:
        """Remove what was written. Idempotent."""
        if self._nothing is not None:
            shutil.rmtree(self._nothing, ignore_errors=True)


def _write_nothing(folder: Path, shapes: Shapes) -> None:
    """Write an adapter that changes nothing, for the model that another one is for."""
    first = next(name for name in shapes if ".lora_A" in name and name.replace(".lora_A", ".lora_B") in shapes)
    second = first.replace(".lora_A", ".lora_B")
    sizes = {first: [1, shapes[first][1]], second: [shapes[second][0], 1]}
    header: dict[str, Any] = {}
    end = 0
    for name, shape in sizes.items():
        begin, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    written = json.dumps(header).encode()
    (folder / _WEIGHTS).write_bytes(struct.pack("<Q", len(written)) + written + bytes(end))
    module = first.partition(".lora_A")[0].rpartition(".")[2]
    config = {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": [module]}
    (folder / "adapter_config.json").write_text(json.dumps(config))


def _reason(error: Exception) -> str:
    return re.sub(r"^Call to \w+ method failed: ", "", first_sentence(str(error)) or type(error).__name__)


def _found(name: str, shapes: Shapes, check: Callable[[], None] = lambda: None) -> tuple[str, int]:
    """Return an adapter's folder and rank. Fetches it from the hub if it's no folder here.

    Args:
        name: the folder, or its hub name.
        shapes: of the model's weights.
        check: called now and then during a download.

    Raises:
        ValueError: it can't be had, or is none; the text is a sentence.
    """
    path = Path(name).expanduser()
    if not path.is_dir():
        if Path(name).is_absolute() or name.startswith((".", "~")) or not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
            raise ValueError(f"There is no folder {name} with an adapter: give an existing folder or a hub name.")
        try:
            path = Path(hub.fetch(name, check))
        except hub.HubError as error:
            _LOG.debug("The adapter %s can't be fetched: %s", name, error)
            raise ValueError(
                f"The adapter {name} is no folder here and can't be fetched from the hub: check its name and the network."
            ) from None
    try:
        config = json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))
        kind, rank = config["peft_type"], int(config["r"])
    except FileNotFoundError:
        raise ValueError(f"The folder {name} holds no adapter, for it has no adapter_config.json.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"The adapter_config.json of {name} can't be read ({first_sentence(str(error))}).") from None
    if kind != "LORA":
        raise ValueError(f"The adapter {name} is of the type {kind}, and only LORA can be used.")
    if not 1 <= rank <= _RANKS[-1]:
        raise ValueError(f"The adapter {name} has the rank {rank}, and ranks from 1 to {_RANKS[-1]} can be used.")
    weights = _shapes(path, _WEIGHTS)
    if not any(".lora_A" in weight and weight.replace(".lora_A", ".lora_B") in weights for weight in weights):
        raise ValueError(
            f"The adapter {name} has no weights: {_WEIGHTS} is missing in its folder, or has nothing of LoRA in it."
        )
    if not _fits(weights, shapes):
        raise ValueError(f"The adapter {name} doesn't fit the model: take one that was trained for it.")
    return str(path.resolve()), rank


Shapes = dict[str, list[int]]
"""The shapes of a model's weights, or an adapter's, by their names."""


def _shapes(folder: Path, files: str = "*.safetensors") -> Shapes:
    """Read the shapes of the weights in a folder. Of files of other kinds, and of none, nothing is known."""
    found: Shapes = {}
    for file in folder.glob(files) if folder.is_dir() else ():
        with contextlib.suppress(OSError, ValueError, struct.error, KeyError, TypeError), file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            header = json.loads(opened.read(min(length, _MOST_HEADER)))
            found.update((name, about["shape"]) for name, about in header.items() if name != "__metadata__")
    return found


def _fits(adapter: Shapes, model: Shapes) -> bool:
    """Whether an adapter's weights have the sizes of the model's. vLLM takes smaller ones, and what it then computes is nonsense."""
    for name, shape in adapter.items():
        module, dot, side = name.removeprefix("base_model.model.").rpartition(".lora_")
        base = model.get(f"{module}.weight")
        # Quantised weights are packed; what they stand for isn't in the file.
        if dot and base is not None and len(base) == 2 == len(shape) and f"{module}.weight_scale" not in model:
            if side.startswith("A") and shape[1] != base[1]:
                return False
            if side.startswith("B") and shape[0] != base[0]:
                return False
    return True
