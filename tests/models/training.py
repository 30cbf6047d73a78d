"""What training the models of this folder has in common: pictures as a model sees them, steps, and runs that can be stopped."""

from __future__ import annotations

import argparse
import math
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from models.seeing import parts
from models.shapes import Drawing, Kind, Split, draw

PICTURES: Final = 20_000
"""How many are drawn to train with."""
WATCHED: Final = 256
"""How many held-out ones are looked at meanwhile. Nothing is chosen by them, and what is measured at the end are others."""
_KEPT_EVERY: Final = 500
_NONE: Final = Image.new("RGB", (1, 1))


@dataclass(frozen=True, slots=True)
class Album:
    """Pictures, and what is true of them."""

    pixels: torch.Tensor
    """As the processor scales them: pictures x 3 x height x width, bytes."""
    drawings: Sequence[Drawing]
    parts: torch.Tensor
    """See `models.seeing.parts`."""


def album(processor: Any, split: Split, count: int, kinds: Sequence[Kind]) -> Album:
    """Draw pictures, and scale them as a model's processor does."""
    drawings, pixels, true = [], [], []
    for index in range(count):
        drawing = draw(split, index, kinds[index % len(kinds)])
        made = processor.image_processor([drawing.image], do_rescale=False, do_normalize=False, return_tensors="np")
        values: NDArray[Any] = np.asarray(made["pixel_values"])
        pixels.append(torch.from_numpy(values.reshape(-1, *values.shape[-2:]).astype(np.uint8)))
        true.append(parts(drawing))
        drawings.append(replace(drawing, image=_NONE))  # 20,000 of them would take 2 GB
    return Album(torch.stack(pixels), drawings, torch.stack(true))


class Training(ABC):
    """Models, an optimizer, and how far they have come.

    Args:
        modules: what learns, by the names under which it's kept.
        processor: makes pictures into what the first of them takes.
        steps: how many there are to be taken.
        kept: where a run is kept to go on from.
    """

    kinds: tuple[Kind, ...]
    """What is on the pictures, in turn."""

    def __init__(self, modules: Mapping[str, Any], processor: Any, steps: int, kept: Path) -> None:
        self.modules = dict(modules)
        self.parameters = [parameter for module in modules.values() for parameter in module.parameters()]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-3, weight_decay=0.02, betas=(0.9, 0.98))
        self.processor = processor
        self.step = 0
        self.steps = steps
        self._kept = kept
        images = processor.image_processor
        self._mean = torch.tensor(images.image_mean)[:, None, None]
        self._deviation = torch.tensor(images.image_std)[:, None, None]

    # What each model does in its own way

    @abstractmethod
    def loss(self, chance: random.Random, pictures: Album) -> torch.Tensor:
        """Return the loss of this step, of pictures chosen by ``chance``."""

    @abstractmethod
    def rate(self) -> float:
        """Return this step's learning rate."""

    @abstractmethod
    def watch(self, unseen: Album) -> str:
        """Say how well it does with pictures that it hasn't learned."""

    # What is the same for all

    def pixels(self, pictures: Album, indexes: Sequence[int]) -> torch.Tensor:
        """Return some pictures as the model takes them: scaled and normalised."""
        values: torch.Tensor = (pictures.pixels[list(indexes)].float() / 255 - self._mean) / self._deviation
        return values

    def learn(self, pictures: Album) -> float:
        """Take one step; return its loss."""
        for module in self.modules.values():
            module.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        with torch.autocast("cpu", torch.bfloat16):
            loss = self.loss(random.Random(f"step/{self.step}"), pictures)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.step += 1
        return float(loss.detach())

    def resume(self) -> None:
        """Go on where an earlier run has stopped, if one has."""
        if self._kept.exists():
            kept = torch.load(self._kept, weights_only=True)
            for name, module in self.modules.items():
                module.load_state_dict(kept[name])
            self.optimizer.load_state_dict(kept["optimizer"])
            self.step = kept["step"]

    def keep(self) -> None:
        """Write down how far it has come."""
        state = {name: module.state_dict() for name, module in self.modules.items()}
        torch.save({**state, "optimizer": self.optimizer.state_dict(), "step": self.step}, self._kept)


def falling(first: float, last: float, done: int, steps: int) -> float:
    """Return a learning rate that rises in 100 steps, and then falls along a cosine."""
    return min(1, (done + 1) / 100) * (last + (first - last) * 0.5 * (1 + math.cos(math.pi * done / steps)))


def run(
    name: str, make: Callable[[Path], Training], folder: Path, save: Callable[[Training, Path], None] | None = None
) -> None:
    """Train as the command line says, and save.

    Args:
        name: under which the run is kept.
        make: makes the training, given where it's kept.
        folder: where the model goes, unless the command line says otherwise.
        save: writes the trained model into a folder, and says how well it does; without it, it's only kept, for what comes next.
    """
    options = argparse.ArgumentParser()
    options.add_argument("--folder", type=Path, default=folder, help="where the model goes")
    options.add_argument("--kept", type=Path, default=Path("build/models"), help="where runs are kept")
    options.add_argument("--minutes", type=float, default=math.inf, help="stop after so long; the next run goes on")
    options.add_argument("--threads", type=int, default=1, help="more are no faster on a machine that does other work")
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    torch.use_deterministic_algorithms(True)
    began = time.monotonic()

    given.kept.mkdir(parents=True, exist_ok=True)
    training = make(given.kept / f"{name}.pt")
    training.resume()
    print(f"{name}: {training.step} of {training.steps} steps done", flush=True)
    if training.step < training.steps:
        print(f"drawing {PICTURES} pictures", flush=True)
        pictures = album(training.processor, "train", PICTURES, training.kinds)
        unseen = album(training.processor, "held out", WATCHED, training.kinds)
    losses: list[float] = []
    while training.step < training.steps:
        losses.append(training.learn(pictures))
        minutes = (time.monotonic() - began) / 60
        if training.step % 100 == 0 or training.step == training.steps:
            said = f"step {training.step} of {training.steps}, {minutes:.1f} min: loss {np.mean(losses):.3f}"
            print(f"{said}, {training.watch(unseen)}", flush=True)
            losses.clear()
        if training.step % _KEPT_EVERY == 0 or training.step == training.steps or minutes > given.minutes:
            training.keep()
        if minutes > given.minutes and training.step < training.steps:
            raise SystemExit(f"Stopped after {minutes:.1f} minutes: run it again to go on.")
    if save is not None:
        save(training, given.folder)
