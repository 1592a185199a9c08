"""The columns of text that FASTQ has."""

from __future__ import annotations

TEXT_COLUMNS = ("name", "description", "sequence", "quality")
"""The columns of text of a read, in the order of the schema."""
