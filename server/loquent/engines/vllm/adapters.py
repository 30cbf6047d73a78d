"""LoRA adapters: small weights beside the model's own, with which some characters reply. vLLM runs them side by side, on one base model."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loquent.engines.base import EngineError, EngineStartError, RequestRefused
from loquent.engines.vllm.startup import first_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LOG = logging.getLogger(__name__)

_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes as the largest rank of all adapters. The smallest that will do: each slot has room for it in every layer."""

_MOST_AT_ONCE = 4
"""How many adapters replies may have that run in the same step; the replies of others wait for them."""

_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin", "adapter_model.pt")


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
        self._numbers = itertools.count(1)

    def arguments(self) -> list[str]:
        """Return the arguments with which vLLM can use them. Fetches those that aren't here; blocks.

        Raises:
            EngineStartError: one can't be had, or is none.
        """
        if not self._names:
            return []
        for name in self._names:
            try:
                self._folders[name], rank = _found(name)
            except ValueError as error:
                raise EngineStartError(str(error)) from None
            self._rank = max(self._rank, next(most for most in _RANKS if most >= rank))
        most = min(len(self._names), _MOST_AT_ONCE)
        return [
            "--enable-lora",
            *("--max-lora-rank", str(self._rank)),
            *("--max-loras", str(most)),
            *("--max-cpu-loras", str(max(len(self._names), most) + _MOST_AT_ONCE)),
        ]

    async def load(self, llm: Any) -> None:
        """Have vLLM load those that are known, so that one that doesn't fit the model is found out now.

        Raises:
            EngineStartError: one doesn't fit.
        """
        for name in self._names:
            try:
                await self.request(llm, name)
            except RequestRefused as error:
                raise EngineStartError(str(error)) from None

    async def request(self, llm: Any, name: str) -> Any:
        """Return what tells vLLM to use an adapter; have it loaded first, if it hasn't been.

        Raises:
            RequestRefused: it can't be used.
        """
        if name in self._requests:
            return self._requests[name]
        if not self._names:
            raise RequestRefused(
                f"The adapter {name} can't be used, for the server was started without any: restart it, with a character that has one."
            )
        from vllm.lora.request import LoRARequest

        try:
            folder = self._folders.get(name)
            if folder is None:
                folder, rank = await asyncio.to_thread(_found, name)
                if rank > self._rank:
                    raise ValueError(
                        f"The adapter {name} has the rank {rank}, and the server was started for ranks up to {self._rank}: restart it."
                    )
        except ValueError as error:
            raise RequestRefused(str(error)) from None
        request = LoRARequest(name, next(self._numbers), folder)
        try:
            await llm.add_lora(request)
        except EngineError:
            raise
        except Exception as error:
            if llm.errored:
                raise
            _LOG.debug("vLLM can't load the adapter %s", name, exc_info=error)
            raise RequestRefused(
                f"The adapter {name} doesn't fit the model ({_reason(error)}): take one that was trained for it."
            ) from None
        return self._requests.setdefault(name, request)


def _reason(error: Exception) -> str:
    return re.sub(r"^Call to \w+ method failed: ", "", first_sentence(str(error)) or type(error).__name__)


def _found(name: str, fetch: Callable[[str], str] | None = None) -> tuple[str, int]:
    """Return an adapter's folder and rank. Fetches it from the hub if it's no folder here.

    Raises:
        ValueError: it can't be had, or is none; the text is a sentence.
    """
    path = Path(name).expanduser()
    if not path.is_dir():
        if Path(name).is_absolute() or name.startswith((".", "~")) or not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
            raise ValueError(f"There is no folder {name} with an adapter: give an existing folder or a hub name.")
        path = Path((fetch or _fetched)(name))
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
    if not any((path / file).is_file() for file in _WEIGHTS):
        raise ValueError(f"The adapter {name} has no weights: {_WEIGHTS[0]} is missing in its folder.")
    return str(path.resolve()), rank


def _fetched(name: str) -> str:
    from huggingface_hub import snapshot_download

    try:
        return str(snapshot_download(name, allow_patterns=["adapter_*"]))
    except Exception as error:  # noqa: BLE001 - of the network, the hub, the disk
        _LOG.debug("The adapter %s can't be fetched", name, exc_info=error)
        raise ValueError(
            f"The adapter {name} is no folder here and can't be fetched from the hub: check its name and the network."
        ) from None
