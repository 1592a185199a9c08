"""The names of the columns that are parsed."""

from __future__ import annotations

TEXT_COLUMNS = ("name", "description", "sequence", "quality")
"""The columns of text of a read, in the order of the schema."""

MATE_MARK = "mark"
"""The column of the mate that each record says it is, ``uint8``: see `copy_records`."""
