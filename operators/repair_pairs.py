"""Brings mates together that are not in the same order."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import SerialOperator
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.interfaces import Operator, SerialFunction
    from biometal_stream.operators.pairs.repairing import Repairing


@dataclass(frozen=True)
class RepairPairs(SerialOperator):
    """Finds the mate of each read by its name, and gives pairs in the order of mates 1.

    For files of mates that are out of step, because one has lost reads or has another order, and
    for reads of both mates in any order. As the first step of a pipeline it gets the reads of
    ``read R1 --mate R2`` or ``--interleaved`` without the check of mates.

    Reads without a mate leave the stream, to the file of orphans if there is one. If several reads
    of one mate have the same name, the first of mate 1 and the first of mate 2 are a pair, then the
    second ones, and so on.

    All reads are kept in temporary files, compressed with LZ4, until the input ends. They take
    about as much room as two copies of the input. Memory is bounded: about 400 MB in addition to
    ``--memory``, whatever the number of reads.

    Attributes:
        folder: The folder for temporary files; by default ``TMPDIR``, or the system's.

    Example:
        >>> RepairPairs()
    """

    needs: ClassVar[tuple[str, ...]] = ("name",)

    folder: str | None = option(
        "The folder for temporary files; by default TMPDIR, or the system's.",
        default=None,
        metavar="FOLDER",
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "without a mate"

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, with ``mate``.

        Raises:
            SchemaError: There is no ``name``, or it is not a string column.
        """
        import pyarrow as pa

        from biometal_stream.schemas import require_text

        require_text(input_schema, self.needs, self.name)
        place = input_schema.get_field_index("mate")
        field = pa.field("mate", pa.int8(), nullable=False)
        if place < 0:
            return input_schema.append(field)
        return input_schema.set(place, field)

    def repaired_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The same as `output_schema`; see `biometal_stream.interfaces.Repairing`."""
        return self.output_schema(input_schema)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Makes the same pairs; reads names, descriptions and mates."""
        read = columns | {*self.needs, "description", "mate"}
        return self, read.intersection(input_schema.names)

    def start(self) -> Repairing:
        """Makes the function for one run, whose temporary files ``close()`` removes.

        Raises:
            SinkError: The folder for temporary files cannot be written.
        """
        from biometal_stream.operators.pairs.repairing import Repairing

        return Repairing(self.output_schema, self.folder)

    @contextmanager
    def open(self) -> Iterator[SerialFunction]:
        """Yields the function for one run, and removes its temporary files at the end.

        Raises:
            SinkError: The folder for temporary files cannot be written.
        """
        function = self.start()
        try:
            yield function
        finally:
            function.close()

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Finds the pairs of a batch that is a whole stream."""
        from biometal_stream.operators.base import transform_whole

        self.output_schema(batch.schema)
        with self.open() as function:
            return transform_whole(function, batch)
