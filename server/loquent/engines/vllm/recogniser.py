"""Zero-shot recognition by vLLM's pooling runner: which of some labels a picture shows, with CLIP or SigLIP.

Both turn a picture and a sentence about it into vectors that lie close together where the sentence fits. How likely each label is, is
the softmax over the labels of scale x cosine, with the scale that the model was trained with. For SigLIP, which was trained to judge each
sentence by itself, that is the probability of each label if one of them is right: what it adds to every logit falls out.
"""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from loquent.engines.base import EngineStartError, Verdict
from loquent.engines.vllm.pooling import Pooling, together
from loquent.engines.vllm.startup import checked_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from loquent.images import Picture

_NICENESS: Final = 5
"""How far its engine core steps back: a player waits for what it says, but others read on meanwhile."""

_CACHED_LABELS: Final = 4096
_CACHED_PICTURES: Final = 1024
"""How many vectors are kept, of some 2 to 4 KB each. A game asks for the same labels again and again."""


class _Family(NamedTuple):
    """How models of a kind want to be asked."""

    sentence: str
    """What is said of a picture: what the models were trained with, and are measured with."""
    lowers: bool
    """Whether they know small letters only, and leave making them to us."""
    padding: str | None
    """How sentences are filled up: SigLIP was trained on sentences that were, and reads the end of what fills them up."""


_FAMILIES: Final = {
    "clip": _Family("a photo of {}", lowers=False, padding=None),
    "siglip": _Family("this is a photo of {}.", lowers=True, padding="max_length"),
}


class VllmRecogniser(Pooling):
    """A `Recogniser` by vLLM."""

    setting = "recognition"

    def __init__(
        self,
        model: str,
        arguments: Sequence[str] = (),
        report: Callable[[str], None] | None = None,
    ) -> None:
        """Prepare to start; looks only whether there is a model, where it's named by a folder.

        Args:
            model: a hub name or a folder, of a CLIP or a SigLIP model.
            arguments: vLLM's own engine arguments; they win over the defaults chosen here.
            report: gets a line for people, now and then while it starts, in the event loop.

        Raises:
            EngineStartError: the model is named by a path where no model is, or another one.
        """
        path = checked_model(model, self.setting)
        if Path(path).is_dir():
            _family_of(path)
        super().__init__(path, arguments, report, niceness=_NICENESS)
        self._family = _FAMILIES["clip"]
        self._scale = 0.0
        self._labels = _Vectors(_CACHED_LABELS)
        self._pictures = _Vectors(_CACHED_PICTURES)

    def _find(self, say: Callable[[str], None]) -> str:
        path = super()._find(say)
        self._family = _family_of(path)
        self._scale = _scale(Path(path))
        return path

    def _default_arguments(self, *, in_core: bool, on_cpu: bool) -> Sequence[str]:
        # What is kept of pictures is their vectors, here; vLLM would keep their pixels, up to 4 GiB of them.
        return [*super()._default_arguments(in_core=in_core, on_cpu=on_cpu), "--mm-processor-cache-gb", "0"]

    async def _warm_up(self) -> None:
        from PIL import Image

        grey = Image.new("RGB", (64, 64), (128, 128, 128))
        await self._vector({"prompt": "", "multi_modal_data": {"image": grey}}, "picture")
        await self._label("nothing")

    async def recognise(self, picture: Picture, labels: Sequence[str]) -> Verdict:
        """Tell how likely each label is, if the picture shows one of them. Cancelling aborts it at once.

        Raises:
            RequestRefused, EngineBusy, EngineFailed, EngineDead: see there.
        """
        import numpy as np

        self._running()
        seen, *named = await together([self._picture(picture), *(self._label(label) for label in labels)])
        logits = self._scale * (np.stack(named) @ seen).astype(np.float64)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        return Verdict(tuple(map(float, shares)))

    async def _picture(self, picture: Picture) -> NDArray[np.float32]:
        vector = self._pictures.get(picture.key)
        if vector is None:
            prompt = {
                "prompt": "",
                "multi_modal_data": {"image": picture.pixels},
                "multi_modal_uuids": {"image": [picture.key]},
            }
            vector = self._pictures.keep(picture.key, await self._vector(prompt, "picture"))
        return vector

    async def _label(self, label: str) -> NDArray[np.float32]:
        vector = self._labels.get(label)
        if vector is None:
            family = self._family
            sentence = family.sentence.format(label.lower() if family.lowers else label)
            padding = {"padding": family.padding} if family.padding else {}
            vector = self._labels.keep(label, await self._vector({"prompt": sentence}, "label", **padding))
        return vector


class _Vectors:
    """The vectors that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def get(self, key: str) -> NDArray[np.float32] | None:
        """Return what is kept under a key, if anything is."""
        vector = self._kept.get(key)
        if vector is not None:
            self._kept.move_to_end(key)
        return vector

    def keep(self, key: str, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Keep a vector, and let go of the one that wasn't asked for the longest if there are too many. Returns the vector."""
        self._kept[key] = vector
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return vector


def _family_of(folder: str) -> _Family:
    """Tell how a model wants to be asked.

    Raises:
        EngineStartError: it's neither CLIP nor SigLIP, or its configuration can't be read.
    """
    try:
        kind = json.loads((Path(folder) / "config.json").read_bytes())["model_type"]
    except (OSError, ValueError, KeyError, TypeError):
        raise EngineStartError(
            f"The configuration in {folder} can't be read (config.json): give --recognition the folder of a CLIP or SigLIP model."
        ) from None
    if kind not in _FAMILIES:
        raise EngineStartError(
            f"{folder} holds a model of the type {kind}, which can't tell which label fits a picture: give --recognition a CLIP or SigLIP "
            "model."
        )
    return _FAMILIES[kind]


def _scale(folder: Path) -> float:
    """Read by what factor the model's cosines become logits. vLLM leaves it out of what it loads.

    Raises:
        EngineStartError: it isn't there.
    """
    for file in sorted(folder.glob("*.safetensors")):
        from safetensors import safe_open

        with safe_open(str(file), "pt") as weights:
            if "logit_scale" in weights.keys():  # noqa: SIM118 - it's no mapping
                return math.exp(_number(weights.get_tensor("logit_scale")))
    for file in sorted(folder.glob("*.bin")):
        import torch

        weights = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
        if "logit_scale" in weights:
            return math.exp(_number(weights["logit_scale"]))
    raise EngineStartError(
        f"{folder} lacks the weight logit_scale, without which labels can't be compared: name a whole model."
    )


def _number(tensor: Any) -> float:
    return float(tensor.float().reshape(-1)[0])
