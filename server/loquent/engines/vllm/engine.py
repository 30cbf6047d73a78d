"""vLLM in this process: its front end in our event loop, its engine core in a process of its own.

What imports vLLM stands in this package alone, and only once an engine starts: importing this module costs nothing, and works where
vLLM isn't installed. Written for vLLM 0.32, CPU and GPU builds alike.

Beside it: ``core`` has the processes of the engine core, ``startup`` what is settled before vLLM is imported, ``prompts`` what
is made of messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import importlib.util
import itertools
import logging
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from loquent.engines import embedded_model
from loquent.engines.base import (
    Choice,
    Delta,
    EngineBusy,
    EngineDead,
    EngineError,
    EngineFailed,
    EngineLacks,
    EngineStartError,
    Finish,
    Message,
    Request,
    RequestRefused,
    Sampling,
    Verdict,
)
from loquent.engines.daemon import in_daemon
from loquent.engines.vllm import core
from loquent.engines.vllm.prompts import Prompts
from loquent.engines.vllm.startup import (
    asks_for_log,
    check_memory,
    check_torchvision,
    checked_model,
    clear_frames,
    default_arguments,
    explain_argument,
    explain_failure,
    first_sentence,
    is_cpu_build,
    quiet_front_end,
    set_environment,
    wants_processes,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

_LOG = logging.getLogger(__name__)

GPU_MODEL = "Qwen/Qwen3-1.7B"
"""The default with a GPU: Apache-2.0, not gated, 3.4 GB of weights, so that 8 GB hold it with room for conversations.
It can think before it answers; chat templates are told not to, because a player is waiting."""

_CLOSE_SECONDS = 10.0
"""How long the engine core may take to end before it is killed."""

_RETRY_SECONDS = 2.0
"""When a refused request may come again: about the length of a short reply."""


class VllmEngine:
    """vLLM's ``AsyncLLM``, as an engine."""

    def __init__(
        self,
        model: str | None = None,
        arguments: Sequence[str] = (),
        report: Callable[[str], None] | None = None,
    ) -> None:
        """Prepare to start; does nothing yet.

        Args:
            model: a hub name or a folder; ``None`` means the embedded model on the CPU, ``GPU_MODEL`` on a GPU.
            arguments: vLLM's own engine arguments, as on its command line. They win over the defaults chosen here.
            report: gets a line for people, now and then while the engine starts, in the event loop.
        """
        self._asked = model
        self._arguments = tuple(arguments)
        self._report: Callable[[str], None] = report or _LOG.info
        self._model = model if model is not None else (embedded_model.NAME if is_cpu_build() else GPU_MODEL)
        self._context_tokens = 0
        self._defaults: dict[str, Any] = {}
        self._seeds = True
        self._prompts: Prompts | None = None
        self._llm: Any = None
        self._core = core.EngineCore()
        self._numbers = itertools.count(1)
        self._loading: asyncio.Future[None] | None = None
        self._abandoned = threading.Event()
        self._watch: asyncio.Task[None] | None = None
        self._death: asyncio.Future[str] | None = None
        self._started = False
        self._ending: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """``vllm``."""
        return "vllm"

    @property
    def model(self) -> str:
        """Hub name, or the folder's name."""
        model = self._model
        return Path(model).name if Path(model).is_absolute() or model.startswith((".", "~")) else model

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and reply may have together; 0 before the engine has started."""
        return self._context_tokens

    @property
    def sees(self) -> bool:
        """See `Engine`; pictures aren't handed to vLLM yet."""
        return False

    @property
    def alive(self) -> bool:
        """Whether requests can succeed."""
        return self._llm is not None and self._death is not None and not self._death.done() and not self._llm.errored

    # Starting

    async def start(self) -> None:
        """Load vLLM and the model, and warm them up. Takes 15 s to minutes; the event loop stays responsive.

        Raises:
            EngineStartError: it can't start; the text says what to do about it.
        """
        if self._started or self._ending:
            raise EngineStartError("This engine has been started before: make a new one.")
        self._started = True
        began = time.monotonic()
        loop = asyncio.get_running_loop()

        def say(line: str) -> None:
            with contextlib.suppress(RuntimeError):  # The loop is closed: nobody listens any more.
                loop.call_soon_threadsafe(self._report, line)

        # Among what vLLM imports, somebody keeps an exception, and with it the frames of whoever imports, which is us. So
        # no local variable in _load may hold what is large of the engine: it couldn't be freed again.
        self._loading = in_daemon(functools.partial(self._load, say), "vllm-start")
        refusal: str | None = None
        try:
            # The thread must come to its end even if start() is cancelled: close() waits for it, and bounds that.
            await asyncio.shield(self._loading)
            await self._warm_up()
        except asyncio.CancelledError:
            self._abandoned.set()
            raise
        except Exception as error:  # noqa: BLE001 - raised again below, as what it means
            killed = self._core.obituary() if self._core.was_killed else None
            await self.close()
            known = isinstance(error, EngineError)
            refusal = str(error) if known else killed
            refusal = refusal or explain_failure(error, self._model, self._core.last_words())
            _LOG.debug("The start failed", exc_info=None if known else error)
            # The frames of the failure hold a half-built engine of vLLM's, which must not outlive us: it would fail to
            # end itself, loudly, when the interpreter ends.
            clear_frames(error)
        if refusal is not None:
            raise EngineStartError(refusal)
        self._death = loop.create_future()
        self._watch = loop.create_task(self._watch_for_death(self._death))
        self._core.starting = False
        self._report(f"{self.model} is ready after {time.monotonic() - began:.0f} s")

    def _load(self, say: Callable[[str], None]) -> None:
        """Build the engine, in a thread of its own."""
        self._core.prepare()
        if importlib.util.find_spec("vllm") is None:
            raise EngineStartError(
                "vLLM isn't installed: run `make setup`, or start with --engine scripted to do without a model."
            )
        check_torchvision()
        on_cpu = is_cpu_build()
        embedded = self._asked is None and on_cpu
        path = str(embedded_model.prepare(say)) if embedded else checked_model(self._model)
        if not Path(path).is_dir():
            say(f"Looking for {path} on the Hugging Face hub")
        verbose = asks_for_log(self._arguments)
        self._core.echo = verbose
        set_environment(local=Path(path).is_dir(), verbose=verbose)
        in_core = on_cpu and not wants_processes(self._arguments)
        if in_core:
            core.start_fork_server()
        self._check_abandoned()

        say("Importing vLLM")
        first = "vllm.v1.engine.async_llm" not in sys.modules
        collecting = gc.isenabled()
        gc.disable()  # Imports make hundreds of thousands of objects that stay: collecting costs a fifth of the time.
        try:
            import vllm.v1.engine.utils
            from vllm.engine.arg_utils import AsyncEngineArgs
            from vllm.usage.usage_lib import UsageContext
            from vllm.v1.engine.async_llm import AsyncLLM
            from vllm.v1.executor import Executor
        finally:
            if collecting:
                gc.enable()
        self._check_abandoned()

        with quiet_front_end(verbose=verbose):
            arguments = self._parse(AsyncEngineArgs, path, embedded=embedded, in_core=in_core, on_cpu=on_cpu)
            config = arguments.create_engine_config(UsageContext.ENGINE_CONTEXT)
            if on_cpu:
                check_memory(path, config.cache_config.kv_cache_memory_bytes or 0)
            if first:
                # What has been imported stays: the collector needn't look at it again, which would halt all streams for
                # half a second each time. The engine itself comes after this, so that it can be collected when it is closed.
                gc.collect()
                gc.freeze()
            self._check_abandoned()
            say(f"Loading {self.model}")
            with self._core.adopted(vllm.v1.engine.utils, "forkserver" if in_core else "spawn"):
                self._llm = AsyncLLM(
                    vllm_config=config,
                    executor_class=Executor.get_class(config),
                    log_stats=not arguments.disable_log_stats,
                    usage_context=UsageContext.ENGINE_CONTEXT,
                    log_requests=arguments.enable_log_requests,
                )
            self._defaults = dict(config.model_config.get_diff_sampling_param())
            self._defaults.pop("max_tokens", None)  # Ours to say, per request.
            self._seeds = not on_cpu

    def _check_abandoned(self) -> None:
        if self._abandoned.is_set():
            raise EngineStartError("The start was interrupted.")

    def _parse(self, engine_args: Any, path: str, *, embedded: bool, in_core: bool, on_cpu: bool) -> Any:
        from vllm.utils.argparse_utils import FlexibleArgumentParser

        parser = engine_args.add_cli_args(FlexibleArgumentParser(prog="vLLM", add_help=False))
        known = sorted({option for action in parser._actions for option in action.option_strings})

        def refuse(message: str) -> NoReturn:
            raise EngineStartError(explain_argument(message, known))

        parser.error = refuse
        defaults = default_arguments(self._arguments, embedded=embedded, in_core=in_core, on_cpu=on_cpu)
        parsed = parser.parse_args(["--model", path, *defaults, *self._arguments])
        if parsed.model != path:
            raise EngineStartError(
                f"The model is named twice, {self._model} and {parsed.model}: leave it out of vLLM's own arguments."
            )
        try:
            return engine_args.from_cli_args(parsed)
        except (ValueError, TypeError) as error:
            raise EngineStartError(explain_failure(error, self._model, self._core.last_words())) from error

    async def _warm_up(self) -> None:
        """Run one short reply, so that the first player's is as fast as the second's."""
        llm = self._llm
        self._context_tokens = llm.model_config.max_model_len
        messages = (Message("system", "You greet."), Message("user", "Hello!"))
        await llm.get_supported_tasks()  # Also makes vLLM listen to its engine core from now on.
        async with contextlib.aclosing(self._generate(Request(messages, Sampling(max_tokens=4)))) as deltas:
            async for _ in deltas:
                pass

    # Serving

    async def wait_dead(self) -> str:
        """Return when the engine has died, with a sentence on the cause. Never returns for one that was closed."""
        if self._death is None:
            raise EngineDead("vLLM hasn't been started.")
        return await asyncio.shield(self._death)

    async def _watch_for_death(self, death: asyncio.Future[str]) -> None:
        # vLLM has no callback for this; it marks its client as dead, from a thread that waits on the process.
        llm = self._llm
        while not llm.errored:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        death.set_result(self._core.obituary())

    def _running(self) -> Any:
        if self._llm is None or self._ending:
            raise EngineDead("vLLM isn't running.")
        if self._llm.errored:
            raise EngineDead(self._core.obituary())
        return self._llm

    def _rendering(self) -> Prompts:
        renderer = self._running().renderer
        if self._prompts is None:
            self._prompts = Prompts(renderer)
        return self._prompts

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
        self._running()
        async with contextlib.aclosing(self._generate(request)) as deltas:
            async for delta in deltas:
                yield delta

    async def _generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        from vllm.exceptions import GracefulHTTPError, VLLMClientError
        from vllm.v1.engine.exceptions import EngineDeadError

        llm = self._llm
        number = next(self._numbers)
        cached: int | None = None
        reply_tokens = 0
        try:
            prompt = await self._rendering().render(request.messages)
            prompt_tokens = len(prompt["prompt_token_ids"])
            room = self._context_tokens - prompt_tokens
            if room < 1:
                raise RequestRefused(
                    f"The prompt has {prompt_tokens} tokens and the model's context only {self._context_tokens}: "
                    "shorten the messages, or start the server with a larger --max-model-len."
                )
            outputs = llm.generate(prompt, self._sampling(request.sampling, room), f"loquent-{number}")
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
                    reason = _finish_reason(completion.finish_reason)
                    yield Delta(text, tokens, Finish(reason, prompt_tokens, cached, reply_tokens))
        except EngineError:
            raise
        except EngineDeadError as error:
            raise EngineDead(self._core.obituary()) from error
        except GracefulHTTPError as error:
            raise EngineBusy("The model has no room for another reply right now.", _RETRY_SECONDS) from error
        except VLLMClientError as error:
            raise RequestRefused(first_sentence(str(error))) from error
        except Exception as error:
            if llm.errored:
                raise EngineDead(self._core.obituary()) from error
            _LOG.exception("vLLM failed in request %d", number)
            cause = error.__cause__ or error
            raise EngineFailed(
                f"The model failed in this reply: {first_sentence(str(cause) or type(cause).__name__)}"
            ) from error

    def _sampling(self, sampling: Sampling, room: int) -> Any:
        from vllm.sampling_params import RequestOutputKind, SamplingParams

        chosen = dict(self._defaults)
        if sampling.temperature is not None:
            chosen["temperature"] = sampling.temperature
        if sampling.top_p is not None:
            chosen["top_p"] = sampling.top_p
        if self._seeds:
            # vLLM 0.32 on the CPU dies of a seeded request whose prompt it reads in more than one step, as it does
            # with every long one ("CPU Generator does not use offset"), and takes everybody's replies along.
            chosen["seed"] = sampling.seed
        return SamplingParams(
            **chosen, max_tokens=min(sampling.max_tokens, room), output_kind=RequestOutputKind.DELTA, detokenize=True
        )

    async def decide(self, choice: Choice) -> Verdict:
        """See `Engine`."""
        raise EngineLacks("This engine doesn't decide yet.")

    # Ending

    async def make_way(self) -> None:
        """See `close`; the fork server stays, though, so that the next engine starts in a third of the time."""
        self._abandoned.set()
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(), name="vllm end")
        await asyncio.shield(self._ending)  # Whoever is cancelled here may ask again, and then has to wait for it.

    async def close(self) -> None:
        """Stop the engine core and free what it holds, within about ten seconds. Idempotent."""
        await self.make_way()
        await asyncio.to_thread(core.stop_fork_server)

    async def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._loading is not None and not self._loading.done():
            # Without its engine core, or the process to fork it from, it can't go on; before, it stops at the next step.
            self._core.kill()
            await asyncio.to_thread(core.stop_fork_server)
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await asyncio.shield(self._loading)
            except Exception as error:  # noqa: BLE001 - nobody waits for this start any more
                clear_frames(error)
        llm, self._llm, self._prompts = self._llm, None, None
        if llm is not None:
            if llm.output_handler is not None:
                # vLLM's own way to end it logs a traceback. Whoever still waits for a reply hears of it from us.
                from vllm.v1.engine.exceptions import EngineDeadError

                llm.output_handler.cancel()
                llm.output_processor.propagate_error(EngineDeadError())
            # Blocks until the engine core has ended, or has been killed.
            await asyncio.to_thread(llm.shutdown, _CLOSE_SECONDS)
            await asyncio.sleep(0)  # vLLM has cancelled its tasks in this loop; let them see it.
            llm.engine_core.resources.ctx.destroy(linger=0)  # vLLM leaves it to the collector, which warns of it.
            _forget_functions()
            del llm
        await asyncio.to_thread(self._core.end)


def _forget_functions() -> None:
    """Empty vLLM's memory of what arguments functions take: the functions of an engine's tokenizer hold it, with 40 MB."""
    from vllm.utils import func_utils

    cached: Any = getattr(func_utils, "_supports_kw", None)
    if hasattr(cached, "cache_clear"):
        cached.cache_clear()


def _finish_reason(reason: str | None) -> Literal["stop", "length"]:
    if reason == "length":
        return "length"
    if reason in ("abort", "error"):
        raise EngineFailed("The model gave up on this reply.")
    return "stop"
