"""What is said when an evaluation can't be made."""

from __future__ import annotations


class EvaluationError(Exception):
    """An evaluation, or a comparison, can't be made. The text is a sentence that says what to do."""
