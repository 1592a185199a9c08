"""The rows that a table of quality control has for one group of reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.result import Quality


class Rows:
    """Columns of one table, for one group of reads. A table that is missing has no rows.

    Args:
        quality: The result of quality control.
        table: The name of the table.
        group: The group of reads.
    """

    def __init__(self, quality: Quality, table: str, group: str) -> None:
        found = quality.tables.get(table)
        self._table = None if found is None else found.filter(pc.field("group") == group)

    def __len__(self) -> int:
        return 0 if self._table is None else self._table.num_rows

    def texts(self, column: str) -> list[str]:
        """A column of text."""
        return [] if self._table is None else self._table[column].to_pylist()

    def whole(self, column: str) -> NDArray[np.int64]:
        """A column of whole numbers: ``int64``, (rows,)."""
        return self._numbers(column, np.int64)

    def real(self, column: str) -> NDArray[np.float64]:
        """A column of numbers: ``float64``, (rows,). A null is NaN."""
        return self._numbers(column, np.float64)

    def one(self, column: str, missing: Any = 0) -> Any:
        """The value of a table with one row a group; ``missing`` without a row or if it is null."""
        value = self._table[column][0].as_py() if self._table is not None and len(self) else None
        return missing if value is None else value

    def _numbers(self, column: str, dtype: type[Any]) -> NDArray[Any]:
        if self._table is None:
            return np.empty(0, dtype)
        return np.array(self._table[column].to_numpy(), dtype)
