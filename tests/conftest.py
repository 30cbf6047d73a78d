"""What takes long and can be shared: the compiled C# half, and one server with the embedded model."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

from support.server_process import ServerProcess, gone
from unity import build, engine

for _name in [name for name in os.environ if name.startswith("LOQUENT_") and name != "LOQUENT_CACHE"]:
    del os.environ[_name]  # what a developer has set for a server of their own
os.environ["LOQUENT_SETTINGS"] = os.devnull  # nor does their loquent.toml count
os.environ["LOQUENT_MEMORY"] = "none"  # nor is anything written into what their server remembers

# Whoever starts the tests in the background, as a build server may, has Ctrl-C ignored, and so has every program that is started
# from here. At a terminal it isn't, and some tests sit at one.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long one example takes says more about what else the machine does than about the code; what must be quick has a test that says so.
hypothesis.settings.register_profile("loquent", deadline=None)
hypothesis.settings.load_profile("loquent")


@pytest.fixture(scope="session")
def built() -> None:
    """Compile everything of C# into build/unity; what doesn't compile fails here, with the compiler's words."""
    try:
        build.compile_all()
    except build.BuildError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def engine_built() -> None:
    """Compile the engine double and what runs in it, for each release of Unity."""
    try:
        engine.compile_all()
    except build.BuildError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def model_server() -> Iterator[ServerProcess]:
    """Run one server with the embedded model for all tests that don't break it."""
    server = ServerProcess()
    yield server
    below = server.processes()
    assert server.stop() == 0, "".join(server.lines)
    assert gone(below), f"the server has left some of its processes behind: {below}"
    assert "Traceback" not in "".join(server.lines)
