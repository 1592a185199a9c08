"""What is parsed in addition to the text columns."""

from __future__ import annotations

MATE_MARK = "mark"
"""The column of the mate that each record is marked as, ``uint8``: 1 or 2, or 0."""
