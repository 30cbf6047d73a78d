"""Who asks for no spans pays nothing for them, and who asks wrongly is told how."""

from __future__ import annotations

import subprocess
import sys

import pytest

from loquent.engines.base import Message
from loquent.tracing.tracer import NoTracer, TracingError, tracer


async def test_without_an_address_there_are_no_spans_and_nothing_fails() -> None:
    nothing = tracer(None, engine="scripted", model="script", texts=True)
    assert isinstance(nothing, NoTracer)
    nothing.listens("127.0.0.1", 8765)
    span = nothing.turn(session="1a2b3c4d", conversation=1, turn=7, character="guard")
    span.admitted()
    span.asks(9, [Message("user", "hi")])
    span.first_token(0.1)
    span.ended("stop", "hello", reply_tokens=1)
    await nothing.close(1)


def test_without_an_address_opentelemetry_is_not_even_imported() -> None:
    code = (
        "import sys; from loquent.tracing.tracer import tracer; import loquent.cli; "
        "tracer(None, engine='x', model='y', texts=False); print([m for m in sys.modules if 'opentelemetry' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_without_the_packages_a_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from loquent.tracing.tracer import TracingError, tracer\n"
        "try: tracer('http://127.0.0.1:4318', engine='x', model='y', texts=False)\n"
        "except TracingError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("Traces need OpenTelemetry, which isn't whole here (")
    assert done.stdout.endswith("install it with pip install 'loquent[otel]', or leave the setting traces out.\n")


@pytest.mark.parametrize(
    "address", ["", "localhost:4318", "127.0.0.1", "grpc://127.0.0.1:4317", "http://", "http://h:port/", "http://["]
)
def test_an_address_that_is_none_is_told_with_one_that_is(address: str) -> None:
    with pytest.raises(TracingError, match=r"such as http://127\.0\.0\.1:4318/v1/traces\.$"):
        tracer(address, engine="scripted", model="script", texts=False)
