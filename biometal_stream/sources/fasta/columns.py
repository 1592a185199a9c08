"""The text columns of FASTA."""

from __future__ import annotations

TEXT_COLUMNS = ("name", "description", "sequence")
"""The text columns of a read, in the order of the schema."""
