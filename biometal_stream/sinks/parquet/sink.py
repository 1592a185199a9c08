"""Parquet files whose pages are made by several workers in parallel.

pyarrow writes a file in one thread. Here any worker makes the columns of reads into pages
(`pages`, `stored`); pyarrow encodes the other columns, one row group at a time, as a separate
file in memory; and all are spliced into one file (`splice`).

Without a level, zstd looks for repeats as suits each column (`pages`). On 888,000 reads, in ns and
bytes per read: quality 373 and 31.2 instead of 437 and 31.5 at level 1, name 29 and 5.8 instead of
48 and 5.7, description 13 and 2.2 instead of 21 and 2.2. Sequences need the table of level 1,
except where reads have no repeats: there each of A, C, G and T takes two bits (`bases`).

How each column is stored was chosen by measurement on 342,000 real Illumina reads of 32 sets
(seconds of one core, MB; pyarrow with zstd at level 1 takes 0.28 s and 21 MB in all):

- sequence: DELTA_LENGTH_BYTE_ARRAY 0.095 s and 6.91; plain 0.091 s and 7.22; zstd level 3
  0.105 s and 6.35.
- quality: DELTA_LENGTH_BYTE_ARRAY 0.139 s and 12.37; plain 0.134 s and 12.52; zstd level 3
  0.189 s and 12.53.
- name: DELTA_BYTE_ARRAY 0.029 s and 1.91; plain 0.022 s and 2.05; dictionary 0.026 s and 2.21.
- description: DELTA_BYTE_ARRAY 0.011 s and 0.28; plain 0.008 s and 0.39; dictionary 0.008 s
  and 0.40.
- floats: plain. BYTE_STREAM_SPLIT gains 4 % on mean quality, and loses 68 % on fractions such
  as GC, whose values repeat.
- lists of bytes, such as Phred scores: DELTA_BINARY_PACKED, since pyarrow stores each byte as
  four before it compresses them. Compared with plain, the file is smaller by 24 % (Nanopore) or
  larger by 6 % (an old MiSeq), and encoding five reads of 20 Mbp peaks 230 MB lower. A dictionary
  makes files smaller still, and needs as much memory as plain.
- pages of 64 KiB make sequences 15 % larger than pages of 1 MiB; 4 MiB gain nothing.

Statistics are kept for numbers, where they let readers skip row groups, and not for text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.atomic import STANDARD_OUTPUT, AtomicFile, AtomicFolder
from biometal_stream.budget import budget_of
from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.paths import path_text, plain_text
from biometal_stream.schemas.folders import partition_note
from biometal_stream.settings import check_kinds
from biometal_stream.sinks.base import (
    OpenRebatching,
    RebatchingSink,
    check_choice,
    check_level,
    check_partitions,
)
from biometal_stream.sinks.hive import (
    EMPTY_FILE,
    HiveFolders,
    read_as,
    require_partition_column,
)
from biometal_stream.sinks.names import check_name
from biometal_stream.sinks.parquet.encoder import PAGE_BYTES, PAGE_ROWS, Encoded, Encoder
from biometal_stream.sinks.parquet.morsels import PageMorsel, PageRebatcher
from biometal_stream.sinks.parquet.splice import Splicer
from biometal_stream.sinks.partitioned import DEFAULT_PARTITIONS, Morsels
from biometal_stream.sinks.rebatch import Rebatcher, RowRebatcher
from biometal_stream.sinks.routed import OpenRouted, TemplateNaming, open_templates
from biometal_stream.sinks.templates import Template, literal

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run

ENCODINGS = ("delta", "plain")
DEFAULT_ENCODING = "delta"
COMPRESSIONS = ("zstd", "snappy", "gzip", "lz4", "none")
LEVELS = {"zstd": (1, 22), "gzip": (1, 9)}

ROW_GROUP_ROWS = 122_880
"""Rows per row group: the unit that DuckDB's threads share out."""
ROW_GROUP_BYTES = 64 * 2**20
"""Bytes of text per row group: the limit for long reads."""
SHARDS = 4
"""Files in a folder if their number is not given."""

_ALONE = 4  # morsels of one page for each worker, at the start
_WAITING_BYTES = 256 * 2**20
"""Bytes that wait for complete row groups, over all files that values name."""


@dataclass(frozen=True)
class ParquetSink(RebatchingSink[Any]):
    """Writes one Parquet file, or a folder of them.

    The bytes written are the same for every number of workers and every batch size. A file or
    folder is complete or unchanged; without reads, files have the schema and no rows.

    A target is a folder if it ends in ``/`` or is one, and with ``shards`` or ``partition_by``. A
    folder holds ``part-00000-of-00004.parquet`` and so on, which get the row groups in turn, or,
    with ``partition_by``, ``column=value/part-0.parquet``. Without rows there are no partitions,
    and the folder holds one ``part-0.parquet`` with the schema and no rows, since readers reject
    an empty folder. That file includes the column, as the last one, where readers put it.

    A row group is written when it is complete. Until then its pages wait, compressed. If pyarrow
    writes a column, such as a list or a label, the rows themselves wait, with at most
    ``row_group_bytes`` of text. With ``partition_by``, 256 MiB and a row group wait.

    A target with fields, such as ``out/{sample}.parquet``, stands for one file for each value of
    these columns: text, integers, booleans, or dictionaries of these. A null is called
    ``unknown``. The columns stay in the files. All files appear at the end, or none; existing
    files are replaced.

    Attributes:
        target: The file or folder; ``-`` is standard output.
        compression: One of ``zstd``, ``snappy``, ``gzip``, ``lz4``, ``none``.
        level: The level of zstd (1 to 22) or gzip (1 to 9). Without a level, zstd compresses at
            least about as well as at level 1 in less time, with settings that suit each column;
            bases of reads without repeats take two bits each.
        shards: Files in the folder; 4 if the target is a folder.
        partition_by: A column of integers, bools or text. Its values name the folders, and it
            is left out of the files.
        max_partitions: The most distinct values of that column, or of the fields.
        encoding: How text and small numbers are stored: ``delta`` or ``plain``. Delta encodings
            make files smaller (real Illumina reads by 3 %, names by 7 %), and pyarrow, DuckDB,
            Polars, Spark and arrow-rs read them. fastparquet and other older readers know only
            the plain encodings.
        metadata: Added to the file's key-value metadata, such as the command line.
        row_group_rows: The most rows of a row group.
        row_group_bytes: The most bytes of text of a row group.

    Raises:
        ConfigurationError: Settings contradict each other or are out of range.
    """

    target: str
    compression: str = "zstd"
    level: int | None = None
    shards: int | None = None
    partition_by: str | None = None
    max_partitions: int = DEFAULT_PARTITIONS
    encoding: str = DEFAULT_ENCODING
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    row_group_rows: int = ROW_GROUP_ROWS
    row_group_bytes: int = ROW_GROUP_BYTES

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", path_text(self.target))
        check_kinds(self)
        check_choice("the compression of Parquet", self.compression, COMPRESSIONS)
        check_level(self.compression, self.level, LEVELS)
        check_name(self.path, "parquet")
        check_choice("the encoding of Parquet", self.encoding, ENCODINGS)
        if self.partition_by is not None:
            plain_text("partition_by", self.partition_by)
        if self.shards is not None and not 1 <= self.shards <= 99_999:
            raise ConfigurationError(f"shards must be from 1 to 99999: {self.shards}")
        if self.shards is not None and self.partition_by is not None:
            raise ConfigurationError("shards and partition_by exclude each other; choose one")
        check_partitions(self.max_partitions)
        if self.row_group_rows < 2 or self.row_group_bytes < 1:
            raise ConfigurationError("a row group must hold at least 2 rows and 1 byte")
        if Template.of(self.target) is not None and (self.shards or self.partition_by):
            option = "shards" if self.shards else "partition_by"
            raise ConfigurationError(
                f"{self.target}: the fields name a file for each value; leave {option} out"
            )
        if self.target == STANDARD_OUTPUT and (self.shards or self.partition_by):
            raise ConfigurationError("several files cannot go to standard output; name a folder")

    @property
    def path(self) -> str:
        """The file or folder; for a name with fields, the name."""
        return self.target if Template.of(self.target) else literal(self.target)

    @property
    def is_folder(self) -> bool:
        """Whether the target is a folder, or will be one."""
        return (
            self.shards is not None
            or self.partition_by is not None
            or self.target.endswith("/")
            or (self.target != STANDARD_OUTPUT and Path(self.path).is_dir())
        )

    def _encoder(self, schema: pa.Schema) -> Encoder:
        return Encoder(
            schema,
            compression=self.compression,
            level=self.level,
            plain=self.encoding == "plain",
            metadata=self.metadata,
        )

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: Run, /) -> Iterator[OpenRebatching[Any]]:
        """Starts writing; commits if the context ends without an error, otherwise discards.

        The bytes do not depend on the run.

        Raises:
            SchemaError: There are no columns, one has a type that Parquet cannot hold, or the
                partition column does not fit.
            SinkError: The target cannot be written.
        """
        if not len(schema):
            raise SchemaError("Parquet needs at least one column")
        limits = Morsels(
            self.row_group_rows, self.row_group_bytes, _WAITING_BYTES, self.max_partitions
        )
        template = Template.of(self.target)
        if template is not None:
            naming = TemplateNaming((template,), paired=False)
            format = ParquetFormat(self._encoder(schema))
            with open_templates(naming, schema, format, limits) as routed:
                yield routed
        elif self.partition_by is not None:
            with self._open_folders(self.partition_by, schema, limits) as folders:
                yield folders
        else:
            encoder = self._encoder(schema)
            with AtomicFolder(self.path) if self.is_folder else AtomicFile(self.path) as target:
                opened = OpenParquet(self, encoder, target, run)
                yield opened
                opened.finish()

    @contextmanager
    def _open_folders(
        self, column: str, schema: pa.Schema, limits: Morsels
    ) -> Iterator[OpenRebatching[Any]]:
        """Opens a Hive folder, in which each value of a column has a folder."""
        require_partition_column(schema, column)
        left_out = schema.field(column)
        bare = schema.remove(schema.get_field_index(column))
        bare = bare.with_metadata({**(bare.metadata or {}), **partition_note(left_out)})
        # The file in a folder without rows has all columns.
        empty = self._encoder(bare.append(read_as(left_out)))
        format = ParquetFormat(self._encoder(bare), column)
        with AtomicFolder(self.path) as folder:
            opened = OpenRouted(HiveFolders(column), format, folder, limits, lambda: (self.path,))
            yield opened
            opened.finish()
            if opened.is_empty:
                _splicer_in(folder, EMPTY_FILE, empty).finish()


class OpenParquet(OpenRebatching["list[Encoded]"]):
    """A Parquet file being written, or several that get the row groups in turn."""

    def __init__(
        self, sink: ParquetSink, encoder: Encoder, target: AtomicFile | AtomicFolder, run: Run
    ) -> None:
        self._sink = sink
        self._run = run
        self._encoder = encoder
        self._target = target
        self._splicers = list(self._start())
        self._next = 0
        self._waiting: list[Encoded] = []
        self._rows = 0
        self._text = 0

    def rebatcher(self) -> Rebatcher:
        """Makes pages, or row groups if pyarrow writes a column."""
        rows, nbytes = self._sink.row_group_rows, self._sink.row_group_bytes
        paired = "mate" in self._encoder.schema.names
        if not self._encoder.by_page:
            return RowRebatcher(rows, nbytes, paired=paired)
        pages = RowRebatcher(min(rows, PAGE_ROWS), min(nbytes, PAGE_BYTES), paired=paired)
        most = max(1, budget_of(self._run).item // PAGE_BYTES)
        return PageRebatcher(pages, most, _ALONE * self._run.workers)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The file or the folder."""
        return (self._sink.path,)

    def _start(self) -> Iterator[Splicer]:
        if isinstance(self._target, AtomicFile):
            yield Splicer(self._target.write, self._encoder.footer)
            return
        shards = self._sink.shards or SHARDS
        for shard in range(shards):
            yield _splicer_in(
                self._target, f"part-{shard:05}-of-{shards:05}.parquet", self._encoder
            )

    def encode(self, batches: list[pa.RecordBatch], /) -> list[Encoded]:
        """Encodes pages of each column, or a row group."""
        encoder = self._encoder
        if isinstance(batches, PageMorsel):
            return encoder.encode_pages(batches)
        return [encoder.encode(batches)]

    def write(self, part: list[Encoded], /) -> None:
        """Writes row groups as soon as they are complete."""
        for each in part:
            self._write(each)

    def _write(self, part: Encoded) -> None:
        rows, text = self._rows + part.rows, self._text + part.text
        if rows > self._sink.row_group_rows or text > self._sink.row_group_bytes:
            self._flush()
        self._waiting.append(part)
        self._rows += part.rows
        self._text += part.text
        if not self._encoder.by_page or self._rows == self._sink.row_group_rows:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._splicers[self._next].append(self._rows, self._encoder.chunks(self._waiting))
        self._next = (self._next + 1) % len(self._splicers)
        self._waiting = []
        self._rows = self._text = 0

    def finish(self) -> None:
        """Writes the rest and the footers."""
        self._flush()
        for splicer in self._splicers:
            splicer.finish()

    @property
    def bytes_written(self) -> int:
        """Bytes written to the files so far."""
        return self._target.bytes_written


class ParquetFormat:
    """Encodes row groups for files that values name. Thread-safe.

    Args:
        encoder: Encodes the columns of the files.
        left_out: The column that is left out of the files, if any.
    """

    def __init__(self, encoder: Encoder, left_out: str | None = None) -> None:
        self._encoder = encoder
        self._left_out = left_out

    def encode(self, batches: list[pa.RecordBatch], /) -> list[Encoded]:
        """Encodes a row group."""
        if self._left_out is not None:
            batches = [batch.drop_columns([self._left_out]) for batch in batches]
        return [self._encoder.encode(batches)]

    def start(self, write: Callable[..., None], place: int, /) -> RowGroups:  # noqa: ARG002 - there is one file
        """Starts a file."""
        return RowGroups(Splicer(write, self._encoder.footer), self._encoder)


class RowGroups:
    """A file that gets whole row groups."""

    def __init__(self, splicer: Splicer, encoder: Encoder) -> None:
        self._splicer = splicer
        self._encoder = encoder

    def write(self, part: Encoded, /) -> None:
        """Writes a row group."""
        self._splicer.append(part.rows, self._encoder.chunks([part]))

    def finish(self) -> None:
        """Writes the footer."""
        self._splicer.finish()


def _splicer_in(folder: AtomicFolder, name: str, encoder: Encoder) -> Splicer:
    return Splicer(partial(folder.append, name), encoder.footer)
