"""The C# half is built once for all tests."""

from __future__ import annotations

import pytest

from unity import build


@pytest.fixture(scope="session")
def built() -> None:
    """Everything compiled into build/unity; what doesn't compile fails here, with the compiler's words."""
    try:
        build.compile_all()
    except build.BuildError as error:
        pytest.fail(str(error), pytrace=False)
