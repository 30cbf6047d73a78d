"""Which engine is set up: the one that was asked for, else the one that fits this machine."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from bootstrap.failure import SetupError
from bootstrap.gpu import find_gpu, gpu_signs
from bootstrap.locks import LOCKS
from bootstrap.machine import cpu_flags, machine_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.state import State


def wished_engine(environ: Mapping[str, str]) -> str | None:
    """Read which engine LOQUENT_SETUP_ENGINE asks for; None if it isn't set.

    Raises:
        SetupError: it asks for one that there isn't, or LOQUENT_ENGINE asks, which is a setting of the server.
    """
    mistaken = environ.get("LOQUENT_ENGINE", "").strip().lower()
    if mistaken == "auto" or mistaken in LOCKS:
        raise SetupError(
            f"LOQUENT_ENGINE is '{mistaken}', and is the server's engine, vllm or scripted; what is set up is chosen by "
            f"LOQUENT_SETUP_ENGINE: unset the one, and set LOQUENT_SETUP_ENGINE={mistaken}."
        )
    wish = environ.get("LOQUENT_SETUP_ENGINE", "").strip().lower()
    if not wish:
        return None
    if wish != "auto" and wish not in LOCKS:
        raise SetupError(
            f"LOQUENT_SETUP_ENGINE is '{wish}', and can be cpu, gpu, none (scripted replies only) or auto: "
            "set it to one of these, or unset it."
        )
    return wish


def known_engine(environ: Mapping[str, str], state: State) -> str | None:
    """Tell the engine, if that can be done without asking a driver; else None."""
    wish = wished_engine(environ)
    if wish not in (None, "auto"):
        return wish
    if state.engine in LOCKS and wish is None and (state.chosen or state.signs == gpu_signs()):
        return state.engine
    return None


def choose_engine(environ: Mapping[str, str], state: State) -> tuple[str, bool]:
    """Choose the engine, and tell which and why; returns it, and whether the user chose it.

    Raises:
        SetupError: it can't run on this machine.
    """
    engine = known_engine(environ, state)
    wish = wished_engine(environ)
    chosen = wish not in (None, "auto") or (wish is None and state.chosen and engine is not None)
    if chosen:
        before = "as LOQUENT_SETUP_ENGINE said before; LOQUENT_SETUP_ENGINE=auto chooses anew"
        why = "as LOQUENT_SETUP_ENGINE says" if wish else before
    else:
        usable, reason = find_gpu()
        engine = "gpu" if usable else "cpu"
        why = "there is an NVIDIA GPU" if usable else "no NVIDIA GPU was found"
        if reason:
            why = "the GPU can't be used"
            print(reason, flush=True)
    if engine is None:
        raise AssertionError("an engine that was chosen is known")
    refusal = machine_refusal(engine, platform.system(), platform.machine(), cpu_flags())
    if refusal:
        raise SetupError(refusal)
    names = {"cpu": "vLLM on the CPU", "gpu": "vLLM on the GPU", "none": "none, for scripted replies"}
    print(f"Engine: {names[engine]} ({why}).", flush=True)
    return engine, chosen
