"""What the name of a target stands for."""

from __future__ import annotations

STANDARD_OUTPUT = "-"
"""The target that stands for standard output."""
