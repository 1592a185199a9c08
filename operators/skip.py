"""Leaves out the first reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import OrderedReadFilter
from biometal_stream.settings import argument

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class Skip(OrderedReadFilter):
    """Leaves out the first reads, and keeps the rest.

    `Skip` and `Head` together give a range of the reads: ``skip 1000 head 1000`` are the reads
    1,001 to 2,000.

    Attributes:
        number: The number of reads to leave out; of pairs, if reads are paired.

    Example:
        >>> Skip(7)
    """

    number: int = argument(
        "The number of reads to leave out, or of pairs if reads are paired.", minimum=0
    )

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input."""
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """None: reads are only counted."""
        return frozenset()

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"one of the first {self.number:,}"

    def prepare(self, view: BatchView, /) -> NDArray[np.int64]:
        """The rows at which reads and pairs begin, and the number of rows."""
        import numpy as np

        return np.append(view.unit_starts, view.num_rows)

    def start(self) -> Callable[[NDArray[np.int64]], NDArray[np.bool_]]:
        """Counts down, through the batches of one run."""
        left = self.number

        def keep(edges: NDArray[np.int64]) -> NDArray[np.bool_]:
            import numpy as np

            nonlocal left
            skipped = min(left, len(edges) - 1)
            left -= skipped
            kept: NDArray[np.bool_] = np.arange(edges[-1]) >= edges[skipped]
            return kept

        return keep
