"""Texts of others, which may be of any length."""

from __future__ import annotations

LONGEST = (200, 60, 20)
"""Characters of a name, a label or a reason that the page shows; fewer where it would not fit."""


def cut(text: str, longest: int) -> str:
    """A text, or its beginning and an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
