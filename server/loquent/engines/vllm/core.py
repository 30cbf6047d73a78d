"""The processes that vLLM's engine core runs in: how they start, what they print, how they end.

On the CPU a fork server (Python's own) imports vLLM while this process does the same beside it, and the engine core is
forked from there, ready to run. On the GPU it is spawned, which vLLM itself falls back to wherever CUDA or WSL make a
fork unsafe. Either way it dies with this process, however that ends: vLLM alone would leave it behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import multiprocessing
import multiprocessing.connection
import multiprocessing.context
import multiprocessing.forkserver
import multiprocessing.process
import multiprocessing.resource_tracker
import os
import shutil
import signal
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from loquent.engines.vllm.startup import ERROR_LINE, first_sentence, socket_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOG = logging.getLogger(__name__)

_PRELOADED = (
    # What the engine core imports, vLLM's own parts first, then those it only asks for while it starts.
    "vllm.v1.engine.core",
    "vllm.v1.executor.uniproc_executor",
    "vllm.v1.worker.cpu_worker",
    "vllm.model_executor.models.llama",
)

_END_SECONDS = 10.0
"""How long processes that were killed may take to be gone: the system takes back a GPU's memory first."""

_FAILED = "\x1eloquent-engine-failed "
"""Marks the line in which a dying engine core says why."""


LOADING = threading.Lock()
"""Held by whoever builds an engine. What vLLM is told by its module's names and by the environment is for one at a time."""


class EngineCore:
    """The engine core's processes, as far as we have to know them: how they start, what they print, how they ended."""

    def __init__(self, niceness: int = 0) -> None:
        """Prepare nothing yet.

        Args:
            niceness: how far the processes step back for others on the processor; 0, not at all, to 19.
        """
        self.starting = True
        self.echo = False
        """Whether what it prints goes to standard error as it is, for users who asked for vLLM's own log."""
        self.failure: str | None = None
        """What the engine core said when it failed."""
        self.lines: deque[str] = deque(maxlen=400)
        """What it printed last."""
        self._niceness = niceness
        self._killed = False
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._pump: threading.Thread | None = None

    def prepare(self) -> None:
        """Make what the processes will need, in the thread that is to start them, before vLLM is imported."""
        _COMMON.join(self)
        # A Ctrl-C in a terminal goes to every process there. Ours shall finish its turns first, so the children, which inherit
        # this thread's mask, must not see it; they end when they are told to, or when this process does. (Starting the tracker
        # has unblocked it.)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    @contextlib.contextmanager
    def adopted(self, utils: Any, method: Literal["forkserver", "spawn"]) -> Iterator[None]:
        """Have vLLM start its engine core by ``method``, in a process that dies with ours and tells us what it prints.

        vLLM asks one function how to make processes, and knows "fork" and "spawn". That function stands in here for as
        long as the engine is built. Where it isn't found, as another version might have it, vLLM does it its own way:
        slower, but right.

        Args:
            utils: vLLM's module ``vllm.v1.engine.utils``.
            method: as in ``multiprocessing``; a fork server must have been started for it.
        """
        if not hasattr(utils, "get_mp_context"):
            yield
            return
        reader, writer = multiprocessing.Pipe(duplex=False)
        kind = _ForkServerCore if method == "forkserver" else _SpawnedCore

        class Context(multiprocessing.context.BaseContext):
            _name = method

            def Process(self, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - the name multiprocessing has
                original()  # For what it does besides: it checks what the devices allow.
                process = kind(*args, **kwargs)
                process.carried = (dict(os.environ), writer, core._niceness)
                if core._killed:
                    raise RuntimeError("The start was interrupted.")
                core._processes.append(process)
                return process

        core = self
        original = utils.get_mp_context
        preloaded = os.environ.get("LD_PRELOAD")
        utils.get_mp_context = Context
        self._pump = threading.Thread(target=self._read, args=(reader,), name="vllm-output", daemon=True)
        self._pump.start()
        try:
            yield
        except BaseException:
            writer.close()
            self._pump.join(2)  # What the engine core said last is what explains the failure.
            raise
        finally:
            writer.close()
            utils.get_mp_context = original
            # vLLM set this for its own children. Others that the server may start have no use for it.
            if preloaded is None:
                os.environ.pop("LD_PRELOAD", None)
            else:
                os.environ["LD_PRELOAD"] = preloaded

    def _read(self, reader: multiprocessing.connection.Connection) -> None:
        with os.fdopen(os.dup(reader.fileno()), encoding="utf-8", errors="replace") as lines, reader:
            for raw in lines:
                line = raw.rstrip()
                if line.startswith(_FAILED):
                    self.failure = json.loads(line.removeprefix(_FAILED))
                    continue
                self.lines.append(line)
                if self.echo:
                    sys.stderr.write(raw)
                elif line:
                    # While it starts, vLLM warns of what was chosen on purpose, and its errors come back as exceptions.
                    _LOG.log(logging.DEBUG if self.starting else logging.WARNING, "%s", line)

    @property
    def was_killed(self) -> bool:
        """Whether a process has been killed (signal 9) by somebody else than us, most likely the system, for its memory."""
        codes = [process.exitcode for process in self._processes]
        return not self._killed and self.failure is None and -signal.SIGKILL in codes

    def obituary(self) -> str:
        """Say in a sentence how the engine core ended, as far as is known."""
        codes = [process.exitcode for process in self._processes]
        code = next((code for code in codes if code), None)
        # It says that it dies before it has ended, and so before all of this is known.
        failure = self.failure or next((line for line in reversed(self.lines) if ERROR_LINE.search(line)), None)
        if failure and not self.starting:
            return f"vLLM's engine has died ({first_sentence(failure)})."
        if code == -signal.SIGKILL:
            return (
                "vLLM's engine was killed (signal 9); if nobody did that on purpose, the machine ran out of memory: "
                "choose a smaller model or --kv-cache-memory-bytes."
            )
        if code is not None and code < 0:
            return f"vLLM's engine was ended by signal {-code}."
        return "vLLM's engine has died; the log says more."

    def last_words(self) -> Sequence[str]:
        """Return what may explain a failure to start, the best explanation last."""
        return [*self.lines, *([self.failure] if self.failure else [])]

    def kill(self) -> None:
        """End the processes at once, their workers too, and let none start any more."""
        self._killed = True
        for process in self._processes:
            if process.is_alive():
                process.kill()
            # As long as somebody can print, somebody is left in the group, and its number is nobody else's.
            if process.pid is not None and self._can_print():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def end(self) -> None:
        """End the processes at once, wait until they are gone, and remove what they leave behind. Blocks."""
        self.kill()
        for process in self._processes:
            if process.pid is not None:
                process.join(_END_SECONDS)
        if self._pump is not None:
            self._pump.join(_END_SECONDS)
        _COMMON.leave(self)
        _hand_back_memory()

    def _can_print(self) -> bool:
        """Tell whether any process is left, be it a worker whose engine core has died: all of them hold the pipe."""
        return self._pump is not None and self._pump.is_alive()


class _Common:
    """What all engine cores of this process have together, from the first that comes to the last that goes.

    That is the folder for vLLM's sockets, and Python's tracker of resources, which removes what killed processes leave in shared
    memory. It does so when it ends, and it ends when nobody is left who might still tell it something.
    """

    def __init__(self) -> None:
        self.sockets: str | None = None
        """The folder for vLLM's sockets, if we have made one."""
        self._cores: set[EngineCore] = set()
        self._has_tracker = False
        self._lock = threading.Lock()

    def join(self, newcomer: EngineCore) -> None:
        """Make what isn't there yet."""
        with self._lock:
            if not self._cores:
                self._has_tracker = _start_tracker() or self._has_tracker
                self.sockets = socket_folder()
            self._cores.add(newcomer)

    def leave(self, leaver: EngineCore) -> None:
        """Remove it all, if nobody is left who has a use for it. Blocks."""
        with self._lock:
            if leaver not in self._cores:
                return
            self._cores.remove(leaver)
            if self._cores:
                return
            if self._has_tracker and not leaver._can_print():
                self._has_tracker = False
                _stop_tracker()
            if self.sockets is not None:
                os.environ.pop("VLLM_RPC_BASE_PATH", None)
                shutil.rmtree(self.sockets, ignore_errors=True)
                self.sockets = None

    def has_others(self, than: EngineCore | None) -> bool:
        """Tell whether there are engine cores, one of them left out."""
        with self._lock:
            return bool(self._cores - {than})


_COMMON = _Common()


class _CoreProcess(multiprocessing.process.BaseProcess):
    """An engine core's process: dies with its parent, prints into a pipe, and leads a group with the workers it may have."""

    carried: tuple[dict[str, str], multiprocessing.connection.Connection, int]

    def run(self) -> None:
        """Run vLLM's engine core, in the child."""
        environment, output, niceness = self.carried
        # A fork server has the environment it was started with. (A spawned process has ours already.)
        os.environ.update(environment)
        # Workers outlive a core that is killed, for seconds, and keep the GPU's memory from the next one. Now they can be found.
        os.setpgid(0, 0)
        if niceness:
            os.nice(niceness)
        parent = multiprocessing.parent_process()
        if parent is not None:
            threading.Thread(target=_die_with, args=(parent.sentinel,), name="parent-watch", daemon=True).start()
        sys.stdout.flush()
        sys.stderr.flush()
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        output.close()
        try:
            super().run()
        except Exception as error:
            line = _FAILED + json.dumps(f"{type(error).__name__}: {error}") + "\n"
            os.write(2, line.encode())
            raise


class _ForkServerCore(_CoreProcess, multiprocessing.context.ForkServerProcess):
    pass


class _SpawnedCore(_CoreProcess, multiprocessing.context.SpawnProcess):
    pass


def _die_with(sentinel: int) -> None:
    """Kill this process and its workers when its parent has ended, however it did. Nobody else would: vLLM's engine core waits on."""
    multiprocessing.connection.wait([sentinel])
    os.killpg(0, signal.SIGKILL)


def _start_tracker() -> bool:
    """Start Python's tracker of resources.

    Returns:
        whether it was started, and so is to be stopped.
    """
    # The names are CPython's own. Where they aren't found, its tracker ends with this process.
    tracker: Any = getattr(multiprocessing.resource_tracker, "_resource_tracker", None)
    ours = getattr(tracker, "_fd", 0) is None and hasattr(tracker, "_stop")
    saved = os.environ.get("PYTHONWARNINGS")
    # It would warn, on standard error, of what it's here for.
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (saved, "ignore:resource_tracker:UserWarning")))
    try:
        multiprocessing.resource_tracker.ensure_running()
    finally:
        if saved is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = saved
    return ours


def _stop_tracker() -> None:
    """End Python's tracker of resources, when every process that knows it is gone but this one: it waits for them."""
    tracker: Any = multiprocessing.resource_tracker._resource_tracker
    tracker._stop()


def start_fork_server() -> None:
    """Start the process that the engine core will be forked from; it imports vLLM while we do.

    Libraries for memory and threads read their settings when a process begins, so they are given here.
    """
    settings = {
        # The model runs in the engine core, not in a worker behind it: one import less, one hop per step less, and
        # no core kept free for a process that only schedules.
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "OMP_NUM_THREADS": str(_compute_threads()),
    }
    saved = {name: os.environ.get(name) for name in settings}
    multiprocessing.forkserver.set_forkserver_preload(list(_PRELOADED))
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        for name, old in saved.items():
            if name == "VLLM_ENABLE_V1_MULTIPROCESSING":
                continue  # The front end reads it as well.
            if old is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = old


def stop_fork_server(asker: EngineCore | None = None) -> None:
    """End the fork server, unless other engine cores than the asker's are there, which would end with it; it holds half a gigabyte."""
    if _COMMON.has_others(asker):
        return
    # The names below are CPython's own, and there since 3.4; where they aren't, the server ends with this process.
    server: Any = getattr(multiprocessing.forkserver, "_forkserver", None)
    if not hasattr(server, "_forkserver_pid") or not hasattr(server, "_stop"):
        return
    pid = server._forkserver_pid
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # It may be amid its imports, where it doesn't listen.
    server._stop()


def _hand_back_memory() -> None:
    """Free what is left of an engine in this process, and give it back to the system.

    The front end's 80 MB were made by a thread that has ended. The C library keeps such memory for another thread, piece by piece, so
    without this each restart makes the server somewhat larger.
    """
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # It's of glibc alone.
        ctypes.CDLL(None).malloc_trim(0)


def _compute_threads() -> int:
    """Count the physical cores that we may use, less one.

    Two threads on one core would fight for its vector units. The one that is left is for the server and whatever else
    runs on a developer's machine: threads of a model wait for each other at every layer, so that with one of them held
    up by another program all of them are (on two busy cores, two threads made 2 to 11 tokens a second, one made 22).
    """
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    cores = set()
    for cpu in allowed:
        try:
            siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text().strip()
        except OSError:
            siblings = str(cpu)
        cores.add(siblings)
    return max(1, len(cores) - 1)
