"""FASTQ files in parts, which several machines can read, several files and large ones alike.

A part is a segment of a file, or of two files with mates, that starts and stops where a record
does. Where that is, whoever divides the source finds out by reading a little of the files
(`plan`). Plain text and BGZF can be cut, and gzip beside which lies an
index, as ``rapidgzip --export-index reads.fq.gz.gzidx`` makes it for ``reads.fq.gz`` (it takes
the extra rapidgzip here and wherever parts are read). What else is compressed is one part a file,
as is a file of which bad records are left out: where a record starts then depends on those
before it.

Nothing can get lost between two parts. The text of one ends where that of the next begins, and
each must be whole records (and whole pairs, as many of one file as of its mates), to its last
byte. A row of texts that are whole records is whole records, so the parts can be read without an
error only if the whole can, and then they give the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.codecs.ranges import FileRange
from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.fastq.source import FastqSource, read_alone

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fastq.pairs import Separator
    from biometal_stream.sources.fastq.quality_encoding import QualityEncoding
    from biometal_stream.sources.options import Input


@dataclass(frozen=True)
class FastqPartition:
    """A part of a FASTQ source: a source itself, which can be pickled and read anywhere.

    Where it is read, the files must have the same absolute paths. Errors and warnings are those
    that reading the whole file gives, with its numbers of records, lines and bytes: to find
    them, the file is read once more from its start, in case of an error only.

    Attributes:
        source: The settings, with the absolute paths of this part's files.
        ranges: What to read of the file, or of the two with mates.
        encoding: How the qualities are written; ``None`` where the part is a whole file.
        separator: What marks mates beside the slash.
        warnings: What there is to tell of the file that starts with this part.
        counts: What there is to count of it.
        shares_quarantine: Whether other parts would write the same quarantine.
    """

    source: FastqSource
    ranges: tuple[FileRange, ...]
    encoding: QualityEncoding | None = None
    separator: Separator = "/"
    warnings: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    shares_quarantine: bool = False

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return self.source.name

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read."""
        return self.source.inputs

    @property
    def paired(self) -> bool:
        """Whether rows are mates 1 and 2 in turn."""
        return self.source.paired

    @property
    def schema(self) -> pa.Schema:
        """The schema of the whole source."""
        return self.source.schema

    @property
    def whole(self) -> bool:
        """Whether this is all of its files."""
        return all(part.whole for part in self.ranges)

    @property
    def bytes_total(self) -> int:
        """Bytes of (compressed) input; those of all parts add up to those of the files."""
        return sum(part.stop_byte - part.first_byte for part in self.ranges)

    def project(self, columns: frozenset[str], /) -> FastqPartition:
        """Returns the source of the same reads with those columns alone.

        Raises:
            ConfigurationError: It has no such column.
        """
        return replace(self, source=self.source.project(columns))

    def with_quarantine(self, path: str | os.PathLike[str]) -> FastqPartition:
        """Returns the part with a file of its own for its bad records.

        Parts that are read at the same time must not write one quarantine. Those of all parts,
        one after another, are that of the whole.

        Raises:
            ConfigurationError: The source has no quarantine.
        """
        return replace(self, source=replace(self.source, quarantine=path), shares_quarantine=False)

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: One cannot be read, or is no longer what was divided.
            ConfigurationError: The quarantine is that of other parts, too.
        """
        from biometal_stream.sources.fastq.partitions.reading import PartitionReads
        from biometal_stream.sources.fastq.strict import StrictReads
        from biometal_stream.sources.fastq.tolerant import tolerant_reads
        from biometal_stream.sources.lanes import Inputs

        if self.shares_quarantine:
            raise ConfigurationError(
                f"{self.source.quarantine}: parts that are read by themselves cannot write one"
                " quarantine; skip bad records, or give each part one by 'with_quarantine'"
            )
        for message in self.warnings:
            run.warn(message)
        with closing(Inputs([self.ranges], run)) as inputs:
            if self.source.on_bad_record != "stop":
                with tolerant_reads(self.source, inputs, run) as reads:
                    yield reads
            elif self.whole:
                yield StrictReads(self.source, inputs, run)
            else:
                yield PartitionReads(self, inputs, run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the part in this thread alone."""
        yield from read_alone(self)


def partition_source(source: FastqSource, nbytes: int) -> tuple[FastqPartition, ...]:
    """As `FastqSource.split`."""
    from biometal_stream.sources.fastq.mates_as_lanes import warnings_of
    from biometal_stream.sources.fastq.partitions.plan import cut_files
    from biometal_stream.sources.same_input import check_distinct

    if nbytes < 1:
        raise ConfigurationError(f"a part must have at least 1 byte: {nbytes}")
    if source.quarantine is not None:
        source = replace(source, quarantine=os.path.abspath(source.quarantine))  # noqa: PTH100
    files = [[_whole(path) for path in paths] for paths in (source.paths, source.mate_paths)]
    lanes = list(zip(*filter(None, files), strict=True))
    doubled: list[str] = []
    check_distinct(lanes, doubled.append)
    warnings: list[tuple[str, ...]] = [()] * len(lanes) if source.paired else warnings_of(files[0])
    warnings[0] = (*doubled, *warnings[0])
    splits: list[FastqPartition] = []
    for lane, told in zip(lanes, warnings, strict=True):
        paths = [(part.path,) for part in lane]
        alone = replace(source, paths=paths[0], mate=paths[1] if len(paths) > 1 else ())
        whole = FastqPartition(alone, lane, warnings=told)
        splits += cut_files(whole, nbytes)
    if source.quarantine is not None and len(splits) > 1:
        return tuple(replace(split, shares_quarantine=True) for split in splits)
    return tuple(splits)


def _whole(path: Input) -> FileRange:
    """All of a file that other machines can open.

    Raises:
        ConfigurationError: It is none.
        InputError: There is none.
    """
    from biometal_stream.codecs.raw.files import FileInput
    from biometal_stream.codecs.raw.open import open_raw

    again = "; write it to a file first, which all machines see under one path"
    if path == "-":
        raise ConfigurationError(f"standard input cannot be read in parts{again}")
    if not isinstance(path, str | os.PathLike):
        raise ConfigurationError(f"a file object cannot be read in parts: {path!r}{again}")
    name = os.fspath(path)
    if _is_stream(name):
        raise ConfigurationError(f"{name}: cannot be read in parts, for it is no file{again}")
    with closing(open_raw(name)) as raw:
        assert isinstance(raw, FileInput)
        assert raw.bytes_total is not None
        return FileRange(os.path.abspath(name), name, raw.bytes_total)  # noqa: PTH100


def _is_stream(name: str) -> bool:
    """Whether there is something at a path that is neither a file nor a folder."""
    try:
        path = Path(name)
        return path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):  # opening it gives the error
        return False
