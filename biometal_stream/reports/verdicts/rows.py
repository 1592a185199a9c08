"""The rows that a table of quality control has for one group of reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

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
        self._columns = quality.columns.get(table, {})
        self._rows = quality.rows(table, group)

    def __len__(self) -> int:
        return len(range(self._rows.start, self._rows.stop))

    def texts(self, column: str) -> list[str]:
        """A column of text."""
        return self._cells(column)

    def whole(self, column: str) -> NDArray[np.int64]:
        """A column of whole numbers: ``int64``, (rows,). A null is 0."""
        return np.array([cell or 0 for cell in self._cells(column)], np.int64)

    def real(self, column: str) -> NDArray[np.float64]:
        """A column of numbers: ``float64``, (rows,). A null is NaN."""
        return np.array(self._cells(column), np.float64)

    def one(self, column: str, missing: Any = 0) -> Any:
        """The value of a table with one row a group; ``missing`` without a row or if it is null."""
        value = next(iter(self._cells(column)), None)
        return missing if value is None else value

    def _cells(self, column: str) -> list[Any]:
        return list(self._columns[column][self._rows]) if len(self) else []
