"""What everything has in common that vLLM runs for us: how it is loaded, watched and ended, whatever it then does.

vLLM's front end runs in our event loop, its engine core in a process of its own. A server may have several of them: one that
replies, one that embeds, one that recognises. What imports vLLM stands in this package alone, and only once something
starts: importing this module costs nothing, and works where vLLM isn't installed. Written for vLLM 0.32, CPU and GPU builds alike.

Beside it: ``core`` has the processes of the engine core, ``startup`` what is settled before vLLM is imported.
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
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from loquent.engines.base import (
    EngineBusy,
    EngineDead,
    EngineError,
    EngineFailed,
    EngineStartError,
    RequestRefused,
)
from loquent.engines.daemon import in_daemon
from loquent.engines.vllm import core
from loquent.engines.vllm.startup import (
    asks_for_log,
    check_torchvision,
    clear_frames,
    explain_argument,
    explain_failure,
    first_sentence,
    is_cpu_build,
    quiet_front_end,
    set_environment,
    wants_compilation,
    wants_processes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LOG = logging.getLogger(__name__)

_CLOSE_SECONDS = 10.0
"""How long the engine core may take to end before it is killed."""

_RETRY_SECONDS = 2.0
"""When a refused request may come again: about the length of a short reply."""

_LOCK_SECONDS = 0.1
"""How often whoever waits for another to be loaded looks whether it's still wanted."""


class Hosted(ABC):
    """vLLM's ``AsyncLLM``, from ``start`` to ``close``. What is done with it is for those that derive from this."""

    setting = "model"
    """The setting that names the model, for sentences about it."""

    def __init__(
        self,
        model: str,
        arguments: Sequence[str],
        report: Callable[[str], None] | None,
        *,
        niceness: int = 0,
    ) -> None:
        """Prepare to start; does nothing yet.

        Args:
            model: a hub name or a folder.
            arguments: vLLM's own engine arguments, as on its command line. They win over the defaults chosen here.
            report: gets a line for people, now and then while the engine starts, in the event loop.
            niceness: how far its engine core steps back for others on the processor; 0, not at all, to 19.
        """
        self._arguments = tuple(arguments)
        self._report: Callable[[str], None] = report or _LOG.info
        self._model = model
        self._llm: Any = None
        self._core = core.EngineCore(niceness)
        self._numbers = itertools.count(1)
        self._loading: asyncio.Future[None] | None = None
        self._abandoned = threading.Event()
        self._watch: asyncio.Task[None] | None = None
        self._death: asyncio.Future[str] | None = None
        self._started = False
        self._ending: asyncio.Task[None] | None = None

    @property
    def model(self) -> str:
        """Hub name, or the folder's name."""
        model = self._model
        return Path(model).name if Path(model).is_absolute() or model.startswith((".", "~")) else model

    @property
    def alive(self) -> bool:
        """Whether requests can succeed."""
        return self._llm is not None and self._death is not None and not self._death.done() and not self._llm.errored

    # What those that derive from this say of themselves

    @abstractmethod
    def _find(self, say: Callable[[str], None]) -> str:
        """Return the model's folder or its hub name; called first, in the thread that loads.

        Raises:
            EngineStartError: it can't be had.
        """

    @abstractmethod
    def _default_arguments(self, *, in_core: bool, on_cpu: bool) -> Sequence[str]:
        """Return vLLM's arguments that stand before the user's, which win. Called after ``_find``, in the thread that loads."""

    @abstractmethod
    def _configured(self, path: str, config: Any, *, on_cpu: bool) -> None:
        """Look at vLLM's configuration before anything is loaded by it, in the thread that loads.

        Raises:
            EngineStartError: there is no use in going on.
        """

    @abstractmethod
    async def _warm_up(self) -> None:
        """Serve one request, so that the first that counts is as fast as the second."""

    def _let_go(self) -> None:  # noqa: B027 - most hold nothing
        """Let go of what holds vLLM's engine; called when it's about to be stopped."""

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
        self._loading = in_daemon(functools.partial(self._load_alone, say), "vllm-start")
        refusal: str | None = None
        try:
            # The thread must come to its end even if start() is cancelled: close() waits for it, and bounds that.
            await asyncio.shield(self._loading)
            await self._llm.get_supported_tasks()  # Also makes vLLM listen to its engine core from now on.
            await self._warm_up()
        except asyncio.CancelledError:
            self._abandoned.set()
            raise
        except Exception as error:  # noqa: BLE001 - raised again below, as what it means
            killed = self._core.obituary() if self._core.was_killed else None
            await self.close()
            # A core that dies of its first request has said why, and that says more than that it has died.
            known = isinstance(error, EngineError) and not isinstance(error, EngineDead)
            refusal = str(error) if known else killed
            refusal = refusal or explain_failure(error, self._model, self._core.last_words(), self.setting)
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

    def _load_alone(self, say: Callable[[str], None]) -> None:
        """Build the engine while no other is built: what vLLM is told by its module's names and by the environment is for one."""
        while not core.LOADING.acquire(timeout=_LOCK_SECONDS):
            self._check_abandoned()
        try:
            self._load(say)
        finally:
            core.LOADING.release()

    def _load(self, say: Callable[[str], None]) -> None:
        """Build the engine, in a thread of its own."""
        self._check_abandoned()
        self._core.prepare()
        if importlib.util.find_spec("vllm") is None:
            without = "start with --engine scripted to do without a model"
            if self.setting != "model":
                without = f"leave --{self.setting} out"
            raise EngineStartError(f"vLLM isn't installed: run `make setup`, or {without}.")
        check_torchvision()
        on_cpu = is_cpu_build()
        path = self._find(say)
        if not Path(path).is_dir():
            say(f"Looking for {path} on the Hugging Face hub")
        verbose = asks_for_log(self._arguments)
        self._core.echo = verbose
        eager = on_cpu and not wants_compilation(self._arguments)
        set_environment(local=Path(path).is_dir(), verbose=verbose, eager=eager)
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
            arguments = self._parse(AsyncEngineArgs, path, in_core=in_core, on_cpu=on_cpu)
            config = arguments.create_engine_config(UsageContext.ENGINE_CONTEXT)
            self._configured(path, config, on_cpu=on_cpu)
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

    def _check_abandoned(self) -> None:
        if self._abandoned.is_set():
            raise EngineStartError("The start was interrupted.")

    def _parse(self, engine_args: Any, path: str, *, in_core: bool, on_cpu: bool) -> Any:
        from vllm.utils.argparse_utils import FlexibleArgumentParser

        parser = engine_args.add_cli_args(FlexibleArgumentParser(prog="vLLM", add_help=False))
        known = sorted({option for action in parser._actions for option in action.option_strings})

        def refuse(message: str) -> NoReturn:
            raise EngineStartError(explain_argument(message, known))

        parser.error = refuse
        defaults = self._default_arguments(in_core=in_core, on_cpu=on_cpu)
        parsed = parser.parse_args(["--model", path, *defaults, *self._arguments])
        if parsed.model != path:
            raise EngineStartError(
                f"The model is named twice, {self._model} and {parsed.model}: leave it out of vLLM's own arguments."
            )
        try:
            return engine_args.from_cli_args(parsed)
        except (ValueError, TypeError) as error:
            raise EngineStartError(
                explain_failure(error, self._model, self._core.last_words(), self.setting)
            ) from error

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
        """Return vLLM's engine.

        Raises:
            EngineDead: it isn't running.
        """
        if self._llm is None or self._ending:
            raise EngineDead("vLLM isn't running.")
        if self._llm.errored:
            raise EngineDead(self._core.obituary())
        return self._llm

    @contextlib.contextmanager
    def _failures(self, number: int, what: str) -> Iterator[None]:
        """Turn what vLLM raises while it serves a request into what that means.

        Args:
            number: the request's, for the log.
            what: what is asked for, as in "failed in this reply".
        """
        from vllm.exceptions import GracefulHTTPError, VLLMClientError
        from vllm.v1.engine.exceptions import EngineDeadError

        llm = self._llm
        try:
            yield
        except EngineError:
            raise
        except EngineDeadError as error:
            raise EngineDead(self._core.obituary()) from error
        except GracefulHTTPError as error:
            raise EngineBusy(f"The model has no room for another {what} right now.", _RETRY_SECONDS) from error
        except VLLMClientError as error:
            raise RequestRefused(f"The model can't be asked for this {what}: {first_sentence(str(error))}.") from error
        except Exception as error:
            if llm.errored:
                raise EngineDead(self._core.obituary()) from error
            _LOG.exception("vLLM failed in request %d", number)
            cause = error.__cause__ or error
            raise EngineFailed(
                f"The model failed in this {what}: {first_sentence(str(cause) or type(cause).__name__)}"
            ) from error

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
            await asyncio.to_thread(core.stop_fork_server, self._core)
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await asyncio.shield(self._loading)
            except Exception as error:  # noqa: BLE001 - nobody waits for this start any more
                clear_frames(error)
        llm, self._llm = self._llm, None
        self._let_go()
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
