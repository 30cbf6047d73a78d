"""What steers a model stands between the messages of a prompt, and must not come from within one: it's defused here.

To a tokenizer ``<|im_start|>`` is one token wherever it reads it, and a player could type it. So whatever a model takes for more than text
is broken by a space before it gets into the prompt: ``< |im_start|>``. Nothing is taken out, for what is left could close up to a mark.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKUP = re.compile(r"\s*[<\[{(|].*[>\]})|]\s*", re.DOTALL)
"""What an added token looks like that isn't declared special and still steers (``<think>``); others are words and runs of spaces."""

_WRITTEN = re.compile(r"<[^<>\s]{1,40}>|\[[^\[\]\s]{1,40}\]")
"""What a chat template may write around messages that is text to its tokenizer: ``[INST]``."""

_HARMLESS = re.compile(r"[^\w\s.,;:!?'\"-]")


class Marks:
    """The marks of one model.

    Args:
        tokenizer: the model's.
        scaffold: what its chat template writes around messages.
        placeholders: what stands for a picture in its prompts.
    """

    def __init__(self, tokenizer: Any, scaffold: Iterable[str], placeholders: Iterable[str]) -> None:
        self._tokenizer = tokenizer
        tokens = list(_control_tokens(tokenizer))
        self.ids = frozenset(number for number, _, _ in tokens)
        """Tokens that no content may become."""
        found = {text for _, text, _ in tokens} | set(placeholders)
        for piece in scaffold:
            found.update(_WRITTEN.findall(piece))
        found = {mark.strip() for mark in found} - {""}
        self._begin = _any_of({mark[0] for mark in found})
        self._any = _any_of(found)
        # Tokens that are looked for in normalised text may come of other characters than theirs.
        normalizer = getattr(getattr(tokenizer, "backend_tokenizer", None), "normalizer", None)
        self._reads_otherwise = normalizer is not None and any(normalized for _, _, normalized in tokens)

    def defused(self, text: str) -> str:
        """Return a text in which no mark is left."""
        text = self._broken(text)
        if self._reads_otherwise and self._steers(text):
            text = self._broken(unicodedata.normalize("NFKC", text))
            if self._steers(text):
                text = self._broken(_HARMLESS.sub(" ", text))
        return text

    def _broken(self, text: str) -> str:
        if self._begin.search(text) is None:
            return text
        while self._any.search(text):
            text = self._any.sub(lambda match: f"{match[0][0]} {match[0][1:]}" if len(match[0]) > 1 else " ", text)
        return text

    def _steers(self, text: str) -> bool:
        return not self.ids.isdisjoint(self._tokenizer.encode(text, add_special_tokens=False))


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of some texts, the longest first; of none, one that is nowhere."""
    return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))) or "(?!)")


def _control_tokens(tokenizer: Any) -> Iterator[tuple[int, str, bool]]:
    """Yield the number and the text of each token that is more than text, and whether it's looked for in normalised text."""
    added = getattr(tokenizer, "added_tokens_decoder", None)
    if isinstance(added, dict):
        for number, token in added.items():
            if token.special or _MARKUP.fullmatch(token.content):
                yield number, token.content, token.normalized
        return
    for text, number in zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True):
        yield number, text, False
