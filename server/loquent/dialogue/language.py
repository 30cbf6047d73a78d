"""Language tags, as BCP 47 has them (RFC 5646, section 2.1), without a look at the registry of what there is."""

from __future__ import annotations

import re
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SPOKEN: Final = re.compile(
    r"[A-Za-z]{2,3}(?![A-Za-z0-9])(-[A-Za-z]{4}(?![A-Za-z0-9]))?(-([A-Za-z]{2}|[0-9]{3})(?![A-Za-z0-9]))?"
)


def is_tag(text: str) -> bool:
    """Tell whether a text has the shape of a tag."""
    return _TAG.fullmatch(text) is not None


def language_of(tag: str) -> str:
    """Return what a tag says of language, script and region, and nothing else: it may go on with words of any number."""
    found = _SPOKEN.match(tag)
    return found.group() if found else ""
