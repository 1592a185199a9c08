"""Turns rows into the bytes of FASTQ or FASTA: one file, one per mate, or many of either."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import pyarrow as pa

from biometal_stream.errors import SinkError
from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.compressed import Compression, TextWriter
from biometal_stream.sinks.fastq.reasons import with_reason
from biometal_stream.sinks.rebatch import RowRebatcher
from biometal_stream.view import BatchView

MORSEL_ROWS = 2**20
MORSEL_BYTES = 4 * 2**20
"""Bytes of text formatted and compressed in one step; larger ones do not fit in caches."""

LayOut: TypeAlias = Callable[[list[pa.RecordBatch], int], memoryview]
"""Formats rows as text: those of one mate, or all for 0."""


class RecordFormat:
    """Formats and compresses morsels. Thread-safe, except for `start`.

    Args:
        schema: The schema of the rows.
        record: The columns of a record.
        lay_out: Formats rows.
        compressions: The compression of each file of a row, or of a pair.
        level: The compression level.
        in_turn: Whether rows must alternate between mates 1 and 2.
        unpaired: Whether reads may lack their mates.
        reason: A column of text to add to each description.

    Attributes:
        columns: The columns that are needed.
        paired: Whether rows are pairs.
    """

    def __init__(
        self,
        schema: pa.Schema,
        record: Sequence[str],
        lay_out: LayOut,
        compressions: Sequence[str],
        level: int | None,
        *,
        in_turn: bool,
        unpaired: bool = False,
        reason: str | None = None,
    ) -> None:
        self.paired = "mate" in schema.names and not unpaired
        self._lay_out = lay_out
        self._reason = reason
        self._in_turn = in_turn
        self._compressions = [Compression(name, level) for name in compressions]
        # Reads that are written in input order do not need their mates' numbers.
        numbered = in_turn or len(compressions) > 1
        wanted = [*record, *(["mate"] if numbered else []), *([reason] if reason else [])]
        self.columns = [
            name
            for name in wanted
            if name in schema.names and not pa.types.is_null(schema.field(name).type)
        ]
        self._started = 0

    def encode(self, batches: list[pa.RecordBatch], /) -> list[Bytes]:
        """Formats records and compresses them; returns the bytes for each file.

        Raises:
            DataError: A row is not a valid record, or mates do not alternate.
        """
        if self._in_turn:
            _check_mates(batches)
        if self._reason is not None:
            batches = [with_reason(batch, self._reason) for batch in batches]
        parted = len(self._compressions) > 1
        return [
            compression.encode(self._lay_out(batches, number if parted else 0))
            for number, compression in enumerate(self._compressions, 1)
        ]

    def start(self, write: Callable[[Bytes], None], place: int, /) -> TextWriter:
        """Starts one file of many.

        Args:
            write: Writes its bytes.
            place: 0 for mates 1, or both; 1 for mates 2.

        Raises:
            SinkError: zstd would take too much memory.
        """
        compression = self._compressions[place]
        most = compression.most_files
        self._started += 1
        if most is not None and self._started > most:
            raise SinkError(
                f"zstd at this level writes at most {most} files at once, each of which takes"
                " memory until the end; write .fq.gz, or choose a lower level"
            )
        return compression.start(write, workers=0)


def _check_mates(batches: list[pa.RecordBatch]) -> None:
    # As one batch, since the mates of a pair may be in two.
    mates = pa.concat_batches([batch.select(["mate"]) for batch in batches])
    BatchView(mates).require_pairs()


class ReadRebatcher(RowRebatcher):
    """Rebatches reads after dropping the columns that the format does not have."""

    def __init__(self, columns: list[str], *, paired: bool) -> None:
        super().__init__(MORSEL_ROWS, MORSEL_BYTES, paired=paired)
        self._columns = columns

    def add(self, batch: pa.RecordBatch, /) -> Iterator[list[pa.RecordBatch]]:
        """Adds a batch; yields the morsels that are complete."""
        return super().add(batch.select(self._columns))
