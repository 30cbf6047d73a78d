"""The set-up, step by step: what is done already is left alone, what was interrupted is finished."""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING

from bootstrap import locks
from bootstrap.engine_check import check_engine, drop_broken_companions, prepare_model
from bootstrap.engine_choice import choose_engine, known_engine
from bootstrap.environment import Environment
from bootstrap.failure import SetupError
from bootstrap.gpu import gpu_signs
from bootstrap.interpreter import require_python
from bootstrap.machine import machine_refusal, require_space
from bootstrap.pip_runs import install, install_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Setup:
    """The set-up of one checkout."""

    def __init__(self, root: Path, environ: Mapping[str, str], *, dev: bool = False) -> None:
        """In this folder; with the tools for tests and checks, if dev."""
        self._root = root
        self._environ = environ
        self._dev = dev
        self._environment = Environment(root, environ)

    def run(self) -> None:
        """Do what there is to do.

        Raises:
            SetupError: something is missing that only the user can provide.
        """
        if self._is_done():
            return
        refusal = machine_refusal("none", platform.system(), platform.machine(), None)
        if refusal:
            raise SetupError(refusal)
        require_python()
        with self._environment.alone():
            if self._is_done():
                return
            started = time.monotonic()
            engine, chosen = choose_engine(self._environ, self._environment.state)
            self._prepare_environment(engine, chosen=chosen)
            self._fill_environment(engine)
            print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)

    def _is_done(self) -> bool:
        """Whether there is nothing to do."""
        state = self._environment.state
        engine = known_engine(self._environ, state)
        if engine is None or engine != state.engine or state.home != self._environment.home():
            return False
        return all(state.done.get(step) == stamp for step, stamp in self._stamps(engine).items())

    def _stamps(self, engine: str) -> dict[str, str]:
        return locks.stamps(self._root, engine, dev=self._dev)

    def _prepare_environment(self, engine: str, *, chosen: bool) -> None:
        """Make the virtual environment, unless the one that is there can be built on."""
        environment, state, wanted = self._environment, self._environment.state, self._stamps(engine)
        usable = state.engine == engine and state.home == environment.home() and "pip" in state.done
        if not usable:
            require_space(environment.folder, engine)
            environment.make()
        state.engine, state.chosen = engine, chosen
        state.signs = gpu_signs()
        state.home = environment.home()
        state.write()
        if state.done.get("pip") != wanted["pip"]:
            # Should this be interrupted, the whole environment is made anew: it is quick, and a half-installed pip can't be trusted.
            state.undo("pip")
            install(environment, ["pip.txt"], show=False)
            state.finish("pip", wanted["pip"])

    def _fill_environment(self, engine: str) -> None:
        """Install, check and prepare what isn't done yet."""
        environment, state, wanted = self._environment, self._environment.state, self._stamps(engine)
        steps = [step for step, stamp in wanted.items() if state.done.get(step) != stamp]
        # What depends on what is installed, is done anew when that changes.
        if "packages" in steps:
            steps += [step for step in ("project", "model", "dev") if step in wanted and step not in steps]
        state.undo(*steps)
        environment.repair()
        if "packages" in steps:
            self._install_packages(engine)
        if "dev" in steps:
            print("Installing the tools for tests and checks", flush=True)
            install(environment, ["dev.txt"])
            state.finish("dev", wanted["dev"])
        if "project" in steps:
            install_project(environment)
            state.finish("project", wanted["project"])
        if "packages" in steps and engine != "none":
            check_engine(environment, with_model="model" in steps)
        elif "model" in steps:
            prepare_model(environment)
        if "model" in steps:
            state.finish("model", wanted["model"])
        if "packages" in steps:
            state.finish("packages", wanted["packages"])

    def _install_packages(self, engine: str) -> None:
        what = {"cpu": "vLLM and its model", "gpu": "vLLM for the GPU", "none": "what the server needs"}
        size = {"cpu": ": about 0.8 GB to download", "gpu": ": several GB to download", "none": ""}
        print(f"Installing {what[engine]}{size[engine]}", flush=True)
        install(self._environment, list(locks.LOCKS[engine]))
        drop_broken_companions(self._environment)
