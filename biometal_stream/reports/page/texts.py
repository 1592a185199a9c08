"""Texts of others, which may be of any length."""

from __future__ import annotations

LONGEST = 200
"""Characters of a name, a label or a reason that the page shows."""


def cut(text: str, longest: int = LONGEST) -> str:
    """A text, or its beginning and an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
