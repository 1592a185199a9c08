"""The text columns of FASTQ."""

from __future__ import annotations

TEXT_COLUMNS = ("name", "description", "sequence", "quality")
"""The text columns of a read, in the order of the schema."""
