"""The log of a test: set up as the server's is, and given back as it was, since it belongs to the process."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from loquent.logs import set_up


@contextmanager
def log_given_back() -> Iterator[None]:
    """Give everybody the log back as it was. Pytest's own handlers raise what ours promise not to: they don't listen meanwhile."""
    root, ours, said = logging.getLogger(), logging.getLogger("loquent"), logging.getLogger("loquent.spoken")
    handlers, levels, disabled = root.handlers[:], (root.level, ours.level, said.level), said.disabled
    root.handlers[:] = [handler for handler in handlers if not type(handler).__module__.startswith("_pytest")]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for logger, level in zip((root, ours, said), levels, strict=True):
            logger.setLevel(level)
        said.disabled = disabled


@contextmanager
def logged(format_: str = "json", level: str = "debug", *, texts: bool = False) -> Iterator[io.StringIO]:
    """Log into the stream that this gives."""
    stream = io.StringIO()
    with log_given_back():
        set_up(level, format_, texts=texts, stream=stream)
        yield stream
