"""FASTA files as a source of record batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from biometal_stream.sources.alone import read_alone
from biometal_stream.sources.fasta.columns import TEXT_COLUMNS
from biometal_stream.sources.fasta.options import FastaOptions
from biometal_stream.sources.text.files import TextFiles

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run


@dataclass(frozen=True)
class FastaSource(TextFiles, FastaOptions):
    """Sequences of one or several FASTA files, plain or compressed.

    A record is a line that begins with ``>``, and the lines up to the next one: the sequence, on
    one line or many, or on none. Blank lines, CRLF line ends, a byte order mark, and a last line
    without its newline are accepted. Comments and anything that cannot be a base are errors with
    their location. The schema has no ``quality``.
    """

    text_columns: ClassVar[tuple[str, ...]] = TEXT_COLUMNS
    without_quality: ClassVar[str | None] = "FASTA"

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: One cannot be read.
            ConfigurationError: One is its own mate, or a pipe is named twice.
        """
        from biometal_stream.sources.fasta.format import FORMAT
        from biometal_stream.sources.fasta.reads import FastaReads
        from biometal_stream.sources.formats import look_for
        from biometal_stream.sources.lanes import Inputs

        lanes = list(zip(*filter(None, (self.paths, self.mate_paths)), strict=True))
        with closing(Inputs(lanes, run, look_for(FORMAT))) as inputs:
            yield FastaReads(self, inputs, run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread alone."""
        yield from read_alone(self)
