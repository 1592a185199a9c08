"""Checks that no name occurs twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import DataError
from biometal_stream.operators.base import OrderedReadFilter
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.operators.keys.making import Keys
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class CheckNames(OrderedReadFilter):
    """Ends the run with an error if two reads have the same name, and changes nothing.

    Names are compared in whole, with ``/1`` and ``/2``; of pairs those of mates 1, and of mates
    that are filtered apart those of the same mate. The error gives the name, and the numbers of
    both reads or pairs, counted from 1 in the order in which they reach this step.

    A read, or pair, takes up to 32 bytes of memory, and a little more than its names in the folder
    for temporary files (TMPDIR). A full table is an error.

    Attributes:
        table_bytes: The most memory for the table; by default a quarter of the machine's.

    Example:
        >>> CheckNames()
    """

    needs: ClassVar[tuple[str, ...]] = ("name",)
    keeps_all: ClassVar[bool] = True

    table_bytes: int | None = option(
        "The most memory for the table; by default a quarter of the machine's.",
        default=None,
        unit="bytes",
        minimum=1 << 20,
    )

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """The names."""
        return frozenset(self.needs)

    def prepare(self, view: BatchView, /) -> tuple[BatchView, Keys]:
        """Makes the key of each name; of pairs that of mate 1, of mates apart with the mate."""
        from biometal_stream.operators.keys.making import keys_of, keys_of_texts

        apart = not view.paired and view.merged is None
        if apart and "mate" in view.batch.schema.names:
            return view, keys_of(view, (*self.needs, "mate"))
        return view, keys_of_texts(view.text("name").take(view.unit_starts))

    def start(self) -> Callable[[tuple[BatchView, Keys]], NDArray[np.bool_]]:
        """Makes the table of one run.

        The function that is returned raises a `DataError` at a name that came before, or if the
        table, or the disk, is full.
        """
        import numpy as np

        from biometal_stream.operators.keys.tables import KeyTable, default_table

        limit = default_table() if self.table_bytes is None else self.table_bytes
        table, seen = KeyTable(self.name, limit), 0

        def check(prepared: tuple[BatchView, Keys]) -> NDArray[np.bool_]:
            nonlocal seen
            view, keys = prepared
            first = table.first(keys)
            own = np.arange(seen, seen + len(first))
            if not np.array_equal(first, own):
                unit = int(np.argmax(first != own))
                raise _repeated(view, unit, int(first[unit]) + 1, seen + unit + 1)
            seen += len(first)
            return np.ones(view.num_rows, np.bool_)

        return check


def _repeated(view: BatchView, unit: int, first: int, second: int) -> DataError:
    what = "pairs" if view.paired or view.merged is not None else "reads"
    name = view.column("name")[view.unit_starts[unit]].as_py()
    return DataError(
        f"the name '{name}' occurs twice: {what} {first:,} and {second:,} have it; give them new"
        " names (rename-reads), or drop one of them (drop-duplicates --by name --bases 0)"
    )
