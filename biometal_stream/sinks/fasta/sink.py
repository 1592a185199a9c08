"""FASTA files: plain, gzip as BGZF, or zstd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.sinks.fasta.records import format_batches
from biometal_stream.sinks.fastq.sink import FastqSink
from biometal_stream.sinks.formats import SinkFormat

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class FastaSink(FastqSink):
    """Writes reads as FASTA: columns name, description (if any) and sequence.

    Everything else is as in `FastqSink`: headers, mates, names with fields, and compression.
    Qualities and other columns are left out.

    Attributes:
        line_width: The number of bases per line. 0, the default, writes each sequence on one line,
            as ``samtools fasta`` and ``seqtk seq -A`` do, so that ``grep`` and ``paste`` work on
            reads. ``samtools faidx`` accepts either; 60 is usual for genomes.

    Raises:
        ConfigurationError: Settings contradict each other or are out of range.
    """

    holds: ClassVar[str] = "FASTA holds only name, description and sequence"
    format: ClassVar[SinkFormat] = "fasta"
    record: ClassVar[tuple[str, ...]] = ("name", "description", "sequence")

    line_width: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.line_width < 0:
            raise ConfigurationError(f"line_width must be 0 or more bases: {self.line_width}")

    def _lay_out(self, batches: list[pa.RecordBatch], mate: int) -> memoryview:
        return format_batches(batches, mate=mate, line_width=self.line_width)
