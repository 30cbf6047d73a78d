"""Messages to prompts: through the model's own chat template and tokenizer, as vLLM renders them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from loquent.engines.base import Message, RequestRefused
from loquent.engines.vllm.startup import first_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Prompts:
    """Makes prompts for one engine.

    Args:
        renderer: vLLM's, of the engine.
    """

    def __init__(self, renderer: Any) -> None:
        self._renderer = renderer

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the prompt of these messages has.

        Raises:
            RequestRefused: the model's chat template doesn't accept these messages.
        """
        with _template_errors():
            _, (prompt,) = self._renderer.render_chat([_conversation(messages)], _chat_params(), _tokenize_params())
        return len(prompt["prompt_token_ids"])

    async def render(self, messages: Sequence[Message]) -> Any:
        """Return the prompt of these messages, as vLLM's ``generate`` takes it.

        Raises:
            RequestRefused: the model's chat template doesn't accept these messages.
        """
        with _template_errors():
            _, (prompt,) = await self._renderer.render_chat_async(
                [_conversation(messages)], _chat_params(), _tokenize_params()
            )
        return prompt


def _conversation(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def _chat_params() -> Any:
    from vllm.renderers.params import ChatParams

    return ChatParams(
        chat_template_kwargs={
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
