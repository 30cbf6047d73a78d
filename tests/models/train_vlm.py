"""Trains the small vision language model: ``PYTHONPATH=server:tests python -m models.train_vlm``; some 15 minutes on two cores.

Three stages. First the vision encoder and the connector learn alone to tell what is in the part of a picture that each token of the image
stands for. Then all of it learns to answer questions, several to a picture, after personas of every length. Last, it learns where things
are, which it doesn't by itself: each token of the image is made to tell where it is, and more of the questions are about that.

Everything comes of the seed. A run can be stopped and gone on with (``--minutes``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional

from models import SHAPES_VLM, prose, questions
from models.measure_vlm import shares
from models.seeing import Placer, Teller, turned
from models.shapes import Drawing, Kind
from models.shapes_vlm import IMAGE, IMAGE_TOKENS, make_model, make_processor, make_tokenizer, save
from models.training import WATCHED, Album, Training, falling, run

SEED: Final = 4
SEEN: Final = "seen.pt"
"""Where the vision encoder is kept after the first stage, beside where the run is."""
_SEEING_STEPS: Final = 2200
_ANSWERING_STEPS: Final = 1500
_PLACING_STEPS: Final = 700
_SEEN_AT_ONCE: Final = 64
_DIALOGUES: Final = ((0, 32), (20, 32), (60, 24), (60, 24), (160, 16), (400, 8))
"""How many tokens of a persona, and how many dialogues at once: a step takes about as long with either."""
_QUESTIONS: Final = 3
"""How many are asked about a picture."""
_IGNORED: Final = -100
_MEASURED: Final = 200
_WATCHED_CASES: Final = 25


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue about a picture, as tokens, and which of them are to be learned."""

    tokens: list[int]
    learned: list[bool]


class Writer:
    """Writes dialogues in the model's own tokens, as its chat template has them."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._image = f"<fake_token_around_image><global-img>{IMAGE * IMAGE_TOKENS}<fake_token_around_image>"

    def write(self, chance: random.Random, drawing: Drawing, persona_tokens: int) -> Dialogue:
        """Write a dialogue: a persona (of so many tokens at most), perhaps small talk, a picture with questions and their answers."""
        made = Dialogue([], [])
        if persona_tokens:
            self._add(made, "<|im_start|>system\n")
            persona = self._tokenizer.encode(prose.persona(chance), add_special_tokens=False)[-persona_tokens:]
            made.tokens.extend(persona)
            made.learned.extend([False] * len(persona))
            self._add(made, "<|im_end|>\n")
        for _ in range(chance.choice((0, 0, 0, 0, 1, 2))):
            self._exchange(made, *prose.small_talk(chance))
        for index in range(_QUESTIONS):
            question = questions.ask(chance, drawing)
            said = questions.in_words(chance, question)
            if index == 0 and chance.random() < 0.15:
                said += self._image
            elif index == 0:
                said = self._image + chance.choice(("", "", "\n")) + said
            self._exchange(made, said, question.answer)
        return made

    def _exchange(self, made: Dialogue, said: str, reply: str) -> None:
        self._add(made, f"<|im_start|>user\n{said}<|im_end|>\n<|im_start|>assistant\n")
        self._add(made, f"{reply}<|im_end|>", learn=True)
        self._add(made, "\n")

    def _add(self, made: Dialogue, text: str, *, learn: bool = False) -> None:
        tokens = self._tokenizer.encode(text, add_special_tokens=False)
        made.tokens.extend(tokens)
        made.learned.extend([learn] * len(tokens))


def batch_of(dialogues: Sequence[Dialogue], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return tokens and what is to be learned of them, filled up at the end: nothing looks ahead, so that nothing sees it."""
    longest = max(len(dialogue.tokens) for dialogue in dialogues)
    tokens = torch.full((len(dialogues), longest), padding)
    labels = torch.full((len(dialogues), longest), _IGNORED)
    for row, dialogue in enumerate(dialogues):
        length = len(dialogue.tokens)
        tokens[row, :length] = torch.tensor(dialogue.tokens)
        labels[row, :length] = torch.where(torch.tensor(dialogue.learned), tokens[row, :length], _IGNORED)
    return tokens, labels


class VlmTraining(Training):
    """How the vision language model learns."""

    kinds: tuple[Kind, ...] = (
        *("one", "one", "one", "placed", "placed"),
        *("pair", "several", "several", "several", "blank"),
    )

    def __init__(self, kept: Path) -> None:
        torch.manual_seed(SEED)
        self.tokenizer = make_tokenizer()
        self.model = make_model(self.tokenizer)
        self.teller = Teller(self.model.config.text_config.hidden_size)
        self.writer = Writer(self.tokenizer)
        modules = {"model": self.model, "cell": self.teller}
        super().__init__(modules, make_processor(self.tokenizer), _SEEING_STEPS + _ANSWERING_STEPS, kept)
        self._seen = kept.with_name(SEEN)

    def rate(self) -> float:
        if self.step < _SEEING_STEPS:
            return falling(1.5e-3, 3e-4, self.step, _SEEING_STEPS)
        return falling(1e-3, 3e-5, self.step - _SEEING_STEPS, _ANSWERING_STEPS)

    def loss(self, chance: random.Random, pictures: Album) -> torch.Tensor:
        if self.step < _SEEING_STEPS:
            return self._see(chance, pictures)
        if self.step == _SEEING_STEPS:
            torch.save(self.model.model.vision_model.state_dict(), self._seen)
        return self._answer(chance, pictures)

    def _features(self, pixels: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.model.model.get_image_features(pixels.unsqueeze(1)).pooler_output
        return features

    def _see(self, chance: random.Random, pictures: Album) -> torch.Tensor:
        indexes = chance.sample(range(len(pictures.drawings)), _SEEN_AT_ONCE)
        flips = chance.random() < 0.5, chance.random() < 0.5
        pixels, true = turned(flips, self.pixels(pictures, indexes), pictures.parts[indexes])
        return self.teller.loss(self._features(pixels), true)

    def _answer(self, chance: random.Random, pictures: Album) -> torch.Tensor:
        return self._answered(chance, pictures)[0]

    def _answered(self, chance: random.Random, pictures: Album) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss, and the vectors of the image's tokens."""
        persona_tokens, count = chance.choice(_DIALOGUES)
        indexes = chance.sample(range(len(pictures.drawings)), count)
        dialogues = [self.writer.write(chance, pictures.drawings[index], persona_tokens) for index in indexes]
        tokens, labels = batch_of(dialogues, self.tokenizer.pad_token_id)
        features = self._features(self.pixels(pictures, indexes))
        embedded = self.model.model.inputs_merger(tokens, self.model.get_input_embeddings()(tokens), features)
        hidden = self.model.model.text_model(inputs_embeds=embedded, use_cache=False).last_hidden_state
        behind = labels[:, 1:]
        chosen = behind != _IGNORED
        logits = self.model.lm_head(hidden[:, :-1][chosen]).float()
        answers = functional.cross_entropy(logits, behind[chosen])
        return answers + 0.3 * self.teller.loss(features, pictures.parts[indexes]), features

    def watch(self, unseen: Album) -> str:
        self.model.eval()
        with torch.no_grad():
            right = self.teller.right(self._features(self.pixels(unseen, range(WATCHED))), unseen.parts)
        return f"{right:.1%} of unseen things told right"


class PlaceTraining(VlmTraining):
    """How it learns, last, where things are; it begins with what `VlmTraining` has kept."""

    kinds: tuple[Kind, ...] = (
        *("one", "one", "one", "placed", "placed", "placed", "placed"),
        *("pair", "pair", "several", "several", "blank"),
    )

    def __init__(self, kept: Path) -> None:
        super().__init__(kept)
        learned = torch.load(kept.with_name("vlm.pt"), weights_only=True)
        self.model.load_state_dict(learned["model"])
        self.teller.load_state_dict(learned["cell"])
        self.placer = Placer(self.model.config.text_config.hidden_size)
        modules = {"model": self.model, "cell": self.teller, "placer": self.placer}
        Training.__init__(self, modules, self.processor, _PLACING_STEPS, kept)

    def rate(self) -> float:
        return falling(1e-3, 3e-5, self.step, _PLACING_STEPS)

    def loss(self, chance: random.Random, pictures: Album) -> torch.Tensor:
        loss, features = self._answered(chance, pictures)
        return loss + 0.3 * self.placer.loss(features)

    def watch(self, unseen: Album) -> str:
        few = shares(self.model, self.processor, _WATCHED_CASES)
        return ", ".join([super().watch(unseen), *(f"{kind} {share:.0%}" for kind, share in few.items())])


def _save(training: Training, folder: Path) -> None:
    assert isinstance(training, VlmTraining)
    save(training.model, training.processor, folder)
    for kind, share in shares(training.model, training.processor, _MEASURED).items():
        print(f"{kind}: {share:.1%} of {_MEASURED} questions about unseen pictures answered right", flush=True)


if __name__ == "__main__":
    run("vlm", VlmTraining, SHAPES_VLM)
    run("vlm-places", PlaceTraining, SHAPES_VLM, _save)
