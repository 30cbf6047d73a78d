"""Trains the small CLIP model: ``PYTHONPATH=server:tests python -m models.train_clip``; some 5 minutes on one core.

Its vision encoder begins with what the vision language model's has learned in the first stage of its training, for both are built alike; so
train that one first. Each step shows pictures and, for each group of captions that exclude each other, a caption of every one: the
picture is to lie closest to the one that fits, and the caption to the pictures that it fits. Besides, the encoder goes on telling what is
in each part of a picture.

Everything comes of the seed. A run can be stopped and gone on with (``--minutes``).
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional

from models import SHAPES_CLIP
from models.captions import GROUPS, Group, caption, groups_of
from models.measure_clip import shares
from models.seeing import GRID, Teller
from models.shapes import Kind
from models.shapes_clip import PATCH, SIDE, make_model, make_processor, make_tokenizer, save
from models.train_vlm import SEEN
from models.training import WATCHED, Album, Training, falling, run

SEED: Final = 8
_STEPS: Final = 1500
_BATCH: Final = 64
_MOST_SCALE: Final = math.log(100)
_WATCHED_LABELS: Final = 100
_MEASURED: Final = 400


class ClipTraining(Training):
    """How the CLIP model learns."""

    kinds: tuple[Kind, ...] = (
        *("one", "one", "one", "one", "one", "one", "one"),
        *("placed", "placed", "placed", "several", "several", "blank"),
    )

    def __init__(self, kept: Path) -> None:
        torch.manual_seed(SEED)
        self.tokenizer = make_tokenizer()
        self.model = make_model(self.tokenizer)
        _begin(self.model.vision_model, kept.with_name(SEEN))
        self.teller = Teller(self.model.config.vision_config.hidden_size)
        super().__init__({"model": self.model, "cell": self.teller}, make_processor(self.tokenizer), _STEPS, kept)

    def rate(self) -> float:
        return falling(1e-3, 3e-5, self.step, _STEPS)

    def loss(self, chance: random.Random, pictures: Album) -> torch.Tensor:
        indexes = chance.sample(range(len(pictures.drawings)), _BATCH)
        pixels, true = self.pixels(pictures, indexes), pictures.parts[indexes]
        seen = self.model.vision_model(pixel_values=pixels)
        told = self.teller.loss(self._parts(seen.last_hidden_state), true)
        vectors = functional.normalize(self.model.visual_projection(seen.pooler_output).float(), dim=-1)
        facts = [groups_of(pictures.drawings[index]) for index in indexes]
        loss = 0.2 * told
        for group in GROUPS:
            names = [(row, name) for row, known in enumerate(facts) for other, name in known if other is group]
            if names:
                right = torch.tensor([group.names.index(name) for _, name in names])
                fit = self._group_loss(chance, group, vectors[[row for row, _ in names]], right)
                loss = loss + len(names) / _BATCH * fit
        return loss

    def _parts(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return a vector for each part of a picture: the mean of its patches'. The first token stands for the whole."""
        side = SIDE // PATCH
        patches = hidden[:, 1:].transpose(1, 2).unflatten(2, (side, side))
        return functional.avg_pool2d(patches, side // GRID).flatten(2).transpose(1, 2)

    def _group_loss(self, chance: random.Random, group: Group, seen: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        said = [caption(chance, group, name) for name in group.names]
        tokens = self.tokenizer(said, padding=True, return_tensors="pt")
        told = functional.normalize(self.model.get_text_features(**tokens).pooler_output.float(), dim=-1)
        scale = self.model.logit_scale.clamp(max=_MOST_SCALE).exp()
        logits = scale * seen @ told.T
        fits = functional.one_hot(right, len(group.names)).float().T
        shown = fits.sum(1) > 0
        wanted = fits[shown] / fits[shown].sum(1, keepdim=True)
        return functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T[shown], wanted)

    def watch(self, unseen: Album) -> str:
        self.model.eval()
        with torch.no_grad():
            hidden = self.model.vision_model(pixel_values=self.pixels(unseen, range(WATCHED))).last_hidden_state
            right = self.teller.right(self._parts(hidden), unseen.parts)
        of_kinds = shares(self.model, self.processor, _WATCHED_LABELS)
        return ", ".join(
            [f"{right:.1%} of unseen things told right", *(f"{kind} {share:.0%}" for kind, share in of_kinds.items())]
        )


def _begin(vision_model: Any, seen: Path) -> None:
    """Begin with the other encoder. What CLIP has none of, a bias of the patches, goes into the vectors of their places."""
    theirs = torch.load(seen, weights_only=True)
    layers = {name.removeprefix("encoder."): tensor for name, tensor in theirs.items() if name.startswith("encoder.")}
    vision_model.encoder.load_state_dict(layers)
    embeddings = vision_model.embeddings
    with torch.no_grad():
        embeddings.patch_embedding.weight.copy_(theirs["embeddings.patch_embedding.weight"])
        places = theirs["embeddings.position_embedding.weight"] + theirs["embeddings.patch_embedding.bias"]
        embeddings.position_embedding.weight[1:].copy_(places)


def _save(training: Training, folder: Path) -> None:
    assert isinstance(training, ClipTraining)
    with torch.no_grad():
        training.model.logit_scale.clamp_(max=_MOST_SCALE)
    save(training.model, training.processor, folder)
    for kind, share in shares(training.model, training.processor, _MEASURED).items():
        print(f"{kind}: {share:.1%} of {_MEASURED} unseen pictures told right", flush=True)


if __name__ == "__main__":
    run("clip", ClipTraining, SHAPES_CLIP, _save)
