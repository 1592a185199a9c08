"""The columns of text that FASTA has."""

from __future__ import annotations

TEXT_COLUMNS = ("name", "description", "sequence")
"""The columns of text of a read, in the order of the schema."""
