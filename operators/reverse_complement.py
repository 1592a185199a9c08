"""Reverse-complements reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import DataError
from biometal_stream.operators.base import StatelessOperator

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.interfaces import Operator
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class ReverseComplement(StatelessOperator):
    """Reverse-complements each read, and reverses its qualities.

    All IUPAC codes are complemented, R to Y as A to T, and keep their case. U becomes A, and A
    becomes T. Other characters, such as gaps, are kept. Qualities, if there are any, are reversed
    too.

    Other columns are left unchanged, even those computed from the bases, such as Phred scores or
    features: put this step before those. Mates are complemented separately, and mate 1 stays
    mate 1.
    """

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: There is no ``sequence``, or it or ``quality`` is not a string column.
        """
        from biometal_stream.schemas.checks import require_text

        with_quality = bool(input_schema.get_all_field_indices("quality"))
        needs = ("sequence", "quality") if with_quality else ("sequence",)
        require_text(input_schema, needs, self.name)
        return input_schema

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if neither bases nor qualities are used."""
        if not columns & {"sequence", "quality"}:
            return None, columns
        return self, columns | {"sequence"}

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Reverse-complements each read.

        Raises:
            DataError: A read is null, has a byte that is not ASCII or not a quality, or has a
                different number of bases and qualities.
        """
        from biometal_stream.view import BatchView

        self.output_schema(batch.schema)
        view = BatchView(batch)
        turned = {"sequence": reversed_complement(view)}
        if "quality" in batch.schema.names:
            view.require_equal_lengths()
            turned["quality"] = reversed_quality(view)
        columns = [
            turned.get(name, column)
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return type(batch).from_arrays(columns, schema=batch.schema)


def reversed_complement(view: BatchView) -> pa.Array:
    """The reverse complements of the reads, in the type of the column ``sequence``.

    Raises:
        DataError: A read is null, or has a byte that is not ASCII.
    """
    from biometal_stream.operators.kernels.strand import reverse_complement

    return _turned(view, view.text("sequence"), reverse_complement, _no_ascii)


def reversed_quality(view: BatchView) -> pa.Array:
    """The reversed qualities of the reads, in the type of the column ``quality``.

    Raises:
        DataError: A read is null, or has a byte that is not a quality.
    """
    from biometal_stream.operators.kernels.strand import reverse_quality
    from biometal_stream.operators.measures import outside

    return _turned(view, view.text("quality"), reverse_quality, outside)


def _turned(
    view: BatchView,
    column: StringColumn,
    kernel: Callable[
        [NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8]], bool
    ],
    refuse: Callable[[StringColumn], DataError],
) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    from biometal_stream.columns import array_of
    from biometal_stream.operators.kernels.strand import PADDING

    offsets = column.offsets
    nbytes = int(offsets[-1])
    buffer = pa.allocate_buffer(nbytes + PADDING)
    if not kernel(column.starts, column.stops, column.data, np.frombuffer(buffer, np.uint8)):
        raise refuse(column)
    kind = view.batch.schema.field(column.name).type
    return array_of(kind, offsets, buffer.slice(0, nbytes))


def _no_ascii(column: StringColumn) -> DataError:
    first, last = column.span
    index = first + int((column.data[first:last] > 127).argmax())
    return DataError(
        f"column '{column.name}' has byte {int(column.data[index]):#04x} in row"
        f" {column.row_of(index)} of the batch; bases are ASCII"
    )
