"""FASTQ files as a source of record batches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias, get_args

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text, plain_text
from biometal_stream.sinks.names import check_fastq_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fastq.partitions.source import FastqPartition

    Input: TypeAlias = str | os.PathLike[str] | BinaryIO

QualityEncodingChoice: TypeAlias = Literal["phred33", "auto", "phred64", "solexa"]
"""How the quality line of a file is written; ``auto`` lets the data decide."""

QUALITY_ENCODINGS: tuple[QualityEncodingChoice, ...] = get_args(QualityEncodingChoice)

OnBadRecord: TypeAlias = Literal["stop", "skip", "quarantine"]
"""What a record that is not FASTQ does to the run."""

MAX_RECORD_BYTES = 256 * 1024 * 1024
"""The longest record that is read by default: the longest reads known are a few Mbp."""

TEXT_COLUMNS = ("name", "description", "sequence", "quality")
"""The columns of text of a read, in the order of the schema."""

_LONGEST_POSSIBLE = 1024**3  # two of them fit the 32-bit offsets of one batch


@dataclass(frozen=True)
class FastqSource:
    """Reads of one or several FASTQ files, plain or compressed.

    The compression (gzip, BGZF, zstd, bzip2, xz) is told by the first bytes. Records have four
    lines. CRLF line ends, a byte order mark, blank lines at the end, and a last record without
    its newline are accepted; anything else is an error with its place.

    Attributes:
        paths: Files, ``-`` for standard input, or binary file objects, read one after another.
        mate_paths: As many, with mate 2 of each read.
        interleaved: Whether mates follow each other in ``paths``.
        sample: The sample's name, kept in the schema's metadata.
        quality_encoding: ``phred33`` as it stands, with a warning where data look like
            Phred+64; ``phred64`` and ``solexa`` are translated to Phred+33; ``auto`` translates
            where the first 4 MiB of a file can be nothing but these, and warns of what is in
            doubt.
        on_bad_record: ``stop`` raises at the first record that is not FASTQ; ``skip`` leaves out
            bad records, and mates without their mate, and counts them; ``quarantine`` also
            writes their bytes to a file. The last two parse in the source's thread, since where
            a record starts then depends on the records before it.
        quarantine: That file; compressed as its name says, ``.gz`` or ``.zst``.
        max_record_bytes: The longest record to read, at most 1 GiB.
        columns: The columns to make, by default all; kept in the order of the schema. The whole
            of each record is checked all the same. Without any there are batches that have
            nothing but a number of rows.

    Raises:
        ConfigurationError: These do not fit together.
    """

    paths: tuple[Input, ...]
    mate_paths: tuple[Input, ...] = ()
    interleaved: bool = False
    sample: str | None = None
    quality_encoding: QualityEncodingChoice = "phred33"
    on_bad_record: OnBadRecord = "stop"
    quarantine: str | os.PathLike[str] | None = None
    max_record_bytes: int = MAX_RECORD_BYTES
    columns: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not self.paths:
            raise ConfigurationError("there is no input; name a file, or - for standard input")
        for path in self.inputs:
            if not hasattr(path, "read"):
                path_text(path)
        if self.quarantine is not None:
            check_fastq_name(path_text(self.quarantine), None, only=True)
        if self.sample is not None:
            plain_text("the sample's name", self.sample)
        if self.mate_paths and self.interleaved:
            raise ConfigurationError("interleaved reads have their mates in the same file")
        if self.mate_paths and len(self.mate_paths) != len(self.paths):
            raise ConfigurationError(
                f"each file needs one with its mates: {len(self.paths)} files,"
                f" {len(self.mate_paths)} with mates"
            )
        if sum(path == "-" for path in self.paths + self.mate_paths) > 1:
            raise ConfigurationError("standard input can be read once only")
        if (self.on_bad_record == "quarantine") != (self.quarantine is not None):
            raise ConfigurationError("quarantine needs a file, and a quarantine file needs it")
        _check_choice("quality_encoding", self.quality_encoding, QUALITY_ENCODINGS)
        _check_choice("on_bad_record", self.on_bad_record, get_args(OnBadRecord))
        if not isinstance(self.max_record_bytes, int):
            raise ConfigurationError(
                f"max_record_bytes must be a whole number: {self.max_record_bytes!r}"
            )
        if not 1 <= self.max_record_bytes <= _LONGEST_POSSIBLE:
            raise ConfigurationError(
                f"the longest record must have 1 to {_LONGEST_POSSIBLE:,} bytes:"
                f" {self.max_record_bytes:,}"
            )
        if self.columns is not None:
            known = (*TEXT_COLUMNS, "mate") if self.paired else TEXT_COLUMNS
            object.__setattr__(self, "columns", _in_order(self.columns, known))

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


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigurationError(f"{name} must be one of {', '.join(choices)}: {value!r}")
