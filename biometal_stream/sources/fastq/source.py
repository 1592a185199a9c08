"""FASTQ files as a source of record batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.sources.fastq.options import FastqOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fastq.partitions.source import FastqPartition
    from biometal_stream.sources.options import Input

TEXT_COLUMNS = ("name", "description", "sequence", "quality")
"""The columns of text of a read, in the order of the schema."""


@dataclass(frozen=True)
class FastqSource(FastqOptions):
    """Reads of one or several FASTQ files, plain or compressed.

    The compression (gzip, BGZF, zstd, bzip2, xz) is told by the first bytes. Records have four
    lines. CRLF line ends, a byte order mark, blank lines at the end, and a last record without
    its newline are accepted; anything else is an error with its place.

    With ``on_bad_record`` other than ``stop``, records are parsed in the source's thread, since
    where a record starts then depends on the records before it.

    Attributes:
        paths: Files, ``-`` for standard input, or binary file objects, read one after another.
        columns: The columns to make, by default all; kept in the order of the schema. The whole
            of each record is checked all the same. Without any there are batches that have
            nothing but a number of rows.

    Raises:
        ConfigurationError: These, or the options, do not fit together.
    """

    paths: tuple[Input, ...]
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.paths:
            raise ConfigurationError("there is no input; name a file, or - for standard input")
        for path in self.inputs:
            if not hasattr(path, "read"):
                path_text(path)
        if self.mate_paths and len(self.mate_paths) != len(self.paths):
            raise ConfigurationError(
                f"each file needs one with its mates: {len(self.paths)} files,"
                f" {len(self.mate_paths)} with mates"
            )
        if sum(path == "-" for path in self.inputs) > 1:
            raise ConfigurationError("standard input can be read once only")
        if self.columns is not None:
            known = (*TEXT_COLUMNS, "mate") if self.paired else TEXT_COLUMNS
            object.__setattr__(self, "columns", _in_order(self.columns, known))

    @property
    def mate_paths(self) -> tuple[Input, ...]:
        """As many files as ``paths``, with mate 2 of each read; none where reads are single."""
        return cast("tuple[Input, ...]", self.mate)

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return "read"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read."""
        return (*self.paths, *self.mate_paths)

    @property
    def paired(self) -> bool:
        """Whether rows are mates 1 and 2 in turn."""
        return self.interleaved or bool(self.mate_paths)

    @property
    def schema(self) -> pa.Schema:
        """The schema of reads, with ``mate`` where they are paired; of the columns alone."""
        import pyarrow as pa

        from biometal_stream.schemas import reads_schema

        schema = reads_schema(paired=self.paired, sample=self.sample)
        if self.columns is None:
            return schema
        return pa.schema([schema.field(name) for name in self.columns], metadata=schema.metadata)

    def project(self, columns: frozenset[str], /) -> FastqSource:
        """Returns the source of the same reads with those columns alone.

        Raises:
            ConfigurationError: It has no such column.
        """
        known = tuple(self.schema.names)
        left = _in_order(columns, known)
        return self if left == known else replace(self, columns=left)

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: One cannot be read.
            ConfigurationError: One is its own mate, or a pipe is named twice.
        """
        from biometal_stream.sources.fastq.strict import StrictReads
        from biometal_stream.sources.fastq.tolerant import tolerant_reads
        from biometal_stream.sources.lanes import Inputs

        lanes = list(zip(*filter(None, (self.paths, self.mate_paths)), strict=True))
        with closing(Inputs(lanes, run)) as inputs:
            if self.on_bad_record == "stop":
                yield StrictReads(self, inputs, run)
            else:
                with tolerant_reads(self, inputs, run) as reads:
                    yield reads

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread alone."""
        yield from read_alone(self)

    def partitions(self, nbytes: int, /) -> tuple[FastqPartition, ...]:
        """Finds parts that can be read by several machines, and that give the same reads.

        See `biometal_stream.sources.fastq.partitions.source`, which tells where files are cut.

        Args:
            nbytes: Bytes of (compressed) input that a part has, about; with mates, of both files.

        Returns:
            The parts in the order of the reads, one at least for each file.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: An input has no path, such as standard input, or is its own mate,
                or ``nbytes`` is not positive.
        """
        from biometal_stream.sources.fastq.partitions.source import partition_source

        return partition_source(self, nbytes)


def read_alone(source: FastqSource | FastqPartition) -> Iterator[pa.RecordBatch]:
    """Reads a source in this thread alone."""
    from biometal_stream.run import LocalRun

    with LocalRun(workers=1) as run, source.open(run) as opened:
        for batch in batches_of(opened):
            yield batch
            run.show_warnings()
        run.show_warnings()


def batches_of(reads: OpenSource[Any]) -> Iterator[pa.RecordBatch]:
    """Parses what an open source reads, in this thread; an error comes after the good rows."""
    from biometal_stream.interfaces import GoodRows

    for chunk in reads.chunks():
        try:
            batch = reads.parse(chunk)
        except GoodRows as good:
            yield good.batch
            raise good.error from None
        yield batch


def _in_order(columns: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """The columns, each once and in the order of those that there are."""
    if isinstance(columns, str):
        raise ConfigurationError(f"columns must be several names, in a tuple: {columns!r}")
    wanted = set(columns)
    for name in sorted(wanted.difference(known), key=repr):
        raise ConfigurationError(f"columns must be among {', '.join(known)}: {name!r}")
    return tuple(name for name in known if name in wanted)
