"""Small models of our own for tests of sight: what they are, and how they are made, is in README.md beside this."""

from pathlib import Path
from typing import Final

SHAPES_VLM: Final = Path(__file__).parent / "shapes-vlm"
"""The folder of the vision language model."""
SHAPES_CLIP: Final = Path(__file__).parent / "shapes-clip"
"""The folder of the CLIP model."""
