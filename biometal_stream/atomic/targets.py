"""Special names of targets."""

from __future__ import annotations

STANDARD_OUTPUT = "-"
"""The target that means standard output."""
