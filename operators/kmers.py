"""Adds all k-mers of each read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator

_COLUMN = "kmers"


@dataclass(frozen=True)
class Kmers(StatelessOperator):
    """Adds all k-mers of each read.

    The column ``kmers`` is a list of whole numbers (``list<uint64>``), in the order of the read;
    equal ones are repeated. A k-mer and its reverse complement have the same number: the lesser of
    both codes, with two bits for each base (A 0, C 1, T 2, G 3), the first base lowest. Upper and
    lower case are the same. K-mers with N or another letter, such as U, are left out, and a read
    shorter than k has none.

    A read of 150 bases has 120 k-mers of 31 bases, 960 bytes. ``minimizers`` adds a few of them.

    Attributes:
        k: The bases of a k-mer.

    Example:
        >>> Kmers(k=5)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)
    columns_named_like_steps: ClassVar[tuple[str, ...]] = ("kmers",)

    k: int = option("The bases of a k-mer.", default=31, minimum=1, maximum=32)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new column.

        Raises:
            SchemaError: There is no string column ``sequence``, or the new column exists.
        """
        import pyarrow as pa

        from biometal_stream.indexes.lists import list_type
        from biometal_stream.schemas.checks import require_absent, require_text

        require_text(input_schema, self.needs, self.name)
        require_absent(input_schema, (_COLUMN,), self.name)
        return input_schema.append(pa.field(_COLUMN, list_type("uint64"), nullable=False))

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if the new column is not used."""
        if _COLUMN not in columns:
            return None, columns
        return self, columns - {_COLUMN} | frozenset(self.needs)

    def added_bytes(self, batch: pa.RecordBatch, /) -> NDArray[np.int64]:
        """The bytes of the k-mers, and an offset; (num_rows,)."""
        import numpy as np

        from biometal_stream.view import BatchView

        lengths = BatchView(batch).text("sequence").lengths
        return (np.maximum(lengths - (self.k - 1), 0) + 1) * 8

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Finds the k-mers of each read.

        Raises:
            DataError: A read is null, or the batch has 2³¹ k-mers or more.
        """
        import pyarrow as pa

        from biometal_stream.indexes.lists import list_array
        from biometal_stream.indexes.minimizers import kmers_of
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        found = kmers_of(BatchView(batch).text("sequence"), int(self.k))
        column = list_array(found.values, found.offsets)
        return pa.RecordBatch.from_arrays([*batch.columns, column], schema=schema)
