"""Messages to prompts: through the model's own chat template and tokenizer, as vLLM renders them."""

from __future__ import annotations

import contextlib
import functools
import logging
import re
from typing import TYPE_CHECKING, Any

from loquent.engines.base import EngineLacks, Message, RequestRefused
from loquent.engines.vllm.marks import Marks
from loquent.engines.vllm.roles import Roles
from loquent.engines.vllm.startup import first_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loquent.images import Picture

_COUNTED = 4096
"""Of how many pieces of prompts the lengths are kept: of a history that grows, only what is new is counted."""

_ALIKE = 4
"""How many tokens at the end of a prompt must be those of its text, for options to be tokenised behind it."""

_MOST_PICTURES = 16
"""Placeholders are numbered in some models' prompts; a prompt with more pictures than this is none of ours."""


class Prompts:
    """Makes prompts for one engine.

    Args:
        renderer: vLLM's, of the engine.
    """

    def __init__(self, renderer: Any) -> None:
        self._renderer = renderer
        self._tokenizer: Any = renderer.get_tokenizer()
        self._params = _chat_params(renderer)
        processor = renderer.mm_processor
        self.sees = processor is not None and processor.info.allowed_mm_limits.get("image", 0) > 0
        """Whether the model can be shown pictures."""
        self.ends = _ends(renderer.model_config, self._tokenizer)
        """The tokens that end a reply, any of them."""
        with _quiet():
            self._roles = Roles.tried(self._text)
            scaffold = self._roles.scaffold(self._text)
        self._marks = Marks(self._tokenizer, scaffold, _placeholders(renderer.model_config) if self.sees else ())
        self._length = functools.lru_cache(_COUNTED)(self._encoded_length)
        self._picture_length = functools.lru_cache(_COUNTED)(self._rendered_length)
        self._dividers = _dividers(self._tokenizer)
        with _quiet(), contextlib.suppress(RequestRefused):
            text = self._text(self._suited([Message("user", "Hello, world!\n\n"), *[Message("user", " Hello! ")] * 2]))
            if self._counted(text) != self._encoded_length(text):
                self._dividers = None

    # Counting

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the prompt of these messages has.

        Raises:
            RequestRefused: the model's chat template doesn't accept these messages.
            EngineLacks: there are pictures among them, and the model sees nothing.
        """
        pictures = self._shown(messages)
        words = [Message(message.role, message.content) for message in messages] if pictures else messages
        prompt = self._rendered(self._suited(words))
        tokens = prompt.get("prompt_token_ids")  # Some renderers make no text.
        length = self._counted(prompt["prompt"]) if tokens is None else len(tokens)
        return length + sum(self._picture_length(picture.width, picture.height) for picture in pictures)

    def _counted(self, text: str) -> int:
        """Count the tokens of a prompt's text, piece by piece: no token reaches over one that is special."""
        if self._dividers is None:
            return self._encoded_length(text)
        pieces = self._dividers.split(text)
        return len(pieces) - 1 + self._encoded_length(pieces[0]) + sum(map(self._length, pieces[1:]))

    def _encoded_length(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False)) if text else 0

    def _rendered_length(self, width: int, height: int) -> int:
        """Count the tokens that a picture of this size takes in a prompt."""
        from PIL import Image

        parts: list[dict[str, Any]] = [{"type": "image_pil", "image_pil": Image.new("RGB", (width, height))}]
        parts.append({"type": "text", "text": "x"})

        def length(content: Any) -> int:
            # Where pictures are prepared, and none else: the libraries that do it aren't made for two at a time.
            with _template_errors():
                _, (prompt,) = self._renderer.render_chat(
                    [[{"role": "user", "content": content}]], self._params, _tokenize_params(), skip_mm_cache=True
                )
            return len(prompt["prompt_token_ids"])

        executor = self._renderer._mm_executor
        with_picture: int = executor.submit(length, parts).result()
        return with_picture - length("x")

    # Rendering

    async def render(self, messages: Sequence[Message]) -> Any:
        """Return the prompt of these messages, as vLLM's ``generate`` takes it.

        Raises:
            RequestRefused: the model's chat template doesn't accept these messages.
            EngineLacks: there are pictures among them, and the model sees nothing.
        """
        self._shown(messages)
        with _template_errors():
            _, (prompt,) = await self._renderer.render_chat_async(
                [_conversation(self._suited(messages))], self._params, _tokenize_params()
            )
        return prompt

    def gone_on(self, prompt: Any, options: Sequence[str]) -> tuple[list[int], list[tuple[int, ...]]]:
        """Tokenise what could come next, as it would be tokenised there.

        A token may reach over from the prompt into what follows. So what is returned first, the prompt that the options have in
        common, can be some tokens shorter than the prompt itself.

        Args:
            prompt: as from `render`.
            options: what may follow.

        Returns:
            the prompt's tokens, and those of each option behind them.
        """
        tokens: list[int] = list(prompt["prompt_token_ids"])
        options = [self._marks.defused(option) for option in options]
        text, tail = self._tail(prompt.get("prompt") or "", tokens)
        paths = [self._tokenizer.encode(text + option, add_special_tokens=False) for option in options]
        common = len(tail)
        for path in paths:
            while path[:common] != tail[:common]:
                common -= 1
        return tokens[: len(tokens) - len(tail) + common], [tuple(path[common:]) for path in paths]

    def _tail(self, text: str, tokens: list[int]) -> tuple[str, list[int]]:
        """Return the end of a prompt, as text and as tokens: as little of it as can be tokenised alone."""
        if self._dividers is not None:
            last = self._dividers.split(text)[-1]
            alone = self._tokenizer.encode(last, add_special_tokens=False)
            if alone == tokens[len(tokens) - len(alone) :]:
                return last, alone
        whole = self._tokenizer.encode(text, add_special_tokens=False)
        # A picture has more tokens in the prompt than in its text; both end alike, though, unless they aren't made by this tokenizer.
        near = min(len(whole), _ALIKE)
        return (text, whole) if whole and whole[-near:] == tokens[-near:] else ("", [])

    def _suited(self, messages: Sequence[Message]) -> list[Message]:
        return self._roles.suited(
            [Message(message.role, self._marks.defused(message.content), message.images) for message in messages]
        )

    def _shown(self, messages: Sequence[Message]) -> list[Picture]:
        pictures = [picture for message in messages for picture in message.images]
        if pictures and not self.sees:
            raise EngineLacks("The model sees no pictures: start the server with one that does, or show it none.")
        return pictures

    def _text(self, messages: Sequence[Message]) -> str:
        """Render messages without pictures to text."""
        prompt = self._rendered(messages)
        text = prompt.get("prompt")
        return text if isinstance(text, str) else str(self._tokenizer.decode(prompt["prompt_token_ids"]))

    def _rendered(self, messages: Sequence[Message]) -> Any:
        with _template_errors():
            _, prompt = self._renderer.render_messages(_conversation(messages), self._params)
        return prompt


def _conversation(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [{"role": message.role, "content": _content(message)} for message in messages]


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.content
    # With its key, vLLM finds what it has made of a picture before, and the tokens behind it in its prefix cache.
    shown = [{"type": "image_pil", "image_pil": picture.pixels, "uuid": picture.key} for picture in message.images]
    return [*shown, {"type": "text", "text": message.content}]


def _placeholders(config: Any) -> set[str]:
    """Return what stands for pictures in a model's prompts."""
    from vllm.model_executor.model_loader import get_model_cls

    model = get_model_cls(config)
    found = {model.get_placeholder_str("image", number) for number in range(1, _MOST_PICTURES + 1)}
    return {placeholder for placeholder in found if placeholder}


def _ends(config: Any, tokenizer: Any) -> list[int]:
    """Return the tokens that a reply ends with. There may be several: of a turn, of a text."""
    named = (config.try_get_generation_config() or {}).get("eos_token_id")
    ends = set(named if isinstance(named, list) else [named])
    ends.add(getattr(tokenizer, "eos_token_id", None))
    return sorted(end for end in ends if isinstance(end, int))


def _dividers(tokenizer: Any) -> re.Pattern[str] | None:
    """Return a pattern of the special tokens that a prompt's text can be divided at, each part to be tokenised alone."""
    added = getattr(tokenizer, "added_tokens_decoder", None)
    if not isinstance(added, dict) or not getattr(tokenizer, "is_fast", False):
        return None
    texts = [
        token.content
        for token in added.values()
        if token.special and not (token.lstrip or token.rstrip or token.single_word or token.normalized)
    ]
    return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True)))) if texts else None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep vLLM from warning of what a template refuses, where that is what we want to know."""
    logger = logging.getLogger("vllm.renderers.hf")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _chat_params(renderer: Any) -> Any:
    from vllm.renderers.params import ChatParams
    from vllm.utils.mistral import is_mistral_tokenizer

    tokenizes = is_mistral_tokenizer(renderer.get_tokenizer()) or renderer.model_config.enable_prompt_embeds
    return ChatParams(
        chat_template_kwargs={
            # Text first, as far as it can be had: what comes next is tokenised behind it.
            "tokenize": tokenizes,
            "add_generation_prompt": True,
            "continue_final_message": False,
            # Known to templates of models that can think aloud; others don't get to see it.
            "enable_thinking": False,
        }
    )


def _tokenize_params() -> Any:
    from vllm.renderers.params import TokenizeParams

    # No limit: whoever counts wants to know how much too long the prompt is.
    return TokenizeParams(max_total_tokens=None, add_special_tokens=False)


@contextlib.contextmanager
def _template_errors() -> Iterator[None]:
    """Turn what rendering raises into a refusal: a chat template may object to messages, or the model have none."""
    from jinja2 import TemplateError
    from vllm.exceptions import VLLMClientError

    try:
        yield
    except (TemplateError, VLLMClientError, ValueError) as error:
        raise RequestRefused(
            f"The model's chat template can't make a prompt of these messages: {first_sentence(str(error))}."
        ) from error
