"""What is parsed apart from the columns of text."""

from __future__ import annotations

MATE_MARK = "mark"
"""The column of the mate that each record says it is, ``uint8``: 1 or 2, or 0."""
