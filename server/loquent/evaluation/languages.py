"""Which language a short text is in; see docs/evaluation.md for how often it's right.

py3langid tells them: naive Bayes over byte n-grams, 5 MB. lingua is about as good and has 96 MB. It is loaded when it is needed.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any, Final

_CODES: Final = "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk vi zh"
LANGUAGES: Final = frozenset(_CODES.split())
"""Between these it's chosen. Among all 139 that the classifier knows, a short English text is soon taken for Pidgin."""

_LEAST_LETTERS: Final = 12
"""Fewer letters than this say too little of a language that is written in the Latin alphabet: "Aye." may be anything."""

_NEAR: Final = 3.0
"""A language counts that is so many times less likely than the likeliest: Danish and Norwegian, Polish and Slovenian are close."""


def known_language(code: str) -> bool:
    """Tell whether a language is one that can be told from the others; `en-GB` counts as `en`."""
    return _base(code) in LANGUAGES


def stays_in(text: str, code: str) -> bool | None:
    """Tell whether a text is in a language; None where it's too short to tell.

    Args:
        text: a reply.
        code: the language, one for which `known_language` is true.
    """
    letters = "".join(re.findall(r"[^\W\d_]+", text))
    if not letters or (unicodedata.name(letters[0], "").startswith("LATIN") and len(letters) < _LEAST_LETTERS):
        return None
    probabilities = dict(_identifier().rank(text))
    return bool(probabilities[_base(code)] >= max(probabilities.values()) / _NEAR)


def _base(code: str) -> str:
    base = code.lower().replace("_", "-").partition("-")[0]
    return {"nb": "no", "nn": "no"}.get(base, base)


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(LANGUAGES))
    return identifier
