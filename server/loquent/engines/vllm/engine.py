"""vLLM as an engine that replies: how it's asked, and what becomes of its answers.

Beside it: ``hosted`` has what all have in common that vLLM runs for us, ``prompts`` what is made of messages, ``decisions`` how
options are weighed, ``adapters`` LoRA.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any, Literal

from loquent.engines import embedded_model
from loquent.engines.base import (
    Choice,
    Delta,
    EngineFailed,
    Finish,
    Message,
    Request,
    RequestRefused,
    Sampling,
    Verdict,
)
from loquent.engines.vllm.adapters import Adapters
from loquent.engines.vllm.decisions import Tree, decide
from loquent.engines.vllm.hosted import Hosted
from loquent.engines.vllm.prompts import Prompts
from loquent.engines.vllm.startup import (
    check_memory,
    checked_model,
    default_arguments,
    is_cpu_build,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

GPU_MODEL = "Qwen/Qwen3-1.7B"
"""The default with a GPU: Apache-2.0, not gated, 3.4 GB of weights, so that 8 GB hold it with room for conversations.
It can think before it answers; chat templates are told not to, because a player is waiting."""


class VllmEngine(Hosted):
    """vLLM's ``AsyncLLM``, as an engine."""

    def __init__(
        self,
        model: str | None = None,
        arguments: Sequence[str] = (),
        report: Callable[[str], None] | None = None,
        adapters: Sequence[str] = (),
    ) -> None:
        """Prepare to start; does nothing yet.

        Args:
            model: a hub name or a folder; ``None`` means the embedded model on the CPU, ``GPU_MODEL`` on a GPU.
            arguments: vLLM's own engine arguments, as on its command line. They win over the defaults chosen here.
            report: gets a line for people, now and then while the engine starts, in the event loop.
            adapters: LoRA adapters that will be asked for, hub names or folders. With at least one, others can be used later on.
        """
        chosen = model if model is not None else (embedded_model.NAME if is_cpu_build() else GPU_MODEL)
        super().__init__(chosen, arguments, report)
        self._embedded = model is None and is_cpu_build()
        self._context_tokens = 0
        self._defaults: dict[str, Any] = {}
        self._seeds = True
        self._sees = True
        self._path = ""
        self._prompts: Prompts | None = None
        self._adapters = Adapters(adapters)

    @property
    def name(self) -> str:
        """``vllm``."""
        return "vllm"

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and reply may have together; 0 before the engine has started."""
        return self._context_tokens

    @property
    def sees(self) -> bool:
        """See `Engine`."""
        return self._sees

    # Starting

    def _find(self, say: Callable[[str], None]) -> str:
        self._path = str(embedded_model.prepare(say)) if self._embedded else checked_model(self._model)
        return self._path

    def _default_arguments(self, *, in_core: bool, on_cpu: bool) -> Sequence[str]:
        defaults = default_arguments(self._arguments, embedded=self._embedded, in_core=in_core, on_cpu=on_cpu)
        return [*defaults, *self._adapters.arguments(self._path, on_cpu=on_cpu, check=self._check_abandoned)]

    def _configured(self, path: str, config: Any, *, on_cpu: bool) -> None:
        if on_cpu:
            check_memory(path, config.cache_config.kv_cache_memory_bytes or 0)
        self._defaults = dict(config.model_config.get_diff_sampling_param())
        self._defaults.pop("max_tokens", None)  # Ours to say, per request.
        self._seeds = not on_cpu

    async def _warm_up(self) -> None:
        """Run one of each kind of request, so that the first player's is as fast as the second's."""
        llm = self._llm
        self._context_tokens = llm.model_config.max_model_len
        self._sees = self._rendering().sees
        await self._adapters.load(llm)
        messages = (Message("system", "You greet."), Message("user", "Hello!"))
        await self._exhaust(Request(messages, Sampling(max_tokens=4)))
        # Not every tokenizer can follow a grammar: whoever asks for it is told.
        with contextlib.suppress(RequestRefused):
            await self._exhaust(Request(messages, Sampling(max_tokens=4), grammar='root ::= "Hello" | "Hi"'))
        with contextlib.suppress(RequestRefused):
            await self.decide(Choice(messages, ("Hello", "Hi there")))

    async def _exhaust(self, request: Request) -> None:
        async with contextlib.aclosing(self.generate(request)) as deltas:
            async for _ in deltas:
                pass

    # Serving

    def _rendering(self) -> Prompts:
        renderer = self._running().renderer
        if self._prompts is None:
            self._prompts = Prompts(renderer)
        return self._prompts

    def _let_go(self) -> None:
        self._prompts = None
        self._adapters.close()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the prompt of these messages has, chat template included. About 1 ms for 1,000 tokens.

        Raises:
            RequestRefused: the model's chat template doesn't accept these messages.
            EngineDead: the engine isn't running.
        """
        return self._rendering().count(messages)

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream one reply. Closing the generator aborts the request in vLLM at once.

        The reply has at most ``max_tokens`` tokens, or what the context leaves room for. A seed is heeded on the GPU
        only; with a temperature of 0, replies are repeatable everywhere.

        Raises:
            RequestRefused: the prompt is longer than the context, or the chat template doesn't accept it.
            EngineBusy: vLLM's queue is full (``--max-num-queued-reqs``).
            EngineFailed: vLLM failed in this request.
            EngineDead: the engine isn't running, or died meanwhile.
        """
        llm = self._running()
        number = next(self._numbers)
        cached: int | None = None
        reply_tokens = 0
        with self._failures(number, "reply"):
            prompt = await self._rendering().render(request.messages)
            prompt_tokens = len(prompt["prompt_token_ids"])
            sampling = self._sampling(request.sampling, self._room(prompt_tokens), request.grammar)
            adapter = await self._adapters.request(llm, request.adapter)
            outputs = llm.generate(prompt, sampling, f"loquent-{number}", lora_request=adapter)
            # Closed here, and not whenever the collector comes by: that is what aborts the request.
            async with contextlib.aclosing(outputs):
                async for output in outputs:
                    (completion,) = output.outputs
                    if output.num_cached_tokens is not None:
                        cached = output.num_cached_tokens
                    tokens = len(completion.token_ids)
                    reply_tokens += tokens
                    # A model may write bytes that are no UTF-8. vLLM holds them back while they may become a character
                    # yet, and shows a replacement character when they can't; players needn't see that.
                    text = completion.text.replace("\ufffd", "")
                    if not output.finished:
                        yield Delta(text, tokens)
                        continue
                    if request.grammar is not None and completion.finish_reason == "error":
                        raise RequestRefused("The grammar leads nowhere: no reply can match it.")
                    reason = _finish_reason(completion.finish_reason)
                    yield Delta(text, tokens, Finish(reason, prompt_tokens, cached, reply_tokens))

    def _room(self, prompt_tokens: int) -> int:
        """Return how many tokens the context has left."""
        room = self._context_tokens - prompt_tokens
        if room < 1:
            raise RequestRefused(
                f"The prompt has {prompt_tokens} tokens and the model's context only {self._context_tokens}: "
                "shorten the messages, or start the server with a larger --max-model-len."
            )
        return room

    def _sampling(self, sampling: Sampling, room: int, grammar: str | None = None) -> Any:
        from vllm.sampling_params import RequestOutputKind, SamplingParams, StructuredOutputsParams

        chosen = dict(self._defaults)
        for name in ("temperature", "top_p", "repetition_penalty"):
            if (value := getattr(sampling, name)) is not None:
                chosen[name] = value
        if self._seeds:
            # vLLM 0.32 on the CPU dies of a seeded request whose prompt it reads in more than one step, as it does
            # with every long one ("CPU Generator does not use offset"), and takes everybody's replies along.
            chosen["seed"] = sampling.seed
        if grammar is not None:
            chosen["structured_outputs"] = StructuredOutputsParams(grammar=grammar)
        return SamplingParams(
            **chosen, max_tokens=min(sampling.max_tokens, room), output_kind=RequestOutputKind.DELTA, detokenize=True
        )

    async def decide(self, choice: Choice) -> Verdict:
        """Tell how likely each option is; see `decisions` for what that means, and what it takes. Cancelling aborts it in vLLM at once.

        Raises:
            RequestRefused: prompt and options are longer than the context, or the options are too many.
            EngineLacks: there are pictures, and the model sees nothing.
            EngineBusy, EngineFailed, EngineDead: see `generate`.
        """
        from vllm.sampling_params import RequestOutputKind, SamplingParams

        llm = self._running()
        prompts = self._rendering()
        number = next(self._numbers)
        parts = itertools.count(1)
        cached: int | None = None

        async def ask(path: Sequence[int], tokens: Sequence[int]) -> dict[int, float]:
            nonlocal cached
            sampling = SamplingParams(
                max_tokens=1,
                temperature=1.0,  # Whatever is sampled is thrown away; this leaves the probabilities as they are in every mode.
                logprob_token_ids=list(tokens),
                detokenize=False,
                output_kind=RequestOutputKind.FINAL_ONLY,
            )
            node = {**prompt, "prompt_token_ids": [*root, *path]}
            outputs = llm.generate(node, sampling, f"loquent-{number}-{next(parts)}", lora_request=adapter)
            with self._failures(number, "decision"):
                async with contextlib.aclosing(outputs):
                    async for output in outputs:
                        found = output
                if not path:
                    cached = found.num_cached_tokens
                (completion,) = found.outputs
                _finish_reason(completion.finish_reason)
                return {token: completion.logprobs[0][token].logprob for token in tokens}

        with self._failures(number, "decision"):
            prompt = await prompts.render(choice.messages)
            root, paths = prompts.gone_on(prompt, choice.options)
            self._room(len(root) + max(map(len, paths)))
            adapter = await self._adapters.request(llm, choice.adapter)
            tree = Tree(choice.options, paths, prompts.ends)
            probabilities = await decide(tree, ask)
        return Verdict(probabilities, len(prompt["prompt_token_ids"]), cached)


def _finish_reason(reason: str | None) -> Literal["stop", "length"]:
    if reason == "length":
        return "length"
    if reason in ("abort", "error"):
        raise EngineFailed("The model gave up on this reply.")
    return "stop"
